"""The projection: `offence_statuses` made anew from cases, revisions, lines and events.

A projection holds nothing that is not elsewhere, so its rows are thrown away and written again, case by case.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Table, delete, insert, select
from sqlalchemy.orm import Session

from ...cases.models import Case, CaseRevision, Offence
from ...court.models import Line, LineEvent
from ...court.rules import Happening
from ...db import now, touched_cases
from ...jurisdictions.queries import get_jurisdiction
from ...ledger.models import Batch
from ..models import OffenceStatus
from ..rules.history import Header, Known, LineHistory, OffenceHistory, Span, spans

CHUNK = 1000
"""Cases loaded, folded and written at a time."""

# Into the table, not the class: one statement for rows with and without nulls.
_INSERT = insert(cast("Table", OffenceStatus.__table__))
AnyRow = Row[*tuple[Any, ...]]

Batches = Mapping[int | None, Known]


def project_touched(session: Session) -> None:
    """Guard of the one commit: bring the projection up to what this transaction changed."""
    touched = touched_cases(session)
    if touched:
        project_cases(session, touched)


def rebuild(session: Session) -> int:
    """Make the whole projection anew from what is recorded. Gives the number of rows."""
    session.execute(delete(OffenceStatus))
    return project_cases(session, session.scalars(select(Case.id)))


def project_cases(session: Session, case_ids: Iterable[int]) -> int:
    """Make the rows of these cases anew; other rows stay. Gives the number of rows written."""
    session.flush()
    batches = _batches(session, now())
    written = 0
    wanted = sorted(case_ids)
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        session.execute(delete(OffenceStatus).where(OffenceStatus.case_id.in_(chunk)))
        rows = [_columns(span) for history in _histories(session, chunk, batches) for span in spans(history)]
        if rows:
            session.execute(_INSERT, rows)
        written += len(rows)
    return written


def stale_cases(session: Session) -> list[int]:
    """Cases of which the projection says something else than their records do; none, unless somebody altered it."""
    batches, stale = _batches(session, now()), set(session.scalars(select(OffenceStatus.case_id)))
    wanted = session.scalars(select(Case.id).order_by(Case.id)).all()
    stale -= set(wanted)
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        right = [_columns(span) for history in _histories(session, chunk, batches) for span in spans(history)]
        names = list(right[0]) if right else ["case_id"]
        columns = [getattr(OffenceStatus, name) for name in names]
        stored = Counter(map(tuple, session.execute(select(*columns).where(OffenceStatus.case_id.in_(chunk)))))
        expected = Counter(tuple(row[name] for name in names) for row in right)
        place = names.index("case_id")
        stale |= {row[place] for row in [*(stored - expected), *(expected - stored)]}
    return sorted(stale)


def _columns(span: Span) -> dict[str, Any]:
    return {
        "offence_id": span.offence_id,
        "case_id": span.case_id,
        "known_from": span.known_from,
        "known_to": span.known_to,
        **span.facts._asdict(),
    }


def _batches(session: Session, moment: datetime) -> Batches:
    """When the rows of each batch counted. One that is being brought right now counts from this moment."""
    found: dict[int | None, Known] = {
        batch_id: Known(active_at or moment, withdrawn_at)
        for batch_id, active_at, withdrawn_at in session.execute(
            select(Batch.id, Batch.active_at, Batch.withdrawn_at)
        )
    }
    return found


@dataclass(slots=True)
class _Loaded:
    """The rows of one chunk of cases, by what they hang from."""

    revisions: Mapping[int, Sequence[AnyRow]]
    offences: Mapping[int, Sequence[AnyRow]]
    lines: Mapping[int, Sequence[AnyRow]]
    events: Mapping[int, Sequence[AnyRow]]


def _histories(session: Session, case_ids: Sequence[int], batches: Batches) -> Iterator[OffenceHistory]:
    """Everything that was recorded about the offences of these cases, whatever became of it."""
    loaded = _load(session, case_ids)
    cases = select(
        Case.id, Case.batch_id, Case.opened_at, Case.unit_id, Case.municipality, Case.municipality_name, Case.reported_at
    ).where(Case.id.in_(case_ids))
    for case in session.execute(cases):
        known = _known(batches, case.batch_id, case.opened_at)
        offences = loaded.offences.get(case.id, ())
        headers = _headers(case, known, offences, loaded.revisions.get(case.id, ()))
        for offence in offences:
            own = _known(batches, offence.batch_id, None) & known
            yield OffenceHistory(
                offence_id=offence.id,
                case_id=case.id,
                opened_at=case.opened_at,
                headers=headers if own == known else [_narrowed(header, own) for header in headers],
                lines=[_line(row, own, loaded, batches) for row in loaded.lines.get(offence.id, ())],
            )


def _load(session: Session, case_ids: Sequence[int]) -> _Loaded:
    revisions = select(CaseRevision.case_id, CaseRevision.replaced_at, CaseRevision.state)
    offences = select(Offence.case_id, Offence.id, Offence.batch_id, Offence.code_id)
    lines = select(Line.offence_id, Line.id, Line.batch_id, Line.jurisdiction)
    events = select(
        LineEvent.line_id,
        LineEvent.number,
        LineEvent.kind,
        LineEvent.occurred_at,
        LineEvent.recorded_at,
        LineEvent.corrects,
        LineEvent.batch_id,
    )
    return _Loaded(
        _by_first(session, revisions.where(CaseRevision.case_id.in_(case_ids)).order_by(CaseRevision.id)),
        _by_first(session, offences.where(Offence.case_id.in_(case_ids)).order_by(Offence.id)),
        _by_first(session, lines.where(Line.case_id.in_(case_ids)).order_by(Line.id)),
        _by_first(session, events.where(LineEvent.case_id.in_(case_ids))),
    )


def _by_first(session: Session, statement: Any) -> dict[int, list[AnyRow]]:
    found: dict[int, list[AnyRow]] = defaultdict(list)
    for row in session.execute(statement):
        found[row[0]].append(row)
    return found


def _known(batches: Batches, batch_id: int | None, recorded_at: datetime | None) -> Known:
    """A row that a batch brought counts while the batch does; any other from when it was recorded."""
    return Known(recorded_at) if batch_id is None else batches[batch_id]


def _headers(
    case: AnyRow, known: Known, offences: Sequence[AnyRow], revisions: Sequence[AnyRow]
) -> list[Header]:
    """What the case said of itself, version after version: each revision holds until it was replaced."""
    headers: list[Header] = []
    since = known.since
    for revision in revisions:
        headers.append(_revised(revision.state, Known(since, revision.replaced_at) & known))
        since = revision.replaced_at
    codes = {offence.id: offence.code_id for offence in offences}
    current = Known(since, known.until)
    headers.append(
        Header(current, case.unit_id, case.municipality, case.municipality_name, case.reported_at, codes)
    )
    return headers


def _revised(state: Mapping[str, Any], known: Known) -> Header:
    reported_at = state["reported_at"]
    return Header(
        known=known,
        unit_id=state["unit_id"],
        municipality=state["municipality"],
        municipality_name=state["municipality_name"],
        reported_at=datetime.fromisoformat(reported_at) if reported_at else None,
        codes={int(offence_id): code_id for offence_id, code_id in state["offences"].items()},
    )


def _narrowed(header: Header, own: Known) -> Header:
    return Header(
        header.known & own,
        header.unit_id,
        header.municipality,
        header.municipality_name,
        header.reported_at,
        header.codes,
    )


def _line(line: AnyRow, offence: Known, loaded: _Loaded, batches: Batches) -> LineHistory:
    own = _known(batches, line.batch_id, None) & offence
    events = [_event(event, own, batches) for event in loaded.events.get(line.id, ())]
    return LineHistory(get_jurisdiction(line.jurisdiction), events)


def _event(event: AnyRow, line: Known, batches: Batches) -> Happening:
    known = _known(batches, event.batch_id, event.recorded_at) & line
    return Happening(
        number=event.number,
        kind=event.kind,
        occurred_at=event.occurred_at,
        recorded_at=known.since or event.recorded_at,
        corrects=event.corrects,
        withdrawn_at=known.until,
    )
