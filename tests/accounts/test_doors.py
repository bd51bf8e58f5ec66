"""The doors over HTTP: one answer for every failed sign-in, cookies that die with the sign-out, safe addresses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from investigations import create_app
from investigations.accounts.models import User, UserSession
from investigations.accounts.services import disable_user
from investigations.config import Settings
from investigations.ledger.models import LedgerEvent
from tests.accounts.clock import CountedHasher
from tests.accounts.people import change_unseen
from tests.conftest import OFFICE, PASSWORD, SAME_ORIGIN, form_token


@pytest.fixture
def quick(app: Flask, hasher: CountedHasher) -> Flask:
    change_unseen(app.extensions["database"], password_hash=hasher.hash(PASSWORD))
    return app


def browser(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


def post(client: FlaskClient, path: str, page: str = "/sign-in", **data: str):  # type: ignore[no-untyped-def]
    return client.post(path, data={**data, "csrf_token": form_token(client.get(page).text)})


def enter(client: FlaskClient, name: str = "prosecutor", password: str = PASSWORD, next: str = ""):  # type: ignore[no-untyped-def]  # noqa: A002
    return post(client, "/sign-in", name=name, password=password, next=next)


def count(app: Flask, model: type) -> int:
    with app.extensions["database"].reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_the_sign_in_page_helps_password_managers_and_does_not_hinder_pasting(quick: Flask) -> None:
    page = browser(quick).get("/sign-in").text
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert "onpaste" not in page
    assert '<html lang="es"' in page


def test_signing_in_sets_a_cookie_that_scripts_cannot_read_and_opens_the_home_page(quick: Flask) -> None:
    answer = enter(browser(quick))
    assert (answer.status_code, answer.location) == (303, "/")
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("sid="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Expires" not in cookie


def test_over_tls_the_cookie_is_secure_and_bound_to_this_host(settings: Settings, hasher: CountedHasher) -> None:
    app = create_app(replace(settings, origin="https://office.test"))
    change_unseen(app.extensions["database"], password_hash=hasher.hash(PASSWORD))
    client = app.test_client()
    token = form_token(client.get("/sign-in", base_url="https://office.test").text)
    data = {"name": "prosecutor", "password": PASSWORD, "csrf_token": token}
    answer = client.post("/sign-in", data=data, base_url="https://office.test", headers=SAME_ORIGIN)
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("__Host-sid="))
    assert "Secure" in cookie
    assert "Domain" not in cookie
    app.extensions["database"].engine.dispose()


def test_every_failed_sign_in_gets_the_same_answer(quick: Flask) -> None:
    database = quick.extensions["database"]
    with database.transaction() as session:
        disable_user(session, OFFICE, session.scalars(select(User).where(User.name == "manager")).one())
    client = browser(quick)
    for _ in range(5):
        enter(client, "auditor", "wrong")
    answers = {}
    for name, password in (("prosecutor", "wrong"), ("nobody-x", PASSWORD), ("manager", PASSWORD), ("auditor", PASSWORD)):
        answer = enter(client, name, password)
        text = answer.text.replace(name, "NAME").replace(form_token(answer.text), "TOKEN")
        nonce = answer.headers["Content-Security-Policy"].split("'nonce-")[1].split("'")[0]
        answers[name] = (answer.status_code, text.replace(nonce, "NONCE"))
    assert {status for status, _text in answers.values()} == {422}
    assert len({text for _status, text in answers.values()}) == 1


def test_an_incomplete_form_is_not_an_attempt(quick: Flask) -> None:
    before = count(quick, LedgerEvent)
    answer = post(browser(quick), "/sign-in", name="prosecutor", password="")
    assert answer.status_code == 422
    assert count(quick, LedgerEvent) == before


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [("/cases/?page=2", "/cases/?page=2"), ("//elsewhere.test/", "/"), ("https://elsewhere.test", "/"), ("/\\elsewhere.test", "/")],
)
def test_after_signing_in_one_goes_on_only_to_a_page_of_ours(quick: Flask, wanted: str, goes: str) -> None:
    assert enter(browser(quick), next=wanted).location == goes


def test_the_page_one_wanted_is_remembered_through_the_sign_in(quick: Flask) -> None:
    client = browser(quick)
    asked = client.get("/account?x=1")
    assert asked.status_code == 302
    page = client.get(asked.location).text
    assert 'value="/account?x=1"' in page


def test_a_copied_cookie_dies_with_the_sign_out(quick: Flask) -> None:
    client, thief = browser(quick), browser(quick)
    enter(client)
    stolen = client.get_cookie("sid")
    assert stolen is not None
    thief.set_cookie("sid", stolen.value)
    assert thief.get("/account").status_code == 200
    answer = post(client, "/sign-out", "/account")
    assert answer.status_code == 303
    assert "storage" in answer.headers["Clear-Site-Data"]
    assert client.get_cookie("sid") is None
    assert thief.get("/account").status_code == 302
    assert thief.get("/sign-in").status_code == 200


def test_signing_out_without_a_session_harms_nobody(quick: Flask) -> None:
    before = count(quick, LedgerEvent)
    assert post(browser(quick), "/sign-out").status_code == 303
    assert count(quick, LedgerEvent) == before


def test_signing_out_and_changing_language_need_a_form_of_our_own(quick: Flask) -> None:
    client = browser(quick)
    enter(client)
    for path in ("/sign-out", "/language", "/account/sessions/end-others"):
        assert client.get(path).status_code in (404, 405)
        token = form_token(client.get("/account").text)
        elsewhere = client.post(path, data={"csrf_token": token}, headers={"Sec-Fetch-Site": "cross-site"})
        assert elsewhere.status_code == 403
        assert client.post(path).status_code == 400
    assert client.get("/account").status_code == 200


def test_the_language_changes_anywhere_and_stays(quick: Flask) -> None:
    client = browser(quick)
    answer = post(client, "/language", language="en", next="/sign-in?next=/cases/")
    assert answer.location == "/sign-in?next=/cases/"
    assert '<html lang="en"' in client.get("/sign-in").text
    enter(client)
    assert '<html lang="en"' in client.get("/account").text
    post(client, "/language", "/account", language="es", next="//elsewhere.test")
    assert '<html lang="es"' in client.get("/account").text


def test_the_language_chosen_when_signed_in_follows_the_account_to_another_browser(quick: Flask) -> None:
    client, other = browser(quick), browser(quick)
    enter(client)
    before = count(quick, LedgerEvent)
    post(client, "/language", "/account", language="en", next="/account")
    assert count(quick, LedgerEvent) == before + 1
    enter(other)
    assert '<html lang="en"' in other.get("/account").text


def test_a_session_cookie_and_token_are_new_after_signing_in(quick: Flask) -> None:
    client = browser(quick)
    client.set_cookie("sid", "planted-by-somebody")
    before = form_token(client.get("/sign-in").text)
    enter(client)
    cookie = client.get_cookie("sid")
    assert cookie is not None
    assert cookie.value != "planted-by-somebody"
    answer = client.post("/sign-out", data={"csrf_token": before})
    assert answer.status_code == 400


def test_reading_pages_writes_nothing(quick: Flask) -> None:
    client = browser(quick)
    enter(client, "administrator")
    before = count(quick, LedgerEvent), count(quick, UserSession)
    for path in ("/account", "/account/password", "/accounts/", "/accounts/new", "/accounts/units", "/accounts/units/new"):
        assert client.get(path).status_code == 200, path
    assert (count(quick, LedgerEvent), count(quick, UserSession)) == before


def test_an_office_user_is_known_by_their_own_role_alone(sign_in: Callable[[str], FlaskClient]) -> None:
    """With the real argon2id, through the real form."""
    assert sign_in("auditor").get("/accounts/").status_code == 403
    assert sign_in("administrator").get("/accounts/").status_code == 200
