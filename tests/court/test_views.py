"""A line over HTTP: what is offered, the check before saving, the record, and two people at once."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from investigations.access import OFFICE
from investigations.court.models import Line, LineEvent
from investigations.court.services import record_event
from investigations.db import Database
from tests.conftest import form_token
from tests.court.lines import day, line_for_the_web, move

SignIn = Callable[[str], FlaskClient]
FLAGRANCIA = {"kind": "detencion_flagrancia", "occurred_at": "2026-03-03T10:00", "decided_by": "policia", "basis": "", "note": "En la avenida"}


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found, name
    return found.group(1)


def send(client: FlaskClient, url: str, data: dict[str, str], form_at: str | None = None, **more: str) -> TestResponse:
    page = client.get(form_at or url).text
    version = {"version": hidden(page, "version")} if 'name="version"' in page else {}
    return client.post(url, data=version | {"csrf_token": form_token(page)} | data | more)


def events(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(LineEvent.kind).order_by(LineEvent.number)))


def addresses(database: Database, *, suspect: bool = True) -> tuple[str, str]:
    case, line = line_for_the_web(database, suspect=suspect)
    return f"/cases/{case}/court", f"/cases/{case}/court/{line}"


def test_the_line_offers_what_may_come_next_and_says_why_the_rest_may_not(database: Database, sign_in: SignIn) -> None:
    _lines, line = addresses(database)
    page = sign_in("prosecutor").get(line).text
    offered, closed = page.split("<details", 1)
    assert "Detención en flagrancia" in offered
    assert "Vinculación a proceso" not in offered
    assert "«Vinculación a proceso» sólo procede desde: Audiencia inicial en curso" in closed


def test_an_event_is_checked_before_it_is_saved(database: Database, sign_in: SignIn) -> None:
    _lines, line = addresses(database)
    client = sign_in("prosecutor")
    answer = send(client, f"{line}/events/new", FLAGRANCIA, f"{line}/events/new?kind=detencion_flagrancia")
    assert answer.status_code == 200
    assert events(database) == ["denuncia"]  # nothing is stored by looking at it
    assert "Investigación inicial, con detenido" in answer.text
    sent = dict(re.findall(r'type="hidden" name="([\w.-]+)" value="([^"]*)"', answer.text))
    saved = client.post(f"{line}/events/new", data=sent | {"confirmed": "1"})
    assert saved.status_code == 303
    assert saved.location.endswith("?saved=2#event-2")
    assert events(database) == ["denuncia", "detencion_flagrancia"]
    page = client.get(saved.location).text
    assert re.search(r'id="event-2">.*?role="status"', page, re.DOTALL)


def test_the_check_can_be_left_to_change_something(database: Database, sign_in: SignIn) -> None:
    _lines, line = addresses(database)
    client = sign_in("prosecutor")
    answer = send(client, f"{line}/events/new", FLAGRANCIA, f"{line}/events/new?kind=detencion_flagrancia", change="1")
    assert answer.status_code == 200
    assert "En la avenida</textarea>" in answer.text
    assert events(database) == ["denuncia"]


def test_what_is_missing_is_said_at_its_field_and_nothing_is_stored(database: Database, sign_in: SignIn) -> None:
    _lines, line = addresses(database)
    client = sign_in("prosecutor")
    form_at = f"{line}/events/new?kind=exceptional_clearance"
    wrong = {"kind": "exceptional_clearance", "occurred_at": "2026-03-03T10:00", "decided_by": "supervisor", "confirmed": "1"}
    answer = send(client, f"{line}/events/new", wrong, form_at)
    assert answer.status_code == 422
    assert 'href="#cause"' in answer.text
    assert 'href="#asks"' in answer.text
    early = send(client, f"{line}/events/new", FLAGRANCIA, form_at, occurred_at="2026-02-01T10:00", confirmed="1")
    assert early.status_code == 422
    assert 'href="#occurred_at-day"' in early.text
    assert events(database) == ["denuncia"]


def test_an_event_that_is_not_possible_now_is_refused_with_its_reason(database: Database, sign_in: SignIn) -> None:
    _lines, line = addresses(database)
    client = sign_in("prosecutor")
    data = {"kind": "vinculacion", "occurred_at": "2026-03-03T10:00", "decided_by": "juez_control"}
    answer = send(client, f"{line}/events/new", data, f"{line}/events/new?kind=vinculacion")
    assert answer.status_code == 422
    assert "sólo procede desde" in answer.text
    assert client.get(f"{line}/events/new?kind=annulment").status_code == 404
    assert client.get(f"{line}/events/new?kind=nothing").status_code == 404


def test_the_second_of_two_people_sees_both_and_loses_nothing(database: Database, sign_in: SignIn) -> None:
    _lines, line = addresses(database)
    client = sign_in("prosecutor")
    page = client.get(f"{line}/events/new?kind=detencion_flagrancia").text
    with database.transaction() as session:
        theirs = session.scalars(select(Line)).one()
        record_event(session, OFFICE, theirs, theirs.version, move("derivacion_masc", day(0)))
    mine = FLAGRANCIA | {"version": hidden(page, "version"), "csrf_token": form_token(page), "confirmed": "1"}
    answer = client.post(f"{line}/events/new", data=mine)
    assert answer.status_code == 409
    assert "Derivación" in answer.text or "mecanismo" in answer.text.lower()
    assert "En la avenida" in answer.text
    assert events(database) == ["denuncia", "derivacion_masc"]
    again = dict(re.findall(r'name="([\w.-]+)" value="([^"]*)"', answer.text.split("<main")[1]))
    checked = client.post(f"{line}/events/new", data=again)
    assert checked.status_code == 422  # the line rests in mediation now: the law says why it cannot be
    assert "En la avenida" in checked.text


def test_an_event_is_corrected_and_the_old_one_stays_struck(database: Database, sign_in: SignIn) -> None:
    _lines, line = addresses(database)
    client = sign_in("prosecutor")
    new = f"{line}/events/new"
    send(client, new, FLAGRANCIA, f"{new}?kind=detencion_flagrancia", confirmed="1")
    url = f"{line}/events/2/correct"
    assert "archivo_temporal" in client.get(url).text  # what could stand in its place
    data = {"kind": "archivo_temporal", "occurred_at": "2026-03-04T10:00", "decided_by": "mp", "reason": "Acto equivocado"}
    assert send(client, url, data, f"{url}?kind=archivo_temporal", confirmed="1").status_code == 303
    page = client.get(line).text
    assert re.search(r'id="event-2">.*?<s>Detención en flagrancia</s>', page, re.DOTALL)
    assert "Acto equivocado" in page
    assert "Vale en su lugar el acto 3" in page
    assert "Sustituye al acto 2" in page
    assert client.get(url).status_code == 404  # it no longer counts: there is nothing to correct


def test_an_event_is_annulled_with_a_reason(database: Database, sign_in: SignIn) -> None:
    _lines, line = addresses(database)
    client = sign_in("prosecutor")
    new = f"{line}/events/new"
    send(client, new, FLAGRANCIA, f"{new}?kind=detencion_flagrancia", confirmed="1")
    url = f"{line}/events/2/annul"
    assert send(client, url, {"reason": ""}).status_code == 422
    review = send(client, url, {"reason": "Otra carpeta"})
    assert review.status_code == 200
    assert events(database)[-1] == "detencion_flagrancia"
    assert send(client, url, {"reason": "Otra carpeta"}, confirmed="1").status_code == 303
    assert events(database)[-1] == "annulment"
    page = client.get(line).text
    assert re.search(r'id="event-2">.*?href="#event-3">Anulado: acto 3<', page, re.DOTALL)
    assert re.search(r'id="event-3">.*?href="#event-2">Anula el acto 2<', page, re.DOTALL)
    assert not re.search("Vale en su lugar|Sustituye", page)  # nothing takes the place of what never happened
    assert page.count("Otra carpeta") == 1


def test_a_suspect_is_linked_to_the_offence(database: Database, sign_in: SignIn) -> None:
    lines, line = addresses(database, suspect=False)
    client = sign_in("prosecutor")
    assert "RÍOS, Rita" not in client.get(lines).text
    case = lines.removesuffix("/court")
    token = form_token(client.get(f"{case}/people/new").text)
    person = {"part": "suspect", "given_names": "Rita", "surname1": "Ríos", "csrf_token": token}
    assert client.post(f"{case}/people/new", data=person).status_code == 303
    page = client.get(f"{lines}/link").text
    offence, party = (re.search(rf'name="{name}">\s*<option value="([0-9a-f]+)"', page) for name in ("offence", "party"))
    assert offence
    assert party
    sent = {"offence": offence.group(1), "party": party.group(1), "occurred_at": "2026-03-05T09:00"}
    assert send(client, f"{lines}/link", sent).status_code == 303
    assert "RÍOS, Rita" in client.get(lines).text
    assert "RÍOS, Rita" in client.get(line).text
    assert send(client, f"{lines}/link", sent).status_code == 422


def test_who_may_not_move_lines_sees_them_and_is_offered_nothing(database: Database, sign_in: SignIn) -> None:
    lines, line = addresses(database)
    client = sign_in("investigator")
    assert client.get(lines).status_code == 200
    assert "events/new" not in client.get(line).text
    assert client.get(f"{line}/events/new?kind=detencion_flagrancia").status_code == 403
    stranger = sign_in("south-prosecutor")
    assert stranger.get(lines).status_code == stranger.get(line).status_code == 404
