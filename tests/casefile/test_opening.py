"""Opening a case over a bad connection: the same form, sent again or at the same instant, opens one case."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select

from investigations.cases.models import Assignment, Case
from investigations.court.models import Line
from investigations.db import Database
from investigations.ledger.queries import verify
from tests.cases.test_views import fields
from tests.casework import actions
from tests.conftest import form_token

SignIn = Callable[[str], FlaskClient]


def filled(client: FlaskClient) -> dict[str, str | list[str]]:
    """The form of a new case with two offences."""
    page = client.get("/cases/new").text
    codes = re.findall(r'<option value="(\d+)"', page)[:2]
    return {**fields(page), "offences": codes, "municipality": "morelia", "narrative": "Hechos"}


def opened(database: Database) -> list[str]:
    """What the ledger says of the only case; there is a line for each of its offences, and one person on it."""
    with database.reading() as session:
        case = session.scalars(select(Case)).one()
        assert len(session.scalars(select(Line)).all()) == len(case.offences) == 2
        session.scalars(select(Assignment)).one()
        assert verify(session).ok
        return actions(session, case)


ONCE = ["case.opened", "court.line_opened", "court.line_opened"]


def test_the_form_sent_twice_is_answered_alike_and_opens_one_case(database: Database, sign_in: SignIn) -> None:
    client = sign_in("investigator")
    sent = filled(client)
    first, second = client.post("/cases/new", data=sent), client.post("/cases/new", data=sent)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert opened(database) == ONCE


def test_the_form_sent_twice_at_the_same_instant_opens_one_case(database: Database, sign_in: SignIn) -> None:
    clients = [sign_in("investigator") for _ in range(3)]
    sent = filled(clients[0])
    tokens = [form_token(client.get("/cases/new").text) for client in clients]
    places: list[str] = []

    def send(client: FlaskClient, token: str) -> None:
        places.append(client.post("/cases/new", data=sent | {"csrf_token": token}).location)

    threads = [threading.Thread(target=send, args=pair) for pair in zip(clients, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(places) == 3
    assert len(set(places)) == 1
    assert opened(database) == ONCE


def test_the_token_stays_with_the_form_until_the_case_is_open(database: Database, sign_in: SignIn) -> None:
    client = sign_in("investigator")
    sent = filled(client)
    wrong = client.post("/cases/new", data=sent | {"offences": []})
    assert wrong.status_code == 422
    assert fields(wrong.text)["once"] == sent["once"]


def test_two_forms_open_two_cases(database: Database, sign_in: SignIn) -> None:
    client = sign_in("investigator")
    places = {client.post("/cases/new", data=filled(client)).location for _ in range(2)}
    assert len(places) == 2
