"""Taking an import back: afterwards the office answers as before it, and the ledger keeps both facts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from investigations.access import OFFICE
from investigations.accounts.models import Unit
from investigations.accounts.queries import viewer_of
from investigations.accounts.services import add_user
from investigations.cases.models import ActKind, Case
from investigations.cases.queries import cases_numbered, list_offence_codes, list_units, visible_to
from investigations.cases.services import record_act
from investigations.clearance.queries import Asked, answer, complete
from investigations.clearance.rules.questions import Group, Measure
from investigations.court.models import Line, LineState
from investigations.court.services import open_line
from investigations.db import Refusal
from investigations.importing.queries import list_batches
from investigations.ledger.models import LedgerEvent
from investigations.ledger.queries import began_at
from tests.casework import open_a_case
from tests.conftest import PASSWORD, at, viewer_named
from tests.importing.desk import Desk, row


def answers(desk: Desk) -> dict[str, Any]:
    """What the office answers to everybody: reports, lists, units, offences, where lines stand, and search."""
    with desk.office.database.reading() as session:
        asked = Asked(Measure.UCR, date(2019, 1, 1), date(2026, 6, 30), by=(Group.OFFENCE, Group.MONTH))
        report = answer(session, OFFICE, complete(asked, began=began_at(session), zone="America/Mexico_City"), language="es_MX").plain()
        found = {
            "report": {key: report[key] for key in ("rows", "total", "left_out")},
            "cases": list(session.scalars(select(Case.number).where(visible_to(OFFICE)).order_by(Case.id))),
            "units": [unit.code for unit in list_units(session, OFFICE)],
            "offences": len(list_offence_codes(session, at("2025-06-01T00:00"))),
            "states": sorted(map(tuple, session.execute(select(LineState.line_id, LineState.state, LineState.since)))),
            "suspects": sorted(session.execute(select(Line.id, Line.party_id).where(Line.batch_id.is_(None))).all()),
        }
    return {**found, "search": [desk.found(text) for text in ("Chicago", "Narcóticos", "Ruiz", "Morelia")]}


def some_work(desk: Desk) -> None:
    with desk.office.database.transaction() as session:
        actor = viewer_named(session, "prosecutor")
        case = open_a_case(session, actor)
        open_line(session, actor, case, case.offences[0], occurred_at=at("2026-03-02T15:00"))


def test_after_an_undo_reports_lists_and_search_answer_as_before_and_the_ledger_verifies(desk: Desk) -> None:
    some_work(desk)
    before = answers(desk)
    outcome = desk.cook_county()
    during = answers(desk)
    assert during["report"]["total"]["reported"] > before["report"]["total"]["reported"]
    assert during["search"][0] > 100 > before["search"][0]
    desk.undo(outcome)
    assert answers(desk) == before
    assert desk.verified() == []
    with desk.office.database.reading() as session:
        actions = session.scalars(select(LedgerEvent.action).where(LedgerEvent.action.like("import.%")).distinct())
        assert set(actions) == {"import.row", "import.finished", "import.withdrawn"}


def test_the_same_files_can_be_imported_again_after_an_undo(desk: Desk) -> None:
    first = desk.cook_county()
    states = desk.states()
    desk.undo(first)
    assert desk.states() == {}
    second = desk.cook_county()
    assert second.report.total() == first.report.total()
    assert second.written == first.written
    assert desk.states() == states
    assert desk.verified() == []


def test_an_undo_is_one_event_and_gives_the_reason(desk: Desk) -> None:
    outcome = desk.plain(row())
    with desk.office.database.reading() as session:
        before = session.scalar(select(func.count()).select_from(LedgerEvent))
    desk.undo(outcome, reason="otro archivo")
    with desk.office.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(LedgerEvent)) == (before or 0) + 1
        assert [batch.withdrawn_reason for batch in list_batches(session)] == ["otro archivo"]


def test_a_line_of_the_office_that_got_its_suspect_from_a_batch_loses_it_with_the_batch(desk: Desk) -> None:
    some_work(desk)
    before = answers(desk)
    outcome = desk.plain(
        row(case_number="NORTE/000001/2026", occurred_at="", reported_at="", offence="", suspect="Ruiz Paz, Eva",
            event="judicializacion", event_at="2026-03-03")
    )  # fmt: skip
    during = answers(desk)
    assert during["suspects"][0][1] is not None
    assert [state for _line, state, _since in during["states"]] != [state for _line, state, _since in before["states"]]
    assert desk.verified() == []
    desk.undo(outcome)
    assert answers(desk) == before
    assert desk.verified() == []


def test_what_others_recorded_on_the_cases_of_a_batch_is_counted_and_told(desk: Desk) -> None:
    outcome = desk.plain(row(), row(case_number="2"))
    with desk.office.database.transaction() as session:
        (case,) = cases_numbered(session, OFFICE, "MOR/1/2025")
        record_act(session, viewer_named(session, "prosecutor"), case, kind=ActKind.NOTE,
                   happened_at=at("2025-04-01T10:00"), text="Se revisa el expediente.")  # fmt: skip
    later = desk.undo(outcome)
    assert (later.acts, later.events, later.people, later.evidence) == (1, 0, 0, 0)


def test_events_that_a_later_batch_added_are_brought_again_after_both_are_gone(desk: Desk) -> None:
    base, more = row(), row(event="archivo_temporal", event_at="2025-04-01")
    first = desk.plain(base)
    second = desk.plain(more)
    assert desk.undo(first).events == 1
    desk.undo(second)
    again = desk.plain(base, more)
    assert again.report.entering() == 2
    assert desk.kinds("MOR/1/2025") == ["denuncia", "archivo_temporal"]
    assert desk.verified() == []


def test_rows_hidden_with_an_earlier_batch_do_not_count_as_present(desk: Desk) -> None:
    first = desk.plain(row())
    desk.plain(row(event="archivo_temporal", event_at="2025-04-01"))
    desk.undo(first)
    again = desk.plain(row(), row(event="archivo_temporal", event_at="2025-04-01"))
    assert again.report.entering() == 2


def test_further_suspects_hidden_with_the_case_of_an_earlier_batch_do_not_count_as_present(desk: Desk) -> None:
    first = desk.plain(row(suspect="Uno Gómez, A"))
    other = row(suspect="Dos Gómez, B", event="judicializacion (aprehension)", event_at="2025-04-01")
    desk.plain(other)
    desk.undo(first)
    assert desk.plain(other).report.entering() == 1
    assert desk.verified() == []


def test_a_batch_is_undone_only_once_and_only_with_a_reason(desk: Desk) -> None:
    outcome = desk.plain(row())
    with pytest.raises(Refusal, match="reason"):
        desk.undo(outcome, reason=" ")
    desk.undo(outcome)
    with pytest.raises(Refusal, match="already undone"):
        desk.undo(outcome)


def test_a_batch_whose_units_others_use_cannot_be_undone_before_them(desk: Desk) -> None:
    first = desk.plain(row(unit="Unidad Poniente"), create_missing=True)
    second = desk.plain(row(case_number="2", unit="Unidad Poniente"))
    with pytest.raises(Refusal, match="1 other records"):
        desk.undo(first)
    desk.undo(second)
    desk.undo(first)


def test_a_batch_whose_units_have_users_cannot_be_undone(desk: Desk) -> None:
    outcome = desk.plain(row(unit="Unidad Poniente"), create_missing=True)
    with desk.office.database.transaction() as session:
        unit = session.scalars(select(Unit).where(Unit.name == "Unidad Poniente")).one()
        user = add_user(session, OFFICE, name="poniente", full_name="Persona Poniente", role=viewer_named(session, "prosecutor").role,
                        unit=unit, password=PASSWORD)  # fmt: skip
        assert viewer_of(session, user).unit_ids == {unit.id}
    with pytest.raises(Refusal, match="use units or offences"):
        desk.undo(outcome)
