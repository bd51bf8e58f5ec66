"""Whatever is altered behind the application's back is found and named: events, payloads, tip and every bound row."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from investigations.db import Base, Database
from investigations.ledger.models import LedgerEvent, LedgerPayload, LedgerTip
from investigations.ledger.queries import head, verify
from investigations.ledger.rules import Frontier, Head, leaf_hash
from tests.ledger.tampering import bound_models, found, insert_copy, places, size, tampering

OFTEN = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
BOUND = [model.__tablename__ for model in bound_models()]


def table_of(name: str) -> Table:
    return Base.metadata.tables[name]


def test_an_office_that_nobody_touched_verifies(filled: Database) -> None:
    with filled.reading() as session:
        result = verify(session)
        assert result.problems == []
        assert result.head == head(session)
        assert result.rows >= len(BOUND)


# One byte -----------------------------------------------------------------------------------------------------


def altered(cell: Any, at: int, bits: int) -> bytes:
    """The cell's bytes with one of them changed."""
    raw = bytearray(cell if isinstance(cell, bytes) else str(cell).encode())
    raw[at % len(raw)] ^= bits
    return bytes(raw)


def write_raw(session: Session, table: str, key: str, number: int, column: str, cell: Any, raw: bytes) -> None:
    """Store altered bytes in the kind of the cell that was there (SQLite)."""
    stored: Any = raw
    if isinstance(cell, int):
        try:
            stored = int(raw)
        except ValueError:
            assume(False)
    expression = "CAST(:stored AS TEXT)" if isinstance(cell, str) else ":stored"
    try:
        session.execute(
            text(f"UPDATE {table} SET {column} = {expression} WHERE {key} = :number"), {"stored": stored, "number": number}
        )
    except IntegrityError:
        assume(False)  # the key of another row: the database itself refuses


@OFTEN
@given(data=st.data())
def test_any_single_byte_changed_in_any_row_of_the_ledger_is_found_and_named(filled: Database, data: st.DataObject) -> None:
    if filled.engine.dialect.name != "sqlite":
        return  # there the next test changes whole cells: most altered bytes cannot be stored at all
    table, key = data.draw(st.sampled_from([("ledger_events", "seq"), ("ledger_payloads", "seq"), ("ledger_tip", "id")]))
    with tampering(filled) as session:
        rows = session.execute(text(f"SELECT * FROM {table}")).mappings().all()
        row = data.draw(st.sampled_from(rows))
        column = data.draw(st.sampled_from([name for name, cell in row.items() if cell not in (None, b"")]))
        raw = altered(row[column], data.draw(st.integers(0, 5000)), data.draw(st.integers(1, 255)))
        write_raw(session, table, key, row[key], column, row[column], raw)
        names = {"ledger_events": "event", "ledger_payloads": "payload", "ledger_tip": "tip"}
        where = {f"{names[table]}/{row[key]}", f"event/{row[key]}"} if table != "ledger_tip" else {"tip"}
        said = places(session)
        if table == "ledger_tip" and column == "size":
            where.add(f"event/{size(session) + 1}")  # a tip that counts more events than there are
        assert where & set(said), (table, column, said[:3])


@pytest.mark.parametrize("column", ["recorded_at", "actor", "role", "action", "subject", "case_id", "body", "leaf"])
def test_any_column_of_an_event_changed_by_sql_is_found(filled: Database, column: str) -> None:
    with tampering(filled) as session:
        event = session.scalars(select(LedgerEvent).where(LedgerEvent.seq == 3)).one()
        old = getattr(event, column)
        other = session.scalars(select(getattr(LedgerEvent, column)).where(LedgerEvent.seq == 4)).one()
        new = {"actor": "mallory", "role": "auditor", "action": "x", "case_id": 99}.get(column, other)
        assert new != old
        session.execute(update(LedgerEvent).where(LedgerEvent.seq == 3).values({column: new}))
        assert places(session)[0] == "event/3"


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("UPDATE ledger_events SET recorded_at = replace(recorded_at, ' ', 'T') WHERE seq = 2", "event/2"),
        ("UPDATE ledger_events SET recorded_at = 'soon' WHERE seq = 2", "event/2"),
        ("UPDATE ledger_events SET actor = CAST(actor AS BLOB) WHERE seq = 2", "event/2"),
        ("UPDATE ledger_events SET body = CAST(body AS TEXT) WHERE seq = 2", "event/2"),
        ("UPDATE ledger_events SET subject = CAST(x'ff' AS TEXT) WHERE seq = 2", "event/2"),
        ("UPDATE users SET active = 2 WHERE id = 2", "users/2"),
        ("UPDATE users SET created_at = replace(created_at, ' ', 'T') WHERE id = 2", "users/2"),
        ("UPDATE users SET full_name = CAST(x'ff' AS TEXT) WHERE id = 2", "users/2"),
        ("UPDATE users SET full_name = CAST(full_name AS BLOB) WHERE id = 2", "users/2"),
        ("UPDATE line_events SET data = '{\"months\": \"3\", \"ways\": [\"a\", \"\\u00f1\"]}'", "line_events/1"),
        ("UPDATE line_events SET data = '{'", "line_events/1"),
    ],
)
def test_the_same_value_spelt_otherwise_is_found_and_hides_no_neighbour(filled: Database, statement: str, where: str) -> None:
    if filled.engine.dialect.name != "sqlite":
        return  # PostgreSQL refuses to store any of these
    with tampering(filled) as session:
        session.execute(text(statement))
        unbound = {"units/1"} if "body" in statement else set()  # what the altered event said of it is lost
        assert set(places(session)) == {where} | unbound


# Rows taken away, put in, exchanged ---------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["first", "middle", "last"])
def test_a_deleted_event_is_named(filled: Database, which: str) -> None:
    with tampering(filled) as session:
        seq = {"first": 1, "middle": 7, "last": size(session)}[which]
        session.execute(delete(LedgerPayload).where(LedgerPayload.seq == seq))
        session.execute(delete(LedgerEvent).where(LedgerEvent.seq == seq))
        assert places(session)[0] == f"event/{seq}"


def test_an_event_put_in_at_the_end_or_a_copy_of_one_is_named(filled: Database) -> None:
    with tampering(filled) as session:
        last = size(session)
        insert_copy(session, table_of("ledger_events"), last, seq=last + 1)
        insert_copy(session, table_of("ledger_payloads"), last, seq=last + 1)
        assert places(session)[0] == f"event/{last + 1}"


def test_two_events_exchanged_are_named(filled: Database) -> None:
    with tampering(filled) as session:
        for table in (table_of("ledger_payloads"), table_of("ledger_events")):
            for old, new in ((4, 100004), (5, 4), (100004, 5)):
                session.execute(update(table).where(table.c.seq == old).values(seq=new))
        assert {"event/4", "event/5"} <= set(places(session))


def test_a_payload_without_event_and_an_event_without_payload_are_named(filled: Database) -> None:
    with tampering(filled) as session:
        session.execute(update(LedgerPayload).where(LedgerPayload.seq == 6).values(seq=100006))
        assert {"event/6", "payload/100006"} <= set(places(session))


def test_a_ledger_cut_at_its_end_with_a_fitting_tip_is_found_by_a_head_from_outside(filled: Database) -> None:
    """Nothing inside can tell; a printed page can (trust.md §2.4, A2)."""
    with tampering(filled) as session:
        printed = head(session)
        cut = printed.size - 3
        session.execute(delete(LedgerPayload).where(LedgerPayload.seq > cut))
        session.execute(delete(LedgerEvent).where(LedgerEvent.seq > cut))
        frontier = Frontier()
        leaf = b""
        for leaf in session.scalars(select(LedgerEvent.leaf).order_by(LedgerEvent.seq)):
            frontier.append(leaf)
        session.execute(update(LedgerTip).values(size=frontier.size, peaks=frontier.dump(), last_leaf=leaf))
        assert all("/" in where and not where.startswith("event") for where in places(session))
        assert f"head/{printed.size}" in [problem.where for problem in verify(session, printed).problems]


def test_a_ledger_rewritten_whole_is_found_by_a_head_from_outside_of_the_same_size(filled: Database) -> None:
    with tampering(filled) as session:
        printed = head(session)
        body = session.scalars(select(LedgerEvent.body).where(LedgerEvent.seq == printed.size)).one()
        other = body.replace(b"test.added", b"test.other")
        assert other != body
        leaf = leaf_hash(other)
        session.execute(
            update(LedgerEvent).where(LedgerEvent.seq == printed.size).values(body=other, leaf=leaf, action="test.other")
        )
        frontier = Frontier()
        for leaf in session.scalars(select(LedgerEvent.leaf).order_by(LedgerEvent.seq)):
            frontier.append(leaf)
        session.execute(update(LedgerTip).values(peaks=frontier.dump(), last_leaf=leaf))
        assert found(session) == []
        session.expire_all()
        assert [problem.where for problem in verify(session, printed).problems] == [f"head/{printed.size}"]


def test_every_earlier_head_is_contained_and_no_other_is(filled: Database) -> None:
    with filled.reading() as session:
        now = head(session)
        frontier = Frontier()
        heads = [Head(0, frontier.root().hex())]
        for leaf in session.scalars(select(LedgerEvent.leaf).order_by(LedgerEvent.seq)):
            frontier.append(leaf)
            heads.append(Head(frontier.size, frontier.root().hex()))
        assert heads[-1] == now
        for one in (heads[0], heads[1], heads[5], now):
            assert verify(session, one).ok
            assert not verify(session, Head(one.size, "0" * 64)).ok
        assert not verify(session, Head(now.size + 1, now.root)).ok


# Tip ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("statement", ["DELETE FROM ledger_tip", "UPDATE ledger_tip SET size = size - 1", "UPDATE ledger_tip SET id = 2"])
def test_a_tip_that_is_gone_or_other_is_named(filled: Database, statement: str) -> None:
    with tampering(filled) as session:
        session.execute(text(statement))
        assert places(session) == ["tip"]


def test_a_second_tip_is_named(filled: Database) -> None:
    with tampering(filled) as session:
        session.execute(insert(table_of("ledger_tip")).values(id=2, size=0, peaks=b"", last_leaf=b""))
        assert places(session) == ["tip"]


# Rows of every bound table -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BOUND)
def test_any_column_edited_in_any_bound_table_is_found_and_named(filled: Database, name: str) -> None:
    table = table_of(name)
    with tampering(filled) as session:
        key = session.scalar(select(table.c.id).order_by(table.c.id.desc()).limit(1))
        for column in table.columns:
            if column.primary_key:
                continue
            with session.begin_nested() as attempt:
                before = session.execute(select(column).where(table.c.id == key)).scalar_one()
                after = other_value(column, before)
                session.execute(update(table).where(table.c.id == key).values({column: after}))
                assert places(session) == [f"{name}/{key}"], column
                attempt.rollback()


def other_value(column: Any, before: Any) -> Any:
    if before is None:
        return {int: 99, str: "x", bool: False, date: date(2020, 1, 1)}.get(column.type.python_type, LONG_AGO)
    if isinstance(before, bool):
        return not before
    if isinstance(before, int):
        return before + 1000
    if isinstance(before, str):
        return ("b" if before[0] != "b" else "c") + before[1:]
    if isinstance(before, dict | list):
        return [before]
    return before.replace(year=before.year - 1)


@pytest.mark.parametrize("name", BOUND)
def test_a_row_taken_out_of_or_put_into_any_bound_table_is_found_and_named(filled: Database, name: str) -> None:
    table = table_of(name)
    with tampering(filled) as session:
        key = session.scalar(select(table.c.id).order_by(table.c.id.desc()).limit(1))
        with session.begin_nested() as attempt:
            session.execute(delete(table).where(table.c.id == key))
            assert places(session) == [f"{name}/{key}"]
            attempt.rollback()
        unique = {column.key: f"u{key}" for column in table.columns if column.unique}
        more = {"number": 4711} if "number" in table.c and name != "cases" else {}
        insert_copy(session, table, key, id=key + 1000, **unique, **more, **({"once": None} if "once" in table.c else {}))
        assert places(session) == [f"{name}/{key + 1000}"]
