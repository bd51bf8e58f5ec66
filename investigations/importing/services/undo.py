"""Taking back an import: one small act hides every row that it brought; the ledger keeps both facts."""

from __future__ import annotations

from dataclasses import asdict

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from ...access import Viewer
from ...db import Refusal, now, touch_cases
from ...ledger.models import Batch
from ...ledger.services import record
from ..queries.batches import Later, blocking, brought_cases, later_records, taken_over_lines
from ..rules import ImportAction


def undo_batch(session: Session, actor: Viewer, batch: Batch, *, reason: str) -> Later:
    """Withdraw everything that the batch brought. Gives the records of others that are hidden with its cases.

    Raises Refusal when the batch was withdrawn before, when no reason is given, or when records of others rest on
    units or offences that the batch created.
    """
    if batch.withdrawn_at is not None:
        raise Refusal(_l("This import was already undone."))
    if not reason.strip():
        raise Refusal(_l("Enter the reason."))
    resting = blocking(session, batch)
    if resting:
        raise Refusal(
            _l(
                "%(count)s other records use units or offences that this import created. "
                "Undo the later imports first, or move those cases and users to another unit or offence.",
                count=resting,
            )
        )
    later = later_records(session, batch)
    cases = brought_cases(session, batch)
    for line in taken_over_lines(session, batch):
        line.party_id = None
    batch.withdrawn_at, batch.withdrawn_reason = now(), reason.strip()
    touch_cases(session, cases)
    payload = {"cases": len(cases), "hidden": asdict(later)}
    record(session, actor, ImportAction.WITHDRAWN, batch, reason=reason.strip(), payload=payload)
    return later
