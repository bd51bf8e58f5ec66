"""What auditors read: events with the names of those who acted, the head, and the last verification."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from ..access import Permission, Viewer
from ..accounts.queries import names_of_actors
from ..db import NotFound
from ..ledger.queries import EventLine, Problem, Wrong, last_of, list_events
from .rules import Action

PAGE = 50


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some events, newest first, the names behind the ids of their actors, and where older ones begin."""

    events: Sequence[EventLine]
    names: dict[str, str]
    older_than: int | None


def event_page(
    session: Session,
    viewer: Viewer,
    *,
    action: str | None = None,
    actor: str | None = None,
    subject: str | None = None,
    before: int | None = None,
) -> EventPage:
    """A page of events, for those who may read the ledger. Raises NotFound for everybody else."""
    if not viewer.can(Permission.READ_LEDGER):
        raise NotFound
    found = list_events(session, action=action, actor=actor, subject=subject, before=before, limit=PAGE + 1)
    shown = found[:PAGE]
    names = names_of_actors(session, {event.actor for event in shown} | ({actor} if actor else set()))
    return EventPage(shown, names, shown[-1].seq if len(found) > PAGE else None)


@dataclass(frozen=True, slots=True)
class Verified:
    """What the last verification found, when, and by whom."""

    at: datetime
    by: str
    size: int
    root: str
    rows: int
    problems: int
    first: Sequence[Problem]


def last_verification(session: Session, viewer: Viewer) -> Verified | None:
    """The newest verification there is an event of."""
    found = last_of(session, Action.VERIFIED) if viewer.can(Permission.READ_LEDGER) else None
    if found is None:
        return None
    event, said = found
    return Verified(
        at=event.recorded_at,
        by=names_of_actors(session, [event.actor]).get(event.actor, event.actor),
        size=int(said["size"]),
        root=said["root"],
        rows=int(said["rows"]),
        problems=int(said["problems"]),
        first=[Problem(where, Wrong(what), detail) for where, what, detail in said["first"]],
    )
