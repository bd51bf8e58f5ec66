"""Units, users, sessions and failed sign-ins."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from ..access import Role
from ..db import Base, Public, Versioned
from ..ledger.models import Brought


class Unit(Public, Versioned, Brought, Base):
    """An office unit. Units form a tree: who works in one sees what belongs to it and to those below."""

    __tablename__ = "units"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(80), index=True)
    name: Mapped[str] = mapped_column(String(200))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)


class User(Public, Versioned, Base):
    """An account. `name` signs in; `full_name` is shown. One role each."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    full_name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(String(20))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(String(5), default="es_MX")
    created_at: Mapped[datetime]


class UserSession(Base):
    """A signed-in browser. The cookie holds a random token; here is only its SHA-256."""

    __tablename__ = "user_sessions"
    bound: ClassVar[bool] = False

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """One attempt to sign in, written before the password is compared, so that parallel guesses count too."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index(None, "name_key", "source", "at"),)
    bound: ClassVar[bool] = False

    id: Mapped[int] = mapped_column(primary_key=True)
    name_key: Mapped[str] = mapped_column(String(80))
    source: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    failed: Mapped[bool] = mapped_column(default=True)
    number: Mapped[int] = mapped_column(Integer, default=1)
