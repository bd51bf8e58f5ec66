"""A small office history written row by row, so that every instant of recording can be chosen."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from investigations.access import OFFICE
from investigations.accounts.models import Unit
from investigations.cases.models import Case, CaseNumber, OffenceCode
from investigations.cases.models import Offence as OffenceRecord
from investigations.clearance.queries import Asked, complete
from investigations.clearance.rules.questions import Group, Measure, Question
from investigations.court.models import Line, LineEvent
from investigations.ledger.models import Batch
from investigations.ledger.queries import began_at
from tests.conftest import unit_named

ZONE = "America/Mexico_City"
START = datetime(2024, 1, 1, 12, tzinfo=UTC)
OPENING = "denuncia"


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def codes(session: Session) -> list[OffenceCode]:
    """Recordable catalogue entries, in order."""
    return list(session.scalars(select(OffenceCode).where(OffenceCode.selectable).order_by(OffenceCode.id).limit(5)))


def make_case(
    session: Session, number: str, reported: float | None, *, unit: str = "NORTE", offences: int = 1, **more: Any
) -> Case:
    """A case with its offences (different entries of the catalogue), reported on a day counted from START."""
    owner: Unit = unit_named(session, unit)
    opened = more.pop("opened_at", day(reported or 0))
    case = Case(
        jurisdiction="mx_cnpp",
        number=number,
        unit_id=owner.id,
        reported_at=None if reported is None else day(reported),
        opened_at=opened,
        municipality=more.pop("municipality", "16053"),
        municipality_name=more.pop("municipality_name", "Morelia"),
        **more,
    )
    case.offences = [OffenceRecord(code_id=code.id, batch_id=case.batch_id) for code in codes(session)[:offences]]
    case.numbers = [CaseNumber(scheme="primary", value=number, key=number)]
    session.add(case)
    session.flush()
    return case


def make_line(session: Session, case: Case, *events: tuple[Any, ...], offence: int = 0) -> Line:
    """A line of an offence; events are (kind, day it happened[, day it was recorded[, number it corrects]])."""
    line = Line(
        case_id=case.id,
        offence_id=case.offences[offence].id,
        jurisdiction=case.jurisdiction,
        opened_at=case.opened_at,
        batch_id=case.batch_id,
    )
    session.add(line)
    session.flush()
    for event in events:
        add_event(session, line, *event)
    return line


def add_event(
    session: Session, line: Line, kind: str, occurred: float, recorded: float | None = None, corrects: int | None = None, *, batch_id: int | None = None
) -> LineEvent:
    number = len(session.scalars(select(LineEvent.id).where(LineEvent.line_id == line.id)).all()) + 1
    event = LineEvent(
        line_id=line.id,
        case_id=line.case_id,
        number=number,
        kind=kind,
        occurred_at=day(occurred),
        recorded_at=day(occurred if recorded is None else recorded),
        actor="office",
        corrects=corrects,
        batch_id=batch_id or line.batch_id,
    )
    session.add(event)
    session.flush()
    return event


def make_batch(session: Session, active: float | None, withdrawn: float | None = None) -> Batch:
    batch = Batch(
        mapping="plain",
        files=[],
        counts={},
        actor=OFFICE.public_id,
        started_at=day(active or 0),
        active_at=None if active is None else day(active),
        withdrawn_at=None if withdrawn is None else day(withdrawn),
    )
    session.add(batch)
    session.flush()
    return batch


def ask(
    session: Session, measure: Measure = Measure.UCR, *by: Group, start: date = date(2024, 1, 1), end: date = date(2024, 12, 31), **more: Any
) -> Question:
    return complete(Asked(measure, start, end, by, **more), began=began_at(session), zone=ZONE)


def big_case(session: Session, offences: int) -> Case:
    """One case of many offences, a third of them cleared one by one."""
    case = make_case(session, "BIG-1", 50, unit="SUR", offences=0)
    first = codes(session)[0].id
    session.add_all(OffenceRecord(case_id=case.id, code_id=first) for _ in range(offences))
    session.flush()
    ids = session.scalars(select(OffenceRecord.id).where(OffenceRecord.case_id == case.id)).all()[::3]
    fields = {"case_id": case.id, "jurisdiction": case.jurisdiction, "opened_at": case.opened_at}
    lines = [Line(offence_id=offence_id, **fields) for offence_id in ids]
    session.add_all(lines)
    session.flush()
    said = {"case_id": case.id, "actor": "office", "kind": "vinculacion", "number": 1}
    session.add_all(
        LineEvent(line_id=line.id, occurred_at=day(60 + place / 4), recorded_at=day(160), **said)
        for place, line in enumerate(lines)
    )
    session.flush()
    return case


def small_history(session: Session) -> list[Case]:
    """Nine offences of eight cases: cleared both ways, unfounded, moved, merged, shelved, undated, pending."""
    cases = [make_case(session, f"N-{number}", number * 10) for number in range(1, 5)]
    cases += [make_case(session, f"S-{number}", number * 20, unit="SUR", municipality="16102", municipality_name="Uruapan") for number in range(1, 3)]
    cases += [make_case(session, "U-1", None, municipality=None, municipality_name=None)]
    cases += [make_case(session, "D-1", 15, offences=2)]
    one, two, three, four, south, moved, undated, double = cases
    make_line(session, one, (OPENING, 10), ("vinculacion", 12))
    make_line(session, two, (OPENING, 20), ("exceptional_clearance", 40))
    make_line(session, three, (OPENING, 30), ("no_ejercicio_no_delito", 60))
    make_line(session, four, (OPENING, 40), ("archivo_temporal", 90))
    make_line(session, south, (OPENING, 20), ("acumulacion", 50))
    make_line(session, moved, (OPENING, 40), ("incompetencia", 55))
    make_line(session, undated, (OPENING, 5), ("vinculacion", 9))
    make_line(session, double, (OPENING, 15), ("vinculacion", 200), offence=0)
    make_line(session, double, (OPENING, 15), offence=1)
    return cases
