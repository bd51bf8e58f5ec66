"""Reading accounts: who a session belongs to, what lies below a unit, and the lists an administrator works on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import Session

from ..access import Permission, Role, Viewer
from ..db import NotFound
from ..ledger.queries import standing
from .models import Unit, User, UserSession
from .rules import idle_limit, name_key, sound_name

Row = TypeVar("Row")


def unit_ids_below(session: Session, unit_id: int | None) -> frozenset[int]:
    """The unit itself and every unit below it; nothing for somebody without a unit."""
    if unit_id is None:
        return frozenset()
    tree = select(Unit.id).where(Unit.id == unit_id).cte("tree", recursive=True)
    tree = tree.union(select(Unit.id).where(Unit.parent_id == tree.c.id))
    return frozenset(session.scalars(select(tree.c.id)))


def viewer_of(session: Session, user: User, session_id: int | None = None) -> Viewer:
    """The viewer that this user is when signed in, with the rights of this very moment."""
    return Viewer(
        user_id=user.id,
        public_id=user.public_id,
        name=user.full_name,
        role=Role(user.role),
        unit_ids=unit_ids_below(session, user.unit_id),
        unit_id=user.unit_id,
        session_id=session_id,
    )


def live_session(
    session: Session, token_hash: bytes, moment: datetime, idle_minutes: int
) -> tuple[UserSession, User] | None:
    """The session of this token and its user, unless it ended, rested too long, or the user's rights changed."""
    statement = (
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(UserSession.token_hash == token_hash, standing_session(moment), User.active.is_(True))
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        return None
    entry, user = found
    if entry.role != user.role or moment - entry.last_seen_at >= idle_limit(user.role, idle_minutes):
        return None
    return entry, user


def owner_of(session: Session, token_hash: bytes) -> str:
    """The public id of the account to which the session of this token belongs or belonged; "" when nobody's."""
    statement = select(User.public_id).join(UserSession, UserSession.user_id == User.id)
    return session.scalar(statement.where(UserSession.token_hash == token_hash)) or ""


def standing_session(moment: datetime) -> ColumnElement[bool]:
    """True for sessions that were not ended and have not reached their last hour."""
    return UserSession.revoked_at.is_(None) & (UserSession.ends_at > moment)


def sessions_of(session: Session, user_id: int, moment: datetime, idle_minutes: int) -> list[UserSession]:
    """A user's sessions that would still be let in, the last used first."""
    statement = (
        select(UserSession)
        .where(UserSession.user_id == user_id, standing_session(moment))
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())
    )
    entries = session.scalars(statement)
    return [entry for entry in entries if moment - entry.last_seen_at < idle_limit(entry.role, idle_minutes)]


def own_session(session: Session, viewer: Viewer, session_id: int) -> UserSession:
    """One session of the viewer's own. Raises NotFound for anybody else's."""
    statement = select(UserSession).where(UserSession.id == session_id, UserSession.user_id == viewer.user_id)
    return _one(session.scalar(statement))


def own_account(session: Session, viewer: Viewer) -> User:
    """The viewer's own account."""
    return _one(session.scalar(select(User).where(User.id == viewer.user_id)))


def user_named(session: Session, name: str) -> User | None:
    """The account with this name, active or not: what sign-in and the command line ask for."""
    key = name_key(name)
    return session.scalar(select(User).where(User.name == key)) if sound_name(key) else None


def get_user(session: Session, viewer: Viewer, public_id: str) -> User:
    """An account, for those who administer accounts. Raises NotFound for everybody else."""
    return _one(session.scalar(select(User).where(User.public_id == public_id, _administers(viewer))))


def get_unit(session: Session, viewer: Viewer, public_id: str) -> Unit:
    """A unit, for those who administer accounts. Raises NotFound for everybody else."""
    statement = select(Unit).where(Unit.public_id == public_id, _administers(viewer), standing(Unit.batch_id))
    return _one(session.scalar(statement))


def unit_of(session: Session, user: User) -> Unit | None:
    """The unit a user belongs to."""
    return session.scalar(select(Unit).where(Unit.id == user.unit_id)) if user.unit_id is not None else None


@dataclass(frozen=True, slots=True)
class UserLine:
    """One account in the administrator's list."""

    public_id: str
    name: str
    full_name: str
    role: Role
    unit: str
    active: bool


def list_users(session: Session, viewer: Viewer) -> list[UserLine]:
    """Every account, by name, for those who administer accounts; nothing for others."""
    statement = (
        select(User, Unit.name).outerjoin(Unit, Unit.id == User.unit_id).where(_administers(viewer)).order_by(User.name)
    )
    return [
        UserLine(user.public_id, user.name, user.full_name, Role(user.role), unit or "", user.active)
        for user, unit in session.execute(statement)
    ]


def list_units(session: Session, viewer: Viewer) -> list[Unit]:
    """Every unit that stands, by code, for those who administer accounts; nothing for others."""
    statement = select(Unit).where(_administers(viewer), standing(Unit.batch_id)).order_by(Unit.code, Unit.id)
    return list(session.scalars(statement))


def unit_coded(session: Session, code: str) -> Unit | None:
    """The standing unit with this code, letters in either case."""
    statement = select(Unit).where(standing(Unit.batch_id)).order_by(Unit.id)
    wanted = code.strip().casefold()
    return next((unit for unit in session.scalars(statement) if unit.code.casefold() == wanted), None)


def names_of_actors(session: Session, public_ids: Iterable[str]) -> dict[str, str]:
    """Full names behind the ledger's opaque ids, for a page whose reader may see who acted."""
    wanted: Sequence[str] = sorted(set(public_ids))
    statement = select(User.public_id, User.full_name).where(User.public_id.in_(wanted))
    return {row.public_id: row.full_name for row in session.execute(statement)}


def list_actors(session: Session, viewer: Viewer) -> list[tuple[str, str]]:
    """Id and full name of every account, by name, for those who may read who did what; nothing for others."""
    may = true() if viewer.can(Permission.READ_LEDGER) else false()
    statement = select(User.public_id, User.full_name).where(may).order_by(User.full_name)
    return [(row.public_id, row.full_name) for row in session.execute(statement)]


def _administers(viewer: Viewer) -> ColumnElement[bool]:
    """A condition that is false for every row when the viewer does not administer accounts."""
    return true() if viewer.can(Permission.ADMINISTER_ACCOUNTS) else false()


def _one(row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row
