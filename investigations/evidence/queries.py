"""Reading evidence. An item is loaded with its case, through sight; withdrawn rows stay out."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from ..access import Viewer
from ..cases.models import Case
from ..cases.queries import visible_to
from ..db import NotFound
from ..ledger.queries import standing
from .models import CustodyEvent, EvidenceItem


def _counts() -> ColumnElement[bool]:
    return and_(EvidenceItem.withdrawn_at.is_(None), standing(EvidenceItem.batch_id))


def _visible(viewer: Viewer) -> Select[EvidenceItem]:
    return select(EvidenceItem).join(Case, Case.id == EvidenceItem.case_id).where(visible_to(viewer))


def list_items(session: Session, viewer: Viewer, case: Case) -> list[EvidenceItem]:
    """A case's items in the order they were registered."""
    statement = _visible(viewer).where(EvidenceItem.case_id == case.id, _counts()).order_by(EvidenceItem.id)
    return list(session.scalars(statement))


def items_of_cases(session: Session, viewer: Viewer, case_ids: Collection[int]) -> dict[int, list[EvidenceItem]]:
    """The items of several cases at once, by case id; a case without items, or unseen, is left out."""
    found: dict[int, list[EvidenceItem]] = {}
    statement = _visible(viewer).where(EvidenceItem.case_id.in_(case_ids), _counts()).order_by(EvidenceItem.id)
    for item in session.scalars(statement) if case_ids else ():
        found.setdefault(item.case_id, []).append(item)
    return found


def get_item(
    session: Session, viewer: Viewer, case_public_id: str, item_public_id: str, *, withdrawn: bool = False
) -> EvidenceItem:
    """One item of a case; with `withdrawn`, also when it was taken out. Raises NotFound."""
    statement = _visible(viewer).where(
        Case.public_id == case_public_id, EvidenceItem.public_id == item_public_id, standing(EvidenceItem.batch_id)
    )
    if not withdrawn:
        statement = statement.where(EvidenceItem.withdrawn_at.is_(None))
    item = session.scalar(statement)
    if item is None:
        raise NotFound
    return item


def list_custody(session: Session, viewer: Viewer, item: EvidenceItem) -> list[CustodyEvent]:
    """An item's chain of custody, oldest link first."""
    statement = (
        select(CustodyEvent)
        .join(EvidenceItem, EvidenceItem.id == CustodyEvent.item_id)
        .join(Case, Case.id == EvidenceItem.case_id)
        .where(CustodyEvent.item_id == item.id, visible_to(viewer), standing(CustodyEvent.batch_id))
        .order_by(CustodyEvent.number)
    )
    return list(session.scalars(statement))
