"""Passwords: hashed with argon2id, a bounded number at a time, and checked before they are taken."""

from __future__ import annotations

import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import lazy_gettext as _l

from ...db import Refusal
from ..rules import PASSWORD_MAX, PASSWORD_MIN, TOKEN_BYTES, Weakness, as_typed, weakness

HASHES_AT_ONCE = 4
"""How many passwords are hashed at the same time: with HASHER this bounds the memory of parallel log-ons."""

HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
"""argon2id as in RFC 9106's second choice: 64 MiB, three passes."""
_hashing = threading.BoundedSemaphore(HASHES_AT_ONCE)


def hash_password(password: str) -> str:
    """An argon2id hash; at most HASHES_AT_ONCE are made at the same time."""
    with _hashing:
        return HASHER.hash(as_typed(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one; as slow when nothing is stored."""
    with _hashing:
        try:
            HASHER.verify(stored or _nobodys_hash(), as_typed(password))
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


@cache
def _nobodys_hash() -> str:
    return HASHER.hash(secrets.token_urlsafe(TOKEN_BYTES))


def needs_renewal(stored: str) -> bool:
    """True when the hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(stored)


def new_hash(password: str, *context: str) -> str:
    """The hash of a new password. Raises Refusal when it is short, long or easy to guess from `context` (names)."""
    wrong = weakness(password, context)
    if wrong is not None:
        raise Refusal(_WORDS[wrong], field="password")
    return hash_password(password)


_WORDS = {
    Weakness.SHORT: _l("The password must have %(least)d characters or more", least=PASSWORD_MIN),
    Weakness.LONG: _l("The password must have %(most)d characters or fewer", most=PASSWORD_MAX),
    Weakness.COMMON: _l(
        "The password is easy to guess: leave out names, common words and patterns, or use more words"
    ),
}
