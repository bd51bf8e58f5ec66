"""`esclarece search`, `reindex` and `index check`: the contract that other programs rely on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import text

from investigations.access import OFFICE
from investigations.cases.services import open_case
from investigations.cli import index, reindex
from investigations.court.services import open_line
from investigations.db import Database, Refusal, now
from investigations.indexing.commands import search
from investigations.office import Office
from tests.auditing.test_commands import Context
from tests.indexing.test_index_follows import header

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(office: Office) -> Run:
    def invoke(command: click.Command, *words: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(command, list(words), obj=Context(office))
        if result.exception is not None and not isinstance(result.exception, SystemExit | click.ClickException):
            raise result.exception
        return result.exit_code, result.stdout, result.stderr

    return invoke


@pytest.fixture(autouse=True)
def cases(database: Database) -> None:
    with database.transaction() as session:
        open_case(session, OFFICE, header(session, "NORTE/000123/2026"), jurisdiction="mx_cnpp")


def asked(run: Run, *words: str) -> dict[str, Any]:
    code, out, err = run(search, *words, "--format", "json")
    assert (code, err) == (0, "")
    told: dict[str, Any] = json.loads(out)
    return told


def test_the_json_of_a_search_has_the_fields_of_the_contract(run: Run) -> None:
    told = asked(run, "marimba", "--as", "prosecutor")
    assert (told["total"], told["notes"]) == (1, [])
    (hit,) = told["hits"]
    assert set(hit) == {"kind", "id", "case_number", "title", "snippet", "when"}
    assert (hit["kind"], hit["case_number"], hit["snippet"]) == ("case", "NORTE/000123/2026", "Robaron una marimba. · Mercado de Dulces, Morelia")


def test_a_search_on_the_command_line_sees_what_its_user_sees(run: Run) -> None:
    assert asked(run, "marimba", "--as", "south-prosecutor")["total"] == 0
    assert asked(run, "marimba", "--as", "administrator")["total"] == 0
    assert asked(run, "marimba", "--as", "prosecutor", "--kind", "person")["total"] == 0


def test_as_many_hits_are_given_as_were_asked_for(database: Database, run: Run) -> None:
    with database.transaction() as session:
        for number in range(2, 12):
            open_case(session, OFFICE, header(session, f"NORTE/{number}/2025"), jurisdiction="mx_cnpp")
    for words, wanted in ((("--limit", "7"), 7), ((), 11), (("--kind", "case", "--limit", "1"), 1), (("--limit", "500"), 11)):
        told = asked(run, "marimba", "--as", "prosecutor", *words)
        assert (told["total"], len(told["hits"])) == (11, wanted)


def test_nobody_searches_as_somebody_who_is_not_there(run: Run) -> None:
    with pytest.raises(Refusal, match="nadie"):
        run(search, "marimba", "--as", "nadie")


def test_the_index_is_checked_and_made_anew(office: Office, run: Run) -> None:
    office.drainer.finish()
    assert run(index, "check")[0] == 0
    office.index.remove([f"case-{hit}" for hit in (asked(run, "marimba", "--as", "prosecutor")["hits"][0]["id"],)])
    with pytest.raises(RuntimeError, match="Run `esclarece reindex`"):
        run(index, "check")
    assert run(reindex)[0] == 0
    assert run(index, "check")[0] == 0
    assert asked(run, "marimba", "--as", "prosecutor")["total"] == 1


@pytest.mark.parametrize(
    ("forged", "named"),
    [
        ("UPDATE offence_statuses SET clearance = 'clearance_arrest', cleared_at = reported_at", "clearance facts: 1 case"),
        ("DELETE FROM offence_statuses", "clearance facts: 1 case"),
        ("UPDATE line_states SET state = 'F-SC'", "where lines stand: 1"),
        ("DELETE FROM line_states", "where lines stand: 1"),
    ],
)
def test_a_forged_derived_table_is_found_and_made_right(office: Office, run: Run, forged: str, named: str) -> None:
    """Reports read them, so whoever alters them alters the figures; the ledger does not cover what is derived."""
    with office.database.transaction() as session:
        case = open_case(session, OFFICE, header(session, "NORTE/000124/2026"), jurisdiction="mx_cnpp")
        open_line(session, OFFICE, case, case.offences[0], occurred_at=now() - timedelta(days=2))
    assert run(index, "check")[0] == 0
    with office.database.engine.begin() as connection:
        connection.execute(text(f"{forged} WHERE case_id = {case.id}"))
    with pytest.raises(RuntimeError, match=named):
        run(index, "check")
    assert run(reindex)[0] == 0
    assert run(index, "check")[0] == 0
