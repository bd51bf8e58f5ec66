"""The projection: rebuilt from what is recorded, it says the same; it follows every change in the same transaction."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from investigations.access import OFFICE
from investigations.cases.models import Case, CaseRevision
from investigations.cases.services import Header, edit_case, open_case
from investigations.clearance.models import OffenceStatus
from investigations.clearance.queries import answer
from investigations.clearance.services import project_cases, rebuild
from investigations.court.services import open_line
from investigations.db import Database, now
from investigations.ledger.models import Batch
from tests.conftest import unit_named

from .made import OPENING, add_event, ask, codes, day, make_batch, make_case, make_line, small_history

COLUMNS = [column for column in OffenceStatus.__table__.columns if column.name != "id"]


def rows(session: Session) -> set[tuple[Any, ...]]:
    return {tuple(row) for row in session.execute(select(*COLUMNS))}


def statuses(session: Session, case: Case) -> list[OffenceStatus]:
    wanted = select(OffenceStatus).where(OffenceStatus.case_id == case.id).order_by(OffenceStatus.known_from, OffenceStatus.happened_from)
    return list(session.scalars(wanted))


def test_projecting_case_by_case_equals_rebuilding_everything(session: Session) -> None:
    random = Random(7)
    kinds = ["vinculacion", "archivo_temporal", "reactivacion", "incompetencia", "no_ejercicio_no_delito", "sobreseimiento"]
    lines = []
    for number in range(30):
        case = make_case(session, f"R-{number}", random.randrange(100), offences=random.randrange(1, 3))
        lines += [make_line(session, case, (OPENING, 0), offence=place) for place in range(len(case.offences))]
        project_cases(session, [case.id])
    for step in range(120):
        line = random.choice(lines)
        occurred = random.randrange(200)
        corrects = random.choice([None, None, 1])
        add_event(session, line, random.choice(kinds), occurred, occurred + random.randrange(50), corrects)
        if step % 3 == 0:
            project_cases(session, [line.case_id])
    project_cases(session, {line.case_id for line in lines})
    step_by_step = rows(session)
    assert len(step_by_step) == rebuild(session)
    assert rows(session) == step_by_step
    assert len(step_by_step) > 60


def test_a_change_by_the_services_is_projected_in_its_own_commit(database: Database, session: Session) -> None:
    unit, code = unit_named(session, "NORTE"), codes(session)[0]
    header = Header("NORTE/000001/2026", unit.id, [code.id], None, "", None, None, now(), "")
    case = open_case(session, OFFICE, header, jurisdiction="mx_cnpp")
    open_line(session, OFFICE, case, case.offences[0], occurred_at=now())
    database.commit(session)
    with database.reading() as reader:
        (status,) = reader.scalars(select(OffenceStatus).where(OffenceStatus.case_id == case.id))
        assert (status.unit_id, status.code_id, status.cleared_at) == (unit.id, code.id, None)
        assert status.known_from == case.opened_at


def test_an_edited_header_counts_from_the_edit_on_and_its_revision_before(database: Database, session: Session) -> None:
    first, second = codes(session)[:2]
    header = Header("NORTE/000002/2026", unit_named(session, "NORTE").id, [first.id], None, "", "16053", "Morelia", now(), "")
    case = open_case(session, OFFICE, header, jurisdiction="mx_cnpp")
    database.commit(session)
    with database.writing() as later:
        again = later.get_one(Case, case.id)
        changed = Header(header.number, unit_named(later, "SUR").id, [second.id], None, "", "16102", "Uruapan", header.reported_at, "")
        edit_case(later, OFFICE, again, again.version, changed)
        database.commit(later)
        replaced = later.scalar(select(CaseRevision.replaced_at).where(CaseRevision.case_id == case.id))
        old, new = statuses(later, again)
        assert (old.code_id, old.municipality, old.known_to) == (first.id, "16053", replaced)
        assert (new.code_id, new.municipality, new.known_from, new.known_to) == (second.id, "16102", replaced, None)


def test_what_a_batch_brought_is_known_from_its_act_to_its_withdrawal(session: Session) -> None:
    batch = make_batch(session, 300, 310)
    case = make_case(session, "B-1", 5, batch_id=batch.id)
    make_line(session, case, (OPENING, 5), ("vinculacion", 8))
    project_cases(session, [case.id])
    found = statuses(session, case)
    assert {(row.known_from, row.known_to) for row in found} == {(day(300), day(310))}
    assert [row.cleared_at for row in found] == [None, day(8)]


def test_a_batch_that_is_being_brought_counts_from_now(session: Session) -> None:
    before = now()
    case = make_case(session, "B-2", 5, batch_id=make_batch(session, None).id)
    project_cases(session, [case.id])
    assert all(before <= row.known_from <= now() and row.known_to is None for row in statuses(session, case))


def test_an_event_brought_to_an_older_case_goes_with_its_batch(session: Session) -> None:
    case = make_case(session, "B-3", 5)
    line = make_line(session, case, (OPENING, 5))
    add_event(session, line, "vinculacion", 8, batch_id=make_batch(session, 300, 310).id)
    project_cases(session, [case.id])
    cleared = [(row.known_from, row.known_to) for row in statuses(session, case) if row.cleared_at]
    assert cleared == [(day(300), day(310))]


def test_after_an_undo_reports_answer_as_before_the_import(session: Session) -> None:
    project_cases(session, [case.id for case in small_history(session)])
    when = {"as_of": day(400), "known_at": now()}
    before = answer(session, OFFICE, ask(session, **when), language="es").plain()
    batch = make_batch(session, 300)
    brought = [make_case(session, f"B-{number}", number, batch_id=batch.id) for number in range(5)]
    project_cases(session, [case.id for case in brought])
    assert answer(session, OFFICE, ask(session, as_of=day(400), known_at=now()), language="es").total.reported == before["total"]["reported"] + 5
    session.get_one(Batch, batch.id).withdrawn_at = now()
    session.flush()
    project_cases(session, [case.id for case in brought])
    after = answer(session, OFFICE, ask(session, as_of=day(400), known_at=now()), language="es").plain()
    assert (after["total"], after["left_out"]) == (before["total"], before["left_out"])


def test_an_offence_reported_after_the_as_of_day_is_not_there_yet(session: Session) -> None:
    case = make_case(session, "L-1", 50)
    project_cases(session, [case.id])
    question = ask(session, as_of=date(2024, 1, 31), known_at=now())
    assert answer(session, OFFICE, question, language="es").total.reported == 0
