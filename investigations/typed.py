"""What people type, read exactly: days, hours, lines of text. Pure; wrong input raises ValueError.

Dates are day first (experience.md §5): `3/9/26`, `03-09-2026`, `3 sep 2026`; ISO `2026-09-03` as well.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

MONTHS = (
    ("enero", "january"),
    ("febrero", "february"),
    ("marzo", "march"),
    ("abril", "april"),
    ("mayo", "may"),
    ("junio", "june"),
    ("julio", "july"),
    ("agosto", "august"),
    ("septiembre", "setiembre", "september"),
    ("octubre", "october"),
    ("noviembre", "november"),
    ("diciembre", "december"),
)
FIRST_YEAR, LAST_YEAR = 1850, 2999
"""Outside of them a year is a slip of the hand; inside, every day has neighbours in any zone."""
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
DAY_FIRST = re.compile(
    r"(\d{1,2})[\s/.\-]+(?:de\s+)?([^\W\d_]+\.?|\d{1,2})[\s/.\-]+(?:de\s+)?(\d{4}|\d{2})", re.I
)
HOUR = re.compile(r"(\d{1,2})(?::|\.|h|\s)?(\d{2})\s*(?:h|hrs?|horas)?\.?", re.I)
DROPPED = dict.fromkeys([0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])

Cleaner = Callable[[str], str]


def split_date(text: str) -> tuple[str, str, str]:
    """Day, month, year as typed in one box; what cannot be split stays whole in the day."""
    text = text.strip()
    if found := ISO.fullmatch(text):
        return found[3], found[2], found[1]
    if found := DAY_FIRST.fullmatch(text):
        return found[1], found[2], found[3]
    return text, "", ""


def split_moment(text: str) -> tuple[str, str, str, str]:
    """Day, month, year, hour out of `2026-09-03T16:05` or `3/9/26 16:05`; seconds are left out."""
    head, _, tail = text.strip().replace("T", " ").rpartition(" ")
    if ":" not in tail:
        return (*split_date(text), "")
    return (*split_date(head.rstrip(", ")), tail[:5])


def calendar_day(day: str, month: str, year: str) -> date:
    """A real date from three boxes; the month may be a name in Spanish or English."""
    return date(full_year(year), month_number(month), int(digits(day)))


def month_number(month: str) -> int:
    """1–12 out of digits or of a name, of which the first three letters are enough."""
    start = month.strip(". ").lower()
    if len(start) >= 3:
        for number, names in enumerate(MONTHS, start=1):
            if any(name.startswith(start) for name in names):
                return number
    return int(digits(month))


def full_year(year: str) -> int:
    """Four digits as they are; two digits in this century unless more than five years ahead."""
    number = int(digits(year))
    if len(year.strip()) == 2:
        number += 2000
        if number > datetime.now(UTC).year + 5:
            number -= 100
    if not FIRST_YEAR <= number <= LAST_YEAR:
        raise ValueError(year)
    return number


def plausible(day: date) -> bool:
    """True when a day, or an instant, is of a year that people can mean."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def hour_of_day(text: str) -> time:
    """`16:05`, `9.30`, `1605`, `16:05 h` on a 24-hour clock."""
    found = HOUR.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    return time(int(digits(found[1])), int(digits(found[2])))


def instant(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a local day and hour; ValueError in the hour that a clock change leaves out.

    Of an hour that comes twice the first is meant.
    """
    local = datetime.combine(day, hour, zone)
    utc = local.astimezone(UTC)
    if utc.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ValueError(f"{day} {hour}")
    return utc


def to_the_minute(moment: datetime) -> datetime:
    """A moment as forms show and take it: seconds neither part nor order what people type."""
    return moment.replace(second=0, microsecond=0)


def digits(text: str) -> str:
    """The text when it is only ASCII digits, four at most: no part of a date has more."""
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise ValueError(text)
    return text


def clean_line(text: str) -> str:
    """NFC, spaces and line ends as single spaces, nothing around."""
    return " ".join(clean_lines(text).split())


def clean_lines(text: str) -> str:
    """NFC, line ends as \\n, nothing around; control characters and half surrogates raise ValueError.

    Invisible direction marks, which telephones put around pasted numbers, are dropped.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").translate(DROPPED))
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in text if sign not in "\n\t"):
        raise ValueError("control character")
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()
