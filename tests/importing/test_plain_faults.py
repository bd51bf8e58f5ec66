"""Rows of the plain format that are doubtful or wrong: which are taken, which stay out, and what is said of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from investigations.cases.models import Case
from investigations.clearance.models import OffenceStatus
from investigations.court.models import LineEvent
from investigations.db import Refusal
from tests.importing.desk import COLUMNS, Desk, row, write_plain


def only_case(desk: Desk) -> Case:
    with desk.office.database.reading() as session:
        return session.scalars(select(Case)).one()


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ({"unit": "Unidad Poniente"}, "unit", "unknown_unit"),
        ({"offence": "Robo de naves espaciales"}, "offence", "unknown_offence"),
        ({"event": "vinculazion"}, "event", "unknown_event"),
        ({"event": "annulment"}, "event", "unprovable"),
        ({"event_at": "2999-01-01"}, "event_at", "future"),
        ({"event_at": "31/02/2025"}, "event_at", "date"),
        ({"event_at": "0001-01-01T00:00+01:00"}, "event_at", "date"),
        ({"event_at": "9999-12-31T23:59-06:00"}, "event_at", "date"),
        ({"occurred_at": "2025-03-05T10:00+14:60"}, "occurred_at", "date"),
        ({"reported_at": "ayer"}, "reported_at", "date"),
        ({"occurred_at": "2999-01-01"}, "occurred_at", "future"),
        ({"case_number": " - "}, "case_number", "empty"),
        ({"event": ""}, "event", "empty"),
        ({"event_at": ""}, "event_at", "empty"),
        ({"reported_at": ""}, "reported_at", "empty"),
        ({"suspect": "x" * 121}, "suspect", "too_long"),
        ({"unit": "a\x00b"}, "unit", "control"),
    ],
)
def test_a_row_that_cannot_be_taken_is_left_out_and_its_column_named(
    desk: Desk, cells: dict[str, str], column: str, problem: str
) -> None:
    before = desk.digest()
    outcome = desk.plain(row(**cells))
    assert desk.problems(outcome) == [(2, column, problem, "LEFT_OUT")]
    assert outcome.batch is None
    assert desk.digest() == before


def test_an_exceptional_clearance_is_taken_as_certified_by_the_source_and_says_so(desk: Desk) -> None:
    outcome = desk.plain(row(event="exceptional_clearance (A)", note="Certificó la supervisora Vera"))
    assert (2, "event", "certified", "WARNED") in desk.problems(outcome)
    with desk.office.database.reading() as session:
        kept = session.scalars(select(LineEvent).where(LineEvent.kind == "exceptional_clearance")).one()
        assert kept.data["certified_by_source"] is True
        cleared = session.scalars(select(OffenceStatus).where(OffenceStatus.clearance.is_not(None))).one()
        assert cleared.clearance == "clearance_exceptional"


def test_an_unknown_event_is_answered_with_its_neighbours(desk: Desk) -> None:
    told = desk.report_rows(desk.plain(row(event="vinculazion")))[0]
    assert "did you mean vinculacion" in told["problem"]
    assert told["done"] == "left out"


def test_a_municipality_that_is_not_known_is_kept_as_written_with_a_warning(desk: Desk) -> None:
    outcome = desk.plain(row(municipality="Macondo"))
    assert desk.problems(outcome) == [(2, "municipality", "unknown_municipality", "WARNED")]
    assert (only_case(desk).municipality, only_case(desk).municipality_name) == (None, "Macondo")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("unit", "SUR"),
        ("municipality", "Uruapan"),
        ("offence", "Homicidio culposo"),
        ("occurred_at", "2025-03-04"),
        ("reported_at", "2025-03-07"),
    ],
)
def test_a_row_that_disagrees_with_its_case_is_left_out_with_both_values(desk: Desk, column: str, value: str) -> None:
    outcome = desk.plain(row(), row(event="archivo_temporal", event_at="2025-04-01", **{column: value}))
    assert desk.problems(outcome) == [(3, column, "disagrees", "LEFT_OUT")]
    told = desk.report_rows(outcome)[0]["problem"]
    assert value in told
    assert "in line 2" in told
    assert desk.kinds("MOR/1/2025") == ["denuncia"]


def test_empty_and_otherwise_written_repeated_columns_agree(desk: Desk) -> None:
    outcome = desk.plain(
        row(),
        row(event="archivo_temporal", event_at="2025-04-01", unit="", offence="", municipality="", occurred_at=""),
        row(event="reactivacion", event_at="2025-05-01", reported_at="06/03/2025", municipality="16053", unit="Unidad Norte"),
    )
    assert outcome.report.entering() == 3
    assert desk.kinds("MOR/1/2025") == ["denuncia", "archivo_temporal", "reactivacion"]


def test_an_event_outside_the_foreseen_order_is_taken_with_a_warning_that_says_why(desk: Desk) -> None:
    outcome = desk.plain(row(), row(suspect="Uno, A", event="sentencia", event_at="2025-04-01"))
    assert desk.problems(outcome) == [(3, "event", "out_of_order", "WARNED")]
    assert "is only possible from" in desk.report_rows(outcome)[0]["problem"]
    assert desk.kinds("MOR/1/2025")[-1] == "sentencia"


def test_an_event_before_the_fact_or_the_report_is_taken_with_a_warning(desk: Desk) -> None:
    outcome = desk.plain(row(event="detencion_flagrancia", suspect="Uno, A", event_at="2025-03-04"))
    assert (2, "event_at", "late_report", "WARNED") in desk.problems(outcome)


def test_lines_are_the_physical_lines_of_the_file(desk: Desk) -> None:
    outcome = desk.plain(row(note="first\nsecond\nthird"), row(event="nada"), row(case_number="3", event="nadie"))
    assert [line for line, *_rest in desk.problems(outcome)] == [5, 6]
    assert desk.events("MOR/1/2025")[0][3] == "first\nsecond\nthird"


def test_a_row_with_too_few_or_too_many_cells_is_left_out(desk: Desk, tmp_path: Path) -> None:
    path = write_plain(tmp_path / "ragged.csv", [row(), row(case_number="2")])
    text = path.read_text().splitlines()
    path.write_text("\n".join([text[0], text[1] + ",more", text[2].rsplit(",", 1)[0], ""]))
    assert [problem[2:] for problem in desk.problems(desk.plain(path=path))] == [("width", "LEFT_OUT")] * 2


def test_missing_columns_are_named_and_nothing_changes(desk: Desk, tmp_path: Path) -> None:
    path = write_plain(tmp_path / "few.csv", [], [name for name in COLUMNS if name not in ("event", "note")])
    with pytest.raises(Refusal, match=r"few\.csv: missing columns: event, note"):
        desk.plain(path=path)


def test_what_people_wrote_cannot_become_a_formula_in_the_report(desk: Desk, tmp_path: Path) -> None:
    path = write_plain(tmp_path / "=HYPERLINK(1).csv", [row(unit="=1+1"), row(offence="@SUM(A1)")])
    told = desk.report_rows(desk.plain(path=path))
    assert told[0]["file"] == "'=HYPERLINK(1).csv"
    assert all(not cell.startswith(("=", "+", "-", "@")) for line in told for cell in line.values())
