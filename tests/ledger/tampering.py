"""Somebody with full rights over the database: triggers and foreign keys are out of the way, the ledger is not told.

Everything happens in one transaction that is taken back, so that one office serves any number of attacks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, Integer, LargeBinary, Table, func, insert, inspect, select, text
from sqlalchemy.orm import Session

from investigations.access import OFFICE
from investigations.db import Base, Database, UtcDateTime, new_public_id
from investigations.ledger.models import LedgerEvent
from investigations.ledger.queries import Problem, verify
from investigations.ledger.services import record


@contextmanager
def tampering(database: Database) -> Iterator[Session]:
    """A session that may do anything; nothing of it stays."""
    with database.writing() as session:
        if database.engine.dialect.name == "sqlite":
            for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                session.execute(text(f"DROP TRIGGER {name}"))
            session.execute(text("PRAGMA defer_foreign_keys = ON"))
        else:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        yield session
        session.rollback()


def found(session: Session) -> list[Problem]:
    """What the verifier finds, read anew."""
    session.expire_all()
    return verify(session).problems


def places(session: Session) -> list[str]:
    return [problem.where for problem in found(session)]


def bound_models() -> list[type[Base]]:
    """Every table that the ledger binds, in the order of their references."""
    classes = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers if mapper.class_.bound}
    return [classes[table.name] for table in Base.metadata.sorted_tables if table.name in classes]


def one_row_each(session: Session) -> None:
    """A row in every bound table, with its event, so that no table can be forgotten."""
    for model in bound_models():
        row = model(**_values(session, model))
        session.add(row)
        session.flush()
        record(session, OFFICE, "test.added", row)


def _values(session: Session, model: type[Base]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for column in inspect(model).columns:
        if column.primary_key or column.key == "version" or (column.nullable and not column.foreign_keys):
            continue
        if column.foreign_keys:
            target = next(iter(column.foreign_keys)).column.table
            values[column.key] = session.scalar(select(func.max(target.c.id)))
        else:
            values[column.key] = _value(column.type)
    return values


def _value(kind: Any) -> Any:
    for known, value in (
        (UtcDateTime, datetime(2026, 3, 2, 15, 0, 0, 250, tzinfo=UTC)),
        (Date, date(2026, 3, 2)),
        (Boolean, True),
        (Integer, 7),
        (JSON, {"months": 3, "ways": ["a", "ñ"]}),
        (LargeBinary, b"bytes"),
    ):
        if isinstance(kind, known):
            return value
    return new_public_id()[: kind.length or 16]


def insert_copy(session: Session, table: Table, key: int, **changes: Any) -> None:
    """Copy a row under another key."""
    row = dict(session.execute(select(table).where(table.primary_key.columns[0] == key)).mappings().one())
    session.execute(insert(table).values({**row, **changes}))


def size(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(LedgerEvent)) or 0
