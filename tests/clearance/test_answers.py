"""Answers: the figures, the offences behind each of them, sight, both times, and the same question asked again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from investigations.access import OFFICE, Viewer
from investigations.accounts.models import User
from investigations.cases.models import Assignment, Confidentiality, OffenceCode
from investigations.clearance.queries import Cell, answer, list_choices, offences_behind
from investigations.clearance.rules.measures import cells
from investigations.clearance.rules.questions import Group, Measure, Question, Report
from investigations.clearance.services import project_cases
from investigations.db import NotFound, Refusal, now
from investigations.ledger import queries as ledger

from .made import OPENING, add_event, ask, day, make_case, make_line, small_history

YEAR = {"start": date(2024, 1, 1), "end": date(2024, 12, 31)}


@pytest.fixture
def history(session: Session) -> Session:
    project_cases(session, [case.id for case in small_history(session)])
    return session


def figures(report: Report, **group: str) -> tuple[object, ...]:
    """Reported, unfounded, actual, cleared, by arrest, exceptional, rate of the row with these labels, or of all."""
    row = next((r for r in report.rows if dict(zip(report.question.by, r.labels, strict=True)) == group), report.total)
    return (row.reported, row.unfounded, row.actual, row.cleared, row.cleared_by_arrest, row.cleared_exceptional, row.rate)


def office_answer(session: Session, question: Question) -> Report:
    return answer(session, OFFICE, question, language="es_MX")


def test_the_ucr_figures_of_the_small_history_are_right(history: Session) -> None:
    report = office_answer(history, ask(history, Measure.UCR, Group.UNIT))
    assert figures(report) == (6, 1, 5, 3, 2, 1, "60.0")
    assert figures(report, unit="Unidad Norte") == (6, 1, 5, 3, 2, 1, "60.0")
    assert report.left_out == {"unfounded": 1, "moved": 1, "merged": 1, "no_report_date": 1}


def test_the_cohort_figures_of_the_small_history_are_right(history: Session) -> None:
    report = office_answer(history, ask(history, Measure.COHORT, as_of=date(2024, 12, 31)))
    assert figures(report) == (7, 1, 6, 3, 2, 1, None)
    assert report.left_out == {"unfounded": 1, "merged": 1, "no_report_date": 1}
    assert [h.cleared_within for h in report.total.horizons] == [2, 2, 2, 3]
    assert [h.at_risk for h in report.total.horizons] == [3, 3, 3, 0]


def test_both_rows_of_a_split_add_up_to_the_total_and_say_what_is_not_stated(history: Session) -> None:
    report = office_answer(history, ask(history, Measure.UCR, Group.OFFENCE, Group.MUNICIPALITY))
    assert sum(row.reported for row in report.rows) == report.total.reported
    assert sum(row.cleared for row in report.rows) == report.total.cleared
    assert {row.labels[1] for row in report.rows} == {"Morelia"}


@pytest.mark.parametrize("measure", list(Measure))
@pytest.mark.parametrize("by", [(), (Group.UNIT,), (Group.MONTH,), (Group.OFFENCE, Group.MUNICIPALITY)])
def test_every_number_has_exactly_so_many_offences_behind_it(
    history: Session, measure: Measure, by: tuple[Group, ...]
) -> None:
    question = ask(history, measure, *by, as_of=date(2024, 12, 31))
    report = office_answer(history, question)
    plain = report.plain()
    for name in cells(measure):
        if name in plain["total"] or name.startswith("left_out"):
            counted = plain["total"].get(name, report.left_out.get(name.removeprefix("left_out_")))
            behind = offences_behind(history, OFFICE, question, Cell(None, name), language="es")
            assert (behind.total, len(behind.lines)) == (counted, counted)
    for row in report.rows:
        for name in ("reported", "unfounded", "actual", "cleared", "cleared_by_arrest", "cleared_exceptional"):
            behind = offences_behind(history, OFFICE, question, Cell(row.codes, name), language="es")
            assert behind.total == getattr(row, name)
        for h in row.horizons:
            for name in (f"at_risk_{h.days}", f"cleared_within_{h.days}"):
                behind = offences_behind(history, OFFICE, question, Cell(row.codes, name), language="es")
                assert behind.total == getattr(h, name.rsplit("_", 1)[0])


def test_the_list_behind_a_number_names_its_cases_page_by_page(history: Session) -> None:
    question = ask(history, Measure.UCR)
    cell = Cell(None, "cleared")
    first = offences_behind(history, OFFICE, question, cell, language="es", limit=2)
    second = offences_behind(history, OFFICE, question, cell, language="es", offset=2, limit=2)
    assert [line.case_number for line in (*first.lines, *second.lines)] == ["N-1", "N-2", "D-1"]
    assert first.lines[0].row.cleared_on == date(2024, 1, 13)


def test_a_cell_that_no_report_has_is_not_found(history: Session) -> None:
    for question, cell in (
        (ask(history), Cell(None, "at_risk_30")),
        (ask(history), Cell(None, "password")),
        (ask(history), Cell(("NORTE",), "cleared")),
    ):
        with pytest.raises(NotFound):
            offences_behind(history, OFFICE, question, cell, language="es")


def test_each_viewer_counts_only_what_is_in_sight(history: Session, viewer: Callable[[str], Viewer]) -> None:
    sealed = make_case(history, "X-1", 100, confidentiality=Confidentiality.SEALED)
    reserved = make_case(history, "X-2", 100, confidentiality=Confidentiality.RESERVED)
    project_cases(history, [sealed.id, reserved.id])
    question = ask(history)
    seen = {name: answer(history, viewer(name), question, language="es").total.reported for name in ("prosecutor", "manager", "south-manager", "investigator", "auditor", "administrator")}
    assert seen == {"prosecutor": 7, "manager": 7, "south-manager": 0, "investigator": 6, "auditor": 0, "administrator": 0}
    numbers = {line.case_number for line in offences_behind(history, viewer("manager"), question, Cell(None, "reported"), language="es").lines}
    assert "X-1" not in numbers
    assert office_answer(history, question).total.reported == 8
    user = history.scalar(select(User.id).where(User.name == "prosecutor"))
    history.add(Assignment(case_id=sealed.id, user_id=user, since=now()))
    history.flush()
    assert answer(history, viewer("prosecutor"), question, language="es").total.reported == 8


def test_the_filters_offer_only_what_is_in_sight(history: Session, viewer: Callable[[str], Viewer]) -> None:
    hidden = make_case(history, "X-3", 9, confidentiality=Confidentiality.SEALED, municipality="16034", municipality_name="Hidalgo")
    assert hidden.id
    choices = list_choices(history, viewer("prosecutor"), "es")
    assert choices.municipalities == [("16053", "Morelia")]
    assert choices.units == [("NORTE", "Unidad Norte")]
    assert ("CENTRO", "Fiscalía Regional Centro") in list_choices(history, viewer("manager"), "es").units


def test_a_unit_stands_for_those_below_it(history: Session) -> None:
    assert office_answer(history, ask(history, unit="CENTRO")).total.reported == 6
    assert office_answer(history, ask(history, Measure.COHORT, unit="SUR")).total.reported == 1
    assert office_answer(history, ask(history, municipality="16102")).left_out["moved"] == 1


def test_the_same_code_in_two_editions_of_the_catalogue_is_one_row(session: Session) -> None:
    editions = list(session.scalars(select(OffenceCode).where(OffenceCode.code == "homicidio-doloso.con-arma-de-fuego")))
    assert len({edition.scheme for edition in editions}) == 2
    for number, edition in enumerate(editions):
        case = make_case(session, f"E-{number}", 10)
        case.offences[0].code_id = edition.id
        session.flush()
        project_cases(session, [case.id])
    report = office_answer(session, ask(session, Measure.UCR, Group.OFFENCE))
    assert [(row.codes, row.reported) for row in report.rows] == [(("homicidio-doloso.con-arma-de-fuego",), 2)]
    assert office_answer(session, ask(session, offence="homicidio-doloso")).total.reported == 2


@pytest.mark.parametrize("field", ["unit", "offence"])
def test_a_code_that_does_not_exist_is_refused_and_not_answered_with_zeros(history: Session, field: str) -> None:
    with pytest.raises(Refusal):
        office_answer(history, ask(history, **{field: "nowhere"}))


def test_the_as_of_day_hides_what_happened_later(history: Session) -> None:
    then = date(2024, 1, 31)
    report = office_answer(history, ask(history, as_of=then, known_at=now()))
    assert figures(report) == (6, 0, 6, 1, 1, 0, "16.7")  # neither the late clearances nor the later finding of no crime
    assert report.question.plain()["as_of"] == "2024-01-31T23:59:59.999999-06:00"


def test_what_was_recorded_later_is_not_in_what_was_known_earlier(history: Session) -> None:
    case = make_case(history, "K-1", 10)
    make_line(history, case, (OPENING, 10), ("vinculacion", 12, 80))
    project_cases(history, [case.id])
    early = office_answer(history, ask(history, as_of=date(2024, 2, 15), known_at=date(2024, 2, 15)))
    late = office_answer(history, ask(history, as_of=date(2024, 2, 15), known_at=date(2024, 6, 15)))
    assert (early.total.cleared, late.total.cleared) == (2, 3)
    assert ("known_later" in early.notes, "known_later" in late.notes) == (False, True)


@pytest.mark.parametrize(("known", "cleared"), [(79.999, 2), (80, 3), (80.001, 3)])
def test_at_the_very_instant_of_recording_an_offence_counts_once_and_as_recorded(
    history: Session, known: float, cleared: int
) -> None:
    case = make_case(history, "K-2", 10)
    make_line(history, case, (OPENING, 10), ("vinculacion", 12, 80))
    project_cases(history, [case.id])
    report = office_answer(history, ask(history, as_of=day(70), known_at=day(known)))
    assert (report.total.reported, report.total.cleared) == (7, cleared)


def test_yesterdays_question_asked_again_has_the_identical_report(history: Session) -> None:
    question = ask(history, Measure.COHORT, Group.UNIT)
    before = office_answer(history, question)
    case = make_case(history, "T-1", 20, opened_at=now() + timedelta(seconds=1))
    line = make_line(history, case)
    for kind in (OPENING, "vinculacion"):
        event = add_event(history, line, kind, 20, (now() + timedelta(seconds=1) - day(0)) / timedelta(days=1))
        assert event.recorded_at > question.known_at
    project_cases(history, [case.id])
    again = office_answer(history, Question.from_plain(question.plain()))
    assert again == before
    assert again.verification == before.verification
    newer = office_answer(history, ask(history, Measure.COHORT, Group.UNIT, as_of=None))
    assert newer.verification != before.verification


def test_the_verification_code_is_the_same_in_both_languages(history: Session) -> None:
    question = ask(history, Measure.UCR, Group.MUNICIPALITY)
    spanish, english = (answer(history, OFFICE, question, language=language) for language in ("es_MX", "en"))
    assert spanish.verification == english.verification
    assert spanish.plain()["definition"] == english.plain()["definition"]
    assert set(spanish.plain()["definition"]) == {"es", "en"}


def test_an_as_of_before_the_ledger_began_reads_what_is_known_now(session: Session) -> None:
    began = ledger.began_at(session)
    assert began is not None
    early, late = ask(session, as_of=date(2024, 5, 5)), ask(session)
    assert early.known_at > began > early.as_of
    assert late.known_at == late.as_of


def test_the_ledger_head_is_that_of_the_known_at_instant(session: Session) -> None:
    head = office_answer(session, ask(session)).ledger_head
    assert (head.size, head.root) == (ledger.head(session).size, ledger.head(session).root)
    assert office_answer(session, ask(session, as_of=date(2024, 5, 5), known_at=date(2024, 5, 6))).ledger_head.size == 0


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"start": date(2024, 2, 1), "end": date(2024, 1, 1)}, "end"),
        ({"as_of": date(2999, 1, 1)}, "as_of"),
        ({"known_at": datetime(2999, 1, 1)}, "known_at"),
        ({"as_of": date(2023, 1, 1)}, "start"),
    ],
)
def test_an_impossible_question_is_refused_at_its_field(session: Session, more: dict[str, date], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        ask(session, **more)
    assert refused.value.field == field
