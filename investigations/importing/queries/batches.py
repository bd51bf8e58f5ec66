"""The batches that imports left, and what stands of them. Everything here reads only what no undo has withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ...accounts.models import Unit, User
from ...cases.models import Act, Case, Offence, OffenceCode
from ...court.models import Line, LineEvent
from ...db import Refusal
from ...evidence.models import EvidenceItem
from ...ledger.models import Batch
from ...ledger.queries import standing
from ...people.models import Party
from ..rules.mapping import Stage


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One import in the list."""

    public_id: str
    mapping: str
    files: Sequence[str]
    active_at: datetime | None
    counts: Mapping[str, Any]
    withdrawn_at: datetime | None
    withdrawn_reason: str | None


def list_batches(session: Session) -> list[BatchLine]:
    """Every import, the newest first, withdrawn ones as well."""
    return [
        BatchLine(
            batch.public_id,
            batch.mapping,
            [str(file["name"]) for file in batch.files],
            batch.active_at,
            batch.counts,
            batch.withdrawn_at,
            batch.withdrawn_reason,
        )
        for batch in session.scalars(select(Batch).order_by(Batch.id.desc()))
    ]


def get_batch(session: Session, name: str) -> Batch:
    """The batch with this id, or whose id alone begins so. Raises Refusal when there is none or several."""
    found = list(session.scalars(select(Batch).where(Batch.public_id.startswith(name, autoescape=True)))) if name else []
    if len(found) != 1:
        raise Refusal(_l("There is no such import: %(name)s. See `esclarece import list`.", name=name))
    return found[0]


def _standing_events(batch_ids: Sequence[int], *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(LineEvent)
        .join(Line, Line.id == LineEvent.line_id)
        .join(Case, Case.id == LineEvent.case_id)
        .where(
            LineEvent.batch_id.in_(batch_ids),
            standing(LineEvent.batch_id),
            standing(Line.batch_id),
            standing(Case.batch_id),
        )
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """An event kind with how many events and distinct suspects of the batches stand."""

    kind: str
    events: int
    suspects: int


def count_kinds(session: Session, batch_ids: Sequence[int]) -> list[Counted]:
    """What the standing events of these batches are, the most frequent first."""
    events = func.count(LineEvent.id)
    statement = _standing_events(batch_ids, LineEvent.kind, events, func.count(Line.party_id.distinct()))
    rows = session.execute(statement.group_by(LineEvent.kind).order_by(events.desc(), LineEvent.kind))
    return [Counted(kind, count, suspects) for kind, count, suspects in rows]


def count_funnel(session: Session, batch_ids: Sequence[int], stages: Sequence[Stage]) -> dict[str, int]:
    """Distinct suspects at each stage of a source: those whose lines have a standing event of its table."""
    counted: dict[str, int] = {}
    for stage in stages:
        statement = _standing_events(batch_ids, func.count(Line.party_id.distinct()))
        statement = statement.where(LineEvent.data["table"].as_string() == stage.table)
        if stage.column:
            statement = statement.where(LineEvent.data["column"].as_string() == stage.column)
        if stage.events:
            statement = statement.where(LineEvent.kind.in_(stage.events))
        counted[stage.code] = session.scalar(statement) or 0
    return counted


def brought_cases(session: Session, batch: Batch) -> set[int]:
    """Every case that the batch opened or added to."""
    opened = session.scalars(select(Case.id).where(Case.batch_id == batch.id))
    added = session.scalars(select(LineEvent.case_id).where(LineEvent.batch_id == batch.id).distinct())
    return {*opened, *added}


def taken_over_lines(session: Session, batch: Batch) -> list[Line]:
    """The lines of others to which the batch gave their suspect."""
    suspects = select(Party.id).where(Party.batch_id == batch.id)
    others = or_(Line.batch_id.is_(None), Line.batch_id != batch.id)
    return list(session.scalars(select(Line).where(Line.party_id.in_(suspects), others)))


@dataclass(frozen=True, slots=True)
class Later:
    """Records that others made on the cases of a batch: an undo hides them with their cases."""

    acts: int
    events: int
    people: int
    evidence: int

    def __bool__(self) -> bool:
        return any((self.acts, self.events, self.people, self.evidence))


def later_records(session: Session, batch: Batch) -> Later:
    """How many records that the batch did not bring hang on the cases and lines that it did."""
    cases = select(Case.id).where(Case.batch_id == batch.id)
    lines = select(Line.id).where(Line.batch_id == batch.id)

    def others(model: Any, inside: ColumnElement[bool]) -> int:
        own = or_(model.batch_id.is_(None), model.batch_id != batch.id)
        where = and_(inside, own, standing(model.batch_id))
        return session.scalar(select(func.count()).select_from(model).where(where)) or 0

    return Later(
        acts=others(Act, Act.case_id.in_(cases)),
        events=others(LineEvent, or_(LineEvent.line_id.in_(lines), LineEvent.case_id.in_(cases))),
        people=others(Party, and_(Party.case_id.in_(cases), Party.withdrawn_at.is_(None))),
        evidence=others(EvidenceItem, and_(EvidenceItem.case_id.in_(cases), EvidenceItem.withdrawn_at.is_(None))),
    )


def blocking(session: Session, batch: Batch) -> int:
    """How many standing records of others rest on the units and offences that the batch created."""
    units = select(Unit.id).where(Unit.batch_id == batch.id)
    codes = select(OffenceCode.id).where(OffenceCode.batch_id == batch.id)

    def others(column: InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
        return and_(or_(column.is_(None), column != batch.id), standing(column))

    resting = (
        select(func.count()).select_from(Case).where(Case.unit_id.in_(units), others(Case.batch_id)),
        select(func.count()).select_from(Unit).where(Unit.parent_id.in_(units), others(Unit.batch_id)),
        select(func.count()).select_from(Offence).where(Offence.code_id.in_(codes), others(Offence.batch_id)),
        select(func.count()).select_from(User).where(User.unit_id.in_(units), User.active),
    )
    return sum(session.scalar(statement) or 0 for statement in resting)
