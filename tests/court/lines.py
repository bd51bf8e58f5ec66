"""Lines to work on, opened and moved by the real services."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from investigations.access import OFFICE, Viewer
from investigations.cases.models import Case
from investigations.court.models import Line, LineEvent
from investigations.court.services import Move, open_line, record_event
from investigations.db import Database
from investigations.jurisdictions.queries import get_jurisdiction
from investigations.people.models import Part, Party
from investigations.people.services import Details, add_party
from tests.casework import open_a_case
from tests.conftest import at, viewer_named

LAW = get_jurisdiction("mx_cnpp")
OPENED = at("2026-03-02T15:00")
"""When the lines of these tests are opened: the report of `open_a_case`."""


def day(number: int) -> datetime:
    """So many days after the opening."""
    return OPENED + timedelta(days=number)


def a_suspect(session: Session, case: Case, surname: str = "Ríos", part: Part = Part.SUSPECT) -> Party:
    """Somebody added to the case."""
    return add_party(session, OFFICE, case, Details(part=part, given_names="Rita", surname1=surname))


def a_line(session: Session, actor: Viewer, *, suspect: bool = True, number: str = "NORTE/000001/2026") -> Line:
    """A line of a new case of one offence."""
    case = open_a_case(session, actor, number)
    party = a_suspect(session, case) if suspect else None
    return open_line(session, actor, case, case.offences[0], party, occurred_at=OPENED)


def move(kind: str, when: datetime, **more: object) -> Move:
    """An event with everything that its law asks for."""
    law_kind = LAW.events[kind]
    said: dict[str, object] = {
        "decided_by": law_kind.decides[0],
        "cause": law_kind.causes[0].code if law_kind.causes else None,
        "asks": frozenset(ask.code for ask in law_kind.asks),
    }
    return Move(kind, when, **(said | more))  # type: ignore[arg-type]


def step(session: Session, actor: Viewer, line: Line, kind: str, days: int, **more: object) -> LineEvent:
    """Record an event so many days after the opening."""
    return record_event(session, actor, line, line.version, move(kind, day(days), **more))


def line_for_the_web(database: Database, *, suspect: bool = True) -> tuple[str, str]:
    """A committed case and line: their public ids."""
    with database.transaction() as session:
        line = a_line(session, viewer_named(session, "prosecutor"), suspect=suspect)
        return session.get_one(Case, line.case_id).public_id, line.public_id
