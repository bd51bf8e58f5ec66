"""A stranger sweep: every route, every role, another unit's objects; and a sealed case that leaves no trace."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from investigations import access
from investigations.access import OFFICE, Permission, Role
from investigations.cases.models import ActKind, Confidentiality
from investigations.cases.queries import list_offence_codes
from investigations.cases.services import Header, open_case, record_act
from investigations.court.models import Line
from investigations.court.services import link_suspect, open_line
from investigations.db import Database, now
from investigations.evidence.models import EvidenceKind, Origin
from investigations.evidence.services import ItemDetails, register_item
from investigations.people.models import Part
from investigations.people.services import Details, add_party
from tests.conftest import form_token, unit_named

CANARY = "zopilotecanario"
REFUSED = {404, 403}
NAMES = [str(role) for role in Role if role is not Role.SYSTEM]
BLIND = [*NAMES, "south-investigator", "south-prosecutor", "south-manager"]


@dataclass(frozen=True)
class Objects:
    """The opaque ids of one case and its children, as they stand in addresses."""

    case: str
    party: str
    item: str
    line: str
    act: str


def whole_case(database: Database, unit: str, level: Confidentiality, number: str) -> Objects:
    """A case with a person, an item, an act and a line in it, all of which say the canary word."""
    with database.transaction() as session:
        code = list_offence_codes(session)[0]
        header = Header(
            number=number, unit_id=unit_named(session, unit).id, code_ids=[code.id],
            occurred_at=now() - timedelta(days=9), place=f"Callejón {CANARY}", municipality="16053",
            municipality_name="Morelia", reported_at=now() - timedelta(days=8), narrative=f"Hechos {CANARY}",
            confidentiality=level,
        )  # fmt: skip
        case = open_case(session, OFFICE, header, jurisdiction="mx_cnpp")
        suspect = Details(part=Part.SUSPECT, given_names="Rita", surname1=CANARY.title(), aliases=[CANARY])
        party = add_party(session, OFFICE, case, suspect)
        found = ItemDetails(
            label="I-1", kind=EvidenceKind.OTHER, origin=Origin.LOCATED, description=f"Objeto {CANARY}",
            found_at=now() - timedelta(days=8), found_place=CANARY,
        )  # fmt: skip
        item = register_item(session, OFFICE, case, found, custodian=f"Custodio {CANARY}")
        act = record_act(session, OFFICE, case, kind=ActKind.NOTE, happened_at=now(), text=CANARY)
        open_line(session, OFFICE, case, case.offences[0], occurred_at=now() - timedelta(days=8))
        link_suspect(session, OFFICE, case, case.offences[0], party, occurred_at=now() - timedelta(days=7))
        line = session.scalars(select(Line).where(Line.case_id == case.id)).one()
        return Objects(case.public_id, party.public_id, item.public_id, line.public_id, act.public_id)


def values_of(objects: Objects) -> dict[str, str | int]:
    return {
        "party_id": objects.party,
        "item_id": objects.item,
        "line_id": objects.line,
        "act_id": objects.act,
        "number": 1,
        "user_id": "0" * 16,
    }


def case_routes(app: Flask) -> list[tuple[str, str, set[str]]]:
    """Every route below one case: rule, endpoint, methods."""
    return [
        (rule.rule, rule.endpoint, (rule.methods or set()) & {"GET", "POST"})
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/cases/<")
    ]


def address(app: Flask, endpoint: str, objects: Objects) -> str:
    rule = next(rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint)
    wanted = {"public_id": objects.case, **values_of(objects)}
    with app.test_request_context():
        return url_for(endpoint, **{name: wanted[name] for name in rule.arguments})  # type: ignore[arg-type]


def token_of(client: FlaskClient) -> str:
    return form_token(client.get("/account").text)


SignIn = Callable[[str], FlaskClient]


@pytest.mark.parametrize("name", NAMES)
def test_another_units_objects_are_not_there_for_anybody(
    app: Flask, database: Database, sign_in: SignIn, name: str
) -> None:
    foreign = whole_case(database, "SUR", Confidentiality.ORDINARY, "SUR/000001/2026")
    sealed = whole_case(database, "NORTE", Confidentiality.SEALED, "NORTE/000777/2026")
    client = sign_in(name)
    token = token_of(client)
    seen_by_manager = name == "manager"  # stands above both units: sees the foreign case, not the sealed one
    wrong = []
    for objects in (foreign, sealed):
        if objects is foreign and seen_by_manager:
            continue
        for _rule, endpoint, methods in case_routes(app):
            url = address(app, endpoint, objects)
            for method in sorted(methods):
                answer = client.open(
                    url, method=method, data={"csrf_token": token} if method == "POST" else None
                )
                if answer.status_code not in REFUSED or CANARY in answer.text.lower():
                    wrong.append(f"{method} {endpoint}: {answer.status_code}")
    assert wrong == []
    assert len(case_routes(app)) >= 15


def test_unseen_and_absent_answer_with_the_same_page(app: Flask, database: Database, sign_in: SignIn) -> None:
    sealed = whole_case(database, "NORTE", Confidentiality.SEALED, "NORTE/000777/2026")
    client = sign_in("prosecutor")
    unseen, absent = client.get(f"/cases/{sealed.case}"), client.get("/cases/" + "0" * 16)
    assert unseen.status_code == absent.status_code == 404
    assert bare(unseen.text, sealed.case) == bare(absent.text, "0" * 16)


def bare(page: str, asked: str) -> str:
    """A page without what differs between any two answers: the address asked for, tokens and nonces."""
    return re.sub(r'(nonce|value)="[^"]*"', "", page.replace(asked, ""))


def plain_routes(app: Flask, name: str) -> list[str]:
    """Every address without parts to fill in, that this role may open."""
    held = access.ROLES[Role(name.split("-")[-1])]
    paths = []
    for rule in app.url_map.iter_rules():
        needed = access.needs(app, rule.endpoint)
        if (
            "GET" in (rule.methods or set())
            and not rule.arguments
            and (needed == access.PUBLIC or needed in held)
        ):
            paths.append(rule.rule)
    return paths


PROBES = [
    f"/search?q={CANARY}",
    f"/search?q={CANARY[:6]}*",
    "/search?q=NORTE/000777/2026",
    "/search?q=777+2026",
    f"/search?q={CANARY}&kind=person",
    f"/search?q={CANARY}&kind=evidence",
    f"/search?q={CANARY}&kind=act",
    f"/cases/?text={CANARY}",
    "/cases/?text=777",
]


@pytest.mark.parametrize("name", BLIND)
def test_a_sealed_case_leaves_no_trace_for_those_without_sight(
    app: Flask, database: Database, sign_in: SignIn, name: str
) -> None:
    client = sign_in(name)
    reports = [f"/reports/clearance?{asked(measure)}&by=offence&by=municipality" for measure in ("ucr", "cohort")]
    paths = plain_routes(app, name) + PROBES + reports
    before = {path: counts_of(client, path) for path in paths}
    sealed = whole_case(database, "NORTE", Confidentiality.SEALED, "NORTE/000777/2026")
    app.extensions["office"].drainer.finish()
    for path in paths:
        answer = client.get(path, follow_redirects=True)
        shown = answer.text.replace(f"q={CANARY}", "").split("<main")[-1]
        if not path.startswith(("/search", "/cases/?text")):
            assert CANARY not in shown.lower(), path
        assert sealed.case not in shown, path
        assert counts_of(client, path) == before[path], path


READERS = [name for name in BLIND if Permission.READ_REPORTS in access.ROLES[Role(name.split("-")[-1])]]


@pytest.mark.parametrize("name", READERS)
def test_a_sealed_case_is_in_no_file_of_a_report_and_behind_none_of_its_numbers(
    app: Flask, database: Database, sign_in: SignIn, name: str
) -> None:
    client = sign_in(name)
    unit = "SUR" if name.startswith("south") else "NORTE"
    files = files_of(client)
    own = whole_case(database, unit, Confidentiality.ORDINARY, f"{unit}/000001/2026")
    assert all(file != empty for file, empty in zip(files_of(client), files, strict=True)), "the files do not show it"
    files = files_of(client)
    sealed = whole_case(database, unit, Confidentiality.SEALED, f"{unit}/000777/2026")
    assert files_of(client) == files
    page = client.get(f"/reports/clearance?{asked()}").text
    behind = [client.get(link).text for link in linked(page, "/reports/clearance/cases")]
    assert any(own.case in listed for listed in behind)
    for listed in behind:
        assert sealed.case not in listed
        assert "000777" not in listed


def asked(measure: str = "ucr") -> str:
    """A report by unit over the days in which the cases of these tests were reported."""
    return f"measure={measure}&by=unit&from={(now() - timedelta(days=30)).date()}&to={(now() - timedelta(days=1)).date()}"


def linked(page: str, path: str) -> list[str]:
    return [html.unescape(found) for found in re.findall(r'href="([^"]+)"', page) if path in found]


def files_of(client: FlaskClient) -> list[object]:
    """What a report's three files say, without the instant and the state of the ledger at which each was made."""
    program, table, sheet = (client.get(f"/reports/clearance.{kind}?{asked()}") for kind in ("json", "csv", "xlsx"))
    book = load_workbook(io.BytesIO(sheet.data))
    told = {key: program.json[key] for key in ("rows", "total", "left_out")}  # type: ignore[index]
    return [told, table.data, [cell.value for row in book.worksheets[0].iter_rows() for cell in row]]


def counts_of(client: FlaskClient, path: str) -> list[str]:
    """Every number that stands in the page's content: none of them may tell of a case that is not seen.

    Events and sessions grow with each request, by their nature and without content: those pages are left out, and of
    a report, which prints the size of the ledger, only the table cells and lists are read.
    """
    answer = client.get(path, follow_redirects=True)
    if answer.request.path.startswith(("/ledger", "/account")):
        return []
    text = answer.text.split("<main")[-1].split("</main>")[0]
    if answer.request.path.startswith("/reports"):
        text = " ".join(re.findall(r"<(?:td|th|li)\b.*?</(?:td|th|li)>", text, flags=re.DOTALL))
    text = re.sub(r'(value|name|id|href|src|content|datetime|for)="[^"]*"', "", text)
    text = re.sub(r"<time.*?</time>|\b[0-9a-f]{16,64}\b|\d{2}:\d{2}(:\d{2})?", "", text, flags=re.DOTALL)
    return re.findall(r"(?<![\w#.-])\d[\d,.]*", text)


@pytest.mark.parametrize("name", NAMES)
def test_a_route_whose_permission_the_role_lacks_is_refused(app: Flask, sign_in: SignIn, name: str) -> None:
    client = sign_in(name)
    token = token_of(client)
    held = access.ROLES[Role(name)]
    for rule in app.url_map.iter_rules():
        needed = access.needs(app, rule.endpoint)
        if needed in (access.PUBLIC, None) or needed in held:
            continue
        with app.test_request_context():
            url = url_for(rule.endpoint, **dict.fromkeys(rule.arguments, 1))
        method = "GET" if "GET" in (rule.methods or set()) else "POST"
        answer = client.open(url, method=method, data={"csrf_token": token} if method == "POST" else None)
        assert answer.status_code in REFUSED, f"{method} {rule.endpoint}: {answer.status_code}"


def test_nobody_signed_in_sees_only_the_door(app: Flask) -> None:
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        needed = access.needs(app, rule.endpoint)
        if "GET" in (rule.methods or set()) and needed != access.PUBLIC:
            with app.test_request_context():
                url = url_for(rule.endpoint, **dict.fromkeys(rule.arguments, 1))
            answer = client.get(url)
            assert answer.status_code == 302, rule.endpoint
            assert answer.headers["Location"].startswith("/sign-in"), rule.endpoint


def test_every_role_is_in_the_table_and_administrators_see_no_case() -> None:
    assert set(access.ROLES) == set(Role)
    assert Permission.READ_CASES not in access.ROLES[Role.ADMINISTRATOR]
    assert Permission.READ_CASES not in access.ROLES[Role.AUDITOR]


def test_the_objects_of_a_case_are_reached_through_that_case_only(
    app: Flask, database: Database, sign_in: SignIn
) -> None:
    """Another case's person, item or line under a case that I may see is not found."""
    own = whole_case(database, "NORTE", Confidentiality.ORDINARY, "NORTE/000001/2026")
    other = whole_case(database, "NORTE", Confidentiality.SEALED, "NORTE/000777/2026")
    mixed = Objects(own.case, other.party, other.item, other.line, other.act)
    client = sign_in("prosecutor")
    routes = [
        (rule.split(">", 1)[1], endpoint) for rule, endpoint, methods in case_routes(app) if "GET" in methods
    ]
    children = [endpoint for rest, endpoint in routes if "_id" in rest]
    for endpoint in children:
        assert client.get(address(app, endpoint, mixed)).status_code in REFUSED, endpoint
    assert len(children) >= 5
