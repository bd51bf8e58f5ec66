"""A form sent after its session or its page had ended is not lost: it waits for its writer to sign in."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from investigations.access import OFFICE
from investigations.cases.models import Act, Case
from investigations.cases.queries import list_offence_codes
from investigations.cases.services import Header, open_case
from investigations.db import Database, now
from tests.conftest import PASSWORD, form_token, unit_named

SignIn = Callable[[str], FlaskClient]
LONG = "Se entrevistó a la vecina del 14;\ndice que vio «un Tsuru blanco» & nada más."


@pytest.fixture
def case(database: Database) -> Case:
    with database.transaction() as session:
        header = Header(
            number="NORTE/000001/2026", unit_id=unit_named(session, "NORTE").id,
            code_ids=[list_offence_codes(session)[0].id], occurred_at=None, place="", municipality=None,
            municipality_name=None, reported_at=now() - timedelta(days=2), narrative="",
        )  # fmt: skip
        return open_case(session, OFFICE, header, jurisdiction="mx_cnpp")


def typed(client: FlaskClient, case: Case) -> dict[str, str]:
    """The form of a new act as a browser would send it."""
    page = client.get(f"/cases/{case.public_id}/acts/new").text
    fields = dict(re.findall(r'name="([\w-]+)"[^>]*? value="([^"]*)"', page.split("<main")[1]))
    return {**fields, "csrf_token": form_token(page), "kind": "note", "text": LONG}


def hidden(page: str, within: str) -> dict[str, str]:
    """The hidden fields of the form that posts to an address."""
    form = page.split(f'action="{within}"')[1].split("</form>")[0]
    return {name: html.unescape(value) for name, value in re.findall(r'type="hidden"[^>]*name="([^"]+)" value="([^"]*)"', form)}


def acts(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Act.text)))


def enter(client: FlaskClient, name: str, page: str) -> str:
    """Sign in on the page that the late form was answered with; what comes next."""
    sent = {**hidden(page, "/sign-in"), "name": name, "password": PASSWORD}
    return client.post("/sign-in", data=sent, follow_redirects=True).text


def send_again(client: FlaskClient, case: Case, page: str) -> int:
    address = f"/cases/{case.public_id}/acts/new"
    return client.post(address, data=hidden(page, address)).status_code


def test_what_was_typed_outlives_the_session_and_is_saved_once(database: Database, sign_in: SignIn, case: Case) -> None:
    client = sign_in("prosecutor")
    form = typed(client, case)
    client.delete_cookie("sid")
    late = client.post(f"/cases/{case.public_id}/acts/new", data=form)
    assert late.status_code == 401
    assert acts(database) == []
    offered = enter(client, "prosecutor", late.text)
    assert LONG in html.unescape(offered)
    assert acts(database) == []
    assert send_again(client, case, offered) == 303
    assert send_again(client, case, offered) == 303
    assert acts(database) == [LONG]


def test_a_wrong_password_on_the_way_loses_nothing(database: Database, sign_in: SignIn, case: Case) -> None:
    client = sign_in("prosecutor")
    form = typed(client, case)
    client.delete_cookie("sid")
    late = client.post(f"/cases/{case.public_id}/acts/new", data=form).text
    wrong = client.post("/sign-in", data={**hidden(late, "/sign-in"), "name": "prosecutor", "password": "no es esta"})
    assert send_again(client, case, enter(client, "prosecutor", wrong.text)) == 303
    assert acts(database) == [LONG]


def test_what_one_person_typed_is_not_shown_to_the_next(app: Flask, database: Database, sign_in: SignIn, case: Case) -> None:
    client = sign_in("prosecutor")
    form = typed(client, case)
    other = sign_in("prosecutor")
    other.post("/account/sessions/end-others", data={"csrf_token": form_token(other.get("/account").text)})
    late = client.post(f"/cases/{case.public_id}/acts/new", data=form)
    assert late.status_code == 401
    assert "Tsuru" not in enter(client, "manager", late.text)


def test_a_sealed_text_that_this_office_did_not_make_is_passed_over(sign_in: SignIn, app: Flask) -> None:
    client = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    token = form_token(client.get("/sign-in").text)
    sent = {"name": "prosecutor", "password": PASSWORD, "csrf_token": token, "kept": "WyIvZXZpbCIsW10sIiJd.made.up"}
    assert client.post("/sign-in", data=sent).status_code == 303


def test_a_page_that_expired_because_of_another_tab_is_offered_again(database: Database, sign_in: SignIn, case: Case) -> None:
    client = sign_in("prosecutor")
    form = typed(client, case) | {"csrf_token": "of-another-session"}
    late = client.post(f"/cases/{case.public_id}/acts/new", data=form)
    assert late.status_code == 400
    assert LONG in html.unescape(late.text)
    assert acts(database) == []
    assert send_again(client, case, late.text) == 303
    assert acts(database) == [LONG]


def test_nothing_of_another_origin_and_no_password_is_kept(sign_in: SignIn, case: Case) -> None:
    client = sign_in("prosecutor")
    form = typed(client, case)
    client.delete_cookie("sid")
    foreign = client.post(f"/cases/{case.public_id}/acts/new", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    assert "Tsuru" not in foreign.text
    late = client.post("/account/password", data={"current": PASSWORD, "password": "otra clave larga 77", "csrf_token": "x"})
    assert late.status_code == 302
    assert "kept" not in late.text
