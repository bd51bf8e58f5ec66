"""Accounts and units: added, changed, disabled, never deleted. Every verb leaves one ledger event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from ... import db
from ...access import Role, Viewer
from ...db import Database, Refusal, check_version
from ...ledger.services import record
from .. import queries
from ..models import Unit, User, UserSession
from ..rules import LANGUAGES, UNIT_ROLES, Action, name_key, sound_name
from .passwords import new_hash
from .sessions import forget_failures, prove, record_refused, revoke


def set_password(session: Session, actor: Viewer, user: User, *, password: str) -> None:
    """A new password from an administrator; every session of the account ends."""
    user.password_hash = new_hash(password, user.name, user.full_name)
    revoke(session, db.now(), UserSession.user_id == user.id)
    record(session, actor, Action.PASSWORD_SET, user)


def change_password(database: Database, actor: Viewer, *, current: str, password: str, source: str) -> None:
    """The person's own new password; their other sessions end. Raises Refusal when the current one is wrong."""
    with database.reading() as session:
        user = queries.own_account(session, actor)
    hashed = new_hash(password, user.name, user.full_name)
    proof = prove(database, user.name, current, source)
    with database.transaction() as session:
        if proof.because is not None:
            record_refused(session, proof, source)
        else:
            _replace_password(session, actor, hashed, source)
    if proof.because is not None:
        raise Refusal(_l("The current password is not right, or was tried too often"), field="current")


def _replace_password(session: Session, actor: Viewer, hashed: str, source: str) -> None:
    user = queries.own_account(session, actor)
    user.password_hash = hashed
    forget_failures(session, user.name, source)
    revoke(session, db.now(), UserSession.user_id == user.id, UserSession.id != (actor.session_id or 0))
    record(session, actor, Action.PASSWORD_CHANGED, user)


def add_user(
    session: Session, actor: Viewer, *, name: str, full_name: str, role: Role, unit: Unit | None, password: str
) -> User:
    """A new account. Raises Refusal for a name that is taken or unsound, a weak password, or a missing unit."""
    key = name_key(name)
    if not sound_name(key):
        raise Refusal(_l("An account name has 3 to 80 letters without accents, digits, dots, hyphens or underscores"), field="name")
    if queries.user_named(session, key) is not None:
        raise Refusal(_l("The account name “%(name)s” is taken", name=key), field="name")
    _check_unit(role, unit)
    user = User(
        name=key,
        full_name=full_name or key,
        role=role,
        unit_id=unit.id if unit is not None else None,
        password_hash=new_hash(password, key, full_name),
        created_at=db.now(),
    )
    session.add(user)
    session.flush()
    record(session, actor, Action.ACCOUNT_CREATED, user, payload={"name": key, "full_name": user.full_name, "role": role})
    return user


def _check_unit(role: Role, unit: Unit | None) -> None:
    if role is Role.SYSTEM:
        raise Refusal(_l("Nobody can be given this role"), field="role")
    if role in UNIT_ROLES and unit is None:
        raise Refusal(_l("This role works cases, so it needs a unit"), field="unit")


def edit_user(
    session: Session, actor: Viewer, user: User, *, version: int, full_name: str, role: Role, unit: Unit | None
) -> None:
    """Change name shown, role or unit. A new role ends the account's sessions. Raises StaleEdit, Refusal."""
    check_version(user, version)
    _check_unit(role, unit)
    if role != user.role and user.id == actor.user_id:
        raise Refusal(_l("Nobody changes their own role: ask another administrator"), field="role")
    wanted = {"full_name": full_name, "role": role, "unit_id": unit.id if unit is not None else None}
    changes = _apply(user, wanted)
    if "role" in changes:
        revoke(session, db.now(), UserSession.user_id == user.id)
    if changes:
        action = Action.ROLE_CHANGED if "role" in changes else Action.ACCOUNT_CHANGED
        record(session, actor, action, user, payload={"changes": changes})


def _apply(row: User | Unit, wanted: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set what differs; gives {field: [before, after]}."""
    changes = {name: [getattr(row, name), value] for name, value in wanted.items() if getattr(row, name) != value}
    for name, (_before, after) in changes.items():
        setattr(row, name, after)
    return changes


def disable_user(session: Session, actor: Viewer, user: User) -> None:
    """Shut an account out from its next request on. Raises Refusal for one's own, or one already disabled."""
    if user.id == actor.user_id:
        raise Refusal(_l("Nobody disables their own account: ask another administrator"))
    if not user.active:
        raise Refusal(_l("The account “%(name)s” is already disabled", name=user.name))
    user.active = False
    revoke(session, db.now(), UserSession.user_id == user.id)
    record(session, actor, Action.ACCOUNT_DISABLED, user)


def enable_user(session: Session, actor: Viewer, user: User) -> None:
    """Let an account in again; its old sessions stay ended."""
    if user.active:
        raise Refusal(_l("The account “%(name)s” is not disabled", name=user.name))
    user.active = True
    record(session, actor, Action.ACCOUNT_ENABLED, user)


def set_language(session: Session, actor: Viewer, language: str) -> None:
    """Keep the language a person chose with their account; nothing is written when it is the same."""
    user = queries.own_account(session, actor)
    if language in LANGUAGES.values() and language != user.language:
        changes = _apply(user, {"language": language})
        record(session, actor, Action.LANGUAGE_CHANGED, user, payload={"changes": changes})


def add_unit(session: Session, actor: Viewer, *, code: str, name: str, parent: Unit | None = None) -> Unit:
    """A new unit, below `parent` when given. Raises Refusal when the code is taken, or code or name is no line of text."""
    _check_line(code, 80, "code")
    _check_line(name, 200, "name")
    if queries.unit_coded(session, code) is not None:
        raise Refusal(_l("The unit code “%(code)s” is taken", code=code), field="code")
    unit = Unit(code=code, name=name, parent_id=parent.id if parent is not None else None)
    session.add(unit)
    session.flush()
    record(session, actor, Action.UNIT_ADDED, unit, payload={"code": code, "name": name})
    return unit


def _check_line(text: str, longest: int, field: str) -> None:
    """What the form asks as well; the command line comes here without one."""
    if not text or len(text) > longest or not text.isprintable() or text != text.strip():
        raise Refusal(_l("Enter one line of text, at most %(max)d characters", max=longest), field)


def rename_unit(session: Session, actor: Viewer, unit: Unit, *, version: int, name: str) -> None:
    """Give a unit another name. Raises StaleEdit."""
    check_version(unit, version)
    changes = _apply(unit, {"name": name})
    if changes:
        record(session, actor, Action.UNIT_CHANGED, unit, payload={"changes": changes})
