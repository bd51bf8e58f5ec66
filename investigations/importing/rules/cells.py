"""Reading one cell: tidy text, folded text, codes, and instants in the zone of the file. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from ...cases.rules import fold_text
from ...typed import clean_line, clean_lines, instant, plausible

_SPACES = re.compile(r"\s\s+")
_ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    r"(?:[T ](?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?\s*(?P<zone>Z|[+-]\d{2}:?[0-5]\d)?)?"
)
_SLASHED = re.compile(
    r"(?P<first>\d{1,2})/(?P<second_part>\d{1,2})/(?P<year>\d{4})"
    r"(?:\s+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?"
)


def tidy(text: str) -> str:
    """One line: NFC, no doubled or surrounding spaces. ValueError for control characters and half surrogates."""
    if text.isascii() and text.isprintable():
        text = text.strip()
        return _SPACES.sub(" ", text) if "  " in text else text
    return clean_line(text)


def tidy_lines(text: str) -> str:
    """The same, keeping line ends: for notes."""
    return clean_lines(text)


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """The form in which two names are the same name: upper case, no accents, signs as single spaces."""
    return " ".join(re.sub(r"[^A-Z0-9]+", " ", fold_text(text)).split())


@lru_cache(maxsize=65536)
def code_of(text: str, limit: int = 80) -> str:
    """A code made of a name: CHICAGO-PD out of "Chicago P.D."."""
    return fold(text).replace(" ", "-")[:limit].strip("-")


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant in UTC, and whether the cell said only the day (then it is that day's first instant)."""

    at: datetime
    day: date
    day_only: bool

    def before(self, other: Moment) -> bool:
        """True when it came surely before: by the day, where either says only the day."""
        return self.day < other.day if self.day_only or other.day_only else self.at < other.at

    @property
    def said(self) -> str:
        """The one spelling of what a cell says: a day, or an instant."""
        return self.day.isoformat() if self.day_only else self.at.isoformat()

    def same(self, other: Moment) -> bool:
        """True when both may be the same instant: by the day, where either says only the day."""
        return self.day == other.day if self.day_only or other.day_only else self.at == other.at


@lru_cache(maxsize=131072)
def read_moment(text: str, zone: ZoneInfo, day_first: bool, clock_hours: int = 0) -> Moment:
    """The moment that a cell says. ValueError when it says none.

    Read are 2025-03-07, 2025-03-07T22:30, the same with seconds and with Z or an offset, and 07/03/2025 with or
    without an hour (AM and PM as well); `day_first` says which of the first two numbers is the day. Without an
    offset the clock of `zone` is meant, from which the file stands `-clock_hours` away. Midnight says only the day.
    """
    text = text.strip()
    found = _ISO.fullmatch(text) or _SLASHED.fullmatch(text)
    if found is None:
        raise ValueError(text)
    parts = found.groupdict()
    day = _day(parts, day_first)
    if not plausible(day):
        raise ValueError(text)
    hour = time(_hour(parts), int(parts["minute"] or 0), int(parts["second"] or 0))
    if parts.get("zone"):
        at = datetime.combine(day, hour, _offset(parts["zone"])).astimezone(UTC)
        return Moment(at, at.astimezone(zone).date(), False)
    local = datetime.combine(day, hour) + timedelta(hours=clock_hours)
    at = instant(local.date(), local.time(), zone)
    return Moment(at, local.date(), local.time() == time())


def _day(parts: dict[str, str], day_first: bool) -> date:
    if "month" in parts:
        return date(int(parts["year"]), int(parts["month"]), int(parts["day"]))
    first, second = int(parts["first"]), int(parts["second_part"])
    return date(int(parts["year"]), second, first) if day_first else date(int(parts["year"]), first, second)


def _hour(parts: dict[str, str]) -> int:
    hour = int(parts["hour"] or 0)
    half = (parts.get("half") or "").replace(".", "").upper()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        return hour % 12 + (12 if half == "PM" else 0)
    return hour


def _offset(text: str) -> timezone:
    if text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    digits = text[1:].replace(":", "")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))


_TRIGGERS = ("=", "+", "-", "@", "\t", "\r")


def formula_safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe goes before what would start one."""
    return "'" + text if text.startswith(_TRIGGERS) else text
