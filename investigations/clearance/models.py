"""The narrow table that reports read, and the register of printed reports."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Public


class OffenceStatus(Base):
    """What the fold answers for one offence, from `happened_from` to `happened_to`, as known from … to …

    A projection: rebuilt from cases, lines and events by one command. For any pair (t, k) there is at most one row
    an offence. Empty `_to` columns mean "until further notice". `ending` is an Outcome that holds at that time
    (unfounded, moved, merged …) for the offence as a whole.
    """

    __tablename__ = "offence_statuses"
    __table_args__ = (Index(None, "case_id"), Index(None, "known_to", "reported_at"), Index(None, "known_to", "cleared_at"))
    bound: ClassVar[bool] = False

    id: Mapped[int] = mapped_column(primary_key=True)
    offence_id: Mapped[int] = mapped_column(ForeignKey("offences.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    known_from: Mapped[datetime]
    known_to: Mapped[datetime | None]
    happened_from: Mapped[datetime]
    happened_to: Mapped[datetime | None]
    unit_id: Mapped[int] = mapped_column(Integer)
    municipality: Mapped[str | None] = mapped_column(String(80))
    municipality_name: Mapped[str | None] = mapped_column(String(160))
    code_id: Mapped[int] = mapped_column(Integer)
    reported_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]
    clearance: Mapped[str | None] = mapped_column(String(30))
    ending: Mapped[str | None] = mapped_column(String(30))
    ending_at: Mapped[datetime | None]


class PaperStatus(StrEnum):
    """How far a printed report is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class PrintedReport(Public, Base):
    """A report asked for on paper: what was asked, by whom, how far the work is, and the finished file's hash.

    The bytes lie in the data folder under the hash; the same paper can be fetched again, identical.
    """

    __tablename__ = "printed_reports"
    bound: ClassVar[bool] = False

    id: Mapped[int] = mapped_column(primary_key=True)
    folio: Mapped[str] = mapped_column(String(30), unique=True)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    asked_at: Mapped[datetime]
    question: Mapped[dict[str, Any]] = mapped_column(JSON)
    language: Mapped[str] = mapped_column(String(5))
    status: Mapped[PaperStatus] = mapped_column(String(10))
    pages: Mapped[int | None] = mapped_column(Integer)
    sha256: Mapped[str | None] = mapped_column(String(64))
    problem: Mapped[str | None] = mapped_column(Text)
