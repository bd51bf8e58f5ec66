"""Writing the ledger: `record` one event for one act, or `record_rows` for the many rows of an import."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import event as listening
from sqlalchemy import func, insert, inspect, select, text
from sqlalchemy.orm import ORMExecuteState, Session

from ..db import Base, now, take_unrecorded
from .models import LedgerEvent, LedgerPayload, LedgerTip
from .rules import Actor, Frontier, canonical, commitment, image_hash, leaf_hash, plain, row_name

ADVISORY_LOCK = 0x45534C41  # PostgreSQL: one writer of the ledger at a time, until its transaction ends
BULK = 2000


class UnrecordedChange(RuntimeError):
    """A transaction changed rows and left no event about them: it must not be committed."""


@dataclass(slots=True)
class Entry:
    """One event to write: what was done to what, and the rows (table, key, image) it changed."""

    action: str
    subject: str
    rows: Sequence[tuple[str, Any, Mapping[str, Any]]]
    case_id: int | None = None
    reason: str | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)


def image(row: Base) -> tuple[str, Any, dict[str, Any]]:
    """Table, primary key and column values of a row as it stands in the database."""
    state = inspect(row)
    values = {column.key: getattr(row, column.key) for column in state.mapper.column_attrs}
    return row.__tablename__, _key(row), values


def _key(row: Base) -> Any:
    return row.__mapper__.primary_key_from_instance(row)[0]


def record(
    session: Session,
    actor: Actor,
    action: str,
    subject: Base,
    *,
    case_id: int | None = None,
    reason: str | None = None,
    payload: Mapping[str, Any] | None = None,
) -> int:
    """Write the one event of a service; it binds every row changed since the last event. Gives its number."""
    rows = [image(row) for row in take_unrecorded(session)]
    entry = Entry(action, row_name(subject.__tablename__, _key(subject)), rows, case_id, reason, payload or {})
    return record_many(session, actor, [entry])


def record_many(session: Session, actor: Actor, entries: Iterable[Entry]) -> int:
    """Append events in order, under the lock that keeps the sequence gapless; gives the last number."""
    tip = _lock_tip(session)
    frontier = Frontier.load(tip.size, tip.peaks)
    previous, moment = tip.last_leaf, _moment(session, tip.size)
    events: list[dict[str, Any]] = []
    payloads: list[dict[str, Any]] = []
    for entry in entries:
        event, payload = _compose(actor, entry, frontier.size + 1, moment, previous)
        frontier.append(event["leaf"])
        previous = event["leaf"]
        events.append(event)
        payloads.append(payload)
        if len(events) >= BULK:
            _write(session, events, payloads)
    _write(session, events, payloads)
    tip.size, tip.peaks, tip.last_leaf = frontier.size, frontier.dump(), previous
    session.flush()
    return frontier.size


def _write(session: Session, events: list[dict[str, Any]], payloads: list[dict[str, Any]]) -> None:
    if events:
        session.execute(insert(LedgerEvent), events)
        session.execute(insert(LedgerPayload), payloads)
    events.clear()
    payloads.clear()


def _lock_tip(session: Session) -> LedgerTip:
    """The tip row, ours until the transaction ends. SQLite writers already hold the only write lock."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
    tip = session.scalar(select(LedgerTip).execution_options(populate_existing=True))
    if tip is None:
        tip = LedgerTip(id=1, size=0, peaks=b"", last_leaf=b"")
        session.add(tip)
    return tip


def _moment(session: Session, last: int) -> datetime:
    """Now, but never before the last event: the head of an earlier moment is found by counting events until then."""
    before = session.scalar(select(LedgerEvent.recorded_at).where(LedgerEvent.seq == last))
    return max(now(), before) if before is not None else now()


def _compose(
    actor: Actor, entry: Entry, seq: int, moment: datetime, previous: bytes
) -> tuple[dict[str, Any], dict[str, Any]]:
    salt = secrets.token_bytes(16)
    said = {**entry.payload, "reason": entry.reason} if entry.reason else entry.payload
    payload = canonical(said)
    columns = {
        "actor": actor.public_id,
        "role": actor.role_code,
        "action": str(entry.action),
        "subject": entry.subject,
        "case_id": entry.case_id,
    }
    body = canonical(
        {
            **columns,
            "v": "1",
            "seq": seq,
            "recorded_at": moment,
            "rows": [[table, plain(key), image_hash(salt, values)] for table, key, values in entry.rows],
            "payload": commitment(salt, payload),
            "previous": previous,
        }
    )
    event = {**columns, "seq": seq, "recorded_at": moment, "body": body, "leaf": leaf_hash(body)}
    return event, {"seq": seq, "salt": salt, "payload": payload}


def refuse_unrecorded(session: Session) -> None:
    """Guard of the one commit: no event, no change (architecture.md §6).

    Raises UnrecordedChange, which rolls the transaction back.
    """
    left = take_unrecorded(session)
    if left:
        tables = sorted({row.__tablename__ for row in left})
        raise UnrecordedChange(f"changed without a ledger event: {', '.join(tables)}")


class Bulk:
    """Many rows of many tables, brought by one batch: keys given here, images bound, one event per group of rows.

    Use under the write lock: `add` rows, close each group with `event`, and `write` once at the end.
    """

    def __init__(self, session: Session, actor: Actor, batch_id: int) -> None:
        self._session, self._actor, self._batch_id = session, actor, batch_id
        self._next: dict[str, int] = {}
        self._rows: dict[type[Base], list[dict[str, Any]]] = {}
        self._group: list[tuple[str, Any, Mapping[str, Any]]] = []
        self._entries: list[Entry] = []

    def add(self, model: type[Base], **values: Any) -> int:
        """One row, with its table's defaults, as it will stand in the database; gives its key."""
        key = self._key(model)
        row = {**_blank(model), **values, "id": key}
        if "batch_id" in row:
            row["batch_id"] = self._batch_id
        self._rows.setdefault(model, []).append(row)
        self._group.append((model.__tablename__, key, row))
        return key

    def event(self, action: str, subject: str, *, case_id: int | None = None, payload: Mapping[str, Any] | None = None) -> None:
        """Close the group: one event that binds the rows added since the last one."""
        self._entries.append(Entry(action, subject, self._group, case_id, None, payload or {}))
        self._group = []

    def write(self) -> int:
        """Insert everything, tables in the order of their references, and append the events; gives their number."""
        for table in Base.metadata.sorted_tables:
            for model, rows in self._rows.items():
                if model.__tablename__ == table.name:
                    for start in range(0, len(rows), BULK):
                        self._session.execute(insert(model), rows[start : start + BULK])
        count = len(self._entries)
        record_many(self._session, self._actor, self._entries)
        self._rows, self._entries = {}, []
        return count

    def _key(self, model: type[Base]) -> int:
        name = model.__tablename__
        if name not in self._next:
            self._next[name] = self._session.scalar(select(func.max(inspect(model).columns.id))) or 0
        self._next[name] += 1
        return self._next[name]


def _blank(model: type[Base]) -> dict[str, Any]:
    """A row of a table with nothing but its defaults."""
    row: dict[str, Any] = {}
    for column in inspect(model).columns:
        default: Any = column.default
        value = None if default is None else default.arg(None) if default.is_callable else default.arg
        row[column.key] = 1 if column.key == "version" else value
    return row


@listening.listens_for(Session, "do_orm_execute")
def _refuse_silent_update(state: ORMExecuteState) -> None:
    """UPDATE and DELETE statements pass by the flush, so no event could bind the rows they change."""
    if (state.is_update or state.is_delete) and state.bind_mapper is not None and state.bind_mapper.class_.bound:
        raise UnrecordedChange(f"a statement would change {state.bind_mapper.class_.__tablename__} without an event")


@listening.listens_for(Session, "before_flush")
def _refuse_delete(session: Session, _context: object, _rows: object) -> None:
    """Nothing is deleted: things are withdrawn (house rule 5)."""
    gone = sorted({row.__tablename__ for row in session.deleted if isinstance(row, Base) and row.bound})
    if gone:
        raise UnrecordedChange(f"rows are withdrawn, not deleted: {', '.join(gone)}")
