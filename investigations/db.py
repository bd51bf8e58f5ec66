"""The database: base class, types, engine, and THE one commit.

A request or a command is one transaction. Services change rows and record ledger events; nothing is
written for good until `Database.commit` has run the guards (`before_commit`) on what was touched.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import DateTime, Engine, Integer, MetaData, String, TypeDecorator, create_engine, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column, sessionmaker

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Refusal(Exception):
    """What somebody asked cannot be done; the message (translatable) says why and what to do. Nothing changed."""

    def __init__(self, message: object, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)


class NotFound(Exception):
    """It does not exist, or the viewer may not see it: the answer is the same."""


class StaleEdit(Exception):
    """Somebody saved the same row meanwhile; `row` is as it stands now."""

    def __init__(self, row: object) -> None:
        super().__init__("stale edit")
        self.row = row


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Only aware values go in; they are kept and come back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without zone: {value!r}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table. `bound` tables are covered by the ledger: no change without an event."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime}
    bound: ClassVar[bool] = True


class Versioned:
    """A row that people edit: a stale save is refused (optimistic locking)."""

    version: Mapped[int] = mapped_column(Integer)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class Public:
    """A row that has an address on the web: an opaque id that says nothing."""

    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: new_public_id())


def check_version(row: Versioned, version: int) -> None:
    """Raise StaleEdit when the row is no longer the one the person was shown."""
    if row.version != version:
        raise StaleEdit(row)


def new_public_id() -> str:
    """Sixteen characters from the operating system's random source (80 bits)."""
    return secrets.token_hex(8)


def now() -> datetime:
    """The present instant in UTC: the only clock of the code base."""
    return datetime.now(UTC)


def safe_journal(version: tuple[int, int, int]) -> str:
    """The SQLite journal mode that loses nothing on this SQLite version.

    WAL loses commits with several connections before 3.51.3, except in the backports 3.50.7 and 3.44.6
    (architecture.md §11, trust.md 0.1); 3.52.0 was withdrawn.
    """
    fixed = version >= (3, 51, 3) or (version[:2] == (3, 50) and version[2] >= 7) or (version[:2] == (3, 44) and version[2] >= 6)
    return "WAL" if fixed and version[:2] != (3, 52) else "TRUNCATE"


PATIENCE = 15000
"""Milliseconds that a transaction waits for another one's lock (SQLite)."""


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        f"journal_mode={safe_journal(sqlite3.sqlite_version_info)}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",  # without it INSERT OR REPLACE slips past the delete triggers
        "trusted_schema=OFF",
        f"busy_timeout={PATIENCE}",
        "cache_spill=OFF",  # a long import keeps its pages to itself, so that readers go on
        "cache_size=-65536",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    connection.exec_driver_sql(f"PRAGMA busy_timeout={int(options.get('patience', PATIENCE))}")
    connection.exec_driver_sql(options.get("begin", "BEGIN"))


def make_engine(url: str) -> Engine:
    """An engine for SQLite (safe journal, explicit BEGIN) or PostgreSQL."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 15})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


Guard = Callable[[Session], None]


class Database:
    """One office's database: sessions to read with, sessions to write with, and the one commit."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        snapshot = {} if self.engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        self._reading = sessionmaker(self.engine.execution_options(**snapshot), expire_on_commit=False)
        self._writing = sessionmaker(
            self.engine.execution_options(begin="BEGIN IMMEDIATE"), expire_on_commit=False
        )
        self.before_commit: list[Guard] = []
        self.after_commit: list[Guard] = []

    def reading(self) -> Session:
        """A session that will not be committed: all it reads is as of one moment."""
        return self._reading()

    def writing(self) -> Session:
        """A session whose transaction takes the write lock at once (SQLite)."""
        return self._writing()

    @contextmanager
    def transaction(self, *, patience: int | None = None) -> Iterator[Session]:
        """One unit of work: committed whole when the block ends well, otherwise nothing of it stays.

        `patience`: milliseconds to wait for a lock (SQLite); then OperationalError.
        """
        with self.writing() as session:
            if patience is not None:
                session.connection(execution_options={"patience": patience})
            yield session
            self.commit(session)

    def commit(self, session: Session) -> None:
        """The one commit of the code base: guards and projections first, then for good, then the news."""
        session.flush()
        for guard in self.before_commit:
            guard(session)
        session.commit()
        for tell in self.after_commit:
            tell(session)
        session.info.clear()


@event.listens_for(Session, "after_flush")
def _remember_touched(session: Session, _context: object) -> None:
    """Keep what a flush wrote: the ledger binds these rows, the projections follow their cases."""
    changed = [row for row in session.dirty if session.is_modified(row)]
    touched = [row for row in (*session.new, *changed) if isinstance(row, Base)]
    unrecorded: dict[int, Base] = session.info.setdefault("unrecorded", {})
    unrecorded.update((id(row), row) for row in touched if row.bound)
    cases: set[int] = session.info.setdefault("touched_cases", set())
    for row in touched:
        touched_case = getattr(row, "touches_case", None)
        if touched_case is not None:
            cases.add(touched_case)


def take_unrecorded(session: Session) -> Sequence[Base]:
    """The bound rows written since the last ledger event of this transaction; forgotten once taken."""
    session.flush()
    return list(session.info.pop("unrecorded", {}).values())


def touch_cases(session: Session, case_ids: set[int]) -> None:
    """Say that these cases changed by other means than the ORM (bulk import, undo)."""
    session.info.setdefault("touched_cases", set()).update(case_ids)


def touched_cases(session: Session) -> set[int]:
    """The ids of the cases that this transaction has changed so far."""
    touched: set[int] = session.info.get("touched_cases", set())
    return touched
