"""The outbox: cases whose documents the index does not yet show as they are."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base


class OutboxRow(Base):
    """One case to index anew. No foreign key: a case that is gone from sight must leave the index too."""

    __tablename__ = "search_outbox"
    bound: ClassVar[bool] = False

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(Integer)
    queued_at: Mapped[datetime]
