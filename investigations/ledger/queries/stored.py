"""Rows exactly as the database stores them, so that no altered byte is read past.

SQLite keeps what it is given: a date may be spelt otherwise, a flag be 2, a text be bytes, and the usual readers
would make the same value of it. Here a cell that is not stored in the form in which it is written reads as ALTERED,
and one that cannot be read at all does not hide its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, LargeBinary, String, Table, select, type_coerce
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

CHUNK = 2000
Row = Mapping[str, Any]
Reader = Callable[[Any], Any]
ALTERED = "\x00altered"
"""Stands for a stored cell that we did not write: equal to no value of ours, which hold no control characters."""


def stored_rows(session: Session, table: Table) -> Iterator[tuple[int, Row]]:
    """Key and cells of every row, by key."""
    dialect = session.get_bind().dialect
    exact = dialect.name == "sqlite"
    columns = [type_coerce(column, NullType()).label(column.key) if exact else column for column in table.columns]
    readers = [_reader(column, dialect) if exact else _as_it_is for column in table.columns]
    names = [column.key for column in table.columns]
    for number, cells in _in_chunks(session, columns, table.primary_key.columns[0]):
        yield number, {name: read(cell) for name, read, cell in zip(names, readers, cells, strict=True)}


def _in_chunks(
    session: Session, columns: Sequence[ColumnElement[Any]], key: Column[Any]
) -> Iterator[tuple[int, Sequence[Any]]]:
    last = None
    while True:
        chunk = select(key).order_by(key).limit(CHUNK)
        keys = list(session.scalars(chunk if last is None else chunk.where(key > last)))
        if not keys:
            return
        among = select(*columns).where(key >= keys[0], key <= keys[-1]).order_by(key)
        try:
            yield from zip(keys, session.execute(among).all(), strict=True)
        except DBAPIError:
            yield from ((number, [_alone(session, column, key == number) for column in columns]) for number in keys)
        last = keys[-1]


def _alone(session: Session, column: ColumnElement[Any], here: ColumnElement[bool]) -> Any:
    """One cell by itself: what the database itself cannot read is altered, and hides nothing beside it."""
    try:
        return session.execute(select(column).where(here)).scalar_one()
    except DBAPIError:
        return ALTERED


def _as_it_is(cell: Any) -> Any:
    return cell


def _reader(column: Column[Any], dialect: Dialect) -> Reader:
    """Reads a cell as the column's type does, and writes it again: what comes out must be what was stored."""
    if isinstance(column.type, LargeBinary):
        return lambda raw: raw if raw is None or type(raw) is bytes else ALTERED
    kind = column.type.dialect_impl(dialect)
    read, write = kind.result_processor(dialect, None), kind.bind_processor(dialect)
    text = isinstance(column.type, String)

    def cell(raw: Any) -> Any:
        if raw is None or raw is ALTERED:
            return raw
        try:
            value = read(raw) if read is not None else raw
            again = write(value) if write is not None else value
        except (ValueError, TypeError):
            return ALTERED
        same = type(again) is type(raw) and again == raw
        return value if same and (type(raw) is str or not text) else ALTERED

    return cell
