"""How a search answer is arranged: hits by kind, in the order in which people look for things."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from search import Snippet

from ..jurisdictions.rules import Label


class Kind(StrEnum):
    """What can be found."""

    CASE = "case"
    PERSON = "person"
    EVIDENCE = "evidence"
    ACT = "act"


@dataclass(frozen=True, slots=True)
class Found:
    """One hit as it is shown: what, in which case, where the words stand, and when it was."""

    kind: Kind
    public_id: str
    case_public_id: str
    case_number: str
    title: Label
    snippet: Snippet
    when: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind on this page, and how many there are in all."""

    kind: Kind
    total: int
    hits: list[Found]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: total over what the viewer may see, groups in fixed order, notes of the engine."""

    total: int
    groups: list[Group]
    notes: list[str]


def arrange(found: list[Found], by_kind: dict[str, int]) -> list[Group]:
    """Groups in the order of `Kind`; kinds without hits are not shown at all."""
    groups = [
        Group(kind, by_kind.get(kind, 0), [hit for hit in found if hit.kind is kind])
        for kind in Kind
    ]
    return [group for group in groups if group.total]
