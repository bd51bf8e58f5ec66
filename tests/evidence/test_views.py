"""Evidence in the browser: forms, custody, two people at once, strangers."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from investigations.db import Database
from tests.casework import open_for_the_web
from tests.conftest import form_token
from tests.people.test_views import fill, hidden

SignIn = Callable[[str], FlaskClient]

KNIFE = {
    "label": "Indicio 1",
    "kind": "weapon",
    "origin": "located",
    "description": "Cuchillo con mango de madera",
    "found_at-day": "1",
    "found_at-month": "3",
    "found_at-year": "2026",
    "found_at-time": "19:30",
    "found_place": "Banqueta frente al 1250",
}
STORED = {
    "kind": "storage",
    "at-day": "2",
    "at-month": "3",
    "at-year": "2026",
    "at-time": "09:00",
    "holder": "Bodega de evidencias",
    "place": "Estante 4",
    "purpose": "Resguardo",
}


@pytest.fixture
def case_id(app: Flask) -> str:
    database: Database = app.extensions["database"]
    return open_for_the_web(database)


@pytest.fixture
def investigator(sign_in: SignIn) -> FlaskClient:
    return sign_in("investigator")


def register(client: FlaskClient, case_id: str, **changes: str) -> str:
    """Register the knife by the form; the address of its page."""
    answer = fill(client, f"/cases/{case_id}/evidence/new", KNIFE | changes)
    assert answer.status_code == 303, answer.text
    return answer.location


def test_an_item_registered_by_the_form_has_a_custodian_at_once(investigator: FlaskClient, case_id: str) -> None:
    address = register(investigator, case_id, storage_place="Patrulla 12")
    page = unescape(investigator.get(address).text)
    for words in ("Indicio 1", "Cuchillo con mango de madera", "1 mar 2026, 19:30", "Patrulla 12"):
        assert words in page
    assert page.count("Persona investigator") >= 3
    assert "Indicio 1" in investigator.get(f"/cases/{case_id}/evidence").text


def test_the_same_form_sent_twice_registers_one_item(investigator: FlaskClient, case_id: str) -> None:
    address = f"/cases/{case_id}/evidence/new"
    sent = hidden(investigator.get(address).text) | KNIFE
    assert investigator.post(address, data=sent).location == investigator.post(address, data=sent).location
    investigator.get("/")  # takes the messages
    assert investigator.get(f"/cases/{case_id}/evidence").text.count("Indicio 1") == 1


@pytest.mark.parametrize(
    "change",
    [
        {"label": " "},
        {"label": "x" * 61},
        {"description": ""},
        {"found_place": ""},
        {"found_at-time": ""},
        {"found_at-time": "25:00"},
        {"found_at-year": "2999"},
        {"kind": "spell"},
        {"kind": ""},
        {"origin": "stolen"},
    ],
)
def test_a_wrong_form_comes_back_with_what_was_typed(investigator: FlaskClient, case_id: str, change: dict[str, str]) -> None:
    answer = fill(investigator, f"/cases/{case_id}/evidence/new", KNIFE | {"custodian": "Perita Ana Ruiz"} | change)
    assert answer.status_code == 422
    assert "govuk-error-summary" in answer.text
    assert "Perita Ana Ruiz" in answer.text
    assert "Indicio 1" not in investigator.get(f"/cases/{case_id}/evidence").text


def test_a_label_already_used_is_named_at_its_field(investigator: FlaskClient, case_id: str) -> None:
    register(investigator, case_id)
    answer = fill(investigator, f"/cases/{case_id}/evidence/new", KNIFE | {"label": "INDICIO 1"})
    assert answer.status_code == 422
    assert 'id="label-error"' in answer.text


def test_custody_is_recorded_and_the_chain_grows(investigator: FlaskClient, case_id: str) -> None:
    address = register(investigator, case_id)
    sent = hidden(investigator.get(f"{address}/custody/new").text) | STORED
    assert investigator.post(f"{address}/custody/new", data=sent).location == address
    assert investigator.post(f"{address}/custody/new", data=sent).location == address
    investigator.get("/")  # takes the messages
    page = unescape(investigator.get(address).text)
    assert page.count("Resguardo") == 1
    assert page.count("Bodega de evidencias") == 2
    assert "fecha y la hora del registro que corrige" in unescape(investigator.get(f"{address}/custody/new").text)
    late = sent | {"holder": "Otra persona"}
    answer = investigator.post(f"{address}/custody/new", data=late)
    assert answer.status_code == 409
    assert "Otra persona" in answer.text
    assert investigator.post(f"{address}/custody/new", data=late | hidden(answer.text)).status_code == 303


@pytest.mark.parametrize("change", [{"holder": ""}, {"place": ""}, {"at-day": "1"}, {"at-year": "2999"}, {"kind": "collection"}])
def test_a_wrong_custody_record_comes_back(investigator: FlaskClient, case_id: str, change: dict[str, str]) -> None:
    address = register(investigator, case_id)
    answer = fill(investigator, f"{address}/custody/new", STORED | change)
    assert answer.status_code == 422
    assert "Resguardo" in answer.text
    assert "Resguardo" not in investigator.get(address).text


def test_who_saves_second_sees_both_texts_and_loses_nothing(sign_in: SignIn, investigator: FlaskClient, case_id: str) -> None:
    address = register(investigator, case_id)
    prosecutor = sign_in("prosecutor")
    changed = KNIFE | {"description": "Texto mío", "found_at-time": "18:00"}
    mine = hidden(investigator.get(f"{address}/edit").text) | changed
    assert fill(prosecutor, f"{address}/edit", KNIFE | {"description": "Texto ajeno"}).status_code == 303
    answer = investigator.post(f"{address}/edit", data=mine)
    page = unescape(answer.text)
    assert answer.status_code == 409
    assert "Texto mío" in page
    assert "Texto ajeno" in page
    texts = {name: changed[name] for name in ("label", "description", "found_place")}
    assert investigator.post(f"{address}/edit", data=hidden(answer.text) | texts).status_code == 303
    saved = unescape(investigator.get(address).text)
    assert "Texto ajeno → Texto mío" in saved
    assert "1 mar 2026, 18:00" in saved


def test_an_item_is_taken_out_with_a_reason(investigator: FlaskClient, case_id: str) -> None:
    address = register(investigator, case_id)
    assert fill(investigator, f"{address}/withdraw", {"reason": ""}).status_code == 422
    assert fill(investigator, f"{address}/withdraw", {"reason": "Registrado dos veces"}).status_code == 303
    assert investigator.get(address).status_code == 404
    token = form_token(investigator.get(f"/cases/{case_id}/evidence/new").text)
    assert investigator.post(f"{address}/withdraw", data={"csrf_token": token, "reason": "otra vez"}).status_code == 303
    late = KNIFE | {"csrf_token": token, "description": "tarde"}
    assert investigator.post(f"{address}/edit", data=late).status_code == 422


def addresses(case_id: str, item_id: str) -> list[str]:
    item = f"/cases/{case_id}/evidence/{item_id}"
    every = [f"/cases/{case_id}/evidence", f"/cases/{case_id}/evidence/new", item]
    return [*every, f"{item}/edit", f"{item}/custody/new", f"{item}/withdraw"]


def test_strangers_find_nothing(sign_in: SignIn, investigator: FlaskClient, case_id: str) -> None:
    item_id = register(investigator, case_id).rsplit("/", 1)[1]
    for name in ("south-investigator", "south-prosecutor"):
        stranger = sign_in(name)
        token = {"csrf_token": form_token(stranger.get("/cases/").text)}
        for address in addresses(case_id, item_id):
            assert stranger.get(address).status_code == 404, address
        for address in addresses(case_id, item_id)[3:]:
            assert stranger.post(address, data=KNIFE | STORED | token | {"reason": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("role", "codes"),
    [("manager", [200, 403, 200, 403, 403, 403]), ("auditor", [403] * 6), ("administrator", [403] * 6)],
)
def test_each_role_passes_its_own_doors(
    sign_in: SignIn, investigator: FlaskClient, case_id: str, role: str, codes: list[int]
) -> None:
    item_id = register(investigator, case_id).rsplit("/", 1)[1]
    client = sign_in(role)
    assert [client.get(address).status_code for address in addresses(case_id, item_id)] == codes
