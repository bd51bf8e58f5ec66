"""The ledger's head, now or at an earlier moment, and which imported rows count."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ..models import Batch, LedgerEvent, LedgerTip
from ..rules import Frontier, Head, tree_head


def head(session: Session, at: datetime | None = None) -> Head:
    """The head now, or as it was at the instant `at` (events recorded until then)."""
    tip = session.scalar(select(LedgerTip).execution_options(populate_existing=True))
    if tip is None:
        return tree_head(())
    if at is not None:
        size = session.scalar(select(func.count()).select_from(LedgerEvent).where(LedgerEvent.recorded_at <= at)) or 0
        if size < tip.size:
            leaves = select(LedgerEvent.leaf).where(LedgerEvent.seq <= size).order_by(LedgerEvent.seq)
            return tree_head(session.scalars(leaves))
    return Head(tip.size, Frontier.load(tip.size, tip.peaks).root().hex())


def began_at(session: Session) -> datetime | None:
    """When the first event was recorded: before it this office's system knew nothing."""
    return session.scalar(select(LedgerEvent.recorded_at).order_by(LedgerEvent.seq).limit(1))


def standing(batch_id: InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
    """True for rows that no withdrawn batch brought."""
    withdrawn = select(Batch.id).where(Batch.withdrawn_at.is_not(None))
    return or_(batch_id.is_(None), batch_id.not_in(withdrawn))
