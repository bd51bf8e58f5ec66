"""Persons, their aliases and identifiers, and the part each has in a case."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..db import Base, Public, Versioned
from ..ledger.models import Brought


class Part(StrEnum):
    """A person's part in a case (domain.md §1.2)."""

    SUSPECT = "suspect"
    VICTIM = "victim"
    OFFENDED = "offended"
    WITNESS = "witness"
    COUNSEL = "counsel"


class Scheme(StrEnum):
    """Kinds of identifier."""

    CURP = "curp"
    RFC = "rfc"
    PHONE = "phone"
    PLATE = "plate"
    VIN = "vin"
    OTHER = "other"


class Person(Public, Versioned, Brought, Base):
    """A person; both surnames may be empty (a person known only by one name, or by the code of a source)."""

    __tablename__ = "persons"

    id: Mapped[int] = mapped_column(primary_key=True)
    given_names: Mapped[str] = mapped_column(String(160), default="")
    surname1: Mapped[str] = mapped_column(String(120), default="")
    surname2: Mapped[str] = mapped_column(String(120), default="")
    sex: Mapped[str | None] = mapped_column(String(1))
    birth_date: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Text, default="")

    aliases: Mapped[list[Alias]] = relationship(order_by="Alias.id")
    identifiers: Mapped[list[Identifier]] = relationship(order_by="Identifier.id")


class Alias(Versioned, Brought, Base):
    """Another name a person is known by."""

    __tablename__ = "aliases"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    text: Mapped[str] = mapped_column(String(160))
    withdrawn_at: Mapped[datetime | None]


class Identifier(Versioned, Brought, Base):
    """A number that identifies a person; `valid` is None where no check exists."""

    __tablename__ = "identifiers"
    __table_args__ = (Index(None, "scheme", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    scheme: Mapped[Scheme] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(80))
    valid: Mapped[bool | None]
    withdrawn_at: Mapped[datetime | None]


class Party(Public, Versioned, Brought, Base):
    """A person's part in a case."""

    __tablename__ = "parties"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    part: Mapped[Part] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text, default="")
    added_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)

    @property
    def touches_case(self) -> int:
        return self.case_id
