"""`esclarece ledger`: what was altered is named on standard error, with exit code 1."""

from __future__ import annotations

from collections.abc import Callable

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text

from investigations.auditing.commands import ledger
from investigations.ledger.models import LedgerEvent
from investigations.ledger.queries import head
from investigations.office import Office


class Context:
    """As the command line's own context, on this test's office."""

    def __init__(self, office: Office) -> None:
        self.office, self.settings = office, office.settings


@pytest.fixture
def run(office: Office) -> Callable[..., tuple[int, str, str]]:
    def invoke(*words: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(ledger, list(words), obj=Context(office))
        if result.exception is not None and not isinstance(result.exception, SystemExit | click.ClickException):
            raise result.exception
        return result.exit_code, result.stdout, result.stderr

    return invoke


def test_an_untouched_ledger_verifies_and_verifying_writes_nothing(office: Office, run) -> None:  # type: ignore[no-untyped-def]
    with office.database.reading() as session:
        now, before = head(session), session.scalar(select(func.count()).select_from(LedgerEvent))
    code, out, err = run("verify")
    assert (code, err) == (0, "")
    assert f"{now.size}:{now.root}" in out
    assert run("head") == (0, f"{now.size}:{now.root}\n", "")
    assert run("verify", "--head", f"{now.size}:{now.root}")[0] == 0
    with office.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(LedgerEvent)) == before


def test_an_edited_row_is_named(office: Office, run) -> None:  # type: ignore[no-untyped-def]
    with office.database.engine.begin() as connection:
        connection.execute(text("UPDATE units SET name = 'Otra' WHERE code = 'SUR'"))
    code, out, err = run("verify")
    assert (code, out) == (1, "")
    assert err.startswith("units/")
    assert len(err.splitlines()) == 1


def test_a_head_that_the_ledger_does_not_contain_is_named(office: Office, run) -> None:  # type: ignore[no-untyped-def]
    code, _out, err = run("verify", "--head", f"2:{'0' * 64}")
    assert code == 1
    assert err.startswith("head/2")


def test_a_word_that_is_no_head_or_no_instant_is_the_users_error(office: Office, run) -> None:  # type: ignore[no-untyped-def]
    assert run("verify", "--head", "7")[0] == 2
    assert run("head", "--at", "yesterday")[0] == 2


def test_the_head_of_an_earlier_instant_is_told(office: Office, run) -> None:  # type: ignore[no-untyped-def]
    assert run("head", "--at", "1999-01-01")[1].startswith("0:")
    with office.database.reading() as session:
        now = head(session)
    assert run("head", "--at", "2999-01-01T00:00:00Z")[1] == f"{now.size}:{now.root}\n"
