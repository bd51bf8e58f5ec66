"""Reading the demonstration's words and whether it is loaded."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.models import Case
from ..ledger.models import Batch
from ..ledger.queries import standing


@cache
def words() -> dict[str, Any]:
    """The vocabulary of the stories."""
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text())


def loaded(session: Session) -> Batch | None:
    """The standing demonstration batch, if there is one."""
    return session.scalar(select(Batch).where(Batch.mapping == "demo", Batch.withdrawn_at.is_(None)))


def holds_real_cases(session: Session) -> bool:
    """True when a standing case is of somebody who exists: the demonstration does not mix with those."""
    return session.scalar(select(Case.id).where(Case.synthetic.is_(False), standing(Case.batch_id)).limit(1)) is not None
