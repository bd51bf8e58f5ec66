"""What has happened on lines, as services and projections fold it: whole, for rows already loaded through sight."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...db import now
from ...jurisdictions.queries import get_jurisdiction
from ...jurisdictions.rules import fold
from ...ledger.models import Batch
from ...ledger.queries import standing
from ..models import Line, LineEvent
from ..rules import Happening

CHUNK = 500


def histories(session: Session, line_ids: Collection[int]) -> dict[int, list[Happening]]:
    """The events of these lines in order of recording, those of withdrawn batches with the instant of it."""
    found: defaultdict[int, list[Happening]] = defaultdict(list)
    wanted = sorted(line_ids)
    for start in range(0, len(wanted), CHUNK):
        statement = (
            select(
                LineEvent.line_id,
                LineEvent.number,
                LineEvent.kind,
                LineEvent.occurred_at,
                LineEvent.recorded_at,
                LineEvent.corrects,
                Batch.withdrawn_at,
            )
            .outerjoin(Batch, Batch.id == LineEvent.batch_id)
            .where(LineEvent.line_id.in_(wanted[start : start + CHUNK]))
            .order_by(LineEvent.line_id, LineEvent.number)
        )
        for line_id, number, kind, occurred_at, recorded_at, corrects, withdrawn_at in session.execute(statement).all():
            happened = Happening(number, kind, occurred_at, recorded_at, corrects, withdrawn_at)
            found[line_id].append(happened)
    return dict(found)


def lines_of_offence(session: Session, offence_id: int) -> list[Line]:
    """The standing lines of an offence of a case that was loaded through sight, in order of opening."""
    statement = select(Line).where(Line.offence_id == offence_id, standing(Line.batch_id))
    return list(session.scalars(statement.order_by(Line.opened_at, Line.id)))


def state_now(session: Session, line: Line) -> str | None:
    """The code of the state in which the line's events leave it now."""
    moment = now()
    return fold(get_jurisdiction(line.jurisdiction), histories(session, [line.id]).get(line.id, []), moment, moment).state
