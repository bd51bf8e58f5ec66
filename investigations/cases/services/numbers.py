"""The numbers of cases: no two standing cases of the office bear the same."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from ...access import OFFICE, Viewer
from ...accounts.models import Unit
from ...db import Refusal
from ...ledger.queries import standing
from ...ledger.services import record
from ..models import Case, CaseNumber
from ..queries import cases_numbered
from ..rules import CaseAction, number_key


def lock_numbers(session: Session) -> None:
    """One writer of case numbers at a time (SQLite writers already are).

    Taken after the lock of a case, never before it. The office's first unit stands for its numbers.
    """
    session.scalar(select(Unit.id).order_by(Unit.id).limit(1).with_for_update(key_share=True))


def refuse_taken(session: Session, number: str, field: str, case: Case | None = None) -> None:
    """Raise Refusal when another case of the office, seen or unseen, bears the number."""
    if any(bearer is not case for bearer in cases_numbered(session, OFFICE, number)):
        raise Refusal(_l("This number already belongs to another case. Use another number."), field)


def borne(session: Session, case: Case, number: str) -> CaseNumber | None:
    """The number of this case that is this one, however it is written; None when it has no such number."""
    same = (CaseNumber.case_id == case.id, CaseNumber.key == number_key(number), standing(CaseNumber.batch_id))
    return session.scalar(select(CaseNumber).where(*same).limit(1))


def add_number(session: Session, actor: Viewer, case: Case, scheme: str, value: str) -> CaseNumber:
    """Give a case one more number (court case, appeal record …). The same number of the same kind twice is one.

    Raises Refusal when it is empty, belongs to another case, or to this one as another kind or written otherwise.
    """
    if not number_key(value):
        raise Refusal(_l("Enter the case number: it needs at least one letter or digit."), "value")
    session.scalar(select(Case.id).where(Case.id == case.id).with_for_update())
    lock_numbers(session)
    refuse_taken(session, value, "value", case)
    known = borne(session, case, value)
    if known is not None:
        if (known.scheme, known.value) == (scheme, value):
            return known
        raise Refusal(_l("This case already has this number."), "value")
    number = CaseNumber(case_id=case.id, scheme=scheme, value=value, key=number_key(value))
    session.add(number)
    record(session, actor, CaseAction.NUMBER_ADDED, case, case_id=case.id, payload={"number": value, "scheme": scheme})
    return number
