from __future__ import annotations

import pytest

from investigations.db import Database
from tests.ledger.tampering import one_row_each


@pytest.fixture
def filled(database: Database) -> Database:
    """An office with a row, and its event, in every table that the ledger binds."""
    with database.transaction() as session:
        one_row_each(session)
        session.info.pop("touched_cases", None)  # made-up lines would not fold
    return database
