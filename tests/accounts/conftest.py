from __future__ import annotations

import pytest

from investigations import db
from investigations.accounts.services import passwords
from investigations.config import Settings
from investigations.db import Database
from tests.accounts.clock import Clock, CountedHasher
from tests.accounts.people import People


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(db, "now", made)
    return made


@pytest.fixture
def hasher(monkeypatch: pytest.MonkeyPatch) -> CountedHasher:
    made = CountedHasher()
    monkeypatch.setattr(passwords, "HASHER", made)
    passwords._nobodys_hash.cache_clear()
    monkeypatch.setattr(passwords, "_nobodys_hash", lambda: "nobody's")
    return made


@pytest.fixture
def people(database: Database, settings: Settings, hasher: CountedHasher, clock: Clock) -> People:
    """Accounts at their doors: the clock stands still and hashing costs nothing."""
    return People(database, settings, hasher)
