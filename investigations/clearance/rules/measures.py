"""Counting: which figures an offence enters, the two rates, and Kaplan–Meier in whole numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from .questions import (
    FIGURES,
    HORIZONS,
    SMALL,
    Group,
    Horizon,
    Key,
    Measure,
    Note,
    OffenceRow,
    Question,
    Reason,
    ReportRow,
)

ARREST, EXCEPTIONAL = "clearance_arrest", "clearance_exceptional"


def percent(numerator: int, denominator: int) -> str | None:
    """numerator ÷ denominator × 100 with one decimal, half to even, exact; None when there is nothing to divide by."""
    if not denominator:
        return None
    tenths = round(Fraction(1000 * numerator, denominator))
    return f"{tenths // 10}.{tenths % 10}"


def left_out(reason: Reason) -> str:
    """The name of the cell that counts those left out for a reason."""
    return f"left_out_{reason}"


def at_risk(days: int) -> str:
    """The name of the cell that counts those still at risk after so many days."""
    return f"at_risk_{days}"


def cleared_within(days: int) -> str:
    """The name of the cell that counts those cleared within so many days."""
    return f"cleared_within_{days}"


def cells(measure: Measure) -> tuple[str, ...]:
    """Every cell whose offences can be listed for a measure."""
    reasons = tuple(left_out(reason) for reason in reasons_of(measure))
    if measure is Measure.UCR:
        return (*FIGURES, *reasons)
    ages = tuple(name(days) for days in HORIZONS for name in (at_risk, cleared_within))
    return (*FIGURES, *ages, *reasons, Note.NEGATIVE_INTERVAL)


def reasons_of(measure: Measure) -> tuple[Reason, ...]:
    """Why a measure leaves offences out. A cohort keeps what was moved, until it moved."""
    return tuple(reason for reason in Reason if measure is Measure.UCR or reason is not Reason.MOVED)


def tally(question: Question, row: OffenceRow) -> list[tuple[Key, str]]:
    """The cells that one offence enters: (group, cell name). The report adds these up; the list behind a cell keeps
    the offences that enter it. So a number and its list cannot differ.
    """
    if row.reported_on is None:
        return [(_key(question, row, None), left_out(Reason.NO_REPORT_DATE))]
    return _ucr(question, row, row.reported_on) if question.measure is Measure.UCR else _cohort(question, row, row.reported_on)


def _key(question: Question, row: OffenceRow, day: date | None) -> Key:
    """The group of an offence; its month is that of the fact counted."""
    return tuple(
        (f"{day:%Y-%m}" if day else "") if group is Group.MONTH else getattr(row, group.value) for group in question.by
    )


def _within(question: Question, day: date | None) -> bool:
    return day is not None and question.start <= day <= min(question.end, question.last_day)


def _ucr(question: Question, row: OffenceRow, reported_on: date) -> list[tuple[Key, str]]:
    reported, cleared = _within(question, reported_on), _within(question, row.cleared_on)
    if not (reported or cleared):
        return []
    key = _key(question, row, reported_on)
    if row.ending in (Reason.MOVED, Reason.MERGED):
        return [(key, left_out(Reason(row.ending)))]
    found = []
    if reported:
        found.append((key, "reported"))
        found += _unfounded(key) if row.ending == Reason.UNFOUNDED else [(key, "actual")]
    if cleared and row.ending != Reason.UNFOUNDED:
        found += _cleared(_key(question, row, row.cleared_on), row)
    return found


def _unfounded(key: Key) -> list[tuple[Key, str]]:
    return [(key, "unfounded"), (key, left_out(Reason.UNFOUNDED))]


def _cleared(key: Key, row: OffenceRow) -> list[tuple[Key, str]]:
    by = "cleared_by_arrest" if row.clearance == ARREST else "cleared_exceptional"
    return [(key, "cleared"), (key, by)]


def _cohort(question: Question, row: OffenceRow, reported_on: date) -> list[tuple[Key, str]]:
    if not _within(question, reported_on):
        return []
    key = _key(question, row, reported_on)
    if row.ending == Reason.MERGED:
        return [(key, left_out(Reason.MERGED))]
    if row.ending == Reason.UNFOUNDED:
        return [(key, "reported"), *_unfounded(key)]
    followed = follow(question, row, reported_on)
    found = [(key, "reported"), (key, "actual")]
    found += _cleared(key, row) if followed.cleared else []
    found += [(key, Note.NEGATIVE_INTERVAL.value)] if followed.negative else []
    found += [(key, at_risk(days)) for days in HORIZONS if followed.days >= days]
    return found + [(key, cleared_within(days)) for days in HORIZONS if followed.cleared and followed.days <= days]


@dataclass(frozen=True, slots=True)
class Followed:
    """How long an offence was observed, in whole local days, and whether that ended with its clearance."""

    days: int
    cleared: bool
    negative: bool = False


def follow(question: Question, row: OffenceRow, reported_on: date) -> Followed:
    """From report to first clearance, or to where observation ends: the transfer, or the as-of day.

    A clearance or transfer dated before the report counts as day 0 and is told.
    """
    moved_on = row.ending_on if row.ending == Reason.MOVED else None
    if row.cleared_on is not None:
        until, cleared = row.cleared_on, True
    else:
        until, cleared = min(moved_on or question.last_day, question.last_day), False
    days = (until - reported_on).days
    return Followed(max(days, 0), cleared, days < 0)


@dataclass(slots=True)
class Survival:
    """Kaplan–Meier over whole days; those censored on a day still count as at risk on it (domain.md §5.4).

    The product is kept as two whole numbers, so that every share is exact until it is shown.
    """

    cleared_on: Counter[int] = field(default_factory=Counter)
    left_on: Counter[int] = field(default_factory=Counter)

    def add(self, followed: Followed) -> None:
        """One more member."""
        self.left_on[followed.days] += 1
        if followed.cleared:
            self.cleared_on[followed.days] += 1

    def steps(self) -> Iterator[tuple[int, int, int]]:
        """(day, numerator, denominator) of the surviving share after each day on which something was cleared."""
        at_risk_now, over, under = self.left_on.total(), 1, 1
        for day in sorted(self.left_on):
            gone = self.cleared_on[day]
            if gone:
                over, under = over * (at_risk_now - gone), under * at_risk_now
                yield day, over, under
            at_risk_now -= self.left_on[day]

    def horizons(self) -> tuple[Horizon, ...]:
        """The cohort at each of HORIZONS."""
        steps = list(self.steps())
        return tuple(self._horizon(days, steps) for days in HORIZONS)

    def _horizon(self, days: int, steps: list[tuple[int, int, int]]) -> Horizon:
        over, under = next(((o, u) for day, o, u in reversed(steps) if day <= days), (1, 1))
        empty = not self.left_on
        return Horizon(
            days=days,
            at_risk=sum(count for day, count in self.left_on.items() if day >= days),
            cleared_within=sum(count for day, count in self.cleared_on.items() if day <= days),
            cleared_share=None if empty else (under - over) / under,
            percent=None if empty else percent(under - over, under),
        )

    def curve(self) -> tuple[tuple[int, float], ...]:
        """(day, cleared share) where the share steps up, from day 0 to the last day observed."""
        if not self.left_on:
            return ()
        points = [(day, (under - over) / under) for day, over, under in self.steps()]
        start = [] if points and points[0][0] == 0 else [(0, 0.0)]
        last = max(self.left_on)
        tail = [(last, points[-1][1] if points else 0.0)]
        return tuple(start + points + (tail if not points or points[-1][0] < last else []))


@dataclass(slots=True)
class Sums:
    """What the offences of a question add up to, by group and in all."""

    by_key: dict[Key, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    total: Counter[str] = field(default_factory=Counter)
    survival: dict[Key, Survival] = field(default_factory=lambda: defaultdict(Survival))
    total_survival: Survival = field(default_factory=Survival)


def add_up(question: Question, rows: Iterable[OffenceRow]) -> Sums:
    """Count every offence once into the cells it enters."""
    sums = Sums()
    for row in rows:
        found = tally(question, row)
        for key, cell in found:
            sums.total[cell] += 1
            if not cell.startswith("left_out_"):
                sums.by_key[key][cell] += 1
        if question.measure is Measure.COHORT and row.reported_on and any(cell == "actual" for _key, cell in found):
            followed = follow(question, row, row.reported_on)
            sums.survival[found[0][0]].add(followed)
            sums.total_survival.add(followed)
    if question.by == (Group.MONTH,):
        for month in months(question.start, min(question.end, question.last_day)):
            sums.by_key[(month,)]  # a month without offences is a row of zeros, not a gap
    return sums


def months(start: date, end: date) -> Iterator[str]:
    """Every calendar month from one day to another, as 2019-03."""
    day = start.replace(day=1)
    while day <= end:
        yield f"{day:%Y-%m}"
        day = (day + timedelta(days=31)).replace(day=1)


def figures(question: Question, counts: Counter[str], survival: Survival, codes: Key, labels: Key) -> ReportRow:
    """One row of the report from its sums. A cohort has no single rate: its horizons are its rates."""
    ucr = question.measure is Measure.UCR
    return ReportRow(
        codes=codes,
        labels=labels,
        **{name: counts[name] for name in FIGURES},
        rate=percent(counts["cleared"], counts["actual"]) if ucr else None,
        horizons=() if ucr else survival.horizons(),
        curve=() if ucr else survival.curve(),
    )


def notes(question: Question, sums: Sums, rows: Iterable[ReportRow], *, known_later: bool) -> dict[str, int]:
    """What the reader must know, with how many it concerns; only what applies."""
    small = sum(1 for row in rows if 0 < row.actual < SMALL)
    found = {
        Note.NEGATIVE_INTERVAL: sums.total[Note.NEGATIVE_INTERVAL],
        Note.SMALL_GROUP: small,
        Note.KNOWN_LATER: int(known_later),
    }
    return {note.value: count for note, count in found.items() if count}
