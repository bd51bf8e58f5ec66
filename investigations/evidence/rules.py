"""Pure rules of evidence: how labels are compared, what is wrong with a custody record, the words of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from ..cases.rules import fold_text
from ..typed import to_the_minute


class EvidenceAction(StrEnum):
    """What the ledger calls the things done to an item or its custody."""

    REGISTERED = "evidence.registered"
    EDITED = "evidence.edited"
    WITHDRAWN = "evidence.withdrawn"
    CUSTODY_RECORDED = "custody.recorded"


class CustodyKind(StrEnum):
    """What happened to the item in this link of its chain (domain.md §4.5).

    A correction says how an earlier link should have read; the earlier link stays.
    """

    COLLECTION = "collection"
    HANDOVER = "handover"
    TRANSFER = "transfer"
    STORAGE = "storage"
    LOAN = "loan"
    RETURN = "return"
    OPENING = "opening"
    SAMPLING = "sampling"
    REPACKING = "repacking"
    PRESENTATION = "presentation"
    RELEASE = "release"
    CORRECTION = "correction"


BY_HAND = tuple(kind for kind in CustodyKind if kind is not CustodyKind.COLLECTION)
"""What can be recorded on its own: the collection is written when the item is registered."""


def label_key(label: str) -> str:
    """The form in which two labels of a case are the same label: no accents, spaces or small letters."""
    return "".join(fold_text(label).split())


class Link(Protocol):
    """A custody record as far as its place in time goes."""

    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> datetime: ...


AnyLink = TypeVar("AnyLink", bound=Link)

OF_THE_FIND = (CustodyKind.COLLECTION, CustodyKind.CORRECTION)
"""The records that may tell of the find itself; all others tell of what came after it."""


def latest(chain: Sequence[AnyLink]) -> AnyLink:
    """The record that says who holds the item now: the latest in time, among equals the one recorded last.

    `chain` is in order of recording and not empty. A correction counts like any record, at its own time: dated
    as an older record, it changes nothing now.
    """
    return max(reversed(chain), key=lambda link: to_the_minute(link.at))


def is_disposed(chain: Sequence[Link], at: datetime) -> bool:
    """Whether the item had already been given its final disposition at that moment."""
    return any(link.kind == CustodyKind.RELEASE and to_the_minute(link.at) <= to_the_minute(at) for link in chain)


def late_entries(chain: Sequence[Link]) -> list[bool]:
    """For each link in order of recording: whether it tells of a time before the link recorded before it.

    Allowed, but marked (domain.md §4.5). A correction speaks of the past by its nature and is never marked.
    """
    marks: list[bool] = []
    reached: datetime | None = None
    for link in chain:
        correction = link.kind == CustodyKind.CORRECTION
        at = to_the_minute(link.at)
        marks.append(not correction and reached is not None and at < reached)
        if not correction:
            reached = at if reached is None else max(reached, at)
    return marks
