"""What a row becomes before it is written: drafts that name each other, and what the office already has.

A draft with an `id` stands in the office already; one without is written by this import.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from .cells import Moment
from .findings import Place, RowReport
from .names import Name


def row_key(mapping: str, table: str, name: Sequence[str], content: Iterable[str]) -> tuple[str, str]:
    """The two parts of a row's key: what names it for good (40 hexadecimal digits) and what it says (24)."""
    named = hashlib.sha256("\x1f".join((mapping, table, *name)).encode()).hexdigest()
    said = hashlib.sha256("\x1f".join(content).encode()).hexdigest()
    return named[:40], said[:24]


@dataclass(slots=True, eq=False)
class Unit:
    """A unit of the office."""

    code: str
    name: str
    id: int | None = None


@dataclass(slots=True, eq=False)
class Code:
    """An entry of an offence catalogue."""

    scheme: str
    code: str
    label_es: str
    label_en: str
    selectable: bool = True
    valid_from: date | None = None
    valid_to: date | None = None
    id: int | None = None

    def valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(slots=True, eq=False)
class CaseDraft:
    """A case with the offence of its lines. `place` is the row that first named it.

    Of a case that stands in the office: `offences` are its offences by the catalogue entry of each, `parties` its
    suspects by name.
    """

    number: str
    key: str
    jurisdiction: str
    unit: Unit
    code: Code
    municipality: str | None
    municipality_name: str | None
    occurred: Moment | None
    reported: Moment | None
    place: Place | None = None
    id: int | None = None
    offence_id: int | None = None
    offences: Mapping[int, int] = field(default_factory=dict)
    parties: Mapping[str, int] = field(default_factory=dict)
    lines: list[LineDraft] = field(default_factory=list)
    suspects: dict[str, Suspect] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class LineDraft:
    """A line. `suspect` is empty while the author is unknown.

    `offence_id` is only given on a case that stands in the office. `last` is the number of its last event, `past` the standing events of a line that was there before.
    """

    case: CaseDraft
    suspect: Name | None
    opened_at: datetime
    id: int | None = None
    offence_id: int | None = None
    party_id: int | None = None
    last: int = 0
    past: list[Happened] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Happened:
    """An event that a line had before the import."""

    kind: str
    occurred_at: datetime
    number: int


@dataclass(slots=True, eq=False)
class Suspect:
    """A person with their part in a case, pursued on these lines of it."""

    lines: list[LineDraft]
    name: Name


@dataclass(slots=True, eq=False)
class TakenOver:
    """A line that stood without a person gets its suspect."""

    line: LineDraft


@dataclass(slots=True, eq=False)
class EventDraft:
    """An event of a line. `rank` orders events of one instant; `number` is given when all are known."""

    line: LineDraft
    kind: str
    occurred_at: datetime
    rank: int
    source_key: str
    decided_by: str = ""
    basis: str = ""
    cause: str | None = None
    note: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    number: int = 0


Draft = Unit | Code | CaseDraft | LineDraft | Suspect | TakenOver | EventDraft


@dataclass(slots=True)
class Taken:
    """A row that is taken over, and what it brings."""

    place: Place
    made: list[Draft]


@dataclass(slots=True)
class Plan:
    """All that an import will write, in order, and the report about every row. New units come under `root_id`."""

    report: RowReport = field(default_factory=RowReport)
    rows: list[Taken] = field(default_factory=list)
    root_id: int | None = None


@dataclass(slots=True)
class Known:
    """What the office already has, as far as an import must know it.

    `present` holds the rows of standing imports of this mapping: the first part of their key with the rest and the
    line. `find_case` and `find_line` load one standing case or line when it is needed.
    """

    moment: datetime
    root_id: int | None = None
    units: dict[str, Unit] = field(default_factory=dict)
    codes: dict[str, list[Code]] = field(default_factory=dict)
    cases: dict[str, int] = field(default_factory=dict)
    present: dict[str, tuple[str, int]] = field(default_factory=dict)
    find_case: Callable[[int], CaseDraft | None] = lambda _id: None
    find_line: Callable[[int], LineDraft | None] = lambda _id: None


def number_events(rows: list[Taken]) -> None:
    """Give each new event its number within its line: by instant, then by rank, after those already there."""
    by_line: dict[int, list[EventDraft]] = {}
    for row in rows:
        for draft in row.made:
            if isinstance(draft, EventDraft):
                by_line.setdefault(id(draft.line), []).append(draft)
    for events in by_line.values():
        events.sort(key=lambda event: (event.occurred_at, event.rank))
        for number, event in enumerate(events, start=events[0].line.last + 1):
            event.number = number
