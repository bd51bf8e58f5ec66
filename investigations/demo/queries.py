"""Reading the demonstration's words and whether it is loaded."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..ledger.models import Batch


@cache
def words() -> dict[str, Any]:
    """The vocabulary of the stories."""
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text())


def loaded(session: Session) -> Batch | None:
    """The standing demonstration batch, if there is one."""
    return session.scalar(select(Batch).where(Batch.mapping == "demo", Batch.withdrawn_at.is_(None)))
