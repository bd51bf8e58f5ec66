"""Writing a plan, inside the one transaction of the import.

Each source row leaves one ledger event, which binds the rows that it brought.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from ...access import Viewer
from ...accounts.models import Unit as UnitRow
from ...cases.models import Case, CaseNumber, Offence, OffenceCode
from ...court.models import Line, LineEvent
from ...db import Base, now, touch_cases
from ...ledger.models import Batch
from ...ledger.services import Bulk
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


def write_rows(session: Session, actor: Viewer, batch: Batch, plan: Plan, advance: Advance) -> dict[str, int]:
    """Write all rows of a plan with their ledger events. Gives how many rows each table got."""
    number_events(plan.rows)
    writer = _Writer(session, actor, batch, plan.root_id)
    for start in range(0, len(plan.rows), BLOCK):
        block = plan.rows[start : start + BLOCK]
        for row in block:
            writer.row(row)
        writer.bulk.write()
        advance(len(block))
    touch_cases(session, writer.touched)
    return dict(writer.counts)


class _Writer:
    def __init__(self, session: Session, actor: Viewer, batch: Batch, root_id: int | None) -> None:
        self.session, self.actor, self.root_id = session, actor, root_id
        self.bulk = Bulk(session, actor, batch.id)
        self.batch = batch.public_id
        self.moment: datetime = now()
        self.counts: Counter[str] = Counter()
        self.touched: set[int] = set()

    def row(self, row: Taken) -> None:
        """Everything that one source row brings, and its event."""
        subjects = [self._write(draft) for draft in row.made]
        case = next((draft.line.case.id for draft in row.made if isinstance(draft, EventDraft)), None)
        payload = {"batch": self.batch, "file": row.place.file, "line": row.place.line}
        self.bulk.event(ImportAction.ROW, subjects[-1], case_id=case, payload=payload)

    def _write(self, draft: Draft) -> str:
        if isinstance(draft, EventDraft):
            return self._event(draft)
        if isinstance(draft, LineDraft):
            return self._line(draft)
        if isinstance(draft, Suspect):
            return self._suspect(draft)
        if isinstance(draft, CaseDraft):
            return self._case(draft)
        if isinstance(draft, Unit):
            draft.id = self._add(UnitRow, code=draft.code, name=draft.name, parent_id=self.root_id)
            return f"units/{draft.id}"
        return self._take_over(draft.line) if isinstance(draft, TakenOver) else self._code(draft)

    def _add(self, model: type[Base], **values: Any) -> int:
        self.counts[model.__tablename__] += 1
        return self.bulk.add(model, **values)

    def _code(self, draft: Code) -> str:
        draft.id = self._add(
            OffenceCode,
            scheme=draft.scheme,
            code=draft.code,
            level="type",
            label_es=draft.label_es,
            label_en=draft.label_en,
        )
        return f"offence_codes/{draft.id}"

    def _case(self, draft: CaseDraft) -> str:
        draft.id = self._add(
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
        self._add(CaseNumber, case_id=draft.id, scheme="primary", value=draft.number, key=draft.key)
        draft.offence_id = self._add(Offence, case_id=draft.id, code_id=draft.code.id)
        return f"cases/{draft.id}"

    def _suspect(self, draft: Suspect) -> str:
        name, case_id = draft.name, draft.lines[0].case.id
        person = self._add(Person, given_names=name.given_names, surname1=name.surname1, surname2=name.surname2)
        party = self._add(Party, case_id=case_id, person_id=person, part=Part.SUSPECT, added_at=self.moment)
        for line in draft.lines:
            line.party_id = party
        return f"parties/{party}"

    def _take_over(self, line: LineDraft) -> str:
        """A line of the office, until now without a person, gets this one; the undo gives it back."""
        self.bulk.insert()
        standing = self.session.get_one(Line, line.id)
        standing.party_id = line.party_id
        self.bulk.bind(standing)
        return f"lines/{line.id}"

    def _line(self, draft: LineDraft) -> str:
        draft.id = self._add(
            Line,
            case_id=draft.case.id,
            offence_id=draft.offence_id or draft.case.offence_id,
            party_id=draft.party_id,
            jurisdiction=draft.case.jurisdiction,
            opened_at=draft.opened_at,
        )
        return f"lines/{draft.id}"

    def _event(self, draft: EventDraft) -> str:
        line = draft.line
        assert line.case.id is not None
        self.touched.add(line.case.id)
        key = self._add(
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
            cause=draft.cause,
            note=draft.note,
            data=draft.data,
            source_key=draft.source_key,
        )
        return f"line_events/{key}"
