"""The command line of imports."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from investigations.cases.models import Case
from investigations.db import Refusal
from investigations.importing.commands import import_group
from tests.importing.desk import EXTRACT, TABLES, Desk, row, write_plain


def run(desk: Desk, *words: str | Path) -> Result:
    context = SimpleNamespace(office=desk.office)
    return CliRunner().invoke(import_group, [str(word) for word in words], obj=context, catch_exceptions=False)


def test_an_import_tells_what_became_of_every_row_and_how_to_take_it_back(desk: Desk) -> None:
    answer = run(desk, "cook-county", *(EXTRACT / f"{name}.csv.xz" for name in TABLES))
    assert answer.exit_code == 0
    assert "intake.csv.xz: 483 rows" in answer.output
    assert "esclarece import undo" in answer.output
    assert desk.office.drainer.problem() is None
    listed = json.loads(run(desk, "list", "--format", "json").output)
    assert listed[0]["counts"]["rows"] == 483 + 1216 + 434 + 97
    told = json.loads(run(desk, "show", listed[0]["batch"], "--format", "json").output)
    assert told["stages"]["intake"] == 483


def test_what_was_imported_is_found_when_the_command_returns_and_gone_after_the_undo(desk: Desk, tmp_path: Path) -> None:
    path = write_plain(tmp_path / "one.csv", [row(suspect="Quetzalcóatl Ruiz, Ana")])
    run(desk, "plain", path)
    assert desk.found("quetzalcoatl") == 1
    batch = json.loads(run(desk, "list", "--format", "json").output)[0]["batch"]
    assert "withdrawn" in run(desk, "undo", batch[:6], "--reason", "otro").output
    assert desk.found("quetzalcoatl") == 0
    assert "withdrawn" in run(desk, "list").output
    assert run(desk, "show", batch).output.strip() == "nothing of it stands"


def test_a_dry_run_names_its_report_and_writes_nothing(desk: Desk, tmp_path: Path) -> None:
    answer = run(desk, "plain", write_plain(tmp_path / "one.csv", [row(), row(unit="Poniente", note="x")]), "--dry-run")
    assert "dry run: nothing was written" in answer.output
    report = Path(next(line for line in answer.output.splitlines() if line.startswith("report: "))[8:])
    assert "unit" in report.read_text(encoding="utf-8-sig")
    with desk.office.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 0


def test_missing_units_are_created_on_demand(desk: Desk, tmp_path: Path) -> None:
    answer = run(desk, "plain", write_plain(tmp_path / "one.csv", [row(unit="Poniente")]), "--create-missing")
    assert "1 units" in answer.output


def test_an_unknown_batch_is_a_refusal(desk: Desk) -> None:
    with pytest.raises(Refusal, match="no such import: zzz"):
        run(desk, "undo", "zzz")


def test_a_file_that_is_not_there_is_a_usage_error(desk: Desk, tmp_path: Path) -> None:
    assert run(desk, "plain", tmp_path / "none.csv").exit_code == 2


def test_what_others_recorded_meanwhile_is_told_when_a_batch_goes(desk: Desk, tmp_path: Path) -> None:
    run(desk, "plain", write_plain(tmp_path / "one.csv", [row()]))
    run(desk, "plain", write_plain(tmp_path / "two.csv", [row(event="archivo_temporal", event_at="2025-04-01")]))
    batches = json.loads(run(desk, "list", "--format", "json").output)
    answer = run(desk, "undo", batches[1]["batch"])
    assert "0 acts, 1 events" in answer.stderr


def test_progress_is_shown_on_the_error_stream_only_when_asked_for(desk: Desk, tmp_path: Path) -> None:
    path = write_plain(tmp_path / "one.csv", [row()])
    assert run(desk, "plain", path, "--dry-run").stderr == ""
    answer = run(desk, "plain", path, "--progress")
    assert "one.csv: 1 rows" in answer.stderr
    assert "writing: 100%" in answer.stderr
    assert "%" not in answer.stdout
