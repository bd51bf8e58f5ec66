"""What is wrong with a row and what was done with it: the row report accounts for every row. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Done(StrEnum):
    """What became of a row."""

    ACCEPTED = "accepted"
    WARNED = "accepted with warning"
    LEFT_OUT = "left out"
    DUPLICATE = "duplicate"
    PRESENT = "already present"

    @property
    def enters(self) -> bool:
        return self in (Done.ACCEPTED, Done.WARNED)


class Problem(StrEnum):
    """What can be wrong with a row."""

    EMPTY = "empty"
    CONTROL = "control"
    TOO_LONG = "too_long"
    WIDTH = "width"
    DATE = "date"
    FUTURE = "future"
    DATED_BY = "dated_by"
    NO_DATE = "no_date"
    EARLIER = "earlier"
    RANGE = "range"
    NOT_A_NUMBER = "not_a_number"
    UNKNOWN_VALUE = "unknown_value"
    UNKNOWN_UNIT = "unknown_unit"
    UNKNOWN_OFFENCE = "unknown_offence"
    AMBIGUOUS = "ambiguous"
    UNKNOWN_MUNICIPALITY = "unknown_municipality"
    UNKNOWN_EVENT = "unknown_event"
    UNPROVABLE = "unprovable"
    CERTIFIED = "certified"
    NO_CAUSE = "no_cause"
    UNKNOWN_CAUSE = "unknown_cause"
    DISAGREES = "disagrees"
    OTHER_LAW = "other_law"
    NO_LINE = "no_line"
    OTHER_CASE = "other_case"
    DUPLICATE = "duplicate"
    SAME_KEY = "same_key"
    CHANGED = "changed"
    OUT_OF_ORDER = "out_of_order"
    LATE_REPORT = "late_report"


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a file, by the physical line on which it starts."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing said about a row: its column (empty: the whole row), the problem and what belongs to it."""

    place: Place
    column: str
    problem: Problem
    detail: dict[str, Any]


class LeftOut(Exception):
    """The row cannot be taken: why."""

    def __init__(self, column: str, problem: Problem, done: Done = Done.LEFT_OUT, **detail: Any) -> None:
        super().__init__(problem)
        self.column, self.problem, self.done, self.detail = column, problem, done, detail


@dataclass(slots=True)
class RowReport:
    """Every row of every file: how many became what, and each finding. The sums agree by construction."""

    done: dict[str, Counter[Done]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    fates: dict[Place, Done] = field(default_factory=dict)

    def open_file(self, file: str) -> None:
        self.done.setdefault(file, Counter())

    def find(self, place: Place, column: str, problem: Problem, **detail: Any) -> None:
        """Say something about a row. Its fate is settled apart."""
        self.findings.append(Finding(place, column, problem, detail))

    def settle(self, place: Place, done: Done) -> None:
        """Say what became of a row, once. Only fates other than plain acceptance are kept by row."""
        self.done[place.file][done] += 1
        if done is not Done.ACCEPTED:
            self.fates[place] = done

    def mark_warned(self) -> None:
        """At the end: accepted rows of which something was said become those accepted with warning."""
        for place in {finding.place for finding in self.findings} - self.fates.keys():
            self.done[place.file][Done.ACCEPTED] -= 1
            self.settle(place, Done.WARNED)

    def fate(self, place: Place) -> Done:
        return self.fates.get(place, Done.ACCEPTED)

    def rows(self, file: str) -> int:
        return sum(self.done[file].values())

    def total(self) -> Counter[Done]:
        return sum(self.done.values(), Counter())

    def entering(self) -> int:
        """How many rows are taken over."""
        return sum(count for done, count in self.total().items() if done.enters)

    def ordered(self) -> Iterator[Finding]:
        """The findings by file in the order given, and line."""
        order = {file: place for place, file in enumerate(self.done)}
        yield from sorted(self.findings, key=lambda finding: (order[finding.place.file], finding.place.line))
