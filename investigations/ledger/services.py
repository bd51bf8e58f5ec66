"""Writing the ledger: `record` one event for one act, or `record_rows` for the many rows of an import."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import count
from typing import Any

from sqlalchemy import Table, func, insert, inspect, select, text
from sqlalchemy import event as listening
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
        session.execute(insert(Base.metadata.tables[LedgerEvent.__tablename__]), events)
        session.execute(insert(Base.metadata.tables[LedgerPayload.__tablename__]), payloads)
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

    Use under the write lock: `add` rows, close each group with `event`, and `write` now and then and at the end.
    """

    def __init__(self, session: Session, actor: Actor, batch_id: int) -> None:
        self._session, self._actor, self._batch_id = session, actor, batch_id
        self._keys: dict[str, Iterator[int]] = {}
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._group: list[tuple[str, Any, Mapping[str, Any]]] = []
        self._entries: list[Entry] = []

    def add(self, model: type[Base], **values: Any) -> int:
        """One row, with its table's defaults, as it will stand in the database; gives its key."""
        name = model.__tablename__
        key = self._key(name)
        row = _blank(model)
        row.update(values)
        row["id"] = key
        if "batch_id" in row:
            row["batch_id"] = self._batch_id
        self._rows.setdefault(name, []).append(row)
        self._group.append((name, key, row))
        return key

    def bind(self, row: Base) -> None:
        """A row that stood before and was changed for this group."""
        self.insert()
        self._session.flush()
        self._group.append(image(row))

    def event(
        self, action: str, subject: str, *, case_id: int | None = None, payload: Mapping[str, Any] | None = None
    ) -> None:
        """Close the group: one event that binds the rows added since the last one."""
        self._entries.append(Entry(action, subject, self._group, case_id, None, payload or {}))
        self._group = []

    def insert(self) -> None:
        """Insert the rows added so far, tables in the order of their references."""
        for table in Base.metadata.sorted_tables if self._rows else ():
            rows = self._rows.get(table.name, [])
            for start in range(0, len(rows), BULK):
                self._session.execute(insert(table), rows[start : start + BULK])
        self._rows = {}

    def write(self) -> int:
        """Insert what waits and append its events; gives their number."""
        self.insert()
        entries, self._entries = self._entries, []
        record_many(self._session, self._actor, entries)
        return len(entries)

    def _key(self, table: str) -> int:
        if table not in self._keys:
            self._keys[table] = _keys(self._session, Base.metadata.tables[table])
        return next(self._keys[table])


def _keys(session: Session, table: Table) -> Iterator[int]:
    """Primary keys that nobody else gets: after the last one, where one writer at a time holds the lock."""
    if session.get_bind().dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, "id")
        while True:
            yield from session.scalars(select(func.nextval(sequence)).select_from(func.generate_series(1, BULK))).all()
    yield from count((session.scalar(select(func.max(table.c.id))) or 0) + 1)


@cache
def _defaults(model: type[Base]) -> tuple[dict[str, Any], dict[str, Callable[[Any], Any]]]:
    """What a table's columns hold unless told otherwise: plain values, and values to be made for each row."""
    fixed: dict[str, Any] = {}
    made: dict[str, Callable[[Any], Any]] = {}
    for column in inspect(model).columns:
        default: Any = column.default
        if default is not None and default.is_callable:
            made[column.key] = default.arg
        fixed[column.key] = None if default is None or default.is_callable else default.arg
        if column.key == "version":
            fixed[column.key] = 1
    return fixed, made


def _blank(model: type[Base]) -> dict[str, Any]:
    """A row of a table with nothing but its defaults."""
    fixed, made = _defaults(model)
    row = dict(fixed)
    for name, make in made.items():
        row[name] = make(None)
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
