"""The head of a case's pages, and counts of cases by stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...access import Viewer
from ...accounts.models import Unit
from ...cases.models import Act, Assignment, Case
from ...cases.queries import list_assigned, offence_label, unit_of, visible_to
from ...court.models import Line, LineState
from ...court.queries import states_of_cases, status_of
from ...evidence.models import EvidenceItem
from ...jurisdictions.queries import get_jurisdiction, jurisdiction_codes
from ...jurisdictions.rules import Jurisdiction, Label, State
from ...ledger.queries import standing
from ...people.models import Party


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands at the head of every page of a case. `counts` are by tab."""

    offences: Sequence[Label]
    status: State | None
    law: Jurisdiction
    unit: str
    assigned: Sequence[str]
    counts: dict[str, int]


def case_frame(session: Session, viewer: Viewer, case: Case) -> Frame:
    """The head of the pages of a case that was loaded through sight."""
    states = states_of_cases(session, viewer, [case.id])
    return Frame(
        offences=[offence_label(offence.code) for offence in case.offences],
        status=status_of(case.jurisdiction, states.get(case.id, [])),
        law=get_jurisdiction(case.jurisdiction),
        unit=unit_of(session, viewer, case).name,
        assigned=[user.full_name for _assignment, user in list_assigned(session, viewer, case)],
        counts=_counts(session, case),
    )


def _counts(session: Session, case: Case) -> dict[str, int]:
    """How much stands under each tab."""
    tabs: dict[str, tuple[Any, ...]] = {
        "acts": (Act, Act.case_id == case.id),
        "people": (Party, Party.case_id == case.id, Party.withdrawn_at.is_(None)),
        "evidence": (EvidenceItem, EvidenceItem.case_id == case.id, EvidenceItem.withdrawn_at.is_(None)),
        "court": (Line, Line.case_id == case.id),
    }
    counts = [
        select(func.count()).select_from(model).where(*conditions, standing(model.batch_id)).scalar_subquery()
        for model, *conditions in tabs.values()
    ]
    return dict(zip(tabs, session.execute(select(*counts)).one(), strict=True))


@dataclass(frozen=True, slots=True)
class StageCount:
    """How many cases of a unit have a line in a stage."""

    unit_id: str
    unit: str
    stage: str
    cases: int


def count_stages(session: Session, viewer: Viewer, *, mine: bool = False) -> list[StageCount]:
    """The viewer's cases by unit and stage; a case with lines in two stages counts in both. `mine`: assigned ones."""
    pairs = select(LineState.case_id, LineState.stage).distinct()
    if mine:
        own = select(Assignment.case_id).where(Assignment.user_id == viewer.user_id, Assignment.ended_at.is_(None))
        pairs = pairs.where(LineState.case_id.in_(own))
    stands = pairs.subquery()
    counts = (
        select(Case.unit_id, stands.c.stage, func.count().label("cases"))
        .join(stands, stands.c.case_id == Case.id)
        .where(visible_to(viewer))
        .group_by(Case.unit_id, stands.c.stage)
        .subquery()
    )
    statement = select(Unit.public_id, Unit.name, counts.c.stage, counts.c.cases).join(counts, counts.c.unit_id == Unit.id)
    return [StageCount(*row) for row in session.execute(statement.order_by(Unit.name))]


def jurisdictions_in_use(session: Session, viewer: Viewer, home: str) -> list[Jurisdiction]:
    """The office's own jurisdiction, and the others of which the viewer sees a case."""
    others = [
        code
        for code in jurisdiction_codes()
        if code != home
        and session.scalar(select(Case.id).where(Case.jurisdiction == code, visible_to(viewer)).limit(1)) is not None
    ]
    return [get_jurisdiction(code) for code in (home, *others)]
