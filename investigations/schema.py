"""The whole schema: every table imported once, and the migrations that bring a database to it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from .accounts import models as accounts
from .cases import models as cases
from .clearance import models as clearance
from .court import models as court
from .db import Database
from .evidence import models as evidence
from .indexing import models as indexing
from .ledger import models as ledger
from .people import models as people

__all__ = ["accounts", "cases", "clearance", "court", "evidence", "indexing", "ledger", "people"]

ALEMBIC_INI = Path(__file__).resolve().parent.parent / "alembic.ini"


def _config(connection: Connection | None = None) -> Config:
    config = Config(ALEMBIC_INI)
    config.attributes["connection"] = connection
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database up to a revision, whole or not at all."""
    with database.engine.begin() as connection:
        command.upgrade(_config(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Take the database back to a revision."""
    with database.engine.begin() as connection:
        command.downgrade(_config(connection), revision)


def is_current(database: Database) -> bool:
    """True when the database stands at the newest migration."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest
