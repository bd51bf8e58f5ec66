"""Lines and their append-only events, and the projection of where each line stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Public, Versioned
from ..ledger.models import Brought


class Line(Public, Versioned, Brought, Base):
    """Suspect × offence. `party_id` is empty while the author is unknown."""

    __tablename__ = "lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    offence_id: Mapped[int] = mapped_column(ForeignKey("offences.id"), index=True)
    party_id: Mapped[int | None] = mapped_column(ForeignKey("parties.id"), index=True)
    jurisdiction: Mapped[str] = mapped_column(String(40))
    opened_at: Mapped[datetime]

    @property
    def touches_case(self) -> int:
        return self.case_id


class LineEvent(Brought, Base):
    """Something that happened on a line. `number` counts within the line; `corrects` names such a number.

    `source_key` is the imported row it came from, so that the same row is not brought in twice.
    """

    __tablename__ = "line_events"
    __table_args__ = (
        UniqueConstraint("line_id", "number"),
        Index(None, "case_id"),
        Index(None, "source_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(60))
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(40))
    decided_by: Mapped[str] = mapped_column(String(120), default="")
    basis: Mapped[str] = mapped_column(String(200), default="")
    cause: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(Text, default="")
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    corrects: Mapped[int | None] = mapped_column(Integer)
    source_key: Mapped[str | None] = mapped_column(String(64))

    @property
    def touches_case(self) -> int:
        return self.case_id


class LineState(Base):
    """Where a line stands now: a projection of its events, rebuilt by `esclarece reindex`, never the truth."""

    __tablename__ = "line_states"
    __table_args__ = (Index(None, "case_id", "stage"), Index(None, "state"))
    bound: ClassVar[bool] = False

    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"), primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    state: Mapped[str] = mapped_column(String(10))
    stage: Mapped[str] = mapped_column(String(20))
    since: Mapped[datetime]
