"""A clock that the tests set, and password hashing that costs nothing and is counted."""

from __future__ import annotations

import hashlib
import threading
import time
from datetime import UTC, datetime, timedelta

from argon2.exceptions import VerifyMismatchError


class Clock:
    """Stands in for `db.now`: moves only when told."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


class CountedHasher:
    """Hashes at once, and remembers what it was asked to compare, and how many at the same time."""

    def __init__(self, delay: float = 0.0) -> None:
        self.compared: list[str] = []
        self.most = 0
        self._delay = delay
        self._inside = 0
        self._lock = threading.Lock()

    def hash(self, password: str) -> str:
        return "counted " + hashlib.sha256(password.encode()).hexdigest()

    def verify(self, stored: str, password: str) -> bool:
        with self._lock:
            self.compared.append(stored)
            self._inside += 1
            self.most = max(self.most, self._inside)
        time.sleep(self._delay)
        with self._lock:
            self._inside -= 1
        if stored != self.hash(password):
            raise VerifyMismatchError
        return True

    def check_needs_rehash(self, stored: str) -> bool:
        return not stored.startswith("counted")
