"""The main job over HTTP, from the home page of each role to the history of a case."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from investigations.casefile.forms import ACTIONS
from investigations.cases.models import Assignment, Case, Confidentiality
from investigations.cases.rules import CaseAction
from investigations.court.models import Line, LineState
from investigations.court.rules import CourtAction
from investigations.db import Database
from investigations.evidence.rules import EvidenceAction
from investigations.people.rules import PeopleAction
from tests.cases.test_views import fields
from tests.casework import open_a_case, open_for_the_web
from tests.conftest import PASSWORD, form_token, viewer_named
from tests.court.lines import line_for_the_web

SignIn = Callable[[str], FlaskClient]


def main_of(page: str) -> str:
    return unescape(page.split("<main")[1].split("</main>")[0])


def links(page: str) -> list[str]:
    return re.findall(r'href="([^"#?]+)', main_of(page))


def test_each_role_lands_on_its_own_work(sign_in: SignIn) -> None:
    assert sign_in("auditor").get("/").location == "/ledger/"
    assert sign_in("administrator").get("/").location == "/accounts/"
    manager = sign_in("manager").get("/")
    assert "/reports/clearance" in links(manager.text)
    assert "/cases/new" in links(sign_in("investigator").get("/").text)


def test_a_case_is_opened_with_a_line_for_each_offence(database: Database, sign_in: SignIn) -> None:
    client = sign_in("investigator")
    page = client.get("/cases/new").text
    sent = fields(page)
    assert re.fullmatch(r"NORTE/000001/20\d\d", sent["number"])
    codes = re.findall(r'<option value="(\d+)"', page)[:2]
    answer = client.post("/cases/new", data=sent | {"offences": codes, "municipality": "morelia", "narrative": "Hechos"})
    assert answer.status_code == 303, main_of(answer.text)
    with database.reading() as session:
        case = session.scalars(select(Case)).one()
        assert (case.municipality, case.narrative, len(case.offences)) == ("16053", "Hechos", 2)
        assert len(session.scalars(select(Line)).all()) == 2
        assert {state.state for state in session.scalars(select(LineState))} == {"I1"}
        assert session.scalars(select(Assignment)).one().user_id == viewer_named(session, "investigator").user_id
    shown = main_of(client.get(answer.location).text)
    assert "Morelia" in shown
    assert "Hechos" in shown
    assert fields(client.get("/cases/new").text)["number"] == sent["number"].replace("000001", "000002")


def test_a_case_without_offence_or_with_a_taken_number_is_not_opened(database: Database, sign_in: SignIn) -> None:
    open_for_the_web(database)
    client = sign_in("investigator")
    page = client.get("/cases/new").text
    sent = fields(page)
    assert client.post("/cases/new", data=sent).status_code == 422
    code = re.findall(r'<option value="(\d+)"', page)[0]
    taken = client.post("/cases/new", data=sent | {"offences": [code], "number": "norte 1 2026"})
    assert taken.status_code == 422
    assert 'href="#number"' in taken.text
    with database.reading() as session:
        assert len(session.scalars(select(Case)).all()) == 1


def test_one_more_offence_box_is_given_without_opening_anything(database: Database, sign_in: SignIn) -> None:
    client = sign_in("investigator")
    page = client.get("/cases/new").text
    more = client.post("/cases/new", data=fields(page) | {"more": "1"})
    assert more.status_code == 200
    assert "govuk-error-summary" not in more.text
    assert more.text.count('name="offences"') == 2


def test_the_enter_key_saves_the_form_and_does_not_ask_for_one_more_offence(database: Database, sign_in: SignIn) -> None:
    case = open_for_the_web(database)
    client = sign_in("investigator")
    for path in ("/cases/new", f"/cases/{case}/edit"):
        first = re.findall(r"<button[^>]*>", client.get(path).text.split("<main")[1])[0]
        assert 'name="more"' not in first, path


def test_recording_an_act_is_one_link_away_from_home(database: Database, sign_in: SignIn) -> None:
    case = open_for_the_web(database)
    assert f"/cases/{case}/acts/new" in links(sign_in("investigator").get("/").text)


def test_the_cases_looked_at_last_stand_on_the_home_page_until_signing_out(database: Database, sign_in: SignIn) -> None:
    case = open_for_the_web(database)
    client = sign_in("prosecutor")  # not assigned: it is not among "my cases"
    assert f"/cases/{case}" not in links(client.get("/").text)
    client.get(f"/cases/{case}")
    assert f"/cases/{case}" in links(client.get("/").text)
    page = client.get("/account").text
    client.post("/sign-out", data={"csrf_token": form_token(page)})
    door = client.get("/sign-in").text
    client.post("/sign-in", data={"name": "prosecutor", "password": PASSWORD, "csrf_token": form_token(door)})
    assert f"/cases/{case}" not in links(client.get("/").text)  # the next sign-in in this browser begins anew


def test_filters_live_in_the_address_and_each_chip_takes_one_away(database: Database, sign_in: SignIn) -> None:
    line_for_the_web(database)
    client = sign_in("prosecutor")
    page = main_of(client.get("/cases/?text=1&stage=inicial&reported_from-day=1&reported_from-month=3&reported_from-year=2026").text)
    assert "Opción inválida" not in page
    chips = re.findall(r'class="app-chip" href="([^"]+)"', page)
    assert len(chips) == 3
    assert "stage=inicial" in chips[0]
    assert "text=" not in chips[0]
    assert "reported_from" not in chips[2]
    assert "NORTE/000001/2026" in page
    assert "NORTE/000001/2026" in main_of(client.get(chips[2]).text)
    assert "NORTE/000001/2026" not in main_of(client.get("/cases/?stage=juicio").text)


def test_a_wrong_date_or_an_unknown_choice_in_the_address_is_no_error_page(database: Database, sign_in: SignIn) -> None:
    open_for_the_web(database)
    client = sign_in("prosecutor")
    for query in ("reported_from=nonsense", "stage=nope", "unit=%00", "page=99999999999", "page=-3", "offence=' OR 1=1", "state=I1&state=AI"):
        assert client.get(f"/cases/?{query}").status_code == 200, query


def test_pages_keep_the_filters_and_the_total_stands_in_the_heading(database: Database, sign_in: SignIn) -> None:
    with database.transaction() as session:
        for number in range(1, 31):
            open_a_case(session, viewer_named(session, "investigator"), f"NORTE/{number:06d}/2026")
    client = sign_in("investigator")
    first = main_of(client.get("/cases/?text=2026").text)
    assert "(30)" in re.findall(r"<h1[^>]*>([^<]*)", first)[0]
    assert len(set(re.findall(r"NORTE/\d{6}/2026", first))) == 25
    following = next(href for href in re.findall(r'href="([^"]+)"', first) if "page=2" in href)
    assert "text=2026" in following
    assert len(set(re.findall(r"NORTE/\d{6}/2026", main_of(client.get(following).text)))) == 5
    assert len(set(re.findall(r"NORTE/\d{6}/2026", main_of(client.get("/cases/?page=9").text)))) == 5


def test_the_counts_of_the_home_page_are_the_lists_behind_them(database: Database, sign_in: SignIn) -> None:
    line_for_the_web(database)
    for name in ("prosecutor", "manager"):
        client = sign_in(name)
        page = main_of(client.get("/").text)
        counters = re.findall(r'class="app-counter[^"]*" href="([^"]+)">\s*<span[^>]*>(\d+)', page)
        assert counters
        for href, number in counters:
            assert f"({number})" in main_of(client.get(href).text)


def test_the_page_of_a_case_says_what_it_is_and_how_confidential(database: Database, sign_in: SignIn) -> None:
    with database.transaction() as session:
        actor = viewer_named(session, "prosecutor")
        sealed = open_a_case(session, actor, "NORTE/000777/2026", Confidentiality.SEALED).public_id
    page = main_of(sign_in("prosecutor").get(f"/cases/{sealed}").text)
    assert "NORTE/000777/2026" in page
    assert 'class="app-badge"' in page
    assert "Av. Madero 1250" in page
    assert sign_in("manager").get(f"/cases/{sealed}").status_code == 404


def test_every_page_of_a_case_has_the_same_head(database: Database, sign_in: SignIn) -> None:
    case, line = line_for_the_web(database)
    client = sign_in("prosecutor")
    for path in ("", "/acts", "/people", "/evidence", "/court", f"/court/{line}", "/history"):
        page = main_of(client.get(f"/cases/{case}{path}").text)
        assert page.count('aria-current="page"') == 1, path
        assert "NORTE/000001/2026" in page, path


def test_the_history_says_who_did_what_in_words(database: Database, sign_in: SignIn) -> None:
    case, _line = line_for_the_web(database)
    client = sign_in("prosecutor")
    sent = fields(client.get(f"/cases/{case}/edit").text)
    client.post(f"/cases/{case}/edit", data=sent | {"confidentiality": "reserved"})
    page = main_of(client.get(f"/cases/{case}/history").text)
    assert "Persona prosecutor" in page
    assert "RÍOS, Rita" in page
    assert "Ordinaria → Reservada" in page
    assert "Denuncia, 2 mar 2026" in page
    assert not re.search(r"\b(case|court|person)\.[a-z_]+", page)


def test_every_action_that_can_be_done_to_a_case_has_words(app: Flask) -> None:
    done_to_cases = {*CaseAction, *CourtAction, *PeopleAction, *EvidenceAction} - {
        CaseAction.CATALOGUE_LOADED,
        CaseAction.OFFENCE_CODE_ADDED,
    }
    assert done_to_cases <= set(ACTIONS)
