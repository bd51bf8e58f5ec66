"""Rows exactly as the database stores them, so that no altered byte is read past.

SQLite keeps what it is given: a date may be spelt otherwise, a flag be 2, a text be bytes, and the usual readers
would make the same value of it. Here a cell that is not stored in the form in which it is written reads as ALTERED,
and one that cannot be read at all does not hide its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Column, LargeBinary, Select, String, Table, select, type_coerce
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

CHUNK = 2000
Row = Mapping[str, Any] | None
Reader = Callable[[Any], Any]
ALTERED = "\x00altered"
"""Stands for a stored cell that we did not write: equal to no value of ours, which hold no control characters."""


def stored_rows(session: Session, table: Table) -> Iterator[tuple[int, Row]]:
    """Key and cells of every row, by key; cells are None for a row that the database itself cannot read."""
    dialect = session.get_bind().dialect
    exact = dialect.name == "sqlite"
    columns = [type_coerce(column, NullType()).label(column.key) if exact else column for column in table.columns]
    readers = [_reader(column, dialect) if exact else None for column in table.columns]
    names = [column.key for column in table.columns]
    key = table.primary_key.columns[0]
    for number, cells in _in_chunks(session, select(*columns), key):
        if cells is None:
            yield number, None
        else:
            yield number, {
                name: reader(cell) if reader is not None else cell
                for name, reader, cell in zip(names, readers, cells, strict=True)
            }


def _in_chunks(session: Session, statement: Select[Any], key: Column[Any]) -> Iterator[tuple[int, Any]]:
    last = None
    while True:
        chunk = select(key).order_by(key).limit(CHUNK)
        keys = list(session.scalars(chunk if last is None else chunk.where(key > last)))
        if not keys:
            return
        among = statement.where(key >= keys[0], key <= keys[-1]).order_by(key)
        try:
            yield from zip(keys, session.execute(among).all(), strict=True)
        except DBAPIError:
            yield from ((number, _alone(session, statement.where(key == number))) for number in keys)
        last = keys[-1]


def _alone(session: Session, statement: Select[Any]) -> Any:
    try:
        return session.execute(statement).one()
    except DBAPIError:
        return None


def _reader(column: Column[Any], dialect: Dialect) -> Reader:
    """Reads a cell as the column's type does, and writes it again: what comes out must be what was stored."""
    if isinstance(column.type, LargeBinary):
        return lambda raw: raw if raw is None or type(raw) is bytes else ALTERED
    kind = column.type.dialect_impl(dialect)
    read, write = kind.result_processor(dialect, None), kind.bind_processor(dialect)
    text = isinstance(column.type, String)

    def cell(raw: Any) -> Any:
        if raw is None:
            return None
        try:
            value = read(raw) if read is not None else raw
            again = write(value) if write is not None else value
        except (ValueError, TypeError):
            return ALTERED
        same = type(again) is type(raw) and again == raw
        return value if same and (type(raw) is str or not text) else ALTERED

    return cell
