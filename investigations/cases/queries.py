"""Reading cases. All sight is decided in `visible_to`; nothing here reads a case without it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session, selectinload

from ..access import Permission, Role, Viewer
from ..accounts.models import Unit, User
from ..db import NotFound
from ..jurisdictions.queries import get_jurisdiction, offence_schemes
from ..jurisdictions.rules import Label
from ..ledger.queries import standing
from .models import Act, Assignment, Case, CaseNumber, Confidentiality, Offence, OffenceCode
from .rules import LOCAL_SCHEME, number_key

OWN_LEVELS = {
    Role.INVESTIGATOR: (Confidentiality.ORDINARY,),
    Role.PROSECUTOR: (Confidentiality.ORDINARY, Confidentiality.RESERVED),
    Role.MANAGER: (Confidentiality.ORDINARY, Confidentiality.RESERVED),
}
"""Which confidentiality each role sees in its own units without being assigned (domain.md §7.3)."""


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Case` that is all sight: own units at the role's levels, or assigned; nothing withdrawn."""
    if viewer.role is Role.SYSTEM:
        return standing(Case.batch_id)
    if not viewer.can(Permission.READ_CASES):
        return false()
    own = and_(Case.unit_id.in_(viewer.unit_ids), Case.confidentiality.in_(OWN_LEVELS[viewer.role]))
    return and_(standing(Case.batch_id), or_(own, Case.id.in_(_assigned_to(viewer))))


def _assigned_to(viewer: Viewer):  # type: ignore[no-untyped-def]
    return select(Assignment.case_id).where(Assignment.user_id == viewer.user_id, Assignment.ended_at.is_(None))


def scope_of(case_id: int, unit_id: int, confidentiality: str) -> tuple[str, ...]:
    """The tokens under which a case's documents are found in the search index."""
    return (f"{confidentiality}-{unit_id}", f"case-{case_id}")


def scope_for(session: Session, viewer: Viewer) -> set[str]:
    """The tokens a viewer may search with: the index-side twin of `visible_to`. Empty: finds nothing."""
    if viewer.role is Role.SYSTEM:
        units = set(session.scalars(select(Unit.id)))
        return {f"{level}-{unit}" for level in Confidentiality for unit in units}
    if not viewer.can(Permission.READ_CASES):
        return set()
    own = {f"{level}-{unit}" for level in OWN_LEVELS[viewer.role] for unit in viewer.unit_ids}
    return own | {f"case-{case_id}" for case_id in session.scalars(_assigned_to(viewer))}


def visible_ids(session: Session, viewer: Viewer, case_ids: set[int]) -> set[int]:
    """Those of these cases that the viewer sees."""
    found: set[int] = set()
    wanted = sorted(case_ids)
    for start in range(0, len(wanted), 5000):
        chunk = select(Case.id).where(Case.id.in_(wanted[start : start + 5000]), visible_to(viewer))
        found.update(session.scalars(chunk))
    return found


def get_case(session: Session, viewer: Viewer, public_id: str) -> Case:
    """One case with its offences and numbers. Raises NotFound when absent or unseen alike."""
    statement = (
        select(Case)
        .where(Case.public_id == public_id, visible_to(viewer))
        .options(selectinload(Case.offences), selectinload(Case.numbers))
    )
    case = session.scalar(statement)
    if case is None:
        raise NotFound
    return case


def cases_numbered(session: Session, viewer: Viewer, number: str) -> list[Case]:
    """The visible cases that bear exactly this number, however it is written."""
    key = number_key(number)
    if not key:
        return []
    bearing = select(CaseNumber.case_id).where(CaseNumber.key == key, standing(CaseNumber.batch_id))
    return list(session.scalars(select(Case).where(Case.id.in_(bearing), visible_to(viewer)).order_by(Case.id)))


def is_taken(session: Session, number: str) -> bool:
    """True when a standing case of the office, seen or unseen, already bears the number."""
    return bool(cases_numbered(session, _OFFICE, number))


_OFFICE = Viewer(user_id=None, public_id="office", name="office", role=Role.SYSTEM)


def list_acts(session: Session, viewer: Viewer, case: Case) -> list[Act]:
    """A case's acts, newest first. The case was loaded through sight."""
    statement = (
        select(Act)
        .join(Case, Case.id == Act.case_id)
        .where(Act.case_id == case.id, visible_to(viewer), standing(Act.batch_id))
        .order_by(Act.happened_at.desc(), Act.number.desc())
    )
    return list(session.scalars(statement))


def list_assigned(session: Session, viewer: Viewer, case: Case) -> list[tuple[Assignment, User]]:
    """Who works a case now."""
    statement = (
        select(Assignment, User)
        .join(User, User.id == Assignment.user_id)
        .join(Case, Case.id == Assignment.case_id)
        .where(Assignment.case_id == case.id, Assignment.ended_at.is_(None), visible_to(viewer))
        .order_by(Assignment.since)
    )
    return [(assignment, user) for assignment, user in session.execute(statement)]


def list_assignable(session: Session, viewer: Viewer) -> list[User]:
    """Active investigators and prosecutors whom this viewer may put on a case: those of the viewer's units."""
    statement = (
        select(User)
        .where(User.active, User.role.in_([Role.INVESTIGATOR, Role.PROSECUTOR]), User.unit_id.in_(viewer.unit_ids))
        .order_by(User.full_name)
    )
    return list(session.scalars(statement))


def list_units(session: Session, viewer: Viewer) -> list[Unit]:
    """The units whose cases the viewer may see or open cases in."""
    statement = select(Unit).where(standing(Unit.batch_id)).order_by(Unit.name)
    if viewer.role is not Role.SYSTEM:
        statement = statement.where(Unit.id.in_(viewer.unit_ids))
    return list(session.scalars(statement))


def list_offence_codes(session: Session, on: datetime | None = None, scheme: str | None = None) -> list[OffenceCode]:
    """The offences that can be recorded for a fact of that day (today when not given), in catalogue order."""
    day = (on or datetime.now(UTC)).date()
    statement = (
        select(OffenceCode)
        .where(
            OffenceCode.selectable,
            standing(OffenceCode.batch_id),
            or_(OffenceCode.valid_from.is_(None), OffenceCode.valid_from <= day),
            or_(OffenceCode.valid_to.is_(None), OffenceCode.valid_to >= day),
        )
        .order_by(OffenceCode.id)
    )
    if scheme:
        statement = statement.where(OffenceCode.scheme == scheme)
    return list(session.scalars(statement))


def count_opened_in(session: Session, unit_id: int, year: int) -> int:
    """How many cases the unit has opened in a year: the base of the next proposed number."""
    start, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    count = select(func.count()).select_from(Case)
    return session.scalar(count.where(Case.unit_id == unit_id, Case.opened_at >= start, Case.opened_at < end)) or 0


@dataclass(frozen=True, slots=True)
class OffenceChoice:
    """An offence to choose from: the type it stands under, and the days of the facts it applies to."""

    id: int
    group: Label
    label: Label
    valid_from: date | None
    valid_to: date | None

    def applies_on(self, day: date) -> bool:
        """True when a fact of that day is recorded with this entry."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


def offence_choices(session: Session, jurisdiction: str, keep: Collection[int] = ()) -> list[OffenceChoice]:
    """What can be recorded in a case of that jurisdiction, newest catalogue first, each in its own order.

    Entries that the office added itself come last. A jurisdiction without a catalogue of its own takes what its
    imports brought. `keep` are ids to offer in any case.
    """
    own = get_jurisdiction(jurisdiction).offence_schemes
    schemes = [*reversed(own), LOCAL_SCHEME]
    fits = OffenceCode.scheme.in_(schemes) if own else OffenceCode.scheme.not_in(offence_schemes())
    offered = or_(fits, OffenceCode.id.in_(keep))
    rows = session.scalars(select(OffenceCode).where(offered, standing(OffenceCode.batch_id)).order_by(OffenceCode.id)).all()
    by_code = {(row.scheme, row.code): row for row in rows}
    place = {scheme: index for index, scheme in enumerate(schemes)}
    chosen = [row for row in rows if row.selectable or row.id in keep]
    chosen.sort(key=lambda row: place.get(row.scheme, len(schemes)))
    return [
        OffenceChoice(row.id, _type_of(row, by_code), offence_label(row), row.valid_from, row.valid_to) for row in chosen
    ]


def _type_of(row: OffenceCode, by_code: Mapping[tuple[str, str], OffenceCode]) -> Label:
    """The label of the type above an entry; of the topmost entry where a catalogue has no types."""
    while row.level != "type" and row.parent_code and (row.scheme, row.parent_code) in by_code:
        row = by_code[row.scheme, row.parent_code]
    return offence_label(row)


def offence_label(code: OffenceCode) -> Label:
    """An offence's name in both languages."""
    return Label(code.label_es, code.label_en)


def offence_labels(session: Session, viewer: Viewer, case_ids: Collection[int]) -> defaultdict[int, list[Label]]:
    """The names of the standing offences of these cases, by case, in order of entry."""
    statement = (
        select(Offence.case_id, OffenceCode.label_es, OffenceCode.label_en)
        .join(OffenceCode, OffenceCode.id == Offence.code_id)
        .join(Case, Case.id == Offence.case_id)
        .where(Offence.case_id.in_(case_ids), visible_to(viewer), standing(Offence.batch_id))
        .order_by(Offence.id)
    )
    found: defaultdict[int, list[Label]] = defaultdict(list)
    for case_id, es, en in session.execute(statement):
        found[case_id].append(Label(es, en))
    return found


def authors_of(session: Session, viewer: Viewer, case: Case) -> dict[int, str]:
    """Full names of those who recorded the case's acts, by user id."""
    statement = (
        select(User.id, User.full_name)
        .join(Act, Act.author_id == User.id)
        .join(Case, Case.id == Act.case_id)
        .where(Act.case_id == case.id, visible_to(viewer))
        .distinct()
    )
    return dict(session.execute(statement).all())


def unit_of(session: Session, viewer: Viewer, case: Case) -> Unit:
    """The unit that has a case. Raises NotFound when the case is not seen."""
    statement = select(Unit).join(Case, Case.unit_id == Unit.id).where(Case.id == case.id, visible_to(viewer))
    unit = session.scalar(statement)
    if unit is None:
        raise NotFound
    return unit


def get_act(session: Session, viewer: Viewer, case: Case, number: int) -> Act:
    """One act of a case by its number. Raises NotFound when absent or unseen alike."""
    for act in list_acts(session, viewer, case):
        if act.number == number:
            return act
    raise NotFound


def get_assigned(session: Session, viewer: Viewer, case: Case, user_public_id: str) -> User:
    """Somebody who works the case now. Raises NotFound."""
    for _assignment, user in list_assigned(session, viewer, case):
        if user.public_id == user_public_id:
            return user
    raise NotFound


def keeps_sight(viewer: Viewer, unit_id: int, confidentiality: Confidentiality, assigned: bool) -> bool:
    """Whether the viewer would see a case of that unit and confidentiality: the rule of `visible_to` for one case."""
    if viewer.role is Role.SYSTEM or assigned:
        return True
    return unit_id in viewer.unit_ids and confidentiality in OWN_LEVELS.get(viewer.role, ())
