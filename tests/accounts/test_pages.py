"""The administrator's pages and one's own account, through real forms."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from investigations.accounts.models import Unit, User, UserSession
from investigations.ledger.models import LedgerEvent
from tests.accounts.clock import CountedHasher
from tests.accounts.people import change_unseen
from tests.conftest import PASSWORD, form_token

LONG = "cuatro palabras sin relación"


@pytest.fixture
def enter(app: Flask, hasher: CountedHasher, sign_in: Callable[[str], FlaskClient]) -> Callable[[str], FlaskClient]:
    change_unseen(app.extensions["database"], password_hash=hasher.hash(PASSWORD))
    return sign_in


@pytest.fixture
def administrator(enter: Callable[[str], FlaskClient]) -> FlaskClient:
    return enter("administrator")


def send(client: FlaskClient, page: str, path: str | None = None, **data: str):  # type: ignore[no-untyped-def]
    """Fill the form of a page, with what it carries hidden, and send it."""
    text = client.get(page).text
    hidden = dict(re.findall(r'<input type="hidden" id="version" name="(version)" value="(\d+)"', text))
    return client.post(path or page, data={**hidden, **data, "csrf_token": form_token(text)})


def found(app: Flask, name: str) -> User:
    with app.extensions["database"].reading() as session:
        return session.scalars(select(User).where(User.name == name)).one()


def unit(app: Flask, code: str) -> Unit:
    with app.extensions["database"].reading() as session:
        return session.scalars(select(Unit).where(Unit.code == code)).one()


def events(app: Flask) -> int:
    with app.extensions["database"].reading() as session:
        return session.scalar(select(func.count()).select_from(LedgerEvent)) or 0


def test_an_administrator_opens_an_account_that_can_sign_in(app: Flask, administrator: FlaskClient) -> None:
    before = events(app)
    answer = send(
        administrator, "/accounts/new", name="J.Olvera", full_name="Juana Olvera", role="investigator",
        unit=unit(app, "SUR").public_id, password=LONG,
    )  # fmt: skip
    assert answer.status_code == 303
    assert events(app) == before + 1
    page = administrator.get(answer.location).text
    assert "Juana Olvera" in page
    assert "j.olvera" in administrator.get("/accounts/").text


def test_a_refused_account_is_shown_again_with_the_reason_and_nothing_is_stored(
    app: Flask, administrator: FlaskClient
) -> None:
    before = events(app)
    for name, password in (("prosecutor", LONG), ("j.olvera", "corta")):
        answer = send(
            administrator, "/accounts/new", name=name, full_name="Juana Olvera", role="auditor", unit="", password=password
        )
        assert answer.status_code == 422
        assert "Juana Olvera" in answer.text
        assert password not in answer.text
        assert "govuk-error-summary" in answer.text
    assert events(app) == before


def test_fields_that_a_form_does_not_have_change_nothing(app: Flask, administrator: FlaskClient) -> None:
    user = found(app, "prosecutor")
    send(
        administrator, f"/accounts/{user.public_id}/edit", full_name="Otro Nombre", role="prosecutor",
        unit=unit(app, "NORTE").public_id, name="stolen", password_hash="x", active="", id="99",
    )  # fmt: skip
    after = found(app, "prosecutor")
    assert after.full_name == "Otro Nombre"
    assert (after.id, after.active, after.password_hash) == (user.id, user.active, user.password_hash)


@pytest.mark.parametrize("role", ["system", "superuser", ""])
def test_no_role_beyond_the_five_can_be_given(app: Flask, administrator: FlaskClient, role: str) -> None:
    user = found(app, "prosecutor")
    answer = send(administrator, f"/accounts/{user.public_id}/edit", full_name="x", role=role, unit="")
    assert answer.status_code == 422
    assert found(app, "prosecutor").role == "prosecutor"


def test_the_second_of_two_administrators_sees_both_texts_and_can_keep_theirs(
    app: Flask, administrator: FlaskClient
) -> None:
    address = f"/accounts/{found(app, 'prosecutor').public_id}/edit"
    north = unit(app, "NORTE").public_id
    stale = administrator.get(address).text
    send(administrator, address, full_name="Primera Versión", role="prosecutor", unit=north)
    version = re.search(r'name="version" value="(\d+)"', stale)
    assert version is not None
    mine = {"full_name": "Segunda Versión", "role": "prosecutor", "unit": north, "csrf_token": form_token(stale)}
    answer = administrator.post(address, data={**mine, "version": version[1]})
    assert answer.status_code == 409
    assert "Primera Versión" in answer.text
    assert "Segunda Versión" in answer.text
    assert found(app, "prosecutor").full_name == "Primera Versión"
    again = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.text))
    assert administrator.post(address, data={**again, "full_name": "Segunda Versión"}).status_code == 303
    assert found(app, "prosecutor").full_name == "Segunda Versión"


def test_disabling_is_felt_at_the_persons_next_request(
    app: Flask, administrator: FlaskClient, enter: Callable[[str], FlaskClient]
) -> None:
    prosecutor = enter("prosecutor")
    assert prosecutor.get("/account").status_code == 200
    page = f"/accounts/{found(app, 'prosecutor').public_id}"
    assert send(administrator, page, f"{page}/disable").status_code == 303
    assert prosecutor.get("/account").status_code == 302
    assert send(administrator, page, f"{page}/disable").status_code == 400
    assert send(administrator, page, f"{page}/enable").status_code == 303
    assert prosecutor.get("/account").status_code == 302


def test_a_new_password_and_signing_out_everywhere_are_felt_at_once(
    app: Flask, administrator: FlaskClient, enter: Callable[[str], FlaskClient]
) -> None:
    page = f"/accounts/{found(app, 'prosecutor').public_id}"
    prosecutor = enter("prosecutor")
    assert send(administrator, page, f"{page}/end-sessions").status_code == 303
    assert prosecutor.get("/account").status_code == 302
    prosecutor = enter("prosecutor")
    assert send(administrator, f"{page}/password", password="corta").status_code == 422
    assert send(administrator, f"{page}/password", password=LONG).status_code == 303
    assert prosecutor.get("/account").status_code == 302


def test_units_are_added_and_renamed(app: Flask, administrator: FlaskClient) -> None:
    centre = unit(app, "CENTRO").public_id
    assert send(administrator, "/accounts/units/new", code="ESTE", name="Unidad Este", parent=centre).status_code == 303
    assert send(administrator, "/accounts/units/new", code="este", name="Otra", parent="").status_code == 422
    assert send(administrator, "/accounts/units/new", code="X", name="Otra", parent="nothing").status_code == 422
    east = unit(app, "ESTE")
    assert send(administrator, f"/accounts/units/{east.public_id}", name="Unidad del Este").status_code == 303
    page = administrator.get("/accounts/units").text
    assert "Unidad del Este" in page
    stale = administrator.post(
        f"/accounts/units/{east.public_id}",
        data={"version": "1", "name": "Tarde", "csrf_token": form_token(administrator.get("/accounts/units/new").text)},
    )
    assert stale.status_code == 409


def test_my_account_shows_my_browsers_and_ends_the_others(app: Flask, enter: Callable[[str], FlaskClient]) -> None:
    mine, other = enter("prosecutor"), enter("prosecutor")
    assert send(mine, "/account", "/account/sessions/end-others").status_code == 303
    assert other.get("/account").status_code == 302
    assert mine.get("/account").status_code == 200
    other = enter("prosecutor")
    with app.extensions["database"].reading() as session:
        newest = session.scalar(select(func.max(UserSession.id)))
    stranger = enter("investigator")
    assert send(stranger, "/account", f"/account/sessions/{newest}/end").status_code == 404
    assert other.get("/account").status_code == 200
    assert send(mine, "/account", f"/account/sessions/{newest}/end").status_code == 303
    assert other.get("/account").status_code == 302


def test_my_password_needs_the_current_one(enter: Callable[[str], FlaskClient]) -> None:
    mine, other = enter("prosecutor"), enter("prosecutor")
    assert send(mine, "/account/password", current="wrong", password=LONG).status_code == 422
    assert send(mine, "/account/password", current=PASSWORD, password="corta").status_code == 422
    assert send(mine, "/account/password", current=PASSWORD, password=LONG).status_code == 303
    assert mine.get("/account").status_code == 200
    assert other.get("/account").status_code == 302


@pytest.mark.parametrize("name", ["investigator", "prosecutor", "manager", "auditor"])
def test_nobody_but_an_administrator_reaches_the_administration(
    app: Flask, enter: Callable[[str], FlaskClient], name: str
) -> None:
    client, before = enter(name), found(app, "manager")
    page = f"/accounts/{before.public_id}"
    for path in ("/accounts/", "/accounts/new", "/accounts/units", "/accounts/units/new", page, f"{page}/edit", f"{page}/password"):
        assert client.get(path).status_code == 403, path
    token = form_token(client.get("/account").text)
    for path in (f"{page}/disable", f"{page}/end-sessions", f"{page}/password", "/accounts/new"):
        assert client.post(path, data={"csrf_token": token, "password": LONG}).status_code == 403, path
    assert found(app, "manager").version == before.version


def test_an_administrator_sees_no_case(administrator: FlaskClient) -> None:
    for path in ("/cases/", "/search?q=a", "/reports/clearance"):
        assert administrator.get(path).status_code == 403, path
