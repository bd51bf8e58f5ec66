"""From what somebody asked to a complete question, which has one answer for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l

from ...db import Refusal, now
from ...typed import FIRST_YEAR, LAST_YEAR, plausible
from ..rules.questions import Group, Measure, Question


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked. `as_of` may be a day (then its last instant) or an instant; None means now.

    `known_at` None means: as known at `as_of` if the office's ledger had begun by then, otherwise as known now.
    """

    measure: Measure
    start: date
    end: date
    by: tuple[Group, ...] = ()
    unit: str | None = None
    offence: str | None = None
    municipality: str | None = None
    as_of: date | datetime | None = None
    known_at: date | datetime | None = None


def complete(asked: Asked, *, began: datetime | None, zone: str) -> Question:
    """The question with both its instants fixed. `began` is when the office's ledger began, `zone` the office's.

    An office that loads its past cannot be asked what it knew before it knew anything: such an as-of reads what had
    happened by then as known today. Raises Refusal when the period runs backwards or an instant is yet to come.
    """
    for name in ("start", "end", "as_of", "known_at"):
        if not plausible(getattr(asked, name) or asked.start):
            raise Refusal(_l("Enter a year from %(first)s to %(last)s.", first=FIRST_YEAR, last=LAST_YEAR), name)
    moment, tz = now(), ZoneInfo(zone)
    as_of = _instant(asked.as_of, tz, moment) or moment
    known_at = _instant(asked.known_at, tz, moment) or _known_at(began, as_of, moment)
    _check(asked, as_of, known_at, moment, tz)
    return Question(
        measure=asked.measure,
        start=asked.start,
        end=asked.end,
        as_of=as_of,
        known_at=known_at,
        zone=zone,
        by=tuple(dict.fromkeys(asked.by)),
        unit=asked.unit,
        offence=asked.offence,
        municipality=asked.municipality,
    )


def _known_at(began: datetime | None, as_of: datetime, moment: datetime) -> datetime:
    return as_of if began is not None and as_of >= began else moment


def _instant(asked: date | datetime | None, tz: ZoneInfo, moment: datetime) -> datetime | None:
    """A day means its last instant in the office, or now while that day lasts; a time without zone is the office's."""
    if asked is None or isinstance(asked, datetime):
        return asked.replace(tzinfo=tz) if asked is not None and asked.tzinfo is None else asked
    last = datetime.combine(asked, time.max, tz)
    return moment if asked == moment.astimezone(tz).date() else last


def _check(asked: Asked, as_of: datetime, known_at: datetime, moment: datetime, tz: ZoneInfo) -> None:
    if asked.end < asked.start:
        raise Refusal(_l("The last day of the period comes before the first. Check both dates."), "end")
    if as_of > moment:
        raise Refusal(_l("The as-of date is in the future. Enter today or an earlier day."), "as_of")
    if known_at > moment:
        raise Refusal(_l("The known-at date is in the future. Enter today or an earlier day."), "known_at")
    if asked.start > as_of.astimezone(tz).date():
        raise Refusal(_l("The period begins after the as-of date. Check both dates."), "start")
