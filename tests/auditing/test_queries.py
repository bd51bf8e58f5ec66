"""Reading the ledger asks who reads, beside the door of the route."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from investigations.access import Viewer
from investigations.accounts.queries import list_actors
from investigations.auditing.queries import event_page, last_verification
from investigations.auditing.rules import parse_head
from investigations.db import NotFound
from investigations.ledger.rules import Head


@pytest.mark.parametrize("name", ["investigator", "prosecutor", "manager", "administrator"])
def test_whoever_may_not_read_the_ledger_gets_nothing(session: Session, viewer: Callable[[str], Viewer], name: str) -> None:
    with pytest.raises(NotFound):
        event_page(session, viewer(name))
    assert last_verification(session, viewer(name)) is None
    assert list_actors(session, viewer(name)) == []
    assert event_page(session, viewer("auditor")).events
    assert list_actors(session, viewer("auditor"))


def test_a_head_is_read_as_printed() -> None:
    root = "0a" * 32
    assert parse_head(f" 1234:{root[:32].upper()} {root[32:]}\n") == Head(1234, root)
    for text in ("", "1234", f"x:{root}", f"1:{root}0", f"-1:{root}", f"{'9' * 16}:{root}"):
        with pytest.raises(ValueError):
            parse_head(text)
