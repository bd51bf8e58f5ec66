"""The names behind the codes that ledger events keep, for the history of a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...accounts.models import Unit, User
from ...cases.models import OffenceCode
from ...jurisdictions.rules import Label


@dataclass(frozen=True, slots=True)
class CodeNames:
    """Units and offences by their id as the ledger writes it (text), people by public id."""

    units: Mapping[str, str]
    offences: Mapping[str, Label]
    users: Mapping[str, str]


def code_names(session: Session) -> CodeNames:
    """The names of the office's units, offences and people. Use them only with events of a case the viewer sees."""
    offences = session.execute(select(OffenceCode.id, OffenceCode.label_es, OffenceCode.label_en))
    return CodeNames(
        units={str(unit_id): name for unit_id, name in session.execute(select(Unit.id, Unit.name))},
        offences={str(code_id): Label(es, en) for code_id, es, en in offences},
        users=dict(session.execute(select(User.public_id, User.full_name)).all()),
    )
