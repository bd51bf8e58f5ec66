"""The people of a case in the browser: forms, warnings, two people at once, strangers."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from investigations.cases.models import Confidentiality
from investigations.db import Database
from investigations.people.models import Part, Party
from investigations.people.services import Details, add_party
from tests.casework import open_a_case, open_for_the_web
from tests.conftest import form_token, viewer_named

SignIn = Callable[[str], FlaskClient]

MARIA = {
    "part": "victim",
    "given_names": "María de la Luz",
    "surname1": "Pérez",
    "surname2": "Núñez",
    "sex": "M",
    "birth_date-day": "27",
    "birth_date-month": "3",
    "birth_date-year": "1991",
    "aliases": "La Güera\n\nLucha",
    "phone": "443 123 4567",
}


@pytest.fixture
def database(app: Flask) -> Database:
    """The running application's database."""
    found: Database = app.extensions["database"]
    return found


@pytest.fixture
def case_id(database: Database) -> str:
    return open_for_the_web(database)


@pytest.fixture
def investigator(sign_in: SignIn) -> FlaskClient:
    return sign_in("investigator")


def fill(client: FlaskClient, address: str, data: dict[str, str]) -> TestResponse:
    """Open a form and send it filled in, with its token and hidden fields."""
    page = client.get(address)
    assert page.status_code == 200
    return client.post(address, data=hidden(page.text) | data)


def hidden(page: str) -> dict[str, str]:
    """The hidden values that a form's page holds."""
    import re

    main = page.split("<main", 1)[1]
    tags = re.findall(r"<input type=\"hidden\"[^>]*>", main)
    pairs = [(re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags]
    return {name[1]: unescape(value[1]) for name, value in pairs if name and value}


def add(client: FlaskClient, case_id: str, **changes: str) -> str:
    """Add María by the form; the address of her page."""
    answer = fill(client, f"/cases/{case_id}/people/new", MARIA | changes)
    assert answer.status_code == 303, answer.text
    return answer.location


def test_a_person_added_by_the_form_stands_in_the_list_and_on_a_page(investigator: FlaskClient, case_id: str) -> None:
    address = add(investigator, case_id)
    page = unescape(investigator.get(address).text)
    for words in ("PÉREZ NÚÑEZ, María de la Luz", "La Güera\nLucha", "443 123 4567", "27 mar 1991"):
        assert words in page
    assert "PÉREZ NÚÑEZ, María de la Luz" in unescape(investigator.get(f"/cases/{case_id}/people").text)


def test_the_same_form_sent_twice_adds_one_person(investigator: FlaskClient, case_id: str) -> None:
    address = f"/cases/{case_id}/people/new"
    sent = hidden(investigator.get(address).text) | MARIA
    first, second = investigator.post(address, data=sent), investigator.post(address, data=sent)
    assert first.location == second.location
    assert investigator.get(f"/cases/{case_id}/people").text.count("PÉREZ NÚÑEZ") == 1


def test_a_part_asked_for_in_the_address_is_already_chosen(investigator: FlaskClient, case_id: str) -> None:
    page = investigator.get(f"/cases/{case_id}/people/new?part=suspect").text
    assert 'value="suspect" checked' in page
    assert " checked" not in investigator.get(f"/cases/{case_id}/people/new?part=king").text.split('name="sex"')[0]


@pytest.mark.parametrize(
    "change",
    [
        {"part": ""},
        {"part": "king"},
        {"given_names": "", "surname1": "", "surname2": "", "aliases": ""},
        {"birth_date-year": "2999"},
        {"birth_date-day": "31", "birth_date-month": "2"},
        {"surname1": "x" * 121},
        {"phone": "---"},
        {"curp": "\n".join(["X"] * 21)},
        {"plate": "P" * 81},
        {"once": "0123456789abcdef\n"},
    ],
)
def test_a_wrong_form_comes_back_with_what_was_typed(investigator: FlaskClient, case_id: str, change: dict[str, str]) -> None:
    answer = fill(investigator, f"/cases/{case_id}/people/new", MARIA | {"note": "Vive en Uruapan"} | change)
    assert answer.status_code == 422
    assert "govuk-error-summary" in answer.text
    assert "Vive en Uruapan" in answer.text
    assert "PÉREZ" not in investigator.get(f"/cases/{case_id}/people").text


def test_a_wrong_check_digit_warns_and_never_blocks(investigator: FlaskClient, case_id: str) -> None:
    page = investigator.get(add(investigator, case_id, curp="PELJ850214HMNRPN08")).text
    assert page.count('id="doubts"') == 1
    assert page.count("PELJ850214HMNRPN08") >= 2
    assert "govuk-warning-text" in investigator.get(f"/cases/{case_id}/people").text


def test_a_curp_of_another_birth_and_sex_is_a_soft_conflict(investigator: FlaskClient, case_id: str) -> None:
    doubtful = investigator.get(add(investigator, case_id, curp="PELJ850214HMNRPN07")).text
    assert doubtful.split('id="doubts"')[1].split("</ul>")[0].count("<li>") == 2
    fine = {"birth_date-day": "14", "birth_date-month": "2", "birth_date-year": "85", "sex": "H"}
    assert 'id="doubts"' not in investigator.get(add(investigator, case_id, curp="PELJ850214HMNRPN07", **fine)).text


def test_a_person_is_changed_and_the_history_tells_it(investigator: FlaskClient, case_id: str) -> None:
    address = add(investigator, case_id)
    assert fill(investigator, f"{address}/edit", MARIA | {"surname2": "Muñoz"}).location == address
    page = unescape(investigator.get(address).text)
    assert "PÉREZ MUÑOZ" in page
    assert "Núñez → Muñoz" in page


def test_who_saves_second_sees_both_texts_and_may_keep_either(
    sign_in: SignIn, investigator: FlaskClient, case_id: str
) -> None:
    address = add(investigator, case_id)
    prosecutor = sign_in("prosecutor")
    mine = hidden(investigator.get(f"{address}/edit").text) | MARIA | {"surname2": "Ortiz", "sex": "X"}
    assert fill(prosecutor, f"{address}/edit", MARIA | {"surname2": "Muñoz"}).status_code == 303
    answer = investigator.post(f"{address}/edit", data=mine)
    page = unescape(answer.text)
    assert answer.status_code == 409
    assert "Ortiz" in page
    assert "Muñoz" in page
    assert "Persona prosecutor" in page
    assert "PÉREZ MUÑOZ" in unescape(investigator.get(address).text)
    again = hidden(answer.text) | {"given_names": "María", "surname1": "Pérez", "surname2": "Ortiz Muñoz"}
    assert investigator.post(f"{address}/edit", data=again).status_code == 303
    saved = unescape(investigator.get(address).text)
    assert "PÉREZ ORTIZ MUÑOZ, María" in saved
    assert "La Güera\nLucha" in saved
    assert "443 123 4567" in saved


def test_a_person_is_taken_out_with_a_reason(investigator: FlaskClient, case_id: str) -> None:
    address = add(investigator, case_id)
    assert fill(investigator, f"{address}/withdraw", {"reason": " "}).status_code == 422
    assert fill(investigator, f"{address}/withdraw", {"reason": "Capturada dos veces"}).status_code == 303
    assert "PÉREZ" not in investigator.get(f"/cases/{case_id}/people").text.split("<h2", 1)[1]
    assert investigator.get(address).status_code == 404
    token = form_token(investigator.get(f"/cases/{case_id}/people/new").text)
    assert investigator.post(f"{address}/withdraw", data={"csrf_token": token, "reason": "otra vez"}).status_code == 303
    assert investigator.post(f"{address}/edit", data=MARIA | {"csrf_token": token, "note": "tarde"}).status_code == 422


def test_somebody_on_a_procedural_line_stays(app: Flask, investigator: FlaskClient, case_id: str) -> None:
    address = add(investigator, case_id, part="suspect")
    app.extensions["party_in_use"] = lambda session, party: True
    assert fill(investigator, f"{address}/withdraw", {"reason": "Por error"}).status_code == 422
    assert fill(investigator, f"{address}/edit", MARIA).status_code == 422
    assert investigator.get(address).status_code == 200


def addresses(case_id: str, party_id: str) -> list[str]:
    person = f"/cases/{case_id}/people/{party_id}"
    return [f"/cases/{case_id}/people", f"/cases/{case_id}/people/new", person, f"{person}/edit", f"{person}/withdraw"]


def test_strangers_find_nothing(sign_in: SignIn, investigator: FlaskClient, case_id: str) -> None:
    party_id = add(investigator, case_id).rsplit("/", 1)[1]
    for name in ("south-investigator", "south-prosecutor"):
        stranger = sign_in(name)
        token = {"csrf_token": form_token(stranger.get("/cases/").text)}
        absent = stranger.get("/cases/none/people").text.replace("/cases/none/people", "")
        for address in addresses(case_id, party_id):
            answer = stranger.get(address)
            assert answer.status_code == 404, address
            assert len(answer.text.replace(address, "")) == len(absent)
        for address in addresses(case_id, party_id)[3:]:
            assert stranger.post(address, data=MARIA | token | {"reason": "x"}).status_code == 404


def test_a_sealed_case_shows_its_people_to_those_assigned_alone(sign_in: SignIn, database: Database) -> None:
    with database.transaction() as session:
        owner = viewer_named(session, "prosecutor")
        case = open_a_case(session, owner, confidentiality=Confidentiality.SEALED)
        party: Party = add_party(session, owner, case, Details(Part.WITNESS, "Ana", "Ruiz"))
        address = f"/cases/{case.public_id}/people/{party.public_id}"
    assert sign_in("prosecutor").get(address).status_code == 200
    assert sign_in("investigator").get(address).status_code == 404
    assert sign_in("manager").get(address).status_code == 404


@pytest.mark.parametrize(("role", "codes"), [("manager", [200, 403, 200, 403, 403]), ("auditor", [403] * 5), ("administrator", [403] * 5)])
def test_each_role_passes_its_own_doors(
    sign_in: SignIn, investigator: FlaskClient, case_id: str, role: str, codes: list[int]
) -> None:
    party_id = add(investigator, case_id).rsplit("/", 1)[1]
    client = sign_in(role)
    assert [client.get(address).status_code for address in addresses(case_id, party_id)] == codes
