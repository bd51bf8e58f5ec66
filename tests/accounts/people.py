"""Signing in and looking at what came of it, without the web."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from investigations.access import Viewer
from investigations.accounts.models import User
from investigations.accounts.queries import user_named, viewer_of
from investigations.accounts.services import SignedIn, sign_in, viewer_for
from investigations.config import Settings
from investigations.db import Database
from investigations.ledger.queries import EventLine, list_events
from tests.accounts.clock import CountedHasher
from tests.conftest import PASSWORD


def change_unseen(database: Database, name: str | None = None, **values: object) -> None:
    """Change accounts behind the application's back, so that the ledger hears nothing."""
    table = User.__table__
    assert isinstance(table, Table)
    with database.engine.begin() as connection:
        statement = update(table).values(**values)
        connection.execute(statement if name is None else statement.where(table.c.name == name))


@dataclass
class People:
    database: Database
    settings: Settings
    hasher: CountedHasher
    doors_ready: bool = False

    def make_doors_quick(self) -> None:
        """The template's real hashes are replaced behind the ledger's back: these tests look at sessions only."""
        if not self.doors_ready:
            change_unseen(self.database, password_hash=self.hasher.hash(PASSWORD))
        self.doors_ready = True

    def enter(
        self, name: str = "prosecutor", password: str = PASSWORD, source: str = "10.0.0.7", old_token: str | None = None
    ) -> str | None:
        self.make_doors_quick()
        return sign_in(
            self.database, self.settings, name=name, password=password, source=source, old_token=old_token
        )

    def token(self, name: str = "prosecutor", **more: str | None) -> str:
        token = self.enter(name, **more)  # type: ignore[arg-type]
        assert token is not None
        return token

    def seen(self, token: str) -> SignedIn | None:
        return viewer_for(self.database, self.settings, token)

    def user(self, session: Session, name: str) -> User:
        found = user_named(session, name)
        assert found is not None
        return found

    def viewer(self, name: str) -> Viewer:
        with self.database.reading() as session:
            return viewer_of(session, self.user(session, name))

    def events(self, action: str | None = None) -> list[EventLine]:
        with self.database.reading() as session:
            return list_events(session, action=action, limit=1000)

    def count(self, model: type) -> int:
        with self.database.reading() as session:
            return len(session.scalars(select(model)).all())
