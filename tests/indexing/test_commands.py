"""`esclarece search`, `reindex` and `index check`: the contract that other programs rely on."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click
import pytest
from click.testing import CliRunner

from investigations.access import OFFICE
from investigations.cases.services import open_case
from investigations.cli import reindex
from investigations.db import Database, Refusal
from investigations.indexing.commands import index, search
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


def test_nobody_searches_as_somebody_who_is_not_there(run: Run) -> None:
    with pytest.raises(Refusal, match="nadie"):
        run(search, "marimba", "--as", "nadie")


def test_the_index_is_checked_and_made_anew(office: Office, run: Run) -> None:
    office.drainer.finish()
    assert run(index, "check")[0] == 0
    office.index.remove([f"case-{hit}" for hit in (asked(run, "marimba", "--as", "prosecutor")["hits"][0]["id"],)])
    with pytest.raises(RuntimeError, match="run `esclarece reindex`"):
        run(index, "check")
    assert run(reindex)[0] == 0
    assert run(index, "check")[0] == 0
    assert asked(run, "marimba", "--as", "prosecutor")["total"] == 1
