"""Writing evidence: register, edit, withdraw an item; record custody. Each leaves one ledger event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..access import Viewer
from ..cases.models import Case
from ..db import Refusal, check_version, now
from ..ledger.services import record
from ..typed import to_the_minute
from .models import CustodyEvent, EvidenceItem, EvidenceKind, Origin
from .queries import list_custody, list_items
from .rules import OF_THE_FIND, CustodyKind, EvidenceAction, is_disposed, label_key, latest


@dataclass(frozen=True, slots=True)
class ItemDetails:
    """What a person says of an item on the form; `found_at` is aware (domain.md §4.3, section 1)."""

    label: str
    kind: EvidenceKind
    origin: Origin
    description: str
    found_at: datetime
    found_place: str


@dataclass(frozen=True, slots=True)
class CustodyDetails:
    """One link of the chain: from `at` on, `holder` has the item at `place`, for `purpose`."""

    kind: CustodyKind
    at: datetime
    holder: str
    place: str
    purpose: str = ""


ITEM_FIELDS = ("label", "kind", "origin", "description", "found_at", "found_place")
MANDATORY = ("label", "description", "found_place")


def register_item(
    session: Session,
    actor: Viewer,
    case: Case,
    details: ItemDetails,
    *,
    custodian: str = "",
    storage_place: str = "",
    once: str | None = None,
) -> EvidenceItem:
    """Register an item and the first link of its custody: whoever acts holds it unless another is named.

    The same `once` (a fresh public id) gives the item already registered. Raises Refusal when something
    mandatory is missing, the label is taken in the case or the time is in the future.
    """
    _lock_case(session, case.id)
    earlier = session.scalar(select(EvidenceItem).where(EvidenceItem.public_id == once)) if once else None
    if earlier is not None and earlier.case_id == case.id:
        return earlier
    _check(session, actor, case, details)
    item = EvidenceItem(
        case_id=case.id,
        custodian=custodian or actor.name,
        storage_place=storage_place,
        registered_at=now(),
        **{name: getattr(details, name) for name in ITEM_FIELDS},
    )
    if once and earlier is None:
        item.public_id = once
    session.add(item)
    session.flush()
    found = CustodyDetails(CustodyKind.COLLECTION, item.found_at, item.custodian, item.found_place)
    _add_link(session, actor, item, found)
    record(session, actor, EvidenceAction.REGISTERED, item, case_id=case.id, payload={"label": item.label})
    return item


def _lock_case(session: Session, case_id: int) -> None:
    """One writer of a case's labels at a time (SQLite writers already are)."""
    session.scalar(select(Case.id).where(Case.id == case_id).with_for_update())


def _check(session: Session, actor: Viewer, case: Case, details: ItemDetails, item: EvidenceItem | None = None) -> None:
    for field in MANDATORY:
        if not getattr(details, field).strip():
            raise Refusal(_l("An item needs a label, a description and the place where it was found."), field)
    if details.found_at > now():
        raise Refusal(_l("This date is in the future. Enter when it happened."), "found_at")
    taken = {label_key(other.label) for other in list_items(session, actor, case) if other is not item}
    if label_key(details.label) in taken:
        raise Refusal(_l("Another item of this case already has this label. Use another label."), "label")


def edit_item(
    session: Session, actor: Viewer, case: Case, item: EvidenceItem, version: int, details: ItemDetails
) -> EvidenceItem:
    """Change what is said of an item. When where or when it was found changes, custody gets a correcting link.

    That link tells of the find and not of today: who holds the item, and where it is kept, stay as they are.
    Raises StaleEdit when somebody saved it meanwhile, Refusal as in `register_item` or when custody was handed on
    before the new time.
    """
    _lock_case(session, case.id)
    session.refresh(item, with_for_update=True)
    if details.found_at == to_the_minute(item.found_at):
        details = replace(details, found_at=item.found_at)
    if all(getattr(item, name) == getattr(details, name) for name in ITEM_FIELDS):
        return item
    check_version(item, version)
    _refuse_withdrawn(item)
    _check(session, actor, case, details, item)
    chain = list_custody(session, actor, item)
    _check_find(item, chain, details)
    finder = _finder(item, chain)
    changes = _apply(item, details)
    if changes.keys() & {"found_at", "found_place"}:
        find = CustodyDetails(CustodyKind.CORRECTION, item.found_at, finder, item.found_place)
        _add_link(session, actor, item, find)
    record(session, actor, EvidenceAction.EDITED, item, case_id=case.id, payload={"changes": changes})
    return item


def _check_find(item: EvidenceItem, chain: Sequence[CustodyEvent], details: ItemDetails) -> None:
    found_at = to_the_minute(details.found_at)
    later = [link for link in chain if link.kind not in OF_THE_FIND]
    if details.found_at != item.found_at and any(to_the_minute(link.at) < found_at for link in later):
        raise Refusal(_l("Custody was already recorded before this date. Check the date."), "found_at")


def _finder(item: EvidenceItem, chain: Sequence[CustodyEvent]) -> str:
    """Who held the item when it was found, as its chain tells it by now."""
    found_at = to_the_minute(item.found_at)
    told = [link for link in chain if link.kind in OF_THE_FIND and to_the_minute(link.at) <= found_at]
    return latest(told).holder if told else item.custodian


def _apply(item: EvidenceItem, details: ItemDetails) -> dict[str, list[Any]]:
    changes: dict[str, list[Any]] = {}
    for name in ITEM_FIELDS:
        old, new = getattr(item, name), getattr(details, name)
        if old != new:
            changes[name] = [old, new]
            setattr(item, name, new)
    return changes


def _refuse_withdrawn(item: EvidenceItem) -> None:
    if item.withdrawn_at is not None:
        raise Refusal(_l("This item was taken out of the case meanwhile. Nothing was saved."))


def _same(link: CustodyEvent, actor: Viewer, details: CustodyDetails) -> bool:
    """Whether the link says what this person says now (the same form sent twice; its hour may come without seconds)."""
    if to_the_minute(link.at) != to_the_minute(details.at):
        return False
    said = (link.actor, link.kind, link.holder, link.place, link.purpose)
    return said == (actor.public_id, details.kind, details.holder, details.place, details.purpose)


def record_custody(
    session: Session, actor: Viewer, item: EvidenceItem, version: int, details: CustodyDetails
) -> CustodyEvent:
    """Add a link to an item's chain; its holder and place become the item's when no link is later (`rules.latest`).

    The same link sent twice is one. Raises StaleEdit when the item changed meanwhile, Refusal when holder or place
    is missing, a correction does not say why, or the time is in the future, before the find or, unless it corrects,
    after the final disposition.
    """
    session.refresh(item, with_for_update=True)
    chain = list_custody(session, actor, item)
    known = next((link for link in chain if _same(link, actor, details)), None)
    if known is not None:
        return known
    check_version(item, version)
    _refuse_withdrawn(item)
    _check_link(item, chain, details)
    link = _add_link(session, actor, item, details)
    if latest([*chain, link]) is link:
        item.custodian, item.storage_place = details.holder, details.place
    record(session, actor, EvidenceAction.CUSTODY_RECORDED, item, case_id=item.case_id, payload={"kind": details.kind})
    return link


def _check_link(item: EvidenceItem, chain: Sequence[CustodyEvent], details: CustodyDetails) -> None:
    for field in ("holder", "place"):
        if not getattr(details, field).strip():
            raise Refusal(_l("Enter who holds the item and where it is."), field)
    corrects = details.kind is CustodyKind.CORRECTION
    if corrects and not details.purpose.strip():
        raise Refusal(_l("Enter which record you correct and why."), "purpose")
    if details.at > now():
        raise Refusal(_l("This date is in the future. Enter when it happened."), "at")
    first = min([item.found_at, *(link.at for link in chain if corrects)])  # the record to correct may be older
    if details.at < to_the_minute(first):
        raise Refusal(_l("Custody cannot begin before the item was found. Check the date."), "at")
    if not corrects and is_disposed(chain, details.at):
        raise Refusal(_l("After the final disposition only a correction can be recorded. Check the date."), "at")


def _add_link(session: Session, actor: Viewer, item: EvidenceItem, details: CustodyDetails) -> CustodyEvent:
    last = session.scalar(select(func.max(CustodyEvent.number)).where(CustodyEvent.item_id == item.id)) or 0
    link = CustodyEvent(
        item_id=item.id,
        number=last + 1,
        kind=details.kind,
        at=details.at,
        recorded_at=now(),
        holder=details.holder,
        place=details.place,
        purpose=details.purpose,
        actor=actor.public_id,
    )
    session.add(link)
    return link


def withdraw_item(session: Session, actor: Viewer, item: EvidenceItem, reason: str) -> None:
    """Take an item out of the case (registered by mistake), with the reason. Twice is once.

    Its custody and its history stay. Raises Refusal without a reason.
    """
    session.refresh(item, with_for_update=True)
    if item.withdrawn_at is not None:
        return
    if not reason.strip():
        raise Refusal(_l("Enter the reason."), "reason")
    item.withdrawn_at, item.withdrawn_reason = now(), reason.strip()
    record(session, actor, EvidenceAction.WITHDRAWN, item, case_id=item.case_id, reason=reason.strip())
