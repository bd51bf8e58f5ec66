"""What is true of names, passwords, locks and sessions, without any table (trust.md §1.1 V6–V7, §5.2)."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from ..access import Role

LOCK_AFTER = 5
"""Failures of one account from one source, within LOCK_WINDOW, that lock the pair (CJIS AC-7)."""
LOCK_WINDOW = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=1)
"""How often a session's last use is written down, at most."""
PRIVILEGED_IDLE = timedelta(minutes=15)
PASSWORD_MIN = 12
PASSWORD_MAX = 128
TOKEN_BYTES = 32
LANGUAGES = {"es": "es_MX", "es_MX": "es_MX", "en": "en"}
UNIT_ROLES = frozenset({Role.INVESTIGATOR, Role.PROSECUTOR, Role.MANAGER})
"""Roles that work cases, and so belong to a unit."""
PEOPLE_ROLES = tuple(role for role in Role if role is not Role.SYSTEM)


class Action(StrEnum):
    """What the ledger says of accounts, units and sessions."""

    ACCOUNT_CREATED = "account.created"
    ACCOUNT_CHANGED = "account.changed"
    ROLE_CHANGED = "account.role_changed"
    ACCOUNT_DISABLED = "account.disabled"
    ACCOUNT_ENABLED = "account.enabled"
    PASSWORD_SET = "account.password_set"
    PASSWORD_CHANGED = "account.password_changed"
    LANGUAGE_CHANGED = "account.language_changed"
    UNIT_ADDED = "unit.added"
    UNIT_CHANGED = "unit.changed"
    SESSION_STARTED = "session.started"
    SESSION_ENDED = "session.ended"
    SESSIONS_ENDED = "session.all_ended"
    SESSION_REFUSED = "session.refused"
    ACCESS_REFUSED = "access.refused"


class Because(StrEnum):
    """Why a sign-in was refused: only the ledger says it, the person at the door is told the same every time."""

    UNKNOWN = "unknown"
    WRONG_PASSWORD = "wrong_password"
    DISABLED = "disabled"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Nobody:
    """Who acts before anybody is signed in."""

    public_id: str = "nobody"
    role_code: str = "none"


NOBODY = Nobody()

_NAME = re.compile(r"[a-z0-9ñ][a-z0-9ñ._-]{1,78}[a-z0-9ñ]")


def name_key(name: str) -> str:
    """The form of an account name that is stored and compared: composed, lower case, no outer blanks."""
    return unicodedata.normalize("NFC", name).strip().casefold()


def sound_name(name: str) -> bool:
    """True for a key of 3–80 letters, digits, dots, hyphens and underscores."""
    return _NAME.fullmatch(name) is not None


def attempt_key(name: str) -> str:
    """What an attempt is counted under (hex). Not the name itself: people type passwords into the wrong box."""
    return hashlib.sha256(name_key(name).encode(errors="replace")).hexdigest()


def token_hash(token: str) -> bytes:
    """What the database keeps of a session token."""
    return hashlib.sha256(token.encode(errors="replace")).digest()


def idle_limit(role: str, minutes: int) -> timedelta:
    """How long a session may rest: the office's `minutes`, at most a quarter of an hour for administrators."""
    limit = timedelta(minutes=minutes)
    return min(limit, PRIVILEGED_IDLE) if role == Role.ADMINISTRATOR else limit


def as_typed(password: str) -> str:
    """The password as it is hashed: composed (NFC), nothing trimmed or cut."""
    return unicodedata.normalize("NFC", password)


class Weakness(StrEnum):
    """Why a password is not taken. There are no composition rules (ASVS 6.2.5)."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"


def weakness(password: str, context: Iterable[str] = ()) -> Weakness | None:
    """What is wrong with a new password, or None. `context` are words close to the person (names)."""
    length = len(as_typed(password))
    if length < PASSWORD_MIN:
        return Weakness.SHORT
    if length > PASSWORD_MAX:
        return Weakness.LONG
    return Weakness.COMMON if is_common(password, context) else None


def is_common(password: str, context: Iterable[str] = ()) -> bool:
    """True for a short pattern repeated, a run of the keyboard or the alphabet, or nothing but common words."""
    folded = _fold(password)
    if _repeats(folded) or _is_run(folded):
        return True
    stem = "".join(char for char in _unleet(folded) if char.isalpha())
    words = {_fold(part) for text in context for part in re.split(r"[\W\d_]+", text)}
    rest = _without(stem, common_words() | {word for word in words if len(word) >= 4})
    return bool(stem) and len(rest) < 4 and len(rest) < len(stem)


@cache
def common_words() -> frozenset[str]:
    """Words that passwords are commonly made of, in Spanish and English, folded (common_words.csv)."""
    text = Path(__file__).with_name("common_words.csv").read_text(encoding="utf-8")
    return frozenset(_fold(word) for word in text.split())


def _fold(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))


_LEET = str.maketrans("0134578@$!", "oieastbasi")


def _unleet(text: str) -> str:
    """Digits inside a word read as the letters they stand for; digits around it are left out."""
    return text.strip("0123456789").translate(_LEET)


def _without(stem: str, words: frozenset[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        stem = stem.replace(word, "")
    return stem


def _repeats(text: str) -> bool:
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, 5))


_RUNS = ("0123456789" * 3, "9876543210" * 3, "1234567890" * 3, "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


def _is_run(text: str) -> bool:
    return any(text in run or text in run[::-1] for run in _RUNS)


def safe_next(target: str | None) -> str | None:
    """A path of our own to go on to, or None: path-absolute, nothing that a browser reads as another host."""
    if not target:
        return None
    decoded = unquote(target)
    for text in (target, decoded):
        if not text.startswith("/") or text.startswith("//") or "\\" in text:
            return None
        if any(unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"} for char in text):
            return None
    return target
