"""Writing cases: open, edit, number, assign, record an act. Each leaves one ledger event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..access import Viewer
from ..accounts.models import User
from ..db import Refusal, check_version, now
from ..jurisdictions.queries import OffenceEntry, offence_catalogue, offence_schemes
from ..ledger.services import record
from .models import (
    Act,
    ActKind,
    Assignment,
    Case,
    CaseNumber,
    CaseRevision,
    Confidentiality,
    Offence,
    OffenceCode,
)
from .queries import is_taken, keeps_sight, list_assignable
from .rules import CaseAction, number_key


@dataclass(frozen=True, slots=True)
class Header:
    """What a person says of a case on its form. Times are aware; `code_ids` are entries of the catalogue."""

    number: str
    unit_id: int
    code_ids: Sequence[int]
    occurred_at: datetime | None
    place: str
    municipality: str | None
    municipality_name: str | None
    reported_at: datetime | None
    narrative: str
    confidentiality: Confidentiality = Confidentiality.ORDINARY


PLAIN_FIELDS = (
    "unit_id",
    "confidentiality",
    "occurred_at",
    "place",
    "municipality",
    "municipality_name",
    "reported_at",
    "narrative",
)


def open_case(session: Session, actor: Viewer, header: Header, *, jurisdiction: str, synthetic: bool = False) -> Case:
    """Open a case. Whoever opens it is assigned to it. Raises Refusal when the number is taken or dates conflict."""
    _check(header)
    if is_taken(session, header.number):
        raise Refusal(_l("This number already belongs to another case. Use another number."), "number")
    case = Case(
        jurisdiction=jurisdiction,
        number=header.number,
        opened_at=now(),
        synthetic=synthetic,
        **{name: getattr(header, name) for name in PLAIN_FIELDS},
    )
    case.offences = [Offence(code_id=code_id) for code_id in header.code_ids]
    case.numbers = [CaseNumber(scheme="primary", value=header.number, key=number_key(header.number))]
    session.add(case)
    session.flush()
    if actor.user_id is not None:
        session.add(Assignment(case_id=case.id, user_id=actor.user_id, since=now()))
    record(session, actor, CaseAction.OPENED, case, case_id=case.id)
    return case


def _check(header: Header) -> None:
    """Dates in order, nothing in the future, at least one offence."""
    if not number_key(header.number):
        raise Refusal(_l("Enter the case number: it needs at least one letter or digit."), "number")
    if not header.code_ids:
        raise Refusal(_l("Choose at least one offence."), "offences")
    for moment, field in ((header.occurred_at, "occurred_at"), (header.reported_at, "reported_at")):
        if moment is not None and moment > now():
            raise Refusal(_l("This date is in the future. Enter when it happened."), field)
    if header.occurred_at and header.reported_at and header.reported_at < header.occurred_at:
        raise Refusal(_l("The report cannot come before the fact. Check both dates."), "reported_at")


def edit_case(session: Session, actor: Viewer, case: Case, version: int, header: Header) -> Case:
    """Change a case's header; what it said before is kept as a revision.

    Raises StaleEdit when somebody saved it meanwhile, Refusal as in `open_case` or when the actor would lose sight.
    """
    session.refresh(case, (*PLAIN_FIELDS, "number", "version"), with_for_update=True)
    session.expire(case, ["offences"])
    check_version(case, version)
    _check(header)
    _check_sight(session, actor, case, header)
    before = header_state(case)
    changes = _apply(session, case, header)
    if not changes:
        return case
    session.add(CaseRevision(case_id=case.id, replaced_at=now(), actor=actor.public_id, state=before))
    record(session, actor, CaseAction.EDITED, case, case_id=case.id, payload={"changes": changes})
    return case


def _check_sight(session: Session, actor: Viewer, case: Case, header: Header) -> None:
    assigned = actor.user_id is not None and _current_assignment(session, case, actor.user_id) is not None
    if not keeps_sight(actor, header.unit_id, header.confidentiality, assigned):
        raise Refusal(_l("You would no longer see this case. Ask to be assigned to it first."), "confidentiality")


def _apply(session: Session, case: Case, header: Header) -> dict[str, list[Any]]:
    changes: dict[str, list[Any]] = {}
    for name in PLAIN_FIELDS:
        old, new = getattr(case, name), getattr(header, name)
        if old != new:
            changes[name] = [old, new]
            setattr(case, name, new)
    old_codes = [offence.code_id for offence in case.offences]
    if old_codes != list(header.code_ids):
        changes["offences"] = [old_codes, list(header.code_ids)]
        _recode(session, case, header.code_ids)
    if number_key(header.number) != number_key(case.number):
        if is_taken(session, header.number):
            raise Refusal(_l("This number already belongs to another case. Use another number."), "number")
        changes["number"] = [case.number, header.number]
        case.number = header.number
        session.add(CaseNumber(case_id=case.id, scheme="primary", value=header.number, key=number_key(header.number)))
    return changes


def _recode(session: Session, case: Case, code_ids: Sequence[int]) -> None:
    """Reclassify offence by offence; further ones are added. An offence that is counted is never taken away."""
    if len(code_ids) < len(case.offences):
        raise Refusal(_l("An offence of a case is not removed: its line is ended with a determination."), "offences")
    for offence, code_id in zip(case.offences, code_ids, strict=False):
        offence.code_id = code_id
    for code_id in code_ids[len(case.offences) :]:
        case.offences.append(Offence(code_id=code_id))
    session.flush()
    for offence in case.offences:
        session.refresh(offence, ["code"])


def header_state(case: Case) -> dict[str, Any]:
    """A case's header as plain data: what a revision keeps (the clearance projection reads it back)."""
    return {
        "number": case.number,
        "unit_id": case.unit_id,
        "municipality": case.municipality,
        "municipality_name": case.municipality_name,
        "reported_at": case.reported_at.isoformat() if case.reported_at else None,
        "occurred_at": case.occurred_at.isoformat() if case.occurred_at else None,
        "confidentiality": str(case.confidentiality),
        "place": case.place,
        "narrative": case.narrative,
        "offences": {str(offence.id): offence.code_id for offence in case.offences},
    }


def add_number(session: Session, actor: Viewer, case: Case, scheme: str, value: str) -> CaseNumber:
    """Give a case one more number (court case, appeal record …). Raises Refusal when it is taken or empty."""
    if not number_key(value):
        raise Refusal(_l("Enter the case number: it needs at least one letter or digit."), "value")
    if is_taken(session, value):
        raise Refusal(_l("This number already belongs to another case. Use another number."), "value")
    number = CaseNumber(case_id=case.id, scheme=scheme, value=value, key=number_key(value))
    session.add(number)
    record(session, actor, CaseAction.NUMBER_ADDED, case, case_id=case.id, payload={"number": value, "scheme": scheme})
    return number


def assign_case(session: Session, actor: Viewer, case: Case, user: User, reason: str) -> Assignment:
    """Put somebody on a case. Raises Refusal when they already are, or are not of the actor's units."""
    if user.id not in {candidate.id for candidate in list_assignable(session, actor)}:
        raise Refusal(_l("This person cannot be assigned by you."), "user")
    if _current_assignment(session, case, user.id):
        raise Refusal(_l("This person already works the case."), "user")
    assignment = Assignment(case_id=case.id, user_id=user.id, since=now(), reason=reason)
    session.add(assignment)
    record(session, actor, CaseAction.ASSIGNED, case, case_id=case.id, reason=reason, payload={"user": user.public_id})
    return assignment


def end_assignment(session: Session, actor: Viewer, case: Case, user: User, reason: str) -> None:
    """Take somebody off a case, with the reason. Raises Refusal when they do not work it or no reason is given."""
    assignment = _current_assignment(session, case, user.id)
    if assignment is None:
        raise Refusal(_l("This person does not work the case."), "user")
    if not reason:
        raise Refusal(_l("Enter the reason."), "reason")
    assignment.ended_at, assignment.reason = now(), reason
    record(session, actor, CaseAction.UNASSIGNED, case, case_id=case.id, reason=reason, payload={"user": user.public_id})


def _current_assignment(session: Session, case: Case, user_id: int) -> Assignment | None:
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


def load_catalogues(session: Session, actor: Viewer) -> int:
    """Fill the office's offence catalogue from the classifications that ship with the jurisdictions.

    Gives how many entries were missing. What is already there stays as it is, so that it can be repeated after
    each update; nothing missing, no ledger event.
    """
    known = set(session.execute(select(OffenceCode.scheme, OffenceCode.code)).all())
    rows = [
        _catalogue_row(scheme, entry)
        for scheme in offence_schemes()
        for entry in offence_catalogue(scheme)
        if (scheme, entry.code) not in known
    ]
    if rows:
        session.add_all(rows)
        session.flush()
        record(session, actor, CaseAction.CATALOGUE_LOADED, rows[0], payload={"entries": len(rows)})
    return len(rows)


def _catalogue_row(scheme: str, entry: OffenceEntry) -> OffenceCode:
    return OffenceCode(
        scheme=scheme,
        code=entry.code,
        parent_code=entry.parent_code,
        level=entry.level,
        label_es=entry.label.es,
        label_en=entry.label.en,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        selectable=entry.selectable,
    )
