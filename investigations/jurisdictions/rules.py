"""The vocabulary of a jurisdiction and the fold from a line's events to where the line stands.

Pure: no tables, no files, no clock. Rules from domain.md §0.2, §1.3–1.4, §5.2 and architecture.md §4–5.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Protocol, TypeVar

STAY = "="
ANNULMENT = "annulment"
EXCEPTIONAL_CLEARANCE = "exceptional_clearance"
SUSPECT_IDENTIFIED = "suspect_identified"
UNIVERSAL_EVENTS = (SUSPECT_IDENTIFIED, EXCEPTIONAL_CLEARANCE, ANNULMENT)


class JurisdictionError(ValueError):
    """The law file is wrong (the message names file, key and rule), or does not define what was asked."""


@dataclass(frozen=True)
class Label:
    """One text in the two languages of the product."""

    es: str
    en: str

    def text(self, language: str) -> str:
        """The text for a locale code: ``es`` and ``es_MX`` give Spanish, any other English."""
        return self.es if language.replace("-", "_").split("_")[0] == "es" else self.en


class StateKind(StrEnum):
    """What a state means for the work queue: `reviewable` is an ending that can still be overturned."""

    OPEN = "open"
    PAUSED = "paused"
    PARKED = "parked"
    TERMINAL = "terminal"
    REVIEWABLE = "reviewable"


class Outcome(StrEnum):
    """Statistical class of an event, domain.md §5.2 (unfounded, moved and merged are left out of rates)."""

    CLEARANCE_ARREST = "clearance_arrest"
    CLEARANCE_EXCEPTIONAL = "clearance_exceptional"
    RESOLVED_ALTERNATIVE = "resolved_alternative"
    ADMIN_CLOSE = "admin_close"
    UNFOUNDED = "unfounded"
    MOVED = "moved"
    MERGED = "merged"

    @property
    def clears(self) -> bool:
        return self in (Outcome.CLEARANCE_ARREST, Outcome.CLEARANCE_EXCEPTIONAL)


@dataclass(frozen=True)
class State:
    """A place where a line can stand. `scope`: ``case`` (no suspect needed), ``line`` or ``both``."""

    code: str
    label: Label
    stage: str
    kind: StateKind
    scope: str


@dataclass(frozen=True)
class Cause:
    """A reason from a closed list, to be chosen when the event is recorded."""

    code: str
    label: Label


class Ask(Cause):
    """A statement that the person recording the event must confirm."""


@dataclass(frozen=True)
class EventKind:
    """Something that can happen to a line.

    `decides` holds codes of deciding authorities, `basis` the usual legal basis as shown to people,
    `guard` what must be true, `causes` a closed list of reasons and `asks` confirmations, all required.
    """

    code: str
    label: Label
    decides: tuple[str, ...]
    basis: str
    outcome: Outcome | None
    needs_suspect: bool
    causes: tuple[Cause, ...] = ()
    guard: Label | None = None
    asks: tuple[Ask, ...] = ()


@dataclass(frozen=True)
class Transition:
    """`event` takes a line from `source` (None: opens it) to `target` (``=``: it stays)."""

    event: str
    source: str | None
    target: str


@dataclass(frozen=True, eq=False)
class Jurisdiction:
    """Everything a law file says, in the order in which it says it."""

    code: str
    label: Label
    country: str
    timezone: str
    paper: str
    language: str
    number_pattern: str
    valid_from: date
    valid_to: date | None
    offence_schemes: tuple[str, ...]
    opening_event: str
    person_term: Label
    person_terms: dict[str, Label]
    stages: dict[str, Label]
    authorities: dict[str, Label]
    states: dict[str, State]
    events: dict[str, EventKind]
    transitions: tuple[Transition, ...]
    identified_event: str = SUSPECT_IDENTIFIED

    @cached_property
    def _moves(self) -> dict[str, dict[str | None, str]]:
        moves: dict[str, dict[str | None, str]] = {code: {} for code in self.events}
        for step in self.transitions:
            moves[step.event][step.source] = step.target
        return moves

    def valid_on(self, day: date) -> bool:
        """Whether the file is the law on that day (both ends included)."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def person_term_at(self, stage: str | None) -> Label:
        """The word for the person pursued at that stage (domain.md §1.2)."""
        return self.person_terms.get(stage or "", self.person_term)

    def allowed(self, state: str | None, has_suspect: bool = True) -> list[EventKind]:
        """What may come next for a line in `state` (None: not opened yet), in the file's order."""
        possible = [kind for code, kind in self.events.items() if state in self._moves[code]]
        return [kind for kind in possible if has_suspect or not kind.needs_suspect]

    def why_not(self, state: str | None, event: str, has_suspect: bool = True) -> Label | None:
        """None when `event` may come next; otherwise one sentence saying why it may not."""
        kind = self.events.get(event)
        if kind is None:
            law = self.label
            return Label(f"«{event}» no es un acto de {law.es}.", f"“{event}” is not an event of {law.en}.")
        if state not in self._moves[event]:
            return _wrong_state(self, kind, state)
        return _needs_suspect(kind) if kind.needs_suspect and not has_suspect else None

    def target(self, state: str | None, event: str) -> str:
        """The state after `event`. Total, because imported histories skip steps.

        Where the file has no transition from `state`, the event's first transition is used; an event
        that stays, on a line that was never opened, gives the state of the opening event.
        Raises JurisdictionError when the event is unknown.
        """
        moves = self._moves.get(event)
        if moves is None:
            raise JurisdictionError(f"{self.code}: unknown event {event!r}")
        target = moves[state] if state in moves else next(iter(moves.values()))
        if target != STAY:
            return target
        return state if state is not None else self._moves[self.opening_event][None]


def _wrong_state(law: Jurisdiction, kind: EventKind, state: str | None) -> Label:
    places = [_place(law, source) for source in law._moves[kind.code]]
    here = _place(law, state)
    return Label(
        f"«{kind.label.es}» sólo procede desde: {'; '.join(p.es for p in places)}. La línea está en: {here.es}.",
        f"“{kind.label.en}” is only possible from: {'; '.join(p.en for p in places)}. The line is in: {here.en}.",
    )


def _needs_suspect(kind: EventKind) -> Label:
    return Label(
        f"«{kind.label.es}» requiere una persona identificada; esta línea aún no la tiene.",
        f"“{kind.label.en}” needs an identified person; this line has none yet.",
    )


def _place(law: Jurisdiction, state: str | None) -> Label:
    if state is None:
        return Label("una línea aún sin abrir", "a line not opened yet")
    return law.states[state].label if state in law.states else Label(state, state)


class LineEvent(Protocol):
    """What the fold needs of a recorded event; instants in UTC.

    `number` is the order of recording within the line, from 1; `corrects` the number of the event of
    the same line that this one replaces or annuls; `withdrawn_at` when its import was undone.
    """

    @property
    def number(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def occurred_at(self) -> datetime: ...
    @property
    def recorded_at(self) -> datetime: ...
    @property
    def corrects(self) -> int | None: ...
    @property
    def withdrawn_at(self) -> datetime | None: ...


E = TypeVar("E", bound=LineEvent)


@dataclass(frozen=True)
class LineStatus:
    """Where a line stands.

    `clearance` and `cleared_at` come from the earliest clearing event in force and never move on;
    `ending` is the outcome of the event that brought the line into its current state.
    """

    state: str | None = None
    stage: str | None = None
    since: datetime | None = None
    events_in_force: tuple[int, ...] = ()
    cleared_at: datetime | None = None
    clearance: Outcome | None = None
    ending: Outcome | None = None
    ending_at: datetime | None = None


def in_force(events: Iterable[E], known_at: datetime) -> list[E]:
    """The events that count as known at `known_at`, ordered by (occurred_at, number).

    Left out: recorded later, withdrawn by then, or corrected by an event that is itself known and not
    withdrawn by then. A corrected event stays corrected even if its correction is corrected in turn:
    what should count again is recorded again.
    """
    recorded = [event for event in events if event.recorded_at <= known_at]
    known = [event for event in recorded if event.withdrawn_at is None or event.withdrawn_at > known_at]
    corrected = {event.corrects for event in known}
    kept = (event for event in known if event.number not in corrected)
    return sorted(kept, key=lambda event: (event.occurred_at, event.number))


def trajectory(
    jurisdiction: Jurisdiction, events: Iterable[LineEvent], known_at: datetime
) -> list[LineStatus]:
    """The status after each event in force at `known_at`, in order.

    Raises JurisdictionError for an event that the jurisdiction does not know.
    """
    return _walk(jurisdiction, in_force(events, known_at))


def fold(
    jurisdiction: Jurisdiction, events: Iterable[LineEvent], happened_by: datetime, known_at: datetime
) -> LineStatus:
    """Where the line stood at `happened_by`, as known at `known_at`; an empty status if nothing had happened."""
    happened = [event for event in in_force(events, known_at) if event.occurred_at <= happened_by]
    path = _walk(jurisdiction, happened)
    return path[-1] if path else LineStatus()


def _walk(law: Jurisdiction, ordered: Iterable[LineEvent]) -> list[LineStatus]:
    status = LineStatus()
    return [status := _after(law, status, event) for event in ordered]


def _after(law: Jurisdiction, status: LineStatus, event: LineEvent) -> LineStatus:
    status = replace(status, events_in_force=(*status.events_in_force, event.number))
    if event.kind == ANNULMENT:
        return status
    state = law.target(status.state, event.kind)
    outcome = law.events[event.kind].outcome
    if outcome is not None and outcome.clears and status.cleared_at is None:
        status = replace(status, cleared_at=event.occurred_at, clearance=outcome)
    if state == status.state:
        return status
    status = replace(status, state=state, stage=law.states[state].stage, since=event.occurred_at)
    if outcome is None or outcome.clears:
        return replace(status, ending=None, ending_at=None)
    return replace(status, ending=outcome, ending_at=event.occurred_at)
