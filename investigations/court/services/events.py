"""Recording, correcting and annulling the events of a line. Each leaves one ledger event."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from ...access import Viewer
from ...db import Refusal, check_version, now
from ...jurisdictions.queries import get_jurisdiction
from ...jurisdictions.rules import ANNULMENT, fold, in_force
from ...ledger.services import record
from ..models import Line, LineEvent
from ..rules import CourtAction, Happening, next_number, obstacle
from .moves import Move, check_move, check_opening, confirmed, filled, said
from .past import histories


@dataclass(frozen=True, slots=True)
class Proposal:
    """An event that was found possible: its number on the line, the state in which the line would stand now with
    it (a code), and whether the line would name a person."""

    move: Move
    number: int
    has_suspect: bool
    state: str | None
    corrects: int | None = None
    data: dict[str, Any] = field(default_factory=dict)


def propose_event(session: Session, line: Line, move: Move) -> Proposal:
    """Check an event without recording it: what the page that asks for a confirmation needs.

    Raises Refusal when the law does not allow the event where its date puts it, the date is impossible, or the
    deciding authority, the cause or a confirmation is missing.
    """
    law = get_jurisdiction(line.jurisdiction)
    check_move(law, move)
    check_opening(line, move)
    return propose(session, line, filled(law, move), has_suspect=line.party_id is not None)


def record_event(session: Session, actor: Viewer, line: Line, version: int, move: Move) -> LineEvent:
    """Record what happened on a line.

    Raises StaleEdit when somebody moved the line meanwhile, Refusal as `propose_event`.
    """
    lock(session, line, version)
    event = append_event(session, actor, line, propose_event(session, line, move))
    record(session, actor, CourtAction.EVENT_RECORDED, line, case_id=line.case_id, payload=said(move))
    return event


def propose_correction(session: Session, line: Line, number: int, move: Move, reason: str) -> Proposal:
    """Check a correction without recording it. Raises Refusal as `correct_event`."""
    law = get_jurisdiction(line.jurisdiction)
    earlier = _correctable(session, line, number, reason)
    identifies = earlier.kind == law.identified_event
    if identifies and move.kind != earlier.kind:
        raise Refusal(_l("Only the date of an identification can be corrected. To undo it, annul it."), "kind")
    check_move(law, move, identifies)
    if not _opens(session, line, number):
        check_opening(line, move)
    data = {"reason": reason}
    return propose(
        session, line, filled(law, move), has_suspect=line.party_id is not None, corrects=number, data=data
    )


def correct_event(
    session: Session, actor: Viewer, line: Line, version: int, number: int, move: Move, reason: str
) -> LineEvent:
    """Put another event in the place of event `number`, which stays in the record, struck.

    Raises as `record_event`, and Refusal when there is no reason or the event no longer counts.
    """
    lock(session, line, version)
    proposal = propose_correction(session, line, number, move, reason)
    opens = _opens(session, line, number)
    event = append_event(session, actor, line, proposal)
    if opens:
        line.opened_at = move.occurred_at
    return _corrected(session, actor, line, event, reason)


def propose_annulment(session: Session, line: Line, number: int, reason: str) -> Proposal:
    """Check an annulment without recording it. Raises Refusal as `annul_event`."""
    law = get_jurisdiction(line.jurisdiction)
    earlier = _correctable(session, line, number, reason)
    if _opens(session, line, number):
        raise Refusal(_l("The event that opened the line cannot be annulled. Correct it instead."), "number")
    has_suspect = line.party_id is not None and earlier.kind != law.identified_event
    move = filled(law, Move(ANNULMENT, now(), note=reason))
    return propose(session, line, move, has_suspect=has_suspect, corrects=number, data={"reason": reason})


def annul_event(session: Session, actor: Viewer, line: Line, version: int, number: int, reason: str) -> LineEvent:
    """Take event `number` out of force: it was recorded in error. It stays in the record, struck.

    Annulling an identification leaves the line without a person again. The event that opened the line cannot be
    annulled, only corrected. Raises as `correct_event`.
    """
    lock(session, line, version)
    proposal = propose_annulment(session, line, number, reason)
    event = append_event(session, actor, line, proposal)
    if not proposal.has_suspect:
        line.party_id = None
    return _corrected(session, actor, line, event, reason)


def _corrected(session: Session, actor: Viewer, line: Line, event: LineEvent, reason: str) -> LineEvent:
    payload = {"event": event.kind, "occurred_at": event.occurred_at, "corrects": event.corrects}
    record(session, actor, CourtAction.EVENT_CORRECTED, line, case_id=line.case_id, reason=reason, payload=payload)
    return event


def _correctable(session: Session, line: Line, number: int, reason: str) -> Happening:
    """Event `number` of the line, if it still counts and a reason is given."""
    if not reason.strip():
        raise Refusal(_l("Enter the reason."), "reason")
    for event in in_force(histories(session, [line.id]).get(line.id, []), now()):
        if event.number == number and event.kind != ANNULMENT:
            return event
    raise Refusal(_l("This event no longer counts: it was already corrected."), "number")


def _opens(session: Session, line: Line, number: int) -> bool:
    """True for the event that opened the line: the first in force."""
    first = in_force(histories(session, [line.id]).get(line.id, []), now())[0]
    return first.number == number


def lock(session: Session, line: Line, version: int) -> None:
    """The line as it stands this moment, ours until the transaction ends. Raises StaleEdit when it moved on."""
    session.refresh(line, with_for_update=True)
    check_version(line, version)


def propose(
    session: Session,
    line: Line,
    move: Move,
    *,
    has_suspect: bool,
    corrects: int | None = None,
    data: dict[str, Any] | None = None,
) -> Proposal:
    """The event as the next of the line, if the law allows it where its date puts it. Raises Refusal."""
    events = histories(session, [line.id]).get(line.id, [])
    number = next_number(events)
    law = get_jurisdiction(line.jurisdiction)
    happening = Happening(number, move.kind, move.occurred_at, now(), corrects)
    found = obstacle(law, events, happening, had_suspect=line.party_id is not None, has_suspect=has_suspect)
    if found is None:
        state = fold(law, [*events, happening], now(), now()).state
        return Proposal(move, number, has_suspect, state, corrects, {**(data or {}), **confirmed(move)})
    why = found.reason.text(str(get_locale() or law.language))
    if found.number is None:
        raise Refusal(why, "kind")
    raise Refusal(_l("A later event of the line would then be out of order. %(why)s", why=why), "occurred_at")


def append_event(session: Session, actor: Viewer, line: Line, proposal: Proposal) -> LineEvent:
    """Add the event to the line, and move the line's version on even when no column of it changes."""
    event = make_event(actor, line, proposal)
    session.add(event)
    flag_modified(line, "opened_at")
    return event


def make_event(actor: Viewer, line: Line, proposal: Proposal) -> LineEvent:
    """The row of an event that was found possible."""
    move = proposal.move
    return LineEvent(
        line_id=line.id,
        case_id=line.case_id,
        number=proposal.number,
        kind=move.kind,
        occurred_at=move.occurred_at,
        recorded_at=now(),
        actor=actor.public_id,
        decided_by=move.decided_by,
        basis=move.basis,
        cause=move.cause,
        note=move.note,
        data=proposal.data,
        corrects=proposal.corrects,
    )
