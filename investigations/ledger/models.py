"""The ledger's tables. Events and payloads refuse UPDATE and DELETE in the database itself (see migrations)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from ..db import Base, Public, Versioned


class LedgerEvent(Base):
    """One event. `body` are the hashed bytes; the other columns repeat them, to list and to find."""

    __tablename__ = "ledger_events"
    __table_args__ = (
        Index(None, "case_id", "seq"),
        Index(None, "action", "seq"),
        Index(None, "actor", "seq"),
        Index(None, "subject", "seq"),
    )
    bound: ClassVar[bool] = False

    seq: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)
    recorded_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(40))
    role: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(80))
    case_id: Mapped[int | None]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    leaf: Mapped[bytes] = mapped_column(LargeBinary(32))


class LedgerPayload(Base):
    """What an event says of people: outside the leaf, so that lawful erasure stays possible."""

    __tablename__ = "ledger_payloads"
    bound: ClassVar[bool] = False

    seq: Mapped[int] = mapped_column(ForeignKey("ledger_events.seq"), primary_key=True, autoincrement=False)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    payload: Mapped[bytes] = mapped_column(LargeBinary)


class LedgerTip(Base):
    """One row: the tree's size and peaks. Its lock makes the sequence gapless."""

    __tablename__ = "ledger_tip"
    bound: ClassVar[bool] = False

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(BigInteger)
    peaks: Mapped[bytes] = mapped_column(LargeBinary)
    last_leaf: Mapped[bytes] = mapped_column(LargeBinary)


class Batch(Public, Versioned, Base):
    """Records brought together in one act (an import), which can be withdrawn in one act.

    Rows that a batch brought name it and count only while it is not withdrawn, so that one small change hides
    any number of rows and leaves them untouched.
    """

    __tablename__ = "batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    mapping: Mapped[str] = mapped_column(String(40))
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    actor: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime]
    active_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)


class Brought:
    """A row that a batch may have brought."""

    @declared_attr
    def batch_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("batches.id"), index=True)
