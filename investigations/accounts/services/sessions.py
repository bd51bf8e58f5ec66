"""Signing in and out. Every verb leaves one ledger event.

Signing in opens its own short transactions: an attempt is counted, and stays counted, before its password is
compared, and the slow comparison happens while no lock is held.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from ... import db
from ...access import Viewer
from ...config import Settings
from ...db import Database
from ...ledger.services import Entry, record, record_many
from .. import queries
from ..models import SignInAttempt, User, UserSession
from ..rules import (
    LOCK_AFTER,
    LOCK_WINDOW,
    NOBODY,
    SEEN_EVERY,
    TOKEN_BYTES,
    Action,
    Because,
    attempt_key,
    token_hash,
)
from . import passwords

SEEN_PATIENCE = 250
"""Milliseconds that writing down a session's last use may wait for a lock before it is left for later."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who a token belongs to, and the language they chose."""

    viewer: Viewer
    language: str


def sign_in(
    database: Database, settings: Settings, *, name: str, password: str, source: str, old_token: str | None = None
) -> str | None:
    """A new session's token, or None: unknown, disabled, locked and wrong look alike from outside.

    The browser's earlier session (`old_token`) ends. A hash made with older parameters is made anew.
    """
    proof = prove(database, name, password, source)
    renewed = passwords.hash_password(password) if proof.because is None and proof.stale_hash else None
    with database.transaction() as session:
        user = session.scalar(select(User).where(User.id == proof.user_id, User.active.is_(True)))
        if proof.because is not None or user is None:
            record_refused(session, proof, source)
            return None
        if renewed is not None:
            user.password_hash = renewed
        return _start_session(session, settings, user, name, source, old_token)


@dataclass(frozen=True, slots=True)
class Proof:
    """The account behind a name, why it may not be used (None: the password is right), and its hash's state."""

    user_id: int | None
    because: Because | None
    stale_hash: bool


def prove(database: Database, name: str, password: str, source: str) -> Proof:
    """Count the attempt, then compare the password while no transaction is open."""
    with database.transaction() as session:
        locked = _count_attempt(session, attempt_key(name), source)
        user = queries.user_named(session, name)
    stored = user.password_hash if user is not None and not locked else None
    right = passwords.matches(stored, password)
    stale = stored is not None and passwords.needs_renewal(stored)
    return Proof(user.id if user is not None else None, _reason(user, right, locked), stale)


def _reason(user: User | None, right: bool, locked: bool) -> Because | None:
    if locked:
        return Because.LOCKED
    if user is None:
        return Because.UNKNOWN
    if not user.active:
        return Because.DISABLED
    return None if right else Because.WRONG_PASSWORD


def _count_attempt(session: Session, key: str, source: str) -> bool:
    """Write the attempt down as a failure until it proves right; True when the pair is locked.

    The fifth failure within the window locks for as long again; attempts at a locked pair do not prolong it.
    """
    if session.get_bind().dialect.name == "postgresql":  # SQLite writers already take turns
        turn = int.from_bytes(token_hash(f"{key} {source}")[:8], signed=True)
        session.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": turn})
    moment = db.now()
    recent = (*_pair(key, source), SignInAttempt.failed.is_(True), SignInAttempt.at > moment - LOCK_WINDOW)
    failures, highest = session.execute(
        select(func.count(), func.coalesce(func.max(SignInAttempt.number), 0)).where(*recent)
    ).one()
    locked = highest >= LOCK_AFTER
    session.add(SignInAttempt(name_key=key, source=source, at=moment, failed=not locked, number=failures + 1))
    return bool(locked)


def forget_failures(session: Session, name: str, source: str) -> None:
    """A right password ends the count of the pair's failures."""
    session.execute(update(SignInAttempt).where(*_pair(attempt_key(name), source)).values(failed=False))


def _pair(key: str, source: str) -> tuple[Any, ...]:
    return (SignInAttempt.name_key == key, SignInAttempt.source == source)


def _start_session(
    session: Session, settings: Settings, user: User, name: str, source: str, old_token: str | None
) -> str:
    token, moment = secrets.token_urlsafe(TOKEN_BYTES), db.now()
    forget_failures(session, name, source)
    if old_token:
        revoke(session, moment, UserSession.token_hash == token_hash(old_token))
    entry = UserSession(
        token_hash=token_hash(token),
        user_id=user.id,
        role=user.role,
        source=source,
        created_at=moment,
        last_seen_at=moment,
        ends_at=moment + timedelta(hours=settings.session_hours),
    )
    session.add(entry)
    session.flush()
    viewer = queries.viewer_of(session, user, entry.id)
    record(session, viewer, Action.SESSION_STARTED, entry, payload={"source": source})
    return token


def record_refused(session: Session, proof: Proof, source: str) -> None:
    """The name that was typed is not kept: for an unknown one it may be a password in the wrong box."""
    subject = "users" if proof.user_id is None else f"users/{proof.user_id}"
    because = proof.because or Because.DISABLED
    entry = Entry(Action.SESSION_REFUSED, subject, [], payload={"because": because, "source": source})
    record_many(session, NOBODY, [entry])


def viewer_for(database: Database, settings: Settings, token: str) -> SignedIn | None:
    """Who holds this token, with the rights of now; None when the session ended, rested or was changed."""
    moment = db.now()
    with database.reading() as session:
        found = queries.live_session(session, token_hash(token), moment, settings.idle_minutes)
        if found is None:
            return None
        entry, user = found
        signed_in = SignedIn(queries.viewer_of(session, user, entry.id), user.language)
        stale, entry_id = moment - entry.last_seen_at >= SEEN_EVERY, entry.id
    if stale:
        _write_last_seen(database, entry_id, moment)
    return signed_in


def _write_last_seen(database: Database, session_id: int, moment: datetime) -> None:
    """Best effort: reading goes on while a long import holds the write lock; the next request tries again."""
    try:
        with database.transaction(patience=SEEN_PATIENCE) as session:
            session.execute(update(UserSession).where(UserSession.id == session_id).values(last_seen_at=moment))
    except OperationalError:
        return


def end_session(session: Session, actor: Viewer, entry: UserSession) -> None:
    """Sign one browser out."""
    revoke(session, db.now(), UserSession.id == entry.id)
    record(session, actor, Action.SESSION_ENDED, entry)


def sign_out(session: Session, actor: Viewer) -> None:
    """End the session this request came with."""
    assert actor.session_id is not None
    end_session(session, actor, queries.own_session(session, actor, actor.session_id))


def end_sessions(session: Session, actor: Viewer, user: User, *, keep: int | None = None) -> int:
    """End every session of an account, but for `keep`; gives how many ended."""
    ended = revoke(session, db.now(), UserSession.user_id == user.id, UserSession.id != (keep or 0))
    record(session, actor, Action.SESSIONS_ENDED, user, payload={"ended": ended})
    return ended


def revoke(session: Session, moment: datetime, *which: Any) -> int:
    statement = update(UserSession).where(*which, UserSession.revoked_at.is_(None)).values(revoked_at=moment)
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def record_refusal(database: Database, viewer: Viewer, endpoint: str, permission: str) -> None:
    """Leave an event about a door that stayed shut, in a transaction of its own."""
    entry = Entry(Action.ACCESS_REFUSED, endpoint, [], payload={"permission": permission})
    with database.transaction() as session:
        record_many(session, viewer, [entry])
