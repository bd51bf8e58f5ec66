"""Answering: the report, and the offences behind each of its numbers.

Both select offences in one place (`_offences`), through the viewer's sight, and put them into cells with the same
pure function (`rules.measures.tally`): a number and the list behind it cannot differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from ...access import Viewer
from ...cases.models import Case
from ...cases.queries import visible_to
from ...cases.rules import fold_text
from ...db import NotFound
from ...ledger import queries as ledger
from ..models import OffenceStatus
from ..rules.measures import Sums, add_up, cells, figures, left_out, notes, reasons_of, tally
from ..rules.questions import (
    FILTERS,
    Group,
    Key,
    LedgerHead,
    Measure,
    OffenceRow,
    Question,
    Report,
    ReportRow,
)
from .choices import Names, below, check_filters, load_names


def answer(session: Session, viewer: Viewer, question: Question, *, language: str) -> Report:
    """The report over the cases that the viewer sees, with labels in `language`.

    Raises Refusal when a filter names a unit or offence that does not exist.
    """
    names = load_names(session, language)
    sums = add_up(question, _offences(session, viewer, question, names))
    rows = _rows(question, sums, names)
    head = ledger.head(session, question.known_at)
    return Report(
        question=question,
        language=language,
        rows=rows,
        total=figures(question, sums.total, sums.total_survival, (), ()),
        left_out={reason.value: sums.total[left_out(reason)] for reason in reasons_of(question.measure)},
        notes=notes(question, sums, rows, known_later=question.known_at > question.as_of),
        ledger_head=LedgerHead(head.size, head.root),
        filter_labels=_filter_labels(question, names),
    )


def _rows(question: Question, sums: Sums, names: Names) -> tuple[ReportRow, ...]:
    """In alphabetical order, months in their own; what is not stated comes last."""
    if not question.by:
        return ()
    found = [
        figures(question, counts, sums.survival[key], key, names.key_labels(question, key))
        for key, counts in sums.by_key.items()
    ]
    return tuple(sorted(found, key=_place))


def _place(row: ReportRow) -> tuple[tuple[bool, list[tuple[int, str]], str], ...]:
    return tuple((not code, _natural(label), code) for code, label in zip(row.codes, row.labels, strict=True))


def _natural(label: str) -> list[tuple[int, str]]:
    """District 2 before District 10, accents and capitals aside."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", fold_text(label))]


def _filter_labels(question: Question, names: Names) -> dict[str, str]:
    chosen = {name: getattr(question, name) for name in FILTERS}
    return {name: names.label(Group(name), code) for name, code in chosen.items() if code is not None}


def _offences(session: Session, viewer: Viewer, question: Question, names: Names) -> Iterator[OffenceRow]:
    """Every offence in sight that the question may concern, as it was at both instants, in a fixed order."""
    check_filters(session, viewer, question, names)
    on_day = _day_in(question)
    municipalities = names.labels[Group.MUNICIPALITY]
    for row in session.execute(_statement(viewer, question, names)):
        offence_id, case_id, unit_id, code_id, place, place_name, reported, cleared, kind, ending, ended = row
        municipality = place or place_name or ""
        if municipality:
            municipalities[municipality] = place_name or municipality
        yield OffenceRow(
            offence_id,
            case_id,
            names.unit_codes[unit_id],
            names.offence_codes[code_id],
            municipality,
            on_day(reported),
            on_day(cleared),
            kind,
            ending,
            on_day(ended),
        )


def _day_in(question: Question) -> Callable[[datetime | None], date | None]:
    tz = question.tz

    def on_day(instant: datetime | None) -> date | None:
        return None if instant is None else instant.astimezone(tz).date()

    return on_day


def _statement(viewer: Viewer, question: Question, names: Names) -> Select[*tuple[Any, ...]]:
    status = OffenceStatus
    wanted = [visible_to(viewer), *_at_both_instants(question), _concerned(question), *_filtered(question, names)]
    return (
        select(
            status.offence_id,
            status.case_id,
            status.unit_id,
            status.code_id,
            status.municipality,
            status.municipality_name,
            status.reported_at,
            status.cleared_at,
            status.clearance,
            status.ending,
            status.ending_at,
        )
        .join(Case, Case.id == status.case_id)
        .where(*wanted)
        .order_by(status.offence_id)
    )


def _at_both_instants(question: Question) -> list[ColumnElement[bool]]:
    status = OffenceStatus
    return [
        status.known_from <= question.known_at,
        or_(status.known_to.is_(None), status.known_to > question.known_at),
        status.happened_from <= question.as_of,
        or_(status.happened_to.is_(None), status.happened_to > question.as_of),
    ]


def _concerned(question: Question) -> ColumnElement[bool]:
    """Reported in the period, cleared in it, or without a report date (which is told as left out)."""
    first = datetime.combine(question.start, time(), question.tz)
    after = datetime.combine(question.end + timedelta(days=1), time(), question.tz)
    reported, cleared = OffenceStatus.reported_at, OffenceStatus.cleared_at
    found = [reported.is_(None), and_(reported >= first, reported < after)]
    if question.measure is Measure.UCR:
        found.append(and_(cleared >= first, cleared < after))
    return or_(*found)


def _filtered(question: Question, names: Names) -> Iterator[ColumnElement[bool]]:
    if question.unit is not None:
        codes = below(names.unit_parents, question.unit)
        yield OffenceStatus.unit_id.in_([i for i, code in names.unit_codes.items() if code in codes])
    if question.offence is not None:
        codes = below(names.offence_parents, question.offence)
        yield OffenceStatus.code_id.in_([i for i, code in names.offence_codes.items() if code in codes])
    if question.municipality is not None:
        place, named = OffenceStatus.municipality, OffenceStatus.municipality_name
        yield or_(place == question.municipality, and_(place.is_(None), named == question.municipality))


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of a report: its row (None: the total) and the name of its figure."""

    key: Key | None
    name: str


@dataclass(frozen=True, slots=True)
class BehindLine:
    """One offence that a number counts, and the case it belongs to."""

    case_public_id: str
    case_number: str
    unit: str
    offence: str
    municipality: str
    row: OffenceRow


@dataclass(frozen=True, slots=True)
class Behind:
    """The offences behind a number: how many, and the lines of one page of them."""

    total: int
    labels: Key
    lines: Sequence[BehindLine]


def offences_behind(
    session: Session, viewer: Viewer, question: Question, cell: Cell, *, language: str, offset: int = 0, limit: int = 50
) -> Behind:
    """Exactly the offences that the report counts in a cell, in the order of their cases.

    Raises NotFound for a cell that no report of this question has.
    """
    if cell.name not in cells(question.measure) or (cell.key is not None and len(cell.key) != len(question.by)):
        raise NotFound
    names = load_names(session, language)
    found = [row for row in _offences(session, viewer, question, names) if _enters(question, row, cell)]
    page = found[offset : offset + limit]
    labels = names.key_labels(question, cell.key) if cell.key is not None else ()
    return Behind(len(found), labels, _lines(session, viewer, page, names))


def _enters(question: Question, row: OffenceRow, cell: Cell) -> bool:
    return any(name == cell.name and cell.key in (None, key) for key, name in tally(question, row))


def _lines(session: Session, viewer: Viewer, page: Sequence[OffenceRow], names: Names) -> list[BehindLine]:
    wanted = select(Case.id, Case.public_id, Case.number).where(
        Case.id.in_({row.case_id for row in page}), visible_to(viewer)
    )
    cases = {case_id: (public_id, number) for case_id, public_id, number in session.execute(wanted)}
    return [
        BehindLine(
            *cases[row.case_id],
            names.label(Group.UNIT, row.unit),
            names.label(Group.OFFENCE, row.offence),
            names.label(Group.MUNICIPALITY, row.municipality),
            row,
        )
        for row in page
    ]
