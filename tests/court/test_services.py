"""Lines are opened, linked to suspects, moved and corrected; each act leaves one event and one projection."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from investigations.access import OFFICE, Viewer
from investigations.cases.models import Case
from investigations.court.models import Line, LineEvent, LineState
from investigations.court.queries import is_party_in_use, line_page, list_lines, states_of_cases, status_of
from investigations.court.services import (
    Move,
    annul_event,
    correct_event,
    link_suspect,
    open_line,
    rebuild_states,
    record_event,
)
from investigations.db import Database, Refusal, StaleEdit, now
from investigations.ledger.queries import verify
from investigations.people.models import Part
from tests.casework import actions, open_a_case
from tests.court.lines import OPENED, a_line, a_suspect, day, move, step

Who = Callable[[str], Viewer]


def case_of(session: Session, line: Line) -> Case:
    return session.get_one(Case, line.case_id)


def state_of(session: Session, line: Line) -> str | None:
    return session.scalar(select(LineState.state).where(LineState.line_id == line.id))


def kinds(session: Session, line: Line) -> list[str]:
    return list(session.scalars(select(LineEvent.kind).where(LineEvent.line_id == line.id).order_by(LineEvent.number)))


def refusal(act: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value


def test_a_line_opens_with_the_laws_opening_event(database: Database, session: Session, viewer: Who) -> None:
    line = a_line(session, viewer("prosecutor"), suspect=False)
    database.commit(session)
    assert kinds(session, line) == ["denuncia"]
    assert state_of(session, line) == "I1"
    assert actions(session, case_of(session, line)) == ["case.opened", "court.line_opened"]


def test_the_first_suspect_takes_the_line_whose_author_was_not_known(database: Database, session: Session, viewer: Who) -> None:
    line = a_line(session, viewer("prosecutor"), suspect=False)
    case = case_of(session, line)
    first, second = a_suspect(session, case, "Ríos"), a_suspect(session, case, "Paz")
    linked = link_suspect(session, viewer("prosecutor"), case, case.offences[0], first, day(1))
    assert linked is line
    assert line.party_id == first.id
    assert kinds(session, line) == ["denuncia", "suspect_identified"]
    other = link_suspect(session, viewer("prosecutor"), case, case.offences[0], second, day(2))
    assert other.id != line.id
    assert kinds(session, other) == ["denuncia"]
    database.commit(session)
    assert len(list_lines(session, viewer("prosecutor"), case)) == 2
    assert is_party_in_use(session, first.id)


def test_nobody_is_linked_twice_nor_from_another_case_nor_as_a_victim(session: Session, viewer: Who) -> None:
    actor = viewer("prosecutor")
    line = a_line(session, actor)
    case = case_of(session, line)
    linked = a_suspect(session, open_a_case(session, actor, "NORTE/000002/2026"), "Otro")
    victim = a_suspect(session, case, "Sol", Part.VICTIM)
    same = next(row for row in list_lines(session, actor, case))
    assert same.party_id is not None
    for party in (linked, victim):
        assert refusal(lambda party=party: link_suspect(session, actor, case, case.offences[0], party, day(1))).field == "party"  # type: ignore[misc]
    twice = a_suspect(session, case, "Gil")
    link_suspect(session, actor, case, case.offences[0], twice, day(1))
    assert refusal(lambda: link_suspect(session, actor, case, case.offences[0], twice, day(2))).field == "party"


def test_a_line_that_has_ended_takes_no_suspect_a_new_one_opens(session: Session, viewer: Who) -> None:
    actor = viewer("prosecutor")
    line = a_line(session, actor, suspect=False)
    case = case_of(session, line)
    step(session, actor, line, "incompetencia", 3)
    linked = link_suspect(session, actor, case, case.offences[0], a_suspect(session, case), day(5))
    assert linked.id != line.id
    assert line.party_id is None


def test_an_event_moves_the_line_and_leaves_one_ledger_event(database: Database, session: Session, viewer: Who) -> None:
    actor = viewer("prosecutor")
    line = a_line(session, actor)
    before = len(actions(session, case_of(session, line)))
    version = line.version
    event = step(session, actor, line, "detencion_flagrancia", 1, note="En la avenida")
    database.commit(session)
    assert (event.number, event.decided_by, event.basis) == (2, "policia", "CNPP 146–149; LNRD 17–23")
    assert state_of(session, line) == "I2"
    assert line.version == version + 1
    assert actions(session, case_of(session, line))[before:] == ["court.event_recorded"]
    assert verify(session).ok


WRONG = [
    (move("vinculacion", day(1)), "kind"),
    (move("detencion_flagrancia", day(10_000)), "occurred_at"),
    (move("detencion_flagrancia", day(-1)), "occurred_at"),
    (move("detencion_flagrancia", day(1), decided_by="juez_control"), "decided_by"),
    (move("detencion_flagrancia", day(1), decided_by=""), "decided_by"),
    (move("exceptional_clearance", day(1), cause=None), "cause"),
    (move("exceptional_clearance", day(1), cause="Z"), "cause"),
    (move("exceptional_clearance", day(1), asks=frozenset({"identified"})), "asks"),
    (move("detencion_flagrancia", day(1), cause="A"), "cause"),
    (Move("no_such_event", day(1)), "kind"),
    (Move("suspect_identified", day(1)), "kind"),
    (Move("annulment", day(1)), "kind"),
]


@pytest.mark.parametrize(("wrong", "field"), WRONG)
def test_what_the_law_does_not_allow_is_refused_at_its_field(session: Session, viewer: Who, wrong: Move, field: str) -> None:
    actor = viewer("prosecutor")
    line = a_line(session, actor)
    assert refusal(lambda: record_event(session, actor, line, line.version, wrong)).field == field
    assert kinds(session, line) == ["denuncia"]


def test_a_correction_takes_the_place_of_the_event_which_stays_struck(database: Database, session: Session, viewer: Who) -> None:
    actor = viewer("prosecutor")
    line = a_line(session, actor)
    wrong = step(session, actor, line, "archivo_temporal", 4)
    right = move("detencion_flagrancia", day(5))
    event = correct_event(session, actor, line, line.version, wrong.number, right, "Se confundió el acto")
    database.commit(session)
    assert (event.number, event.corrects) == (3, 2)
    assert state_of(session, line) == "I2"
    page = line_page(session, actor, line)
    struck = next(shown for shown in page.events if shown.number == 2)
    assert struck.corrected_by == 3
    assert actions(session, case_of(session, line))[-1] == "court.event_corrected"


def test_correcting_the_opening_moves_the_day_the_line_was_opened(session: Session, viewer: Who) -> None:
    actor = viewer("prosecutor")
    line = a_line(session, actor)
    correct_event(session, actor, line, line.version, 1, move("querella", day(-2)), "Fue querella, dos días antes")
    assert line.opened_at == day(-2)
    assert step(session, actor, line, "detencion_flagrancia", -1).number == 3


def test_an_annulment_takes_the_event_out_of_force(database: Database, session: Session, viewer: Who) -> None:
    actor = viewer("prosecutor")
    line = a_line(session, actor)
    step(session, actor, line, "archivo_temporal", 4)
    annul_event(session, actor, line, line.version, 2, "Se registró en la carpeta equivocada")
    database.commit(session)
    assert state_of(session, line) == "I1"
    again = refusal(lambda: annul_event(session, actor, line, line.version, 2, "Otra vez"))
    assert again.field == "number"


def test_the_opening_cannot_be_annulled_and_a_reason_is_needed(session: Session, viewer: Who) -> None:
    actor = viewer("prosecutor")
    line = a_line(session, actor)
    assert refusal(lambda: annul_event(session, actor, line, line.version, 1, "Error")).field == "number"
    step(session, actor, line, "archivo_temporal", 4)
    assert refusal(lambda: annul_event(session, actor, line, line.version, 2, "  ")).field == "reason"


def test_annulling_an_identification_leaves_the_line_without_a_person_again(session: Session, viewer: Who) -> None:
    actor = viewer("prosecutor")
    line = a_line(session, actor, suspect=False)
    case = case_of(session, line)
    party = a_suspect(session, case)
    link_suspect(session, actor, case, case.offences[0], party, day(1))
    annul_event(session, actor, line, line.version, 2, "No era esa persona")
    assert line.party_id is None
    assert not is_party_in_use(session, party.id)
    link_suspect(session, actor, case, case.offences[0], party, day(2))
    step(session, actor, line, "detencion_flagrancia", 3)
    number = next(shown.number for shown in line_page(session, actor, line).events if shown.kind == "suspect_identified" and not shown.corrected_by)
    assert refusal(lambda: annul_event(session, actor, line, line.version, number, "No era")).field == "occurred_at"


def test_two_people_moving_the_same_line_do_not_overwrite_each_other(database: Database, session: Session, viewer: Who) -> None:
    actor = viewer("prosecutor")
    line = a_line(session, actor)
    database.commit(session)
    seen = line.version
    with database.writing() as other:
        theirs = other.get_one(Line, line.id)
        step(other, OFFICE, theirs, "archivo_temporal", 2)
        database.commit(other)
    with database.writing() as late:
        mine = late.get_one(Line, line.id)
        with pytest.raises(StaleEdit) as caught:
            record_event(late, actor, mine, seen, move("detencion_flagrancia", day(1)))
        assert caught.value.row is mine
        late.rollback()
    with database.reading() as reader:
        assert kinds(reader, line) == ["denuncia", "archivo_temporal"]


def test_rebuilding_the_states_says_what_the_commits_said(database: Database, session: Session, viewer: Who) -> None:
    actor = viewer("prosecutor")
    lines = [a_line(session, actor, number=f"NORTE/00000{number}/2026") for number in range(1, 5)]
    step(session, actor, lines[0], "detencion_flagrancia", 1)
    step(session, actor, lines[1], "archivo_temporal", 1)
    database.commit(session)
    columns = (LineState.line_id, LineState.case_id, LineState.state, LineState.stage, LineState.since)
    with database.writing() as later:
        kept = later.execute(select(*columns).order_by(LineState.line_id)).all()
        assert rebuild_states(later) == 4
        assert later.execute(select(*columns).order_by(LineState.line_id)).all() == kept


def test_the_status_of_a_case_is_read_only_by_those_who_see_it(database: Database, session: Session, viewer: Who) -> None:
    line = a_line(session, viewer("prosecutor"))
    database.commit(session)
    seen = states_of_cases(session, viewer("investigator"), [line.case_id])
    assert status_of("mx_cnpp", seen[line.case_id]) is not None
    assert states_of_cases(session, viewer("south-prosecutor"), [line.case_id]) == {}


def test_a_line_is_not_opened_in_the_future_nor_for_an_offence_of_another_case(session: Session, viewer: Who) -> None:
    actor = viewer("prosecutor")
    case, other = open_a_case(session, actor, "NORTE/000001/2026"), open_a_case(session, actor, "NORTE/000002/2026")
    assert refusal(lambda: open_line(session, actor, case, other.offences[0], occurred_at=OPENED)).field == "offence"
    late = now().replace(year=now().year + 1)
    assert refusal(lambda: open_line(session, actor, case, case.offences[0], occurred_at=late)).field == "occurred_at"
