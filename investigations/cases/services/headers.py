"""A case's header: open a case with it, change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from ...access import Viewer
from ...db import Refusal, check_version, now
from ...ledger.services import record
from ...typed import to_the_minute
from ..models import Assignment, Case, CaseNumber, CaseRevision, Confidentiality, Offence
from ..queries import keeps_sight, visible_ids
from ..rules import CaseAction, number_key
from .numbers import borne, lock_numbers, refuse_taken
from .work import current_assignment


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


def open_case(
    session: Session,
    actor: Viewer,
    header: Header,
    *,
    jurisdiction: str,
    synthetic: bool = False,
    once: str | None = None,
) -> Case:
    """Open a case. Whoever opens it is assigned to it.

    The same header with the same `once` (a fresh public id) gives the case already opened. Raises Refusal when the
    number is taken or dates conflict.
    """
    lock_numbers(session)
    earlier = session.scalar(select(Case).where(Case.public_id == once)) if once else None
    if earlier is not None and visible_ids(session, actor, {earlier.id}) and not _changes(earlier, header):
        return earlier
    _check(header)
    refuse_taken(session, header.number, "number")
    case = Case(
        jurisdiction=jurisdiction,
        number=header.number,
        opened_at=now(),
        synthetic=synthetic,
        **{name: getattr(header, name) for name in PLAIN_FIELDS},
    )
    if once and earlier is None:
        case.public_id = once
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
    """Change a case's header; what it said before is kept as a revision. What already stands is no change.

    Raises StaleEdit when somebody saved it meanwhile, Refusal as in `open_case` or when the actor would lose sight.
    """
    _lock(session, case)
    changes = _changes(case, header)
    if not changes:
        return case
    check_version(case, version)
    _check(header)
    _check_sight(session, actor, case, header)
    before = header_state(case)
    _apply(session, case, header, changes)
    session.add(CaseRevision(case_id=case.id, replaced_at=now(), actor=actor.public_id, state=before))
    record(session, actor, CaseAction.EDITED, case, case_id=case.id, payload={"changes": changes})
    return case


def _lock(session: Session, case: Case) -> None:
    """The case and its offences as they stand now, ours until the transaction ends."""
    session.refresh(case, (*PLAIN_FIELDS, "number", "version"), with_for_update=True)
    own = select(Offence).where(Offence.case_id == case.id).execution_options(populate_existing=True)
    session.scalars(own).all()
    session.expire(case, ["offences"])


def _check_sight(session: Session, actor: Viewer, case: Case, header: Header) -> None:
    assigned = actor.user_id is not None and current_assignment(session, case, actor.user_id) is not None
    if not keeps_sight(actor, header.unit_id, header.confidentiality, assigned):
        raise Refusal(_l("You would no longer see this case. Ask to be assigned to it first."), "confidentiality")


Changes = dict[str, list[Any]]


def _changes(case: Case, header: Header) -> Changes:
    """What the header would change: by field, what stands and what is said."""
    pairs = {name: [getattr(case, name), getattr(header, name)] for name in PLAIN_FIELDS}
    pairs["offences"] = [[offence.code_id for offence in case.offences], list(header.code_ids)]
    changes = {name: pair for name, pair in pairs.items() if _as_typed(pair[0]) != _as_typed(pair[1])}
    if number_key(header.number) != number_key(case.number):
        changes["number"] = [case.number, header.number]
    return changes


def _as_typed(value: Any) -> Any:
    """A value as forms show it: what is typed again unchanged must not look changed."""
    return to_the_minute(value) if isinstance(value, datetime) else value


def _apply(session: Session, case: Case, header: Header, changes: Changes) -> None:
    if "number" in changes:
        lock_numbers(session)
        refuse_taken(session, header.number, "number", case)
        case.number = header.number
        if borne(session, case, header.number) is None:
            session.add(CaseNumber(case_id=case.id, scheme="primary", value=header.number, key=number_key(header.number)))
    for name in changes.keys() & set(PLAIN_FIELDS):
        setattr(case, name, getattr(header, name))
    if "offences" in changes:
        _recode(session, case, header.code_ids)


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
