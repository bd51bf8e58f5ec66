"""Who works a case, and the acts of investigation."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...access import Viewer
from ...accounts.models import User
from ...db import Refusal, now
from ...ledger.services import record
from ..models import Act, ActKind, Assignment, Case
from ..queries import list_assignable
from ..rules import CaseAction


def assign_case(session: Session, actor: Viewer, case: Case, user: User, reason: str) -> Assignment:
    """Put somebody on a case. Raises Refusal when they already are, or are not of the actor's units."""
    if user.id not in {candidate.id for candidate in list_assignable(session, actor)}:
        raise Refusal(_l("This person cannot be assigned by you."), "user")
    if current_assignment(session, case, user.id):
        raise Refusal(_l("This person already works the case."), "user")
    assignment = Assignment(case_id=case.id, user_id=user.id, since=now(), reason=reason)
    session.add(assignment)
    record(session, actor, CaseAction.ASSIGNED, case, case_id=case.id, reason=reason, payload={"user": user.public_id})
    return assignment


def end_assignment(session: Session, actor: Viewer, case: Case, user: User, reason: str) -> None:
    """Take somebody off a case, with the reason. Raises Refusal when they do not work it or no reason is given."""
    assignment = current_assignment(session, case, user.id)
    if assignment is None:
        raise Refusal(_l("This person does not work the case."), "user")
    if not reason:
        raise Refusal(_l("Enter the reason."), "reason")
    assignment.ended_at, assignment.reason = now(), reason
    record(session, actor, CaseAction.UNASSIGNED, case, case_id=case.id, reason=reason, payload={"user": user.public_id})


def current_assignment(session: Session, case: Case, user_id: int) -> Assignment | None:
    """The assignment by which somebody works a case now."""
    return session.scalar(
        select(Assignment).where(
            Assignment.case_id == case.id, Assignment.user_id == user_id, Assignment.ended_at.is_(None)
        )
    )


def record_act(
    session: Session,
    actor: Viewer,
    case: Case,
    *,
    kind: ActKind,
    happened_at: datetime,
    text: str,
    corrects: int | None = None,
    once: str | None = None,
) -> Act:
    """Record an act of investigation (CNPP 217). The same `once` token gives the act already recorded.

    Raises Refusal when the text is empty, the date is in the future or the corrected act does not exist.
    """
    session.scalar(select(Case.id).where(Case.id == case.id).with_for_update())
    earlier = session.scalar(select(Act).where(Act.case_id == case.id, Act.once == once)) if once else None
    if earlier is not None:
        return earlier
    if not text.strip():
        raise Refusal(_l("Enter what was done."), "text")
    if happened_at > now():
        raise Refusal(_l("This date is in the future. Enter when it happened."), "happened_at")
    last = session.scalar(select(func.max(Act.number)).where(Act.case_id == case.id)) or 0
    if corrects is not None and not 1 <= corrects <= last:
        raise Refusal(_l("The act to correct does not exist in this case."), "corrects")
    act = Act(
        case_id=case.id,
        number=last + 1,
        kind=kind,
        happened_at=happened_at,
        recorded_at=now(),
        author_id=actor.user_id,
        text=text,
        corrects=corrects,
        once=once,
    )
    session.add(act)
    record(session, actor, CaseAction.ACT_RECORDED, act, case_id=case.id)
    return act
