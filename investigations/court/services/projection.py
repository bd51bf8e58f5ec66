"""Where each line stands, projected from its events into `line_states` so that lists and counts are quick.

A projection, never the truth: it is written in the commit of the change that moved the lines and can be rebuilt
from the events at any time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from ...db import now, touched_cases
from ...jurisdictions.queries import get_jurisdiction
from ...jurisdictions.rules import fold
from ...ledger.queries import standing
from ..models import Line, LineState
from .past import histories

CHUNK = 500


def project_states(session: Session) -> None:
    """Guard of the one commit: bring the states of the cases that this transaction touched up to date."""
    _project(session, sorted(touched_cases(session)))


def rebuild_states(session: Session) -> int:
    """Fold every line anew. Gives how many lines have a state."""
    session.execute(delete(LineState))
    ids = session.scalars(select(Line.case_id).distinct().order_by(Line.case_id)).all()
    return _project(session, ids)


def stale_states(session: Session) -> list[int]:
    """Lines whose stored state is not what their events say; none, unless somebody altered it."""
    names = ("line_id", "case_id", "state", "stage", "since")
    stored = {tuple(row) for row in session.execute(select(*(getattr(LineState, name) for name in names)))}
    ids = session.scalars(select(Line.case_id).distinct().order_by(Line.case_id)).all()
    for start in range(0, len(ids), CHUNK):
        stored ^= {tuple(row[name] for name in names) for row in _states(session, ids[start : start + CHUNK])}
    return sorted({row[0] for row in stored})


def _project(session: Session, case_ids: Sequence[int]) -> int:
    written = 0
    for start in range(0, len(case_ids), CHUNK):
        chunk = case_ids[start : start + CHUNK]
        session.execute(delete(LineState).where(LineState.case_id.in_(chunk)), execution_options=_BLIND)
        rows = list(_states(session, chunk))
        if rows:
            session.execute(insert(LineState), rows)
        written += len(rows)
    return written


_BLIND = {"synchronize_session": False}
"""Nobody holds these rows as objects while they are written."""


def _states(session: Session, case_ids: Collection[int]) -> Iterator[dict[str, Any]]:
    """One row for each standing line of these cases that has a state."""
    statement = select(Line.id, Line.case_id, Line.jurisdiction)
    lines = session.execute(statement.where(Line.case_id.in_(case_ids), standing(Line.batch_id))).all()
    past = histories(session, [line.id for line in lines])
    moment = now()
    for line in lines:
        law = get_jurisdiction(line.jurisdiction)
        status = fold(law, past.get(line.id, []), moment, moment)
        if status.state is not None:
            yield {
                "line_id": line.id,
                "case_id": line.case_id,
                "state": status.state,
                "stage": status.stage,
                "since": status.since,
            }
