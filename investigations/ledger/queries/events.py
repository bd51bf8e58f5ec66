"""The ledger's events as lists: for auditors without what was written, for a case's history with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...db import Base
from ..models import LedgerEvent, LedgerPayload
from ..rules import row_name


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event as an auditor sees it: what happened, not what was written."""

    seq: int
    recorded_at: datetime
    actor: str
    role: str
    action: str
    subject: str


def list_events(
    session: Session,
    *,
    action: str | None = None,
    actor: str | None = None,
    subject: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[EventLine]:
    """The newest events first, up to `limit`, older than event `before` when given."""
    statement = select(LedgerEvent).order_by(LedgerEvent.seq.desc()).limit(limit)
    if action:
        statement = statement.where(LedgerEvent.action == action)
    if actor:
        statement = statement.where(LedgerEvent.actor == actor)
    if subject:
        statement = statement.where(LedgerEvent.subject == subject)
    if before:
        statement = statement.where(LedgerEvent.seq < before)
    return [_line(event) for event in session.scalars(statement)]


def actions_known(session: Session) -> list[str]:
    """Every action the ledger has seen, by code. One probe of the index for each, however long the ledger."""
    found: list[str] = []
    while True:
        statement = select(LedgerEvent.action).order_by(LedgerEvent.action).limit(1)
        following = session.scalar(statement.where(LedgerEvent.action > found[-1]) if found else statement)
        if following is None:
            return found
        found.append(following)


def last_change(session: Session, row: Base) -> EventLine | None:
    """The last event about a row: who touched it and when."""
    return next(iter(list_events(session, subject=row_name(row.__tablename__, _key(row)), limit=1)), None)


def _key(row: Base) -> Any:
    return row.__mapper__.primary_key_from_instance(row)[0]


def last_of(session: Session, action: str) -> tuple[EventLine, dict[str, Any]] | None:
    """The newest event of one kind, with what it says."""
    found = session.execute(_with_payload().where(LedgerEvent.action == action).limit(1)).first()
    return (_line(found[0]), json.loads(found[1])) if found is not None else None


def case_events(
    session: Session, case_id: int, limit: int = 200, *, subject: str | None = None
) -> list[tuple[EventLine, dict[str, Any]]]:
    """The history of one case, newest first, with what each event says; `subject` keeps one row's ("parties/7").

    Call only with a case the viewer sees.
    """
    statement = _with_payload().where(LedgerEvent.case_id == case_id).limit(limit)
    if subject is not None:
        statement = statement.where(LedgerEvent.subject == subject)
    return [(_line(event), json.loads(payload)) for event, payload in session.execute(statement)]


def _with_payload() -> Any:
    return (
        select(LedgerEvent, LedgerPayload.payload)
        .join(LedgerPayload, LedgerPayload.seq == LedgerEvent.seq)
        .order_by(LedgerEvent.seq.desc())
    )


def _line(event: LedgerEvent) -> EventLine:
    return EventLine(event.seq, event.recorded_at, event.actor, event.role, event.action, event.subject)
