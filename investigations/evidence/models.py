"""Evidence items and custody events. Custody events refuse UPDATE and DELETE in the database (see migrations)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Public, Versioned
from ..ledger.models import Brought


class EvidenceKind(StrEnum):
    """What an item is (domain.md §4.5)."""

    BIOLOGICAL = "biological"
    WEAPON = "weapon"
    AMMUNITION = "ammunition"
    DOCUMENT = "document"
    DEVICE = "device"
    NARCOTIC = "narcotic"
    VEHICLE = "vehicle"
    MONEY = "money"
    CLOTHING = "clothing"
    IMAGE = "image"
    OTHER = "other"


class Origin(StrEnum):
    """Why the custody record starts (domain.md §4.3: localización, descubrimiento, aportación)."""

    LOCATED = "located"
    DISCOVERED = "discovered"
    CONTRIBUTED = "contributed"


class EvidenceItem(Public, Versioned, Brought, Base):
    """An item with the label it carries, where and when it was found, and who holds it now."""

    __tablename__ = "evidence_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    label: Mapped[str] = mapped_column(String(60))
    kind: Mapped[EvidenceKind] = mapped_column(String(20))
    origin: Mapped[Origin] = mapped_column(String(20))
    description: Mapped[str] = mapped_column(Text)
    found_at: Mapped[datetime]
    found_place: Mapped[str] = mapped_column(String(300))
    custodian: Mapped[str] = mapped_column(String(200))
    storage_place: Mapped[str] = mapped_column(String(200), default="")
    registered_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)

    @property
    def touches_case(self) -> int:
        return self.case_id


class CustodyEvent(Brought, Base):
    """One link of the chain: who holds the item from `at`, where, and for what purpose."""

    __tablename__ = "custody_events"
    __table_args__ = (UniqueConstraint("item_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("evidence_items.id"))
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(30))
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    holder: Mapped[str] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(300))
    purpose: Mapped[str] = mapped_column(String(300))
    actor: Mapped[str] = mapped_column(String(40))
