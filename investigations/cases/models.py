"""The case and what belongs to it alone. Acts are append-only (see migrations)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..db import Base, Public, Versioned
from ..ledger.models import Brought


class Confidentiality(StrEnum):
    """Who, beyond those assigned, may see a case (domain.md §7.1, §7.3).

    ordinary: the unit that has it and those above; reserved: only their prosecutors and managers;
    sealed: nobody who is not assigned.
    """

    ORDINARY = "ordinary"
    RESERVED = "reserved"
    SEALED = "sealed"


class OffenceCode(Brought, Base):
    """An entry of an offence catalogue, with its years of validity. `selectable` entries can be recorded."""

    __tablename__ = "offence_codes"
    __table_args__ = (Index(None, "scheme", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(160))
    parent_code: Mapped[str | None] = mapped_column(String(160))
    level: Mapped[str] = mapped_column(String(20))
    label_es: Mapped[str] = mapped_column(String(300))
    label_en: Mapped[str] = mapped_column(String(300))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    selectable: Mapped[bool] = mapped_column(default=True)


class Case(Public, Versioned, Brought, Base):
    """A carpeta. `municipality` is a code (INEGI's five digits in Mexico), `municipality_name` its name.

    `occurred_at` is the instant of the fact as far as known, `reported_at` when the office was told.
    """

    __tablename__ = "cases"
    __table_args__ = (Index(None, "unit_id", "confidentiality", "batch_id", "reported_at"), Index(None, "reported_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(80))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    confidentiality: Mapped[Confidentiality] = mapped_column(String(20), default=Confidentiality.ORDINARY)
    occurred_at: Mapped[datetime | None]
    place: Mapped[str] = mapped_column(String(300), default="")
    municipality: Mapped[str | None] = mapped_column(String(80))
    municipality_name: Mapped[str | None] = mapped_column(String(160))
    reported_at: Mapped[datetime | None]
    narrative: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime]
    synthetic: Mapped[bool] = mapped_column(default=False)

    offences: Mapped[list[Offence]] = relationship(back_populates="case", order_by="Offence.id")
    numbers: Mapped[list[CaseNumber]] = relationship(back_populates="case", order_by="CaseNumber.id")

    @property
    def touches_case(self) -> int:
        return self.id


class CaseRevision(Base):
    """What a case's header said until `replaced_at`: with it a report of an earlier moment can be made again."""

    __tablename__ = "case_revisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    replaced_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(40))
    state: Mapped[dict[str, Any]] = mapped_column(JSON)


class CaseNumber(Brought, Base):
    """One of the numbers a case is known by; `key` is the normalised form that search and imports compare."""

    __tablename__ = "case_numbers"
    __table_args__ = (Index(None, "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    scheme: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(80))

    case: Mapped[Case] = relationship(back_populates="numbers")

    @property
    def touches_case(self) -> int:
        return self.case_id


class Offence(Versioned, Brought, Base):
    """One offence of a case: what the clearance measures count."""

    __tablename__ = "offences"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    code_id: Mapped[int] = mapped_column(ForeignKey("offence_codes.id"), index=True)

    case: Mapped[Case] = relationship(back_populates="offences")
    code: Mapped[OffenceCode] = relationship(lazy="joined", innerjoin=True)

    @property
    def touches_case(self) -> int:
        return self.case_id


class Assignment(Versioned, Base):
    """Who works a case. It ends, it is not deleted."""

    __tablename__ = "assignments"
    __table_args__ = (Index(None, "user_id", "ended_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")

    @property
    def touches_case(self) -> int:
        return self.case_id


class ActKind(StrEnum):
    """Acts of investigation, by what is done (CNPP 214–217, 251–252)."""

    NOTE = "note"
    INTERVIEW = "interview"
    INSPECTION = "inspection"
    SEARCH = "search"
    EXPERT_REQUEST = "expert_request"
    EXPERT_REPORT = "expert_report"
    INFORMATION_REQUEST = "information_request"
    SUMMONS = "summons"
    ARREST = "arrest"
    VICTIM_CONTACT = "victim_contact"
    OTHER = "other"


class Act(Public, Brought, Base):
    """An act of investigation (actuación). Never edited: a correction is a new act that names the one it corrects.

    `once` is the form's token: the same form sent twice leaves one act.
    """

    __tablename__ = "acts"
    __table_args__ = (UniqueConstraint("case_id", "number"), UniqueConstraint("once"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[ActKind] = mapped_column(String(30))
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    text: Mapped[str] = mapped_column(Text)
    corrects: Mapped[int | None] = mapped_column(Integer)
    once: Mapped[str | None] = mapped_column(String(40))
    append_only: ClassVar[bool] = True

    @property
    def touches_case(self) -> int:
        return self.case_id
