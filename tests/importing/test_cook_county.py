"""The four Cook County tables: what becomes of them, on the committed extract, with pandas as the other opinion."""

from __future__ import annotations

import gzip
import lzma
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import func, select

from investigations.access import OFFICE
from investigations.cases.models import Case, OffenceCode
from investigations.court.models import Line, LineEvent
from investigations.db import Refusal
from investigations.importing.queries import get_batch
from investigations.importing.services import Outcome
from investigations.importing.services.showing import show_batches
from investigations.jurisdictions.queries import get_jurisdiction
from investigations.ledger.models import Batch, LedgerEvent
from tests.importing.desk import EXTRACT, TABLES, Desk


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(EXTRACT / f"{name}.csv.xz", dtype=str, keep_default_na=False)


def shown(desk: Desk, outcome: Outcome) -> dict[str, object]:
    assert outcome.batch
    with desk.office.database.reading() as session:
        return show_batches(session, OFFICE, [get_batch(session, outcome.batch)]).plain()


def test_the_counts_of_suspects_are_those_that_pandas_finds(desk: Desk) -> None:
    told = shown(desk, desk.cook_county())
    intake = table("intake")
    approved = int((intake.participant_status == "Approved").sum())
    rejected = int((intake.participant_status == "Rejected").sum())
    assert told["stages"] == {
        "intake": len(intake),
        "approved": approved,
        "rejected": rejected,
        "charged": table("initiation").case_participant_id.nunique(),
        "disposed": table("dispositions").case_participant_id.nunique(),
        "sentenced": table("sentencing").case_participant_id.nunique(),
    }
    assert told["rates"] == {"approval_rate": f"{100 * approved / (approved + rejected):.2f}"}


def test_every_row_is_accounted_for_and_none_of_the_real_ones_is_lost(desk: Desk) -> None:
    report = desk.cook_county().report
    assert {name: report.rows(f"{name}.csv.xz") for name in TABLES} == {name: len(table(name)) for name in TABLES}
    assert report.entering() == sum(len(table(name)) for name in TABLES)


def test_each_source_row_leaves_one_ledger_event_and_the_ledger_verifies(desk: Desk) -> None:
    outcome = desk.cook_county()
    with desk.office.database.reading() as session:
        count = select(func.count()).select_from(LedgerEvent)
        assert session.scalar(count.where(LedgerEvent.action == "import.row")) == outcome.report.entering()
        assert session.scalar(count.where(LedgerEvent.action == "import.finished")) == 1
    assert desk.verified() == []


def test_cases_carry_what_intake_says(desk: Desk) -> None:
    desk.cook_county()
    intake = table("intake").drop_duplicates("case_id").set_index("case_id")
    with desk.office.database.reading() as session:
        cases = {case.number: case for case in session.scalars(select(Case))}
        assert len(cases) == len(intake)
        for number, written in intake.iterrows():
            case = cases[str(number)]
            local = pd.Timestamp(written.received_date) - pd.Timedelta(hours=4)
            assert case.reported_at == local.tz_localize("America/Chicago").to_pydatetime().astimezone(UTC)
            assert (case.occurred_at is None) == (written.incident_begin_date == "")
            assert case.jurisdiction == "us_generic"
            assert (case.municipality_name or "") == "" or case.municipality_name.startswith(written.incident_city[0])


def test_offence_categories_become_a_catalogue_of_their_own_in_both_languages(desk: Desk) -> None:
    desk.cook_county()
    with desk.office.database.reading() as session:
        codes = session.scalars(select(OffenceCode).where(OffenceCode.scheme == "cook_county")).all()
    assert {code.label_en for code in codes} == set(table("intake").offense_category)
    homicide = next(code for code in codes if code.label_en == "Homicide")
    assert (homicide.code, homicide.label_es) == ("HOMICIDE", "Homicidio")
    assert all(code.label_es != code.label_en for code in codes)


def test_each_disposition_and_sentence_becomes_its_event_with_its_details(desk: Desk) -> None:
    desk.cook_county()
    source = table("dispositions")
    pleas = source[source.charge_disposition == "Plea Of Guilty"]
    with desk.office.database.reading() as session:
        events = session.scalars(select(LineEvent).where(LineEvent.kind == "plea_guilty")).all()
        sentences = session.scalars(select(LineEvent).where(LineEvent.kind == "sentenced")).all()
    assert sorted(event.data["charge_id"] for event in events) == sorted(pleas.charge_id)
    judges = {" ".join(judge.split()) for judge in pleas.judge if judge}
    assert judges <= {event.decided_by for event in events}
    assert all(event.data["type"] for event in sentences)
    assert {event.data["table"] for event in sentences} == {"sentencing"}


def test_every_line_stands_where_the_fold_of_its_events_ends(desk: Desk) -> None:
    desk.cook_county()
    states = desk.states()
    assert sum(states.values()) == len(table("intake"))
    assert states["U-POS"] > 0
    assert set(states) <= set(get_jurisdiction("us_generic").states)


def test_the_order_of_the_files_does_not_matter(desk: Desk) -> None:
    backwards = [EXTRACT / f"{name}.csv.xz" for name in reversed(TABLES)]
    assert shown(desk, desk.cook_county(*backwards))["stages"]["sentenced"] > 0  # type: ignore[index]


def test_tables_may_come_one_import_after_the_other(desk: Desk) -> None:
    outcomes = [desk.cook_county(EXTRACT / f"{name}.csv.xz") for name in TABLES]
    assert all(outcome.report.entering() == len(table(name)) for outcome, name in zip(outcomes, TABLES, strict=True))
    with desk.office.database.reading() as session:
        batches = [get_batch(session, outcome.batch or "") for outcome in outcomes]
        apart = show_batches(session, OFFICE, batches).plain()
        lines = session.scalar(select(func.count()).select_from(Line))
    assert lines == len(table("intake"))
    assert apart["stages"]["charged"] == table("initiation").case_participant_id.nunique()
    assert desk.verified() == []


def test_charges_of_people_who_are_in_no_intake_row_are_reported_and_left_out(desk: Desk) -> None:
    before = desk.digest()
    outcome = desk.cook_county(EXTRACT / "initiation.csv.xz")
    assert outcome.batch is None
    assert {problem for _line, _column, problem, _fate in desk.problems(outcome)} == {"no_line"}
    assert desk.digest() == before


def changed(tmp_path: Path, name: str, frame: pd.DataFrame) -> Path:
    path = tmp_path / f"{name}.csv"
    frame.to_csv(path, index=False, lineterminator="\n")
    return path


def test_dates_that_cannot_be_are_replaced_and_told(desk: Desk, tmp_path: Path) -> None:
    intake, initiation = table("intake").head(40), table("initiation")
    charges = initiation[initiation.case_participant_id.isin(intake.case_participant_id)].head(2).copy()
    charges.event_date = ["2109-05-08", ""]
    charges.arraignment_date = ["2019-08-01", ""]
    outcome = desk.cook_county(changed(tmp_path, "intake", intake), changed(tmp_path, "initiation", charges))
    said = [(line, column, problem) for line, column, problem, _fate in desk.problems(outcome) if column == "event_date"]
    assert said == [(2, "event_date", "future"), (2, "event_date", "dated_by"), (3, "event_date", "dated_by")]
    with desk.office.database.reading() as session:
        events = session.scalars(select(LineEvent).where(LineEvent.kind == "charge_filed").order_by(LineEvent.id)).all()
    assert events[0].occurred_at == datetime(2019, 8, 1, 5, tzinfo=UTC)
    assert events[0].data["written"] == "2109-05-08"
    assert [event.data["dated_by"] for event in events] == ["arraignment_date", "received_date"]


def test_a_row_that_says_otherwise_than_an_earlier_import_is_not_taken_and_is_told(desk: Desk, tmp_path: Path) -> None:
    intake = table("intake").head(5)
    desk.cook_county(changed(tmp_path, "intake", intake))
    later = intake.copy()
    later.loc[later.index[0], "participant_status"] = "Rejected by somebody else"
    outcome = desk.cook_county(changed(tmp_path, "intake", later))
    assert outcome.batch is None
    assert desk.problems(outcome) == [(2, "case_participant_id", "changed", "LEFT_OUT")]


def test_the_same_row_twice_counts_once(desk: Desk, tmp_path: Path) -> None:
    intake = table("intake").head(3)
    outcome = desk.cook_county(changed(tmp_path, "intake", pd.concat([intake, intake.head(1)])))
    assert desk.problems(outcome)[-1] == (5, "", "duplicate", "DUPLICATE")
    assert outcome.written["lines"] == 3


def test_a_charge_under_another_case_than_its_participant_is_left_out(desk: Desk, tmp_path: Path) -> None:
    intake, initiation = table("intake"), table("initiation").head(2).copy()
    initiation.loc[initiation.index[1], "case_id"] = "1"
    outcome = desk.cook_county(changed(tmp_path, "intake", intake), changed(tmp_path, "initiation", initiation))
    assert (3, "case_id", "other_case", "LEFT_OUT") in desk.problems(outcome)


@pytest.mark.parametrize("pack", ["plain", "gz", "xz"])
def test_the_files_may_be_compressed_and_may_begin_with_a_byte_order_mark(desk: Desk, tmp_path: Path, pack: str) -> None:
    text = table("intake").head(3).to_csv(index=False).encode("utf-8-sig")
    packed = {"plain": text, "gz": gzip.compress(text), "xz": lzma.compress(text)}[pack]
    path = tmp_path / "intake"
    path.write_bytes(packed)
    assert desk.cook_county(path).report.entering() == 3


def test_a_file_that_is_no_table_of_the_source_changes_nothing_and_is_named(desk: Desk, tmp_path: Path) -> None:
    before = desk.digest()
    strange = changed(tmp_path, "strange", table("intake").drop(columns="participant_status"))
    with pytest.raises(Refusal, match=r"strange\.csv.*intake, initiation"):
        desk.cook_county(EXTRACT / "intake.csv.xz", strange)
    lacking = changed(tmp_path, "lacking", table("intake").drop(columns=["received_date", "unit"]))
    with pytest.raises(Refusal, match=r"lacking\.csv: missing columns: (unit|received_date)"):
        desk.cook_county(lacking)
    assert desk.digest() == before


def test_a_failure_while_writing_leaves_nothing_at_all(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from investigations.importing.services import writing

    before = desk.digest()
    monkeypatch.setattr(writing, "BLOCK", 300)
    monkeypatch.setattr(writing._Writer, "_line", lambda self, draft: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        desk.cook_county()
    assert desk.digest() == before
    assert list(desk.office.settings.imports_dir.glob("*.csv")) == []


def test_a_dry_run_reports_the_same_and_changes_nothing(desk: Desk) -> None:
    before = desk.digest()
    dry = desk.cook_county(dry_run=True)
    assert desk.digest() == before
    real = desk.cook_county()
    assert dry.report.findings == real.report.findings
    assert dry.report.total() == real.report.total()
    assert dry.report_path.read_text() == real.report_path.read_text()
    with desk.office.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Batch)) == 1
