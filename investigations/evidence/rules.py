"""Pure rules of evidence: how labels are compared, what is wrong with a custody record, the words of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from ..cases.rules import fold_text


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


def late_entries(chain: Sequence[Link]) -> list[bool]:
    """For each link in order of recording: whether it tells of a time before the link recorded before it.

    Allowed, but marked (domain.md §4.5). A correction speaks of the past by its nature and is never marked.
    """
    marks: list[bool] = []
    latest: datetime | None = None
    for link in chain:
        correction = link.kind == CustodyKind.CORRECTION
        marks.append(not correction and latest is not None and link.at < latest)
        if not correction:
            latest = link.at if latest is None else max(latest, link.at)
    return marks
