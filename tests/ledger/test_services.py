"""No event, no change; no gap in the sequence; no change of what is append-only; every earlier head can be told."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from investigations.access import OFFICE
from investigations.accounts.models import Unit, User, UserSession
from investigations.db import Database
from investigations.ledger import services
from investigations.ledger.models import LedgerEvent
from investigations.ledger.queries import began_at, case_events, head, last_change, list_events, verify
from investigations.ledger.services import Entry, UnrecordedChange, record, record_many
from tests.conftest import unit_named

APPEND_ONLY = {
    "ledger_events": "seq", "ledger_payloads": "seq", "line_events": "id", "acts": "id", "custody_events": "id",
    "case_revisions": "id",
}  # fmt: skip


def add_event(session: Session, subject: str = "test/1", **payload: object) -> int:
    return record_many(session, OFFICE, [Entry("test.done", subject, [], payload=payload)])


def rename(session: Session, name: str) -> None:
    unit = unit_named(session, "SUR")
    unit.name = name
    record(session, OFFICE, "test.done", unit)


# No event, no change --------------------------------------------------------------------------------------------


def test_a_change_without_an_event_is_not_committed(database: Database) -> None:
    with pytest.raises(UnrecordedChange, match="units"), database.transaction() as session:
        unit_named(session, "SUR").name = "changed in silence"
    with pytest.raises(UnrecordedChange, match="units"), database.transaction() as session:
        session.add(Unit(code="X", name="added in silence"))
    with database.reading() as session:
        assert unit_named(session, "SUR").name == "Unidad Sur"
        assert session.scalar(select(func.count()).select_from(Unit).where(Unit.code == "X")) == 0


def test_a_change_after_the_event_needs_another_event(database: Database) -> None:
    with database.writing() as session:
        rename(session, "recorded")
        unit_named(session, "SUR").name = "not recorded"
        with pytest.raises(UnrecordedChange, match="units"):
            database.commit(session)


def test_an_event_binds_everything_that_changed_since_the_one_before(database: Database) -> None:
    with database.transaction() as session:
        unit_named(session, "SUR").name = "one"
        north = unit_named(session, "NORTE")
        north.name = "two"
        record(session, OFFICE, "test.done", north)
    with database.reading() as session:
        assert verify(session).ok
        assert last_change(session, north) is not None


def test_statements_that_pass_by_the_ledger_are_refused(database: Database) -> None:
    with database.writing() as session:
        with pytest.raises(UnrecordedChange, match="users"):
            session.execute(update(User).values(role="administrator"))
        with pytest.raises(UnrecordedChange, match="users"):
            session.query(User).delete()
        session.execute(update(UserSession).values(source="not bound by the ledger"))


def test_nothing_that_the_ledger_binds_is_deleted(database: Database) -> None:
    with database.writing() as session:
        session.delete(session.scalars(select(User).limit(1)).one())
        with pytest.raises(UnrecordedChange, match="withdrawn"):
            session.flush()


def test_a_ledger_that_cannot_be_written_stops_the_change(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(services, "_write", broken)
    with pytest.raises(RuntimeError, match="disk"), database.transaction() as session:
        rename(session, "changed")
    with database.reading() as session:
        assert unit_named(session, "SUR").name == "Unidad Sur"
        assert verify(session).ok


# Append-only ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_append_only_tables_refuse_every_change_in_the_database_itself(filled: Database, table: str) -> None:
    key = APPEND_ONLY[table]
    statements = [f"UPDATE {table} SET {key} = {key}", f"DELETE FROM {table}"]
    if filled.engine.dialect.name == "sqlite":
        statements += [
            f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
            f"REPLACE INTO {table} SELECT * FROM {table}",
            f"INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT({key}) DO UPDATE SET {key} = {key}",
            f"UPDATE OR REPLACE {table} SET {key} = {key}",
        ]
    else:
        statements += [f"TRUNCATE {table} CASCADE"]
    with filled.reading() as session:
        before = session.execute(text(f"SELECT * FROM {table} ORDER BY {key}")).all()
    assert before
    for statement in statements:
        with pytest.raises(DBAPIError, match="append-only"), filled.engine.begin() as connection:
            connection.execute(text(statement))
    with filled.reading() as session:
        assert session.execute(text(f"SELECT * FROM {table} ORDER BY {key}")).all() == before


# The sequence -------------------------------------------------------------------------------------------------------


def test_writers_at_the_same_time_leave_no_gap_and_no_fork_even_when_some_give_up(database: Database) -> None:
    with database.reading() as session:
        before = head(session).size
    chance = random.Random(7)
    gives_up = [chance.random() < 0.2 for _ in range(120)]

    def write(number: int) -> None:
        try:
            with database.transaction() as session:
                add_event(session, number=number)
                add_event(session, number=number)
                if gives_up[number]:
                    raise InterruptedError
        except InterruptedError:
            return

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(120)))
    with database.reading() as session:
        numbers = session.scalars(select(LedgerEvent.seq).order_by(LedgerEvent.seq)).all()
        assert numbers == list(range(1, before + 2 * gives_up.count(False) + 1))
        result = verify(session)
        assert (result.problems, result.head) == ([], head(session))


def test_many_entries_at_once_are_one_chain(database: Database) -> None:
    with database.transaction() as session:
        before = head(session).size
        entries = (Entry("test.done", f"test/{n}", []) for n in range(services.BULK + 5))
        assert record_many(session, OFFICE, entries) == before + services.BULK + 5
    with database.reading() as session:
        assert verify(session).ok


# Heads ----------------------------------------------------------------------------------------------------------------


def test_the_head_of_an_earlier_moment_is_the_one_that_was_printed_then(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = datetime.now(UTC)
    monkeypatch.setattr(services, "now", lambda: moment)
    printed = []
    for _ in range(9):
        with database.transaction() as session:
            add_event(session)
            add_event(session)
        with database.reading() as session:
            printed.append((moment, head(session)))
        moment += timedelta(seconds=1)
    with database.reading() as session:
        for instant, then in printed:
            assert head(session, instant) == then
            assert head(session, instant + timedelta(milliseconds=500)) == then
        began = began_at(session)
        assert began is not None
        assert head(session, began - timedelta(days=1)).size == 0


def test_a_clock_set_back_does_not_disorder_the_heads(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    start = datetime.now(UTC)
    for offset in (10, -3600, 20):
        monkeypatch.setattr(services, "now", lambda offset=offset: start + timedelta(seconds=offset))
        with database.transaction() as session:
            add_event(session)
    with database.reading() as session:
        instants = session.scalars(select(LedgerEvent.recorded_at).order_by(LedgerEvent.seq)).all()
        assert instants == sorted(instants)
        assert head(session, start + timedelta(seconds=10)).size == head(session).size - 1


# Lists ----------------------------------------------------------------------------------------------------------------


def test_events_are_listed_newest_first_by_action_actor_object_and_page(database: Database) -> None:
    with database.transaction() as session:
        for number in range(7):
            add_event(session, f"test/{number % 2}")
    with database.reading() as session:
        newest = list_events(session, limit=3)
        assert [event.seq for event in newest] == [head(session).size - n for n in range(3)]
        older = list_events(session, before=newest[-1].seq, limit=3)
        assert older[0].seq == newest[-1].seq - 1
        assert [event.subject for event in list_events(session, subject="test/1")] == ["test/1"] * 3
        assert len(list_events(session, action="test.done")) == 7
        assert list_events(session, actor="nobody-we-know") == []


def test_what_an_event_says_stands_beside_the_leaf_and_not_in_it(database: Database) -> None:
    with database.transaction() as session:
        entry = Entry("test.done", "test/1", [], case_id=77, reason="because", payload={"name": "Juana Olvera"})
        record_many(session, OFFICE, [entry])
    with database.reading() as session:
        body = session.scalars(select(LedgerEvent.body).order_by(LedgerEvent.seq.desc()).limit(1)).one()
        assert b"Olvera" not in body
        assert b"because" not in body
        [(line, said)] = case_events(session, 77)
        assert (line.action, said) == ("test.done", {"name": "Juana Olvera", "reason": "because"})
