"""What the office already has, read once before an import is planned; cases and lines when they are asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...accounts.models import Unit as UnitRow
from ...cases.models import Case, CaseNumber, Offence, OffenceCode
from ...court.models import Line, LineEvent
from ...db import now
from ...ledger.models import Batch
from ...ledger.queries import standing
from ...people.models import Part, Party, Person
from ..rules.cells import Moment, fold
from ..rules.drafts import CaseDraft, Code, Happened, Known, LineDraft, Unit
from ..rules.names import Name

CHUNK = 500


Release = Callable[[], object]


def know(session: Session, mapping: str, zone: ZoneInfo, release: Release) -> Known:
    """Units, offences, case numbers, and the rows of standing imports of this mapping.

    The session must stay open while the answer is used: cases and lines are loaded from it. `release` is called
    after each read, so that a reader need not hold its lock (and so keep writers waiting) while files are read.
    """
    units, root_id = _units(session)
    present = _present(session, mapping)
    loader = _Loader(session, zone, [line_id for _said, line_id in present.values()], release)
    numbers = (
        select(CaseNumber.key, CaseNumber.case_id)
        .join(Case, Case.id == CaseNumber.case_id)
        .where(standing(CaseNumber.batch_id), standing(Case.batch_id))
        .order_by(CaseNumber.id.desc())
    )
    known = Known(
        moment=now(),
        root_id=root_id,
        units=units,
        codes=_codes(session),
        cases={row.key: row.case_id for row in session.execute(numbers)},
        present=present,
        find_case=loader.case,
        find_line=loader.line,
    )
    release()
    return known


def _units(session: Session) -> tuple[dict[str, Unit], int | None]:
    found: dict[str, Unit] = {}
    root_id: int | None = None
    statement = select(UnitRow.id, UnitRow.code, UnitRow.name, UnitRow.parent_id).where(standing(UnitRow.batch_id))
    for row in session.execute(statement.order_by(UnitRow.id)):
        unit = Unit(row.code, row.name, row.id)
        found.setdefault(fold(row.code), unit)
        found.setdefault(fold(row.name), unit)
        if root_id is None and row.parent_id is None:
            root_id = row.id
    return found, root_id


def _codes(session: Session) -> dict[str, list[Code]]:
    found: defaultdict[str, list[Code]] = defaultdict(list)
    recordable = select(OffenceCode).where(standing(OffenceCode.batch_id), OffenceCode.level != "interest")
    for row in session.scalars(recordable.order_by(OffenceCode.id)):
        code = Code(
            row.scheme, row.code, row.label_es, row.label_en, row.selectable, row.valid_from, row.valid_to, row.id
        )
        for name in {fold(row.code), fold(row.label_es), fold(row.label_en)}:
            found[name].append(code)
    return dict(found)


def _present(session: Session, mapping: str) -> dict[str, tuple[str, int]]:
    """The rows already brought, by the first part of their key; those of withdrawn batches, lines or cases not."""
    statement = (
        select(LineEvent.source_key, LineEvent.line_id)
        .join(Batch, Batch.id == LineEvent.batch_id)
        .join(Line, Line.id == LineEvent.line_id)
        .join(Case, Case.id == LineEvent.case_id)
        .where(
            Batch.mapping == mapping,
            Batch.withdrawn_at.is_(None),
            LineEvent.source_key.is_not(None),
            standing(Line.batch_id),
            standing(Case.batch_id),
        )
    )
    return {key[:40]: (key[40:], line_id) for key, line_id in session.execute(statement) if key}


class _Loader:
    """Standing cases with their lines, kept once loaded; the lines of earlier imports are loaded all at once."""

    def __init__(self, session: Session, zone: ZoneInfo, line_ids: Collection[int], release: Release) -> None:
        self._session, self._zone, self._line_ids, self._release = session, zone, line_ids, release
        self._cases: dict[int, CaseDraft] = {}
        self._lines: dict[int, LineDraft] | None = None

    def case(self, case_id: int) -> CaseDraft | None:
        if case_id not in self._cases:
            self._load([case_id])
        return self._cases.get(case_id)

    def line(self, line_id: int) -> LineDraft | None:
        if self._lines is None:
            wanted = set(self._line_ids)
            owners = _chunked(self._session, select(Line.case_id), Line.id, wanted)
            self._load(sorted({row.case_id for row in owners} - self._cases.keys()))
            self._lines = {line.id: line for case in self._cases.values() for line in case.lines if line.id}
        return self._lines.get(line_id)

    def _load(self, case_ids: Sequence[int]) -> None:
        statement = (
            select(Case.id, Case.number, Case.jurisdiction, Case.municipality, Case.municipality_name, Case.occurred_at,
                   Case.reported_at, CaseNumber.key, UnitRow.id.label("unit_id"), UnitRow.code, UnitRow.name)
            .join(UnitRow, UnitRow.id == Case.unit_id)
            .join(CaseNumber, CaseNumber.case_id == Case.id)
            .where(standing(Case.batch_id), CaseNumber.value == Case.number)
        )  # fmt: skip
        offences = self._offences(case_ids)
        parties = self._parties(case_ids)
        for row in _chunked(self._session, statement, Case.id, case_ids):
            codes = offences.get(row.id, [])
            if not codes:
                continue
            self._cases[row.id] = CaseDraft(
                number=row.number,
                key=row.key,
                jurisdiction=row.jurisdiction,
                unit=Unit(row.code, row.name, row.unit_id),
                code=codes[0][1],
                municipality=row.municipality,
                municipality_name=row.municipality_name,
                occurred=self._moment(row.occurred_at),
                reported=self._moment(row.reported_at),
                id=row.id,
                offence_id=codes[0][0],
                offences={code.id: offence_id for offence_id, code in codes if code.id is not None},
                parties={name.key: party_id for party_id, name in parties.get(row.id, {}).items()},
            )
        self._load_lines(case_ids, parties)
        self._release()

    def _moment(self, at: datetime | None) -> Moment | None:
        if at is None:
            return None
        local = at.astimezone(self._zone)
        return Moment(at, local.date(), local.time() == time())

    def _offences(self, case_ids: Sequence[int]) -> dict[int, list[tuple[int, Code]]]:
        statement = (
            select(Offence.case_id, Offence.id, OffenceCode.id.label("code_id"), OffenceCode.scheme, OffenceCode.code,
                   OffenceCode.label_es, OffenceCode.label_en)
            .join(OffenceCode, OffenceCode.id == Offence.code_id)
            .where(standing(Offence.batch_id))
            .order_by(Offence.id)
        )  # fmt: skip
        found: defaultdict[int, list[tuple[int, Code]]] = defaultdict(list)
        for row in _chunked(self._session, statement, Offence.case_id, case_ids):
            code = Code(row.scheme, row.code, row.label_es, row.label_en, id=row.code_id)
            found[row.case_id].append((row.id, code))
        return found

    def _parties(self, case_ids: Sequence[int]) -> dict[int, dict[int, Name]]:
        statement = (
            select(Party.case_id, Party.id, Person.given_names, Person.surname1, Person.surname2)
            .join(Person, Person.id == Party.person_id)
            .where(Party.part == Part.SUSPECT, Party.withdrawn_at.is_(None), standing(Party.batch_id))
        )
        found: defaultdict[int, dict[int, Name]] = defaultdict(dict)
        for row in _chunked(self._session, statement, Party.case_id, case_ids):
            found[row.case_id][row.id] = Name(row.given_names, row.surname1, row.surname2)
        return found

    def _load_lines(self, case_ids: Sequence[int], parties: dict[int, dict[int, Name]]) -> None:
        statement = (
            select(Line.id, Line.case_id, Line.offence_id, Line.party_id, Line.opened_at)
            .where(standing(Line.batch_id))
            .order_by(Line.id)
        )
        by_id: dict[int, LineDraft] = {}
        for row in _chunked(self._session, statement, Line.case_id, case_ids):
            case = self._cases.get(row.case_id)
            if case is None:
                continue
            name = parties.get(row.case_id, {}).get(row.party_id)
            line = LineDraft(case, name, row.opened_at, id=row.id, offence_id=row.offence_id, party_id=row.party_id)
            case.lines.append(line)
            by_id[row.id] = line
        last = select(LineEvent.line_id, func.max(LineEvent.number).label("last")).group_by(LineEvent.line_id)
        for row in _chunked(self._session, last, LineEvent.line_id, by_id):
            by_id[row.line_id].last = row.last
        self._load_past(by_id)

    def _load_past(self, lines: dict[int, LineDraft]) -> None:
        events = select(LineEvent.line_id, LineEvent.kind, LineEvent.occurred_at, LineEvent.number, LineEvent.corrects)
        corrected: defaultdict[int, set[int]] = defaultdict(set)
        rows = list(_chunked(self._session, events.where(standing(LineEvent.batch_id)), LineEvent.line_id, lines))
        for row in rows:
            if row.corrects is not None:
                corrected[row.line_id].add(row.corrects)
        for row in rows:
            if row.number not in corrected[row.line_id]:
                lines[row.line_id].past.append(Happened(row.kind, row.occurred_at, row.number))


def _chunked(session: Session, statement: Any, column: Any, ids: Collection[int]) -> Iterator[Any]:
    """The rows whose column is one of these ids, however many ids there are."""
    wanted = sorted(ids)
    for start in range(0, len(wanted), CHUNK):
        yield from session.execute(statement.where(column.in_(wanted[start : start + CHUNK])))
