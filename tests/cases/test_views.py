"""A case over HTTP: changing it, two people at once, acts recorded once, and who works it."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select

from investigations.cases.models import Act, Case
from investigations.db import Database
from tests.casework import actions, open_for_the_web
from tests.conftest import form_token

SignIn = Callable[[str], FlaskClient]


def fields(page: str) -> dict[str, str]:
    """What a browser would send of the page's form without touching it (text, choices, hidden, dates)."""
    main = page.split("<main")[1]
    sent = dict(re.findall(r'<input[^>]*?name="([\w.-]+)"[^>]*?value="([^"]*)"', main))
    sent |= dict(re.findall(r'<textarea[^>]*name="([\w.-]+)"[^>]*>\n?([^<]*)</textarea>', main))
    for name, options in re.findall(r'<select[^>]*name="([\w.-]+)"[^>]*>(.*?)</select>', main, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        sent[name] = chosen.group(1) if chosen else ""
    radios = re.findall(r'<input[^>]*type="radio"[^>]*value="([^"]*)"[^>]*checked', main)
    return sent | ({"confidentiality": radios[0]} if radios else {})


def stored(database: Database) -> Case:
    with database.reading() as session:
        return session.scalars(select(Case)).one()


def acts(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Act.text).order_by(Act.number)))


def test_a_case_is_changed_by_its_form(database: Database, sign_in: SignIn) -> None:
    url = f"/cases/{open_for_the_web(database)}"
    client = sign_in("investigator")
    sent = fields(client.get(f"{url}/edit").text)
    assert sent["place"] == "Av. Madero 1250"
    answer = client.post(f"{url}/edit", data=sent | {"place": "Av. Acueducto 10", "municipality": "patzcuaro"})
    assert answer.status_code == 303
    case = stored(database)
    assert (case.place, case.municipality, case.municipality_name) == ("Av. Acueducto 10", "16066", "Pátzcuaro")
    history = client.get(f"{url}/history").text
    assert "Av. Madero 1250 → Av. Acueducto 10" in history


def test_an_untouched_form_changes_nothing(database: Database, sign_in: SignIn) -> None:
    url = f"/cases/{open_for_the_web(database)}"
    client = sign_in("investigator")
    before = stored(database)
    assert client.post(f"{url}/edit", data=fields(client.get(f"{url}/edit").text)).status_code == 303
    assert stored(database).version == before.version


def test_one_more_offence_can_be_asked_for_without_script(database: Database, sign_in: SignIn) -> None:
    url = f"/cases/{open_for_the_web(database)}/edit"
    client = sign_in("investigator")
    page = client.get(url).text
    more = client.post(url, data=fields(page) | {"more": "1", "narrative": "A medias"})
    assert more.status_code == 200
    assert more.text.count('name="offences"') == page.count('name="offences"') + 1
    assert "A medias</textarea>" in more.text
    assert stored(database).narrative != "A medias"


def test_two_people_changing_a_case_see_both_texts_and_lose_nothing(database: Database, sign_in: SignIn) -> None:
    url = f"/cases/{open_for_the_web(database)}/edit"
    first, second = sign_in("investigator"), sign_in("prosecutor")
    theirs, mine = fields(first.get(url).text), fields(second.get(url).text)
    assert first.post(url, data=theirs | {"narrative": "Texto de la primera"}).status_code == 303
    answer = second.post(url, data=mine | {"narrative": "Texto de la segunda", "place": "Otro lugar"})
    assert answer.status_code == 409
    assert "Texto de la primera" in answer.text
    assert "Texto de la segunda" in answer.text
    assert stored(database).narrative == "Texto de la primera"
    again = fields(answer.text)
    assert again["place"] == "Otro lugar"
    assert second.post(url, data=again | {"narrative": "Las dos"}).status_code == 303
    assert (stored(database).narrative, stored(database).place) == ("Las dos", "Otro lugar")


def test_an_edit_sent_twice_is_answered_alike_and_stored_once(database: Database, sign_in: SignIn) -> None:
    url = f"/cases/{open_for_the_web(database)}"
    client = sign_in("investigator")
    sent = fields(client.get(f"{url}/edit").text) | {"place": "Av. Acueducto 10", "municipality": "patzcuaro", "number": "NORTE/7/2026"}
    first, second = client.post(f"{url}/edit", data=sent), client.post(f"{url}/edit", data=sent)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    with database.reading() as session:
        assert actions(session, stored(database)) == ["case.opened", "case.edited"]


def test_a_number_sent_twice_is_answered_alike_and_added_once(database: Database, sign_in: SignIn) -> None:
    url = f"/cases/{open_for_the_web(database)}"
    client = sign_in("investigator")
    sent = fields(client.get(f"{url}/numbers/new").text) | {"scheme": "court", "value": "Causa 12/2026"}
    first, second = (client.post(f"{url}/numbers/new", data=sent) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    with database.reading() as session:
        assert actions(session, stored(database)) == ["case.opened", "case.number_added"]


def test_an_act_is_recorded_and_confirmed_at_its_entry(database: Database, sign_in: SignIn) -> None:
    url = f"/cases/{open_for_the_web(database)}/acts"
    client = sign_in("investigator")
    sent = fields(client.get(f"{url}/new").text)
    answer = client.post(f"{url}/new", data=sent | {"text": "Se entrevistó a la testigo"})
    assert answer.status_code == 303
    assert answer.location.endswith("?saved=1#act-1")
    page = client.get(answer.location).text
    assert re.search(r'id="act-1">.*?role="status".*?Se entrevistó a la testigo', page, re.DOTALL)
    assert "<time datetime=" in page


def test_an_act_sent_twice_is_there_once(database: Database, sign_in: SignIn) -> None:
    url = f"/cases/{open_for_the_web(database)}/acts/new"
    client = sign_in("investigator")
    sent = fields(client.get(url).text) | {"text": "Una sola vez"}
    first, second = client.post(url, data=sent), client.post(url, data=sent)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert acts(database) == ["Una sola vez"]


def test_an_act_without_text_is_shown_again_with_its_error(database: Database, sign_in: SignIn) -> None:
    url = f"/cases/{open_for_the_web(database)}/acts/new"
    client = sign_in("investigator")
    answer = client.post(url, data=fields(client.get(url).text) | {"text": "  "})
    assert answer.status_code == 422
    assert 'href="#text"' in answer.text
    assert acts(database) == []


def test_a_correction_is_a_new_act_and_the_old_one_is_struck(database: Database, sign_in: SignIn) -> None:
    url = f"/cases/{open_for_the_web(database)}/acts"
    client = sign_in("investigator")
    client.post(f"{url}/new", data=fields(client.get(f"{url}/new").text) | {"text": "La moto era negra"})
    sent = fields(client.get(f"{url}/new?corrects=1").text)
    assert sent["text"] == "La moto era negra"
    assert client.post(f"{url}/new", data=sent | {"text": "La moto era azul"}).status_code == 303
    page = client.get(url).text
    assert "<s>La moto era negra</s>" in page
    assert acts(database) == ["La moto era negra", "La moto era azul"]
    assert client.get(f"{url}/new?corrects=9").status_code == 404
    assert client.get(f"{url}/new?corrects=x").status_code == 404


def test_a_manager_assigns_and_ends_with_a_reason(database: Database, sign_in: SignIn) -> None:
    url = f"/cases/{open_for_the_web(database)}/assignments"
    client = sign_in("manager")
    page = client.get(url).text
    person = re.search(r'value="([0-9a-f]{16})">Persona prosecutor', page)
    assert person
    token = form_token(page)
    assert client.post(url, data={"csrf_token": token, "user": "", "reason": ""}).status_code == 422
    assert client.post(url, data={"csrf_token": token, "user": person.group(1), "reason": "Turno"}).status_code == 303
    end = f"{url}/{person.group(1)}/end"
    assert "Persona prosecutor" in client.get(url).text
    assert client.post(end, data={"csrf_token": token, "reason": ""}).status_code == 422
    assert client.post(end, data={"csrf_token": token, "reason": "Cambio"}).status_code == 303
    assert client.get(end).status_code == 404
    assert sign_in("investigator").get(url).status_code == 403


def test_a_further_number_opens_no_second_case(database: Database, sign_in: SignIn) -> None:
    url = f"/cases/{open_for_the_web(database)}"
    client = sign_in("investigator")
    new = f"{url}/numbers/new"
    sent = fields(client.get(new).text)
    assert client.post(new, data=sent | {"scheme": "court", "value": "Causa penal 12/2026"}).status_code == 303
    assert "Causa penal 12/2026" in client.get(url).text
    assert client.post(new, data=sent | {"scheme": "court", "value": "causa penal 0012 2026"}).status_code == 422


def test_strangers_get_the_page_of_what_does_not_exist(database: Database, sign_in: SignIn) -> None:
    url = f"/cases/{open_for_the_web(database)}"
    client = sign_in("south-prosecutor")
    for path in ("", "/edit", "/acts", "/acts/new", "/numbers/new", "/history"):
        assert client.get(url + path).status_code == 404, path
    token = form_token(client.get("/account").text)
    assert client.post(f"{url}/acts/new", data={"csrf_token": token, "text": "x"}).status_code == 404
