"""Pure rules of procedural lines: what may follow what, and what a case's status is when it has several lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from ..jurisdictions.rules import (
    ANNULMENT,
    EventKind,
    Jurisdiction,
    Label,
    State,
    StateKind,
    in_force,
    trajectory,
)


class CourtAction(StrEnum):
    """What the ledger calls the things done to a line."""

    LINE_OPENED = "court.line_opened"
    SUSPECT_LINKED = "court.suspect_linked"
    EVENT_RECORDED = "court.event_recorded"
    EVENT_CORRECTED = "court.event_corrected"


class CaseParty(Protocol):
    """What a line must know of a person's part in the case; the caller hands it in."""

    @property
    def id(self) -> int: ...
    @property
    def case_id(self) -> int: ...
    @property
    def part(self) -> str: ...
    @property
    def withdrawn_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Suspect:
    """A suspect as the court pages show one; whoever composes the pages hands these in.

    `name` is what the viewer may see, `public_id` leads to the person's page.
    """

    party: CaseParty
    public_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Happening:
    """One event as the fold needs it. `withdrawn_at` is when its import was undone."""

    number: int
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    corrects: int | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a line cannot take an event there: the reason, and the event (number) that it would disturb, if another."""

    reason: Label
    number: int | None = None


def obstacle(
    law: Jurisdiction, events: Sequence[Happening], proposed: Happening, *, had_suspect: bool, has_suspect: bool
) -> Obstacle | None:
    """Why `proposed` cannot be recorded among `events`; None when it can.

    The event must be possible where its date puts it, and no later event that was in order may fall out of
    order by it. Steps that an imported history skips were out of order before and stay as they are. `had_suspect`
    and `has_suspect` say whether the line names a person before and after.
    Source: domain.md §1.3–1.4 (transitions), architecture.md §4 (a line is the fold of its events).
    """
    before = _out_of_order(law, events, proposed.recorded_at, had_suspect)
    after = _out_of_order(law, [*events, proposed], proposed.recorded_at, has_suspect)
    if proposed.number in after:
        return Obstacle(after[proposed.number])
    disturbed = next((number for number in after if number not in before), None)
    return None if disturbed is None else Obstacle(after[disturbed], disturbed)


def _out_of_order(
    law: Jurisdiction, events: Sequence[Happening], known_at: datetime, has_suspect: bool
) -> dict[int, Label]:
    """The events in force that were not possible where they stand, each with the reason, in order."""
    wrong: dict[int, Label] = {}
    ordered = in_force(events, known_at)
    state: str | None = None
    for event, status in zip(ordered, trajectory(law, events, known_at), strict=True):
        why = None if event.kind == ANNULMENT else law.why_not(state, event.kind, has_suspect)
        if why is not None:
            wrong[event.number] = why
        state = status.state
    return wrong


def steps(law: Jurisdiction, state: str | None, has_suspect: bool) -> list[EventKind]:
    """What a person may record next on a line. Linking a suspect and annulling have forms of their own."""
    own = (law.identified_event, ANNULMENT)
    return [kind for kind in law.allowed(state, has_suspect) if kind.code not in own]


def closed_steps(law: Jurisdiction, state: str | None, has_suspect: bool) -> list[tuple[EventKind, Label]]:
    """Every other event of the law with the reason why it may not come next."""
    own = (law.identified_event, ANNULMENT)
    reasons = ((kind, law.why_not(state, code, has_suspect)) for code, kind in law.events.items() if code not in own)
    return [(kind, why) for kind, why in reasons if why is not None]


ENDED = (StateKind.TERMINAL, StateKind.REVIEWABLE)
_ALIVE = (StateKind.OPEN, StateKind.PAUSED, StateKind.PARKED)


def has_ended(state: State) -> bool:
    """True in a state that ends a line, even where the ending can still be overturned."""
    return state.kind in ENDED


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one line stands: state code and since when."""

    state: str
    since: datetime


def case_status(law: Jurisdiction, standings: Iterable[Standing]) -> State | None:
    """A case's own status, derived from its lines; None without lines.

    While a line goes on: of the open ones (else of the paused, else of the shelved) the one furthest along, in
    the order in which the law file lists its states. When every line has ended: the last ending. A shelved or
    paused line therefore never hides that another one is being worked on.
    """
    order = {code: place for place, code in enumerate(law.states)}
    known = [standing for standing in standings if standing.state in law.states]
    for kind in _ALIVE:
        going = [standing.state for standing in known if law.states[standing.state].kind is kind]
        if going:
            return law.states[max(going, key=lambda code: order[code])]
    if not known:
        return None
    return law.states[max(known, key=lambda standing: (standing.since, order[standing.state])).state]


def next_number(events: Iterable[Happening]) -> int:
    """The number of the next event of a line, from 1."""
    return max((event.number for event in events), default=0) + 1


def correction_of(events: Iterable[Happening]) -> Mapping[int, int]:
    """For each corrected event the number of the event that corrects it (the last one, if several)."""
    return {event.corrects: event.number for event in events if event.corrects is not None}
