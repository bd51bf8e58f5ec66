"""A plain line event and short ways to write histories, for the tests of the fold."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2025, 1, 1, 12, tzinfo=UTC)
FOREVER = datetime(9000, 1, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


@dataclass(frozen=True)
class Act:
    """`on` the fact's day and `noted` the day it was recorded are counted from the same first day."""

    number: int
    kind: str
    on: int
    noted: int
    corrects: int | None = None
    gone: int | None = None

    @property
    def occurred_at(self) -> datetime:
        return day(self.on)

    @property
    def recorded_at(self) -> datetime:
        return day(self.noted)

    @property
    def withdrawn_at(self) -> datetime | None:
        return None if self.gone is None else day(self.gone)


def history(*kinds: str) -> list[Act]:
    """One act a day, recorded the day it happened, numbered from 1."""
    return [Act(n, kind, on=n, noted=n) for n, kind in enumerate(kinds, start=1)]
