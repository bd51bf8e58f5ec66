"""Lists of cases: filtered, paged, and short ones for the home page. Every one starts from what the viewer sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from ...access import Viewer
from ...accounts.models import Unit
from ...cases.models import Assignment, Case, CaseNumber, Confidentiality, Offence
from ...cases.queries import offence_labels, visible_to
from ...cases.rules import number_key
from ...court.models import LineState
from ...court.queries import states_of_cases, status_of
from ...jurisdictions.rules import Label, State
from ...ledger.models import LedgerEvent
from ...ledger.queries import standing
from ..rules import PAGE_SIZE, Filters
from .offences import offence_ids


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list. `status` is derived from its lines; `offences` are in the order of the case."""

    public_id: str
    number: str
    offences: Sequence[Label]
    unit: str
    municipality: str
    reported_at: datetime | None
    status: State | None
    confidentiality: Confidentiality
    synthetic: bool


def count_cases(session: Session, viewer: Viewer, filters: Filters) -> int:
    """How many cases the viewer sees under these filters."""
    statement = select(func.count()).select_from(Case).where(*_conditions(session, viewer, filters))
    return session.scalar(statement) or 0


def find_cases(session: Session, viewer: Viewer, filters: Filters, page: int = 1) -> list[CaseRow]:
    """One page of the cases that the viewer sees under these filters, the last reported first."""
    conditions = _conditions(session, viewer, filters)
    return _rows(session, viewer, _newest(conditions, PAGE_SIZE, (page - 1) * PAGE_SIZE, session))


def latest_cases(session: Session, viewer: Viewer, limit: int) -> list[CaseRow]:
    """The cases reported last."""
    return _rows(session, viewer, _newest([visible_to(viewer)], limit, 0, session))


def my_cases(session: Session, viewer: Viewer, limit: int) -> list[CaseRow]:
    """The cases the viewer is assigned to, the last touched (by anybody) first."""
    touched = func.max(LedgerEvent.seq)
    statement = (
        select(Case.id)
        .join(LedgerEvent, LedgerEvent.case_id == Case.id)
        .where(visible_to(viewer), Case.id.in_(_assigned(viewer)))
        .group_by(Case.id)
        .order_by(touched.desc())
        .limit(limit)
    )
    return _rows(session, viewer, session.scalars(statement).all())


def cases_viewed(session: Session, viewer: Viewer, public_ids: Sequence[str]) -> list[CaseRow]:
    """The cases with these public ids in the order given; those no longer seen are left out."""
    statement = select(Case.public_id, Case.id).where(Case.public_id.in_(public_ids), visible_to(viewer))
    found = dict(session.execute(statement).all())
    return _rows(session, viewer, [found[public_id] for public_id in public_ids if public_id in found])


def _assigned(viewer: Viewer):  # type: ignore[no-untyped-def]
    return select(Assignment.case_id).where(Assignment.user_id == viewer.user_id, Assignment.ended_at.is_(None))


def _conditions(session: Session, viewer: Viewer, filters: Filters) -> list[ColumnElement[bool]]:
    found = [visible_to(viewer)]
    if filters.text:
        found.append(_numbered(filters.text))
    if filters.unit:
        found.append(Case.unit_id.in_(select(Unit.id).where(Unit.public_id == filters.unit)))
    if filters.offence:
        ids = offence_ids(session, filters.offence)
        having = select(Offence.case_id).where(Offence.code_id.in_(ids), standing(Offence.batch_id))
        found.append(Case.id.in_(having))
    if filters.municipality:
        found.append(or_(Case.municipality == filters.municipality, Case.municipality_name == filters.municipality))
    if filters.stage:
        found.append(Case.id.in_(select(LineState.case_id).where(LineState.stage == filters.stage)))
    if filters.state:
        found.append(Case.id.in_(select(LineState.case_id).where(LineState.state == filters.state)))
    if filters.confidentiality:
        found.append(Case.confidentiality == filters.confidentiality)
    if filters.since:
        found.append(Case.reported_at >= filters.since)
    if filters.until:
        found.append(Case.reported_at < filters.until)
    if filters.mine:
        found.append(Case.id.in_(_assigned(viewer)))
    return found


def _numbered(fragment: str) -> ColumnElement[bool]:
    """Cases with a number that holds this fragment, however it is written; nothing when it has no letter or digit."""
    key = number_key(fragment)
    bearing = select(CaseNumber.case_id).where(CaseNumber.key.contains(key, autoescape=True), standing(CaseNumber.batch_id))
    return Case.id.in_(bearing if key else bearing.where(CaseNumber.id < 0))


def _newest(conditions: Sequence[ColumnElement[bool]], limit: int, offset: int, session: Session) -> Sequence[int]:
    order = (Case.reported_at.desc().nulls_last(), Case.id.desc())
    return session.scalars(select(Case.id).where(*conditions).order_by(*order).limit(limit).offset(offset)).all()


def _rows(session: Session, viewer: Viewer, ids: Sequence[int]) -> list[CaseRow]:
    """The rows of these cases in this order: four queries whatever their number."""
    columns = (
        Case.id,
        Case.public_id,
        Case.number,
        Case.jurisdiction,
        Unit.name,
        Case.municipality_name,
        Case.reported_at,
        Case.confidentiality,
        Case.synthetic,
    )
    statement = select(*columns).join(Unit, Unit.id == Case.unit_id).where(Case.id.in_(ids), visible_to(viewer))
    cases = {row.id: row for row in session.execute(statement)}
    offences = offence_labels(session, viewer, cases)
    states = states_of_cases(session, viewer, cases)
    return [
        CaseRow(
            public_id=row.public_id,
            number=row.number,
            offences=offences[row.id],
            unit=row.name,
            municipality=row.municipality_name or "",
            reported_at=row.reported_at,
            status=status_of(row.jurisdiction, states.get(row.id, [])),
            confidentiality=Confidentiality(row.confidentiality),
            synthetic=row.synthetic,
        )
        for row in (cases[case_id] for case_id in ids if case_id in cases)
    ]
