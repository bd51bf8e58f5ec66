"""The ledger's page: events without what was written, who did it by name, and a verification on demand."""

from __future__ import annotations

import ast
import html
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

import investigations
from investigations.access import OFFICE
from investigations.auditing.forms import ACTION_LABELS
from investigations.ledger.models import LedgerEvent
from investigations.ledger.queries import head
from investigations.ledger.services import Entry, record_many
from tests.conftest import form_token


@pytest.fixture
def auditor(sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return sign_in("auditor")


def events(app: Flask) -> int:
    with app.extensions["database"].reading() as session:
        return session.scalar(select(func.count()).select_from(LedgerEvent)) or 0


def alter(app: Flask, statement: str) -> None:
    with app.extensions["database"].engine.begin() as connection:
        connection.execute(text(statement))


def verify(client: FlaskClient, text: str = ""):  # type: ignore[no-untyped-def]
    return client.post("/ledger/verify", data={"head": text, "csrf_token": form_token(client.get("/ledger/").text)})


@pytest.mark.parametrize("name", ["investigator", "prosecutor", "manager", "administrator"])
def test_only_auditors_read_the_ledger(sign_in: Callable[[str], FlaskClient], name: str) -> None:
    client = sign_in(name)
    assert client.get("/ledger/").status_code == 403
    token = form_token(client.get("/account").text)
    assert client.post("/ledger/verify", data={"csrf_token": token}).status_code == 403


def test_an_auditor_sees_what_was_done_and_by_whom_but_not_what_was_written(app: Flask, auditor: FlaskClient) -> None:
    with app.extensions["database"].transaction() as session:
        record_many(session, OFFICE, [Entry("case.edited", "cases/7", [], payload={"narrative": "Reserved words"})])
    page = html.unescape(auditor.get("/ledger/").text)
    assert "Persona auditor" in page  # their own sign-in
    assert "cases/7" in page
    assert "Reserved words" not in page
    with app.extensions["database"].reading() as session:
        now = head(session)
    assert f"{now.size}:{now.root}" in page


def test_events_are_filtered_and_older_ones_are_one_click_away(app: Flask, auditor: FlaskClient) -> None:
    with app.extensions["database"].transaction() as session:
        record_many(session, OFFICE, (Entry("act.recorded", f"acts/{n}", [], payload={}) for n in range(120)))
    first = auditor.get("/ledger/?action=act.recorded").text
    assert "acts/119" in first
    assert "acts/69" not in first
    last_shown = events(app) - 49
    second = auditor.get(f"/ledger/?action=act.recorded&before={last_shown}").text
    assert f"before={last_shown}" in html.unescape(first)
    assert "acts/69<" in second
    assert "acts/119<" not in second
    only = auditor.get("/ledger/?subject=acts/5").text
    assert "acts/5<" in only
    assert "acts/6<" not in only
    assert "acts/" not in auditor.get("/ledger/?actor=nobody").text.split("<tbody")[-1]


@pytest.mark.parametrize("query", ["before=x", "before=-1", "action=none.such", "actor=nothing", "subject=%00", "actor=%00", "before=99999999999999999999"])
def test_a_strange_address_is_no_error(auditor: FlaskClient, query: str) -> None:
    assert auditor.get(f"/ledger/?{query}").status_code == 200


def test_a_verification_is_recorded_and_shown(app: Flask, auditor: FlaskClient) -> None:
    before = events(app)
    assert verify(auditor).status_code == 303
    assert events(app) == before + 1
    page = auditor.get("/ledger/").text
    assert "govuk-tag--green" in page
    assert "Persona auditor" in page


def test_a_head_from_paper_is_compared(app: Flask, auditor: FlaskClient) -> None:
    with app.extensions["database"].reading() as session:
        now = head(session)
    assert verify(auditor, f"{now.size}:{now.root[:32]} {now.root[32:]}").status_code == 303
    wrong = verify(auditor, f"{now.size}:{'0' * 64}")
    assert wrong.status_code == 200
    assert f"head/{now.size}" in wrong.text
    assert verify(auditor, "not a head").status_code == 422


def test_what_was_altered_is_named_and_stays_shown(app: Flask, auditor: FlaskClient) -> None:
    alter(app, "UPDATE users SET full_name = 'Otra Persona' WHERE id = 1")
    answer = verify(auditor)
    assert answer.status_code == 200
    assert "users/1" in answer.text
    page = auditor.get("/ledger/").text
    assert "govuk-tag--red" in page
    assert "users/1" in page


def test_a_ledger_too_damaged_to_be_written_still_tells_what_is_wrong(app: Flask, auditor: FlaskClient) -> None:
    token = form_token(auditor.get("/ledger/").text)
    alter(app, "DELETE FROM ledger_tip")
    before = events(app)
    answer = auditor.post("/ledger/verify", data={"csrf_token": token})
    assert answer.status_code == 200
    assert "tip" in answer.text
    assert events(app) == before


def test_every_action_that_the_code_records_has_words() -> None:
    """Those of the features' enumerations, and those written as plain text where they are recorded."""
    codes = {str(action) for each in StrEnum.__subclasses__() if each.__name__.endswith("Action") for action in each}
    for path in Path(investigations.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "record" and isinstance(call.args[2], ast.Constant):
                codes.add(call.args[2].value)
    assert {"case.opened", "demo.loaded"} <= codes
    assert codes - set(ACTION_LABELS) == set()
