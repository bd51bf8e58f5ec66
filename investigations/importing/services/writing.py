"""Writing a plan: ids, rows and ledger entries, in blocks, inside the one transaction of the import.

The rows are bulk inserts, and each source row leaves one ledger event that binds the rows it brought. So every
column is given here exactly as the database will give it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.orm import Session
from sqlalchemy.schema import ScalarElementColumnDefault

from ...access import Viewer
from ...accounts.models import Unit as UnitRow
from ...cases.models import Case, CaseNumber, Offence, OffenceCode
from ...court.models import Line, LineEvent
from ...db import Base, new_public_id, now, touch_cases
from ...ledger.models import Batch
from ...ledger.services import Entry, image, record_many
from ...people.models import Part, Party, Person
from ..rules import ImportAction
from ..rules.drafts import (
    CaseDraft,
    Code,
    Draft,
    EventDraft,
    LineDraft,
    Plan,
    Suspect,
    Taken,
    TakenOver,
    Unit,
    number_events,
)

BLOCK = 2000
"""Source rows written at a time."""

Advance = Callable[[int], None]
Image = tuple[str, int, dict[str, Any]]

_IN_ORDER: tuple[type[Base], ...] = (
    UnitRow, OffenceCode, Case, CaseNumber, Offence, Person, Party, Line, LineEvent,
)  # fmt: skip
_BROUGHT: Mapping[type, tuple[type[Base], ...]] = {
    Unit: (UnitRow,),
    Code: (OffenceCode,),
    CaseDraft: (Case, CaseNumber, Offence),
    Suspect: (Person, Party),
    LineDraft: (Line,),
    EventDraft: (LineEvent,),
    TakenOver: (),
}


def write_rows(
    session: Session, actor: Viewer, batch: Batch, plan: Plan, advance: Advance
) -> dict[str, int]:
    """Write all rows of a plan with their ledger entries. Gives how many rows each table got."""
    rows = plan.rows
    number_events(rows)
    counts = _count(rows)
    writer = _Writer(session, actor, batch, plan.root_id, now(), {model: _reserve(session, model, counts[model]) for model in _IN_ORDER})
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK]
        writer.write(block)
        advance(len(block))
    touch_cases(session, writer.touched)
    return {model.__tablename__: counts[model] for model in _IN_ORDER if counts[model]}


def _count(rows: Sequence[Taken]) -> dict[type[Base], int]:
    counts = dict.fromkeys(_IN_ORDER, 0)
    for row in rows:
        for draft in row.made:
            for model in _BROUGHT[type(draft)]:
                counts[model] += 1
    return counts


def _reserve(session: Session, model: type[Base], count: int) -> Iterator[int]:
    """Primary keys that nobody else gets. SQLite: after the last one, under the write lock that we hold."""
    table = _table(model)
    if session.get_bind().dialect.name == "postgresql":
        take = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)")
        return iter(session.scalars(take, {"table": table.name, "count": count}).all())
    last = session.scalar(select(func.max(table.c.id))) or 0
    return iter(range(last + 1, last + 1 + count))


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


@cache
def _blank(model: type[Base]) -> dict[str, Any]:
    """Every column of a new row with its plain default."""
    blank: dict[str, Any] = {}
    for column in _table(model).columns:
        value = column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None
        blank[column.name] = str(value) if isinstance(value, str) else value
    if "version" in blank:
        blank["version"] = 1
    return blank


@dataclass(slots=True)
class _Writer:
    session: Session
    actor: Viewer
    batch: Batch
    root_id: int | None
    moment: datetime
    ids: dict[type[Base], Iterator[int]]
    pending: dict[type[Base], list[dict[str, Any]]] = field(default_factory=lambda: {model: [] for model in _IN_ORDER})
    touched: set[int] = field(default_factory=set)

    def write(self, block: Sequence[Taken]) -> None:
        entries = [self._entry(row) for row in block]
        self._insert()
        record_many(self.session, self.actor, entries)

    def _insert(self) -> None:
        for model in _IN_ORDER:
            if self.pending[model]:
                self.session.execute(insert(_table(model)), self.pending[model])
                self.pending[model] = []

    def _entry(self, row: Taken) -> Entry:
        images = [made for draft in row.made for made in self._made(draft)]
        case = next((draft.line.case.id for draft in row.made if isinstance(draft, EventDraft)), None)
        table, key, _values = images[0]
        payload = {"batch": self.batch.public_id, "file": row.place.file, "line": row.place.line}
        return Entry(ImportAction.ROW, f"{table}/{key}", images, case, payload=payload)

    def _made(self, draft: Draft) -> Iterator[Image]:
        if isinstance(draft, EventDraft):
            yield self._event(draft)
        elif isinstance(draft, LineDraft):
            yield self._line(draft)
        elif isinstance(draft, Suspect):
            yield from self._suspect(draft)
        elif isinstance(draft, CaseDraft):
            yield from self._case(draft)
        elif isinstance(draft, TakenOver):
            yield self._taken_over(draft.line)
        elif isinstance(draft, Unit):
            image_of = self._row(UnitRow, code=draft.code, name=draft.name, parent_id=self.root_id)
            draft.id = image_of[1]
            yield image_of
        else:
            yield self._code(draft)

    def _row(self, model: type[Base], **values: Any) -> Image:
        row = {**_blank(model), **values, "id": next(self.ids[model]), "batch_id": self.batch.id}
        if "public_id" in row:
            row["public_id"] = new_public_id()
        self.pending[model].append(row)
        return model.__tablename__, row["id"], row

    def _code(self, draft: Code) -> Image:
        made = self._row(
            OffenceCode,
            scheme=draft.scheme,
            code=draft.code,
            level="type",
            label_es=draft.label_es,
            label_en=draft.label_en,
        )
        draft.id = made[1]
        return made

    def _case(self, draft: CaseDraft) -> Iterator[Image]:
        made = self._row(
            Case,
            jurisdiction=draft.jurisdiction,
            number=draft.number,
            unit_id=draft.unit.id,
            occurred_at=draft.occurred.at if draft.occurred else None,
            municipality=draft.municipality,
            municipality_name=draft.municipality_name,
            reported_at=draft.reported.at if draft.reported else None,
            opened_at=self.moment,
        )
        draft.id = made[1]
        yield made
        yield self._row(CaseNumber, case_id=draft.id, scheme="primary", value=draft.number, key=draft.key)
        offence = self._row(Offence, case_id=draft.id, code_id=draft.code.id)
        draft.offence_id = offence[1]
        yield offence

    def _suspect(self, draft: Suspect) -> Iterator[Image]:
        name, case = draft.name, draft.lines[0].case
        person = self._row(Person, given_names=name.given_names, surname1=name.surname1, surname2=name.surname2)
        yield person
        party = self._row(
            Party, case_id=case.id, person_id=person[1], part=Part.SUSPECT.value, added_at=self.moment
        )
        for line in draft.lines:
            line.party_id = party[1]
        yield party

    def _taken_over(self, line: LineDraft) -> Image:
        """A line of the office, until now without a person, gets this one; the undo gives it back."""
        self._insert()
        standing = self.session.get_one(Line, line.id)
        standing.party_id = line.party_id
        self.session.flush()
        return image(standing)

    def _line(self, draft: LineDraft) -> Image:
        made = self._row(
            Line,
            case_id=draft.case.id,
            offence_id=draft.offence_id or draft.case.offence_id,
            party_id=draft.party_id,
            jurisdiction=draft.case.jurisdiction,
            opened_at=draft.opened_at,
        )
        draft.id = made[1]
        return made

    def _event(self, draft: EventDraft) -> Image:
        line = draft.line
        assert line.case.id is not None
        self.touched.add(line.case.id)
        return self._row(
            LineEvent,
            line_id=line.id,
            case_id=line.case.id,
            number=draft.number,
            kind=draft.kind,
            occurred_at=draft.occurred_at,
            recorded_at=self.moment,
            actor=self.actor.public_id,
            decided_by=draft.decided_by,
            basis=draft.basis,
            note=draft.note,
            data=draft.data,
            source_key=draft.source_key,
        )

