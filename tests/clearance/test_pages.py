"""The report over HTTP: the filter, numbers that lead to their cases, files, and papers that only their asker gets."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import time
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from investigations.access import OFFICE
from investigations.clearance.models import PaperStatus, PrintedReport
from investigations.clearance.services import project_cases
from investigations.db import Database
from investigations.ledger.models import LedgerEvent
from investigations.ledger.queries import verify
from investigations.ledger.services import record
from tests.conftest import form_token

from .made import small_history

ASKED = "measure=ucr&from=2024-01-01&to=2024-12-31&by=unit"
SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def filled(database: Database) -> None:
    """The small history, committed as one recorded act."""
    with database.transaction() as session:
        cases = small_history(session)
        record(session, OFFICE, "case.opened", cases[0])
        project_cases(session, [case.id for case in cases])


def links(page: str, path: str) -> list[str]:
    return [html.unescape(found) for found in re.findall(r'href="([^"]+)"', page) if path in found]


def listed(client: FlaskClient, address: str) -> int:
    """How many offences the pages behind an address list, all pages taken together."""
    lines, pages = 0, 1
    number = 1
    while number <= pages:
        page = client.get(f"{address}&page={number}").text
        body = page[page.index("<tbody") : page.index("</tbody>")] if "<tbody" in page else ""
        lines += body.count("<tr")
        pages = max([1, *(int(n) for n in re.findall(r"[?&;]page=(\d+)", page))])
        number += 1
    return lines


def test_the_first_visit_shows_the_year_so_far_by_offence(sign_in: SignIn, filled: None) -> None:
    page = sign_in("manager").get("/reports/clearance")
    assert page.status_code == 200
    assert 'value="ucr" checked' in page.text or re.search(r'value="ucr"[^>]*checked', page.text)
    assert f'value="{date.today().year}"' in page.text


@pytest.mark.parametrize("measure", ["ucr", "cohort"])
def test_every_linked_number_is_the_length_of_its_list(sign_in: SignIn, filled: None, measure: str) -> None:
    client = sign_in("manager")
    page = client.get(f"/reports/clearance?measure={measure}&from=2024-01-01&to=2024-12-31&by=unit&by=month").text
    found = re.findall(r'<a class="govuk-link" href="(/reports/clearance/cases[^"]+)">([\d,]+)</a>', page)
    assert len(found) > 20
    assert any(int(text) > 2 for _href, text in found)
    for href, text in {pair for pair in found if int(pair[1])} | set(found[:8]):
        assert listed(client, html.unescape(href)) == int(text), href


def test_a_rate_leads_to_the_cleared_cases(sign_in: SignIn, filled: None) -> None:
    client = sign_in("manager")
    page = client.get(f"/reports/clearance?{ASKED}").text
    (href,) = re.findall(r'href="([^"]+total=1[^"]+)">60\.0 %</a>', page) or re.findall(r'href="([^"]+)">60\.0 %</a>', page)[-1:]
    assert listed(client, html.unescape(href)) == 3


def test_a_page_beyond_the_last_and_a_made_up_cell_are_not_found(sign_in: SignIn, filled: None) -> None:
    client = sign_in("manager")
    href = links(client.get(f"/reports/clearance?{ASKED}").text, "/reports/clearance/cases")[0]
    assert client.get(href).status_code == 200
    assert client.get(href + "&page=9").status_code == 404
    assert client.get(re.sub("cell=[a-z_]+", "cell=narrative", href)).status_code == 404
    assert client.get("/reports/clearance/cases").status_code == 404
    assert client.get("/reports/clearance.exe").status_code == 404
    assert client.get("/reports/clearance.csv").status_code == 404


def test_an_address_that_looks_into_the_future_is_not_found(sign_in: SignIn, filled: None) -> None:
    client = sign_in("manager")
    href = links(client.get(f"/reports/clearance?{ASKED}").text, "/reports/clearance.json")[0]
    assert client.get(re.sub("known_at=20..", "known_at=2999", href)).status_code == 404


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("measure=ucr&from=2024-02-01&to=2024-01-01", "comes before the first"),
        ("measure=ucr&from=2024-02-31&to=2024-03-01", "real date"),
        ("measure=ucr&from=2024-01-01&to=2024-03-01&as_of=2999-01-01", "future"),
        ("measure=ucr&from=2024-01-01&to=9999-12-31", "real date"),
        ("measure=ucr&from-day=99999999999999999999&from-month=1&from-year=2024&to=2024-03-01", "real date"),
        ("measure=ucr&from=2024-01-01&to=2024-03-01&known_at=0001-01-01T00:00:00%2B14:00", "year from 1850"),
        ("measure=guess&from=2024-01-01&to=2024-03-01", "There is a problem"),
        ("measure=ucr&from=2024-01-01&to=2024-03-01&unit=SECRET", "There is a problem"),
        ("measure=ucr", "Fill in"),
    ],
)
def test_a_wrong_question_is_shown_again_with_what_is_wrong(sign_in: SignIn, filled: None, query: str, words: str) -> None:
    client = sign_in("manager")
    client.post("/language", data={"language": "en", "csrf_token": form_token(client.get("/reports/clearance").text)})
    page = client.get(f"/reports/clearance?{query}")
    assert page.status_code == 422
    assert words in page.text
    assert "app-figures" not in page.text


def test_the_files_say_what_the_page_says(sign_in: SignIn, filled: None) -> None:
    client = sign_in("manager")
    page = client.get(f"/reports/clearance?{ASKED}").text
    hrefs = {re.search(r"clearance\.(\w+)", href)[1]: href for href in links(page, "/reports/clearance.")}  # type: ignore[index]
    assert set(hrefs) == {"xlsx", "csv", "json"}
    said = json.loads(client.get(hrefs["json"]).data)
    assert said["verification"] in page
    assert (said["total"]["reported"], said["total"]["rate"]) == (6, "60.0")
    answer = client.get(hrefs["csv"])
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert (rows[-1]["unit"], rows[-1]["reported"], rows[-1]["rate"]) == ("Total", "6", "60.0")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert client.get(hrefs["xlsx"]).data[:2] == b"PK"
    assert re.search(r'<form action="/reports/clearance/print"', page)


def ask_for_paper(client: FlaskClient) -> str:
    page = client.get(f"/reports/clearance?{ASKED}").text
    start = page.index('action="/reports/clearance/print"')
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page[start : page.index("</form>", start)])
    answer = client.post("/reports/clearance/print", data=_multi(fields))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def _multi(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in fields:
        found.setdefault(name, []).append(html.unescape(value))
    return found


def test_a_paper_is_asked_for_printed_fetched_and_recorded(app: Flask, sign_in: SignIn, filled: None) -> None:
    client = sign_in("manager")
    place = ask_for_paper(client)
    waiting = client.get(place).text
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in waiting
    assert client.get(f"{place}/file").status_code == 404
    assert app.extensions["printer"].print_all() == 1
    done = client.get(place).text
    assert "http-equiv" not in done
    pdf = client.get(f"{place}/file")
    assert pdf.data.startswith(b"%PDF-1.7")
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert client.get(f"{place}/file").data == pdf.data
    with app.extensions["database"].reading() as session:
        actions = list(session.scalars(select(LedgerEvent.action).order_by(LedgerEvent.seq.desc()).limit(2)))
        assert actions == ["report.printed", "report.asked"]
        assert verify(session).ok


def test_only_who_asked_gets_the_paper(app: Flask, sign_in: SignIn, filled: None) -> None:
    place = ask_for_paper(sign_in("manager"))
    app.extensions["printer"].print_all()
    for name in ("prosecutor", "south-manager", "south-prosecutor"):
        stranger = sign_in(name)
        assert [stranger.get(address).status_code for address in (place, f"{place}/file")] == [404, 404]
    for name in ("investigator", "auditor", "administrator"):
        assert sign_in(name).get(place).status_code == 403


def test_a_paper_left_unfinished_is_printed_after_the_next_start(app: Flask, sign_in: SignIn, filled: None) -> None:
    client = sign_in("manager")
    place = ask_for_paper(client)
    database: Database = app.extensions["database"]
    with database.transaction() as session:
        only(session).status = PaperStatus.RUNNING
    assert app.extensions["printer"].print_all() == 0
    app.extensions["printer"].start()
    for _ in range(300):
        with database.reading() as session:
            if only(session).status == PaperStatus.DONE:
                break
        time.sleep(0.1)
    app.extensions["printer"].stop()
    assert client.get(f"{place}/file").data.startswith(b"%PDF-")


def only(session: Session) -> PrintedReport:
    return session.scalars(select(PrintedReport)).one()


def test_a_paper_that_cannot_be_printed_says_so(
    app: Flask, sign_in: SignIn, filled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in("manager")
    place = ask_for_paper(client)
    monkeypatch.setattr(app.extensions["printer"], "_compose", lambda report, frame: "<img src='file:///etc/passwd'>")
    app.extensions["printer"].print_all()
    page = client.get(place)
    assert page.status_code == 200
    assert "/etc/passwd" not in page.text
    assert "http-equiv" not in page.text
    with app.extensions["database"].reading() as session:
        assert (only(session).status, only(session).sha256) == (PaperStatus.FAILED, None)


def test_a_prosecutor_sees_no_figure_of_another_unit(sign_in: SignIn, filled: None) -> None:
    page = sign_in("south-prosecutor").get(f"/reports/clearance?{ASKED}").text
    assert "Unidad Norte" not in page
    href = links(page, "/reports/clearance.json")[0]
    assert json.loads(sign_in("south-prosecutor").get(href).data)["total"]["reported"] == 0


def test_a_file_may_be_asked_for_by_an_address_without_instants(sign_in: Callable[[str], FlaskClient]) -> None:
    client = sign_in("manager")
    asked = "measure=ucr&from=2025-01-01&to=2025-12-31&by=offence"
    answer = client.get(f"/reports/clearance.json?{asked}")
    assert answer.status_code == 200
    assert json.loads(answer.data)["period"] == {"from": "2025-01-01", "to": "2025-12-31"}
    refused = client.get("/reports/clearance.json?measure=ucr&from=2025-13-01&to=2025-12-31")
    assert refused.status_code == 400
