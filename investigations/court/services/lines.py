"""Opening lines and linking suspects to offences. Each leaves one ledger event."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from ...access import Viewer
from ...cases.models import Case, Offence
from ...db import Refusal
from ...jurisdictions.queries import get_jurisdiction
from ...jurisdictions.rules import Jurisdiction
from ...ledger.services import record
from ..models import Line
from ..rules import CaseParty, CourtAction, has_ended
from .events import Proposal, append_event, lock, make_event, propose
from .moves import Move, check_date, check_opening, filled, said
from .past import lines_of_offence, state_now

SUSPECT = "suspect"


def open_line(
    session: Session,
    actor: Viewer,
    case: Case,
    offence: Offence,
    party: CaseParty | None = None,
    *,
    occurred_at: datetime,
    note: str = "",
) -> Line:
    """Open a line for an offence, with its suspect or with the author unknown; the law's opening event opens it.

    Raises Refusal when the offence or the person is not of the case, or the date is in the future.
    """
    check_members(case, offence, party)
    check_date(occurred_at)
    law = get_jurisdiction(case.jurisdiction)
    line = Line(
        case_id=case.id,
        offence_id=offence.id,
        party_id=party.id if party else None,
        jurisdiction=case.jurisdiction,
        opened_at=occurred_at,
    )
    session.add(line)
    session.flush()
    move = filled(law, Move(law.opening_event, occurred_at, note=note))
    session.add(make_event(actor, line, Proposal(move, 1, party is not None, None)))
    record(session, actor, CourtAction.LINE_OPENED, line, case_id=case.id, payload=said(move))
    return line


def link_suspect(
    session: Session, actor: Viewer, case: Case, offence: Offence, party: CaseParty, occurred_at: datetime
) -> Line:
    """Say that this person is pursued for this offence.

    The line that goes on without a person gets this one; otherwise a new line opens for suspect × offence.
    Raises Refusal when they already have a line for the offence, or as in `open_line`.
    """
    check_members(case, offence, party)
    check_date(occurred_at)
    lines = lines_of_offence(session, offence.id)
    if any(line.party_id == party.id for line in lines):
        raise Refusal(_l("This person already has a line for this offence."), "party")
    law = get_jurisdiction(case.jurisdiction)
    line = next((line for line in lines if line.party_id is None and _takes_suspect(session, law, line)), None)
    if line is None:
        return open_line(session, actor, case, offence, party, occurred_at=occurred_at)
    lock(session, line, line.version)
    move = filled(law, Move(law.identified_event, occurred_at))
    check_opening(line, move)
    proposal = propose(session, line, move, has_suspect=True, data={"party": party.id})
    append_event(session, actor, line, proposal)
    line.party_id = party.id
    record(session, actor, CourtAction.SUSPECT_LINKED, line, case_id=case.id, payload=said(move))
    return line


def _takes_suspect(session: Session, law: Jurisdiction, line: Line) -> bool:
    """True while the line goes on in a state where a person can still be identified."""
    state = state_now(session, line)
    ended = state is not None and has_ended(law.states[state])
    return not ended and law.why_not(state, law.identified_event) is None


def check_members(case: Case, offence: Offence, party: CaseParty | None) -> None:
    """Offence and person are of the case, and the person is a suspect in it. Raises Refusal."""
    if offence.case_id != case.id:
        raise Refusal(_l("This offence is not of this case."), "offence")
    if party is None:
        return
    if party.case_id != case.id or party.part != SUSPECT or party.withdrawn_at is not None:
        raise Refusal(_l("Choose a person who is a suspect in this case."), "party")
