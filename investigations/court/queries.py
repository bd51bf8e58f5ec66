"""Reading lines: where each stands, what has happened on it, and what may happen next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ..access import Viewer
from ..accounts.queries import names_of_actors
from ..cases.models import Case, Offence, OffenceCode
from ..cases.queries import visible_to
from ..db import NotFound, now
from ..jurisdictions.queries import get_jurisdiction
from ..jurisdictions.rules import ANNULMENT, EventKind, Jurisdiction, Label, Outcome, State, fold
from ..ledger.queries import standing
from .models import Line, LineEvent, LineState
from .rules import Happening, Standing, case_status, closed_steps, correction_of, next_number, obstacle, steps


@dataclass(frozen=True, slots=True)
class EventView:
    """One event of a line as a page shows it. `corrected_by` is the number of the event that replaced or annulled it."""

    number: int
    kind: str
    label: Label
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: str
    decided_by: Label | None
    basis: str
    cause: Label | None
    note: str
    corrects: int | None
    corrected_by: int | None
    annuls: bool
    decided_code: str
    cause_code: str | None
    asks: Sequence[str]
    reason: str


@dataclass(frozen=True, slots=True)
class LineView:
    """A line and where it stands now, folded from its events. `party_id` is empty while the author is unknown."""

    public_id: str
    version: int
    law: Jurisdiction
    offence_id: int
    offence: Label
    party_id: int | None
    opened_at: datetime
    state: State | None
    since: datetime | None
    clearance: Outcome | None
    cleared_at: datetime | None
    last: EventView | None

    @property
    def stage(self) -> Label | None:
        return self.law.stages[self.state.stage] if self.state else None


@dataclass(frozen=True, slots=True)
class LinePage:
    """All that the page of one line shows: newest event first, what may come next, and why the rest may not."""

    view: LineView
    events: Sequence[EventView]
    allowed: Sequence[EventKind]
    closed: Sequence[tuple[EventKind, Label]]


def get_line(session: Session, viewer: Viewer, case: Case, public_id: str) -> Line:
    """One line of a case. Raises NotFound when absent or unseen alike."""
    line = session.scalar(_lines(viewer, case).where(Line.public_id == public_id))
    if line is None:
        raise NotFound
    return line


def list_lines(session: Session, viewer: Viewer, case: Case) -> list[LineView]:
    """The case's lines by offence and order of opening, each where it stands now."""
    lines = session.scalars(_lines(viewer, case).order_by(Line.offence_id, Line.opened_at, Line.id)).all()
    return _views(session, viewer, lines)


def line_page(session: Session, viewer: Viewer, line: Line) -> LinePage:
    """A line with its events and what may come next."""
    view = _views(session, viewer, [line])[0]
    events = _event_views(session, [line], _rows(session, viewer, [line]))[line.id]
    state, has_suspect = view.state.code if view.state else None, line.party_id is not None
    return LinePage(
        view,
        sorted(events, key=lambda event: (event.occurred_at, event.number), reverse=True),
        steps(view.law, state, has_suspect),
        closed_steps(view.law, state, has_suspect),
    )


def event_of(page: LinePage, number: int) -> EventView:
    """One event of the line that still counts, to be corrected. Raises NotFound otherwise."""
    for event in page.events:
        if event.number == number and event.corrected_by is None and not event.annuls:
            return event
    raise NotFound


def replacements(session: Session, viewer: Viewer, line: Line, number: int) -> list[EventKind]:
    """What could stand in the place of event `number`, at its date, without disturbing the events after it."""
    law = get_jurisdiction(line.jurisdiction)
    events = [_happening(row) for row in _rows(session, viewer, [line])[line.id]]
    earlier = next(event for event in events if event.number == number)
    has_suspect = line.party_id is not None
    possible = []
    for kind in law.events.values():
        proposed = Happening(next_number(events), kind.code, earlier.occurred_at, now(), number)
        own = kind.code in (ANNULMENT, law.identified_event)
        if not own and obstacle(law, events, proposed, had_suspect=has_suspect, has_suspect=has_suspect) is None:
            possible.append(kind)
    return possible


def _lines(viewer: Viewer, case: Case) -> Select[Line]:
    return (
        select(Line)
        .join(Case, Case.id == Line.case_id)
        .where(Line.case_id == case.id, visible_to(viewer), standing(Line.batch_id))
    )


def _views(session: Session, viewer: Viewer, lines: Sequence[Line]) -> list[LineView]:
    offences = _offence_labels(session, {line.offence_id for line in lines})
    events = _rows(session, viewer, lines)
    shown = _event_views(session, lines, events)
    return [_view(line, offences[line.offence_id], events[line.id], shown[line.id]) for line in lines]


def _view(line: Line, offence: Label, rows: Sequence[LineEvent], events: Sequence[EventView]) -> LineView:
    law = get_jurisdiction(line.jurisdiction)
    moment = now()
    status = fold(law, [_happening(row) for row in rows], moment, moment)
    counting = {number: place for place, number in enumerate(status.events_in_force)}
    shown = [event for event in events if event.number in counting and not event.annuls]
    return LineView(
        public_id=line.public_id,
        version=line.version,
        law=law,
        offence_id=line.offence_id,
        offence=offence,
        party_id=line.party_id,
        opened_at=line.opened_at,
        state=law.states[status.state] if status.state else None,
        since=status.since,
        clearance=status.clearance,
        cleared_at=status.cleared_at,
        last=max(shown, key=lambda event: counting[event.number], default=None),
    )


def _offence_labels(session: Session, offence_ids: Collection[int]) -> dict[int, Label]:
    statement = (
        select(Offence.id, OffenceCode.label_es, OffenceCode.label_en)
        .join(OffenceCode, OffenceCode.id == Offence.code_id)
        .where(Offence.id.in_(offence_ids))
    )
    return {offence_id: Label(es, en) for offence_id, es, en in session.execute(statement)}


def _rows(session: Session, viewer: Viewer, lines: Sequence[Line]) -> dict[int, list[LineEvent]]:
    """The standing events of each line in order of recording."""
    grouped: dict[int, list[LineEvent]] = {line.id: [] for line in lines}
    statement = (
        select(LineEvent)
        .join(Case, Case.id == LineEvent.case_id)
        .where(LineEvent.line_id.in_(grouped), visible_to(viewer), standing(LineEvent.batch_id))
    )
    for row in session.scalars(statement.order_by(LineEvent.line_id, LineEvent.number)):
        grouped[row.line_id].append(row)
    return grouped


def _event_views(
    session: Session, lines: Sequence[Line], rows: Mapping[int, Sequence[LineEvent]]
) -> dict[int, list[EventView]]:
    names = names_of_actors(session, {row.actor for events in rows.values() for row in events})
    return {line.id: _shown(get_jurisdiction(line.jurisdiction), rows[line.id], names) for line in lines}


def _shown(law: Jurisdiction, rows: Sequence[LineEvent], names: Mapping[str, str]) -> list[EventView]:
    corrections = correction_of(_happening(row) for row in rows)
    return [_event_view(law, row, names, corrections.get(row.number)) for row in rows]


def _event_view(law: Jurisdiction, row: LineEvent, names: Mapping[str, str], corrected_by: int | None) -> EventView:
    kind = law.events[row.kind]
    causes = {cause.code: cause.label for cause in kind.causes}
    return EventView(
        number=row.number,
        kind=row.kind,
        label=kind.label,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        recorded_by=names.get(row.actor, ""),
        decided_by=law.authorities.get(row.decided_by) or (Label(row.decided_by, row.decided_by) if row.decided_by else None),
        basis=row.basis,
        cause=causes.get(row.cause, Label(row.cause, row.cause)) if row.cause else None,
        note=row.note,
        corrects=row.corrects,
        corrected_by=corrected_by,
        annuls=row.kind == ANNULMENT,
        decided_code=row.decided_by,
        cause_code=row.cause,
        asks=tuple(row.data.get("asks", ())),
        reason=str(row.data.get("reason", "")),
    )


def _happening(row: LineEvent) -> Happening:
    """A standing event as the fold needs it."""
    return Happening(row.number, row.kind, row.occurred_at, row.recorded_at, row.corrects)


def states_of_cases(session: Session, viewer: Viewer, case_ids: Collection[int]) -> dict[int, list[LineState]]:
    """Where the lines of these cases stand, for those cases that the viewer sees."""
    statement = (
        select(LineState)
        .join(Case, Case.id == LineState.case_id)
        .where(LineState.case_id.in_(case_ids), visible_to(viewer))
        .order_by(LineState.line_id)
    )
    found: defaultdict[int, list[LineState]] = defaultdict(list)
    for state in session.scalars(statement):
        found[state.case_id].append(state)
    return dict(found)


def status_of(jurisdiction: str, states: Iterable[LineState]) -> State | None:
    """The status of a case of that jurisdiction whose lines stand so (see `rules.case_status`)."""
    return case_status(get_jurisdiction(jurisdiction), (Standing(state.state, state.since) for state in states))


def is_party_in_use(session: Session, party_id: int) -> bool:
    """True while a standing line pursues this party: then it cannot be withdrawn from the case."""
    statement = select(Line.id).where(Line.party_id == party_id, standing(Line.batch_id)).limit(1)
    return session.scalar(statement) is not None
