"""From what was recorded about one offence to the spans in which one answer holds, in both times.

An offence's answer changes when something happens and when something becomes known. Each span says: from
`known_from` to `known_to`, and for instants from `happened_from` to `happened_to`, the offence looks like this. The
upper ends are not included and None means until further notice, so that any pair of instants meets at most one span.

How the lines of an offence make one answer (domain.md §5.2, §5.4):

- cleared when any line is; the date and kind are those of the earliest clearance, arrest before exceptional when both
  have the same instant;
- ended only when every line on which something has happened has an ending; the date is that of the last one;
- unfounded when it ended, some line was declared unfounded, and none was cleared before: what a court has taken up
  stays counted, and its later dismissal is another measure's matter;
- moved when every line left for another office and none was cleared before; merged when every line was merged or left
  (then even a cleared offence: the case that took it in counts it);
- otherwise an alternative resolution before an administrative closing; neither leaves the figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from ...court.rules import Happening
from ...jurisdictions.rules import Jurisdiction, LineStatus, Outcome, in_force, trajectory


@dataclass(frozen=True, slots=True)
class Known:
    """From when and until when something counted as known; None: from ever, or until further notice."""

    since: datetime | None = None
    until: datetime | None = None

    def at(self, instant: datetime) -> bool:
        return (self.since is None or self.since <= instant) and (self.until is None or instant < self.until)

    def __and__(self, other: Known) -> Known:
        """The time in which both counted (it may be empty)."""
        since = max((s for s in (self.since, other.since) if s is not None), default=None)
        until = min((u for u in (self.until, other.until) if u is not None), default=None)
        return Known(since, until)


@dataclass(frozen=True, slots=True)
class Header:
    """What the case said of itself for a while; `codes` maps its offences to their catalogue entries."""

    known: Known
    unit_id: int
    municipality: str | None
    municipality_name: str | None
    reported_at: datetime | None
    codes: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class LineHistory:
    """The events of one line, under the law that governs it; each is known from `recorded_at` to `withdrawn_at`."""

    law: Jurisdiction
    events: Sequence[Happening]


@dataclass(frozen=True, slots=True)
class OffenceHistory:
    """Everything recorded about one offence. `opened_at` stands in where neither a report nor an event has a date."""

    offence_id: int
    case_id: int
    opened_at: datetime
    headers: Sequence[Header]
    lines: Sequence[LineHistory]


class Answer(NamedTuple):
    """What the lines of an offence say together."""

    cleared_at: datetime | None = None
    clearance: str | None = None
    ending: str | None = None
    ending_at: datetime | None = None


class Facts(NamedTuple):
    """One span of what happened, as known during some time."""

    happened_from: datetime
    happened_to: datetime | None
    unit_id: int
    municipality: str | None
    municipality_name: str | None
    code_id: int
    reported_at: datetime | None
    cleared_at: datetime | None
    clearance: str | None
    ending: str | None
    ending_at: datetime | None


class Span(NamedTuple):
    """One row of the projection, without its key."""

    offence_id: int
    case_id: int
    known_from: datetime
    known_to: datetime | None
    facts: Facts


def spans(history: OffenceHistory) -> list[Span]:
    """The spans of one offence, in the order in which they came to be known."""
    done: list[Span] = []
    alive: dict[Facts, datetime] = {}
    for instant in _instants(history):
        facts = _facts_known_at(history, instant)
        for gone in [old for old in alive if old not in facts]:
            done.append(Span(history.offence_id, history.case_id, alive.pop(gone), instant, gone))
        for new in facts:
            alive.setdefault(new, instant)
    last = (Span(history.offence_id, history.case_id, since, None, facts) for facts, since in alive.items())
    return [*done, *last]


def _instants(history: OffenceHistory) -> list[datetime]:
    """Every instant at which what is known may have changed."""
    found: set[datetime | None] = set()
    for header in history.headers:
        found.update((header.known.since, header.known.until))
    for line in history.lines:
        for event in line.events:
            found.update((event.recorded_at, event.withdrawn_at))
    return sorted(instant for instant in found if instant is not None)


def _facts_known_at(history: OffenceHistory, known_at: datetime) -> list[Facts]:
    header = next(
        (h for h in history.headers if h.known.at(known_at) and history.offence_id in h.codes), None
    )
    if header is None:
        return []
    paths = [_path(line, known_at) for line in history.lines]
    return list(_merge(history, header, [path for path in paths if path]))


def _path(line: LineHistory, known_at: datetime) -> list[tuple[datetime, LineStatus]]:
    """The line's status from each instant on."""
    events = in_force(line.events, known_at)
    if not events:
        return []
    return [
        (event.occurred_at, status)
        for event, status in zip(events, trajectory(line.law, events, known_at), strict=True)
    ]


def _merge(
    history: OffenceHistory, header: Header, paths: Sequence[list[tuple[datetime, LineStatus]]]
) -> Iterator[Facts]:
    """Cut time where the answer of the lines together changes."""
    cuts = list(_cuts(paths))
    first = min([header.reported_at or (cuts[0][0] if cuts else history.opened_at), *(at for at, _ in cuts[:1])])
    steps = [] if cuts and cuts[0][0] <= first else [(first, Answer())]
    for at, answer in cuts:
        if not steps or steps[-1][1] != answer:
            steps.append((at, answer))
    ends = [at for at, _answer in steps[1:]]
    for (since, answer), until in zip(steps, [*ends, None], strict=True):
        yield Facts(
            since,
            until,
            header.unit_id,
            header.municipality,
            header.municipality_name,
            header.codes[history.offence_id],
            header.reported_at,
            *answer,
        )


def _cuts(paths: Sequence[list[tuple[datetime, LineStatus]]]) -> Iterator[tuple[datetime, Answer]]:
    """The joint answer after each instant at which something happened on a line."""
    if len(paths) == 1:
        moves = [(at, 0, status) for at, status in paths[0]]
    else:
        moves = [(at, line, status) for line, path in enumerate(paths) for at, status in path]
        moves.sort(key=lambda move: move[0])
    current: dict[int, LineStatus] = {}
    for number, (at, line, status) in enumerate(moves):
        current[line] = status
        if number + 1 == len(moves) or moves[number + 1][0] != at:
            yield at, joint(current.values())


def joint(statuses: Iterable[LineStatus]) -> Answer:
    """What the lines of an offence say together; the rule stands at the head of this file."""
    lines = list(statuses)
    cleared = [
        (line.cleared_at, line.clearance is not Outcome.CLEARANCE_ARREST, line.clearance)
        for line in lines
        if line.cleared_at is not None
    ]
    cleared_at, _, clearance = min(cleared, default=(None, False, None))
    ending, ending_at = _ending(lines, cleared=cleared_at is not None)
    return Answer(cleared_at, clearance.value if clearance else None, ending.value if ending else None, ending_at)


def _ending(lines: Sequence[LineStatus], *, cleared: bool) -> tuple[Outcome | None, datetime | None]:
    endings = {line.ending for line in lines if line.ending is not None}
    dates = [line.ending_at for line in lines if line.ending is not None and line.ending_at is not None]
    if not lines or any(line.ending is None for line in lines):
        return None, None
    chosen = _choose(endings, cleared=cleared)
    return (chosen, max(dates)) if chosen else (None, None)


def _choose(endings: set[Outcome], *, cleared: bool) -> Outcome | None:
    if endings <= {Outcome.MERGED, Outcome.MOVED} and Outcome.MERGED in endings:
        return Outcome.MERGED
    if not cleared and Outcome.UNFOUNDED in endings:
        return Outcome.UNFOUNDED
    if not cleared and endings == {Outcome.MOVED}:
        return Outcome.MOVED
    stays = (Outcome.RESOLVED_ALTERNATIVE, Outcome.ADMIN_CLOSE)
    return next((outcome for outcome in stays if outcome in endings), None)
