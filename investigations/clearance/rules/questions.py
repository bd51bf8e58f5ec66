"""What can be asked of the clearance report, and what the answer holds: plain frozen data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from .definitions import DEFINITIONS, Definition


class Measure(StrEnum):
    """Which fraction: clearances of a period over its reports (domain.md §5.2), or a followed cohort (§5.4)."""

    UCR = "ucr"
    COHORT = "cohort"


class Group(StrEnum):
    """By what the figures can be split."""

    UNIT = "unit"
    OFFENCE = "offence"
    MUNICIPALITY = "municipality"
    MONTH = "month"


class Reason(StrEnum):
    """Why an offence is left out of the figures."""

    UNFOUNDED = "unfounded"
    MOVED = "moved"
    MERGED = "merged"
    NO_REPORT_DATE = "no_report_date"


class Note(StrEnum):
    """What a reader must know about the data behind the figures (domain.md §5.9)."""

    NEGATIVE_INTERVAL = "negative_interval"
    SMALL_GROUP = "small_group"
    KNOWN_LATER = "known_later"


HORIZONS = (30, 90, 180, 365)
"""Days after the report at which a cohort is looked at."""

COUNTED = "offences"

SMALL = 10
"""Below this many offences a rate says little: the report names how many rows are so (domain.md §5.9)."""

Key = tuple[str, ...]
"""The codes of one row, one for each part of `Question.by`; an empty code means that it is not stated."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question, complete: asked twice it has one answer.

    `start` and `end` are whole days of the office's `zone`, both included. `as_of` is the instant until which things
    may have happened, `known_at` the instant until which they may have been recorded. The filters are codes, None
    for everything; a unit or offence stands for those below it too.
    """

    measure: Measure
    start: date
    end: date
    as_of: datetime
    known_at: datetime
    zone: str
    by: tuple[Group, ...] = ()
    unit: str | None = None
    offence: str | None = None
    municipality: str | None = None

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def last_day(self) -> date:
        """The day of `as_of` in the office: where observation ends."""
        return self.as_of.astimezone(self.tz).date()

    def plain(self) -> dict[str, Any]:
        """The question as JSON can hold it; `Question.from_plain` reads it back."""
        return {
            "measure": self.measure.value,
            "from": self.start.isoformat(),
            "to": self.end.isoformat(),
            "by": [group.value for group in self.by],
            "unit": self.unit,
            "offence": self.offence,
            "municipality": self.municipality,
            "as_of": self.as_of.astimezone(self.tz).isoformat(),
            "known_at": self.known_at.astimezone(self.tz).isoformat(),
            "zone": self.zone,
        }

    @classmethod
    def from_plain(cls, said: Mapping[str, Any]) -> Question:
        """The question that `plain` wrote. Raises ValueError or KeyError for anything else."""
        return cls(
            measure=Measure(said["measure"]),
            start=date.fromisoformat(said["from"]),
            end=date.fromisoformat(said["to"]),
            by=tuple(Group(group) for group in said["by"]),
            unit=said["unit"],
            offence=said["offence"],
            municipality=said["municipality"],
            as_of=datetime.fromisoformat(said["as_of"]),
            known_at=datetime.fromisoformat(said["known_at"]),
            zone=said["zone"],
        )


@dataclass(frozen=True, slots=True)
class OffenceRow:
    """What one offence looks like at (as_of, known_at). Days are the office's; codes are empty when not stated."""

    offence_id: int
    case_id: int
    unit: str
    offence: str
    municipality: str
    reported_on: date | None
    cleared_on: date | None = None
    clearance: str | None = None
    ending: str | None = None
    ending_on: date | None = None


@dataclass(frozen=True, slots=True)
class Horizon:
    """A cohort at one age. `at_risk`: followed for at least that many days and not cleared before.

    `cleared_share` is 1 − Kaplan–Meier, None for an empty cohort; `percent` the same, one decimal, half to even.
    """

    days: int
    at_risk: int
    cleared_within: int
    cleared_share: float | None
    percent: str | None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """The figures of one group, or of all. `rate` is a percentage with one decimal, None where it has no sense."""

    codes: Key
    labels: Key
    reported: int
    unfounded: int
    actual: int
    cleared: int
    cleared_by_arrest: int
    cleared_exceptional: int
    rate: str | None
    horizons: tuple[Horizon, ...] = ()
    curve: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerHead:
    """The head of the ledger at `known_at`: with it the paper can be checked against the record."""

    size: int
    root: str


@dataclass(frozen=True, slots=True)
class Report:
    """An answer: what screen, paper, CSV, XLSX and JSON show alike. Labels are in `language`."""

    question: Question
    language: str
    rows: tuple[ReportRow, ...]
    total: ReportRow
    left_out: Mapping[str, int]
    notes: Mapping[str, int]
    ledger_head: LedgerHead
    filter_labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def definition(self) -> Definition:
        return DEFINITIONS[self.question.measure.value]

    @property
    def verification(self) -> str:
        """Sixteen characters that any exact repetition of this answer has too, whatever its language."""
        said = self.plain()
        del said["definition"]
        for row in (*said["rows"], said["total"]):
            del row["group"]
        text = json.dumps(said, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(text.encode()).hexdigest()[:16].upper()
        return "-".join(digest[i : i + 4] for i in range(0, 16, 4))

    def plain(self) -> dict[str, Any]:
        """The report as JSON can hold it: the contract that other programs read."""
        question = self.question.plain()
        return {
            "measure": question["measure"],
            "counted": COUNTED,
            "period": {"from": question["from"], "to": question["to"]},
            "by": question["by"],
            "filters": {name: question[name] for name in FILTERS if question[name] is not None},
            "as_of": question["as_of"],
            "known_at": question["known_at"],
            "definition": self.definition.plain(),
            "rows": [self._plain_row(row) for row in self.rows],
            "total": self._plain_row(self.total),
            "left_out": dict(self.left_out),
            "notes": dict(self.notes),
            "ledger_head": asdict(self.ledger_head),
        }

    def _plain_row(self, row: ReportRow) -> dict[str, Any]:
        """One row; the total's group is empty."""
        names = [group.value for group in self.question.by]
        plain: dict[str, Any] = {
            "group": dict(zip(names, row.labels, strict=False)),
            "codes": dict(zip(names, row.codes, strict=False)),
            **{name: getattr(row, name) for name in FIGURES},
            "rate": row.rate,
        }
        if self.question.measure is Measure.COHORT:
            plain["horizons"] = [asdict(horizon) for horizon in row.horizons]
        return plain


FIGURES = ("reported", "unfounded", "actual", "cleared", "cleared_by_arrest", "cleared_exceptional")
"""The counts of a row, as named in JSON and CSV and as cells whose cases can be listed."""

FILTERS = ("unit", "offence", "municipality")
"""What a question can be narrowed to."""
