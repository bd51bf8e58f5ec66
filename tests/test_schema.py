"""The schema has a memory: one head, up and down with data, models equal to it, tables that refuse changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from investigations import schema
from investigations.config import Settings
from investigations.db import Base, Database, safe_journal
from investigations.office import Office

ROOT = Path(__file__).resolve().parent.parent
APPEND_ONLY = ["ledger_events", "ledger_payloads", "line_events", "acts", "custody_events", "case_revisions"]


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory(str(ROOT / "migrations")).get_heads()) == 1


def test_the_models_equal_the_migrated_schema(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_schema_goes_down_and_up_again_with_data_in_it(office: Office) -> None:
    with office.database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM users"))
    schema.downgrade(office.database, "0001")
    with office.database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM users"))
    schema.upgrade(office.database)
    assert schema.is_current(office.database)
    schema.downgrade(office.database, "base")
    schema.upgrade(office.database)
    assert schema.is_current(office.database)


def test_the_ledger_refuses_update_delete_and_replace(database: Database) -> None:
    statements = [
        "UPDATE ledger_events SET actor = 'x' WHERE seq = 1",
        "DELETE FROM ledger_events WHERE seq = 1",
        "DELETE FROM ledger_payloads WHERE seq = 1",
    ]
    if database.engine.dialect.name == "sqlite":
        statements.append("INSERT OR REPLACE INTO ledger_events SELECT * FROM ledger_events WHERE seq = 1")
    else:
        statements += [f"TRUNCATE {table} CASCADE" for table in APPEND_ONLY]
    for statement in statements:
        with pytest.raises(DBAPIError, match="append-only"), database.engine.begin() as connection:
            connection.execute(text(statement))


def test_every_append_only_table_is_guarded(database: Database) -> None:
    query = (
        "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger'"
        if database.engine.dialect.name == "sqlite"
        else "SELECT DISTINCT event_object_table FROM information_schema.triggers"
    )
    with database.engine.connect() as connection:
        assert sorted(connection.scalars(text(query))) == sorted(APPEND_ONLY)


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "TRUNCATE"),
        ((3, 44, 6), "WAL"),
        ((3, 50, 6), "TRUNCATE"),
        ((3, 50, 7), "WAL"),
        ((3, 51, 2), "TRUNCATE"),
        ((3, 51, 3), "WAL"),
        ((3, 52, 0), "TRUNCATE"),
        ((3, 53, 1), "WAL"),
    ],
)
def test_the_journal_is_the_one_that_loses_nothing_on_this_sqlite(version: tuple[int, int, int], mode: str) -> None:
    assert safe_journal(version) == mode


def test_settings_make_a_secret_once_and_keep_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCLARECE_HOME", str(tmp_path / "office"))
    monkeypatch.delenv("ESCLARECE_DATABASE_URL", raising=False)
    first, second = Settings.from_env(), Settings.from_env()
    assert first.secret_key == second.secret_key
    assert (tmp_path / "office" / "secret_key").stat().st_mode & 0o777 == 0o600
