"""The index is a cache: it follows every change, can be thrown away, and is right after any crash of its writer."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient

from investigations.access import OFFICE, Viewer
from investigations.cases.models import ActKind, Case, Confidentiality
from investigations.cases.queries import list_offence_codes, offence_label, scope_for, scope_of
from investigations.cases.services import Header, edit_case, open_case, record_act
from investigations.court.services import open_line
from investigations.db import Database, now
from investigations.indexing.models import OutboxRow
from investigations.indexing.queries import documents, find
from investigations.indexing.rules import Kind
from investigations.indexing.services import Drainer
from investigations.office import Office, open_office
from investigations.people.models import Part, Scheme
from investigations.people.services import Details, add_party
from tests.conftest import form_token, unit_named, viewer_named

SignIn = Callable[[str], FlaskClient]


def header(session, number: str, **changes: object) -> Header:  # type: ignore[no-untyped-def]
    values: dict[str, object] = {
        "number": number, "unit_id": unit_named(session, "NORTE").id, "code_ids": [list_offence_codes(session)[0].id],
        "occurred_at": now() - timedelta(days=3), "place": "Mercado de Dulces", "municipality": "16053",
        "municipality_name": "Morelia", "reported_at": now() - timedelta(days=2), "narrative": "Robaron una marimba.",
    }  # fmt: skip
    return Header(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def case(database: Database) -> Case:
    with database.transaction() as session:
        return open_case(session, OFFICE, header(session, "NORTE/000123/2026"), jurisdiction="mx_cnpp")


def found(office: Office, text: str, name: str = "prosecutor", kind: Kind | None = None) -> int:
    with office.database.reading() as session:
        return find(session, office.index, viewer_named(session, name), text, kind).total


def test_a_change_is_found_as_soon_as_it_is_committed(office: Office, case: Case) -> None:
    assert found(office, "marimba") == 1
    with office.database.transaction() as session:
        record_act(session, OFFICE, case, kind=ActKind.NOTE, happened_at=now(), text="Se localiza el trombón")
    assert found(office, "trombon", kind=Kind.ACT) == 1


def test_the_note_of_a_procedural_event_is_found_with_its_case(office: Office, case: Case) -> None:
    with office.database.transaction() as session:
        open_line(session, OFFICE, case, case.offences[0], occurred_at=now() - timedelta(days=2), note="Llamó desde una zapatería")
    assert found(office, "zapateria", kind=Kind.CASE) == 1
    assert found(office, "zapateria", name="south-prosecutor") == 0


def test_what_a_case_no_longer_says_is_no_longer_found(office: Office, case: Case) -> None:
    with office.database.transaction() as session:
        stored = session.get(Case, case.id)
        assert stored is not None
        edit_case(session, OFFICE, stored, stored.version, header(session, case.number, narrative="Robaron un arpa."))
    assert found(office, "marimba") == 0
    assert found(office, "arpa") == 1


def test_a_rolled_back_change_leaves_nothing_to_index(office: Office, case: Case) -> None:
    with office.database.writing() as session:
        record_act(session, OFFICE, case, kind=ActKind.NOTE, happened_at=now(), text="Nunca ocurrió")
    with office.database.reading() as session:
        assert session.query(OutboxRow).count() == 0
    assert found(office, "ocurrió") == 0


def test_a_waiting_change_survives_a_crash_before_it_was_indexed(office: Office, case: Case) -> None:
    office.database.after_commit.clear()  # the process dies between commit and index
    with office.database.transaction() as session:
        record_act(session, OFFICE, case, kind=ActKind.NOTE, happened_at=now(), text="Aparece un clarinete")
    assert found(office, "clarinete") == 0
    reopened = open_office(office.settings)
    reopened.drainer.ensure()
    assert found(reopened, "clarinete") == 1
    assert reopened.drainer.problem() is None


def test_a_crash_between_index_and_outbox_repeats_without_harm(
    office: Office, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Drainer, "_forget", lambda self, ids: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit), office.database.transaction() as session:
        record_act(session, OFFICE, case, kind=ActKind.NOTE, happened_at=now(), text="Aparece un oboe")
    monkeypatch.undo()
    office.drainer.finish()
    assert found(office, "oboe", kind=Kind.ACT) == 1
    assert office.drainer.problem() is None


def test_a_lost_index_is_built_anew_at_the_next_start(office: Office, case: Case) -> None:
    shutil.rmtree(office.settings.index_dir)
    reopened = open_office(office.settings)
    assert reopened.drainer.problem() is not None
    reopened.drainer.ensure()
    assert found(reopened, "marimba") == 1


def test_scope_tokens_are_the_twin_of_sight(office: Office, database: Database) -> None:
    """For every confidentiality and every role: the index lets through just those whom the database lets through."""
    with database.transaction() as session:
        cases = [
            open_case(session, OFFICE, header(session, f"NORTE/{level}/2026", confidentiality=level), jurisdiction="mx_cnpp")
            for level in Confidentiality
        ]
    with database.reading() as session:
        for name in ("investigator", "prosecutor", "manager", "auditor", "administrator", "south-prosecutor"):
            viewer = viewer_named(session, name)
            scope = scope_for(session, viewer)
            for case in cases:
                tokens = set(scope_of(case.id, case.unit_id, case.confidentiality))
                seen = found(office, case.number, name, Kind.CASE) == 1
                assert bool(tokens & scope) == seen, (name, case.number)


def test_a_curp_is_never_in_the_index(office: Office, case: Case) -> None:
    with office.database.transaction() as session:
        marks = [(Scheme.CURP, "PELJ850214HMNRPN07"), (Scheme.PHONE, "443 555 0101")]
        add_party(session, OFFICE, case, Details(part=Part.VICTIM, given_names="Jacinta", identifiers=marks))
    assert found(office, "PELJ850214HMNRPN07") == 0
    assert found(office, "4435550101", kind=Kind.PERSON) == 1
    with office.database.reading() as session:
        assert not any("PELJ" in f"{each.body}{each.identifiers}" for each in documents(session))


def test_a_plate_in_a_narrative_and_a_telephone_in_an_act_are_found_as_people_type_them(office: Office, database: Database) -> None:
    with database.transaction() as session:
        told = header(session, "NORTE/000777/2026", narrative="Huyó en un Tsuru, placas PKT-662-F.")
        case = open_case(session, OFFICE, told, jurisdiction="mx_cnpp")
        record_act(session, OFFICE, case, kind=ActKind.NOTE, happened_at=now(), text="Llamó del 452 555 3949.")
    assert [found(office, text, kind=Kind.CASE) for text in ("PKT662F", "pkt 662 f", "PKT-662-F", "PKT663F")] == [1, 1, 1, 0]
    assert [found(office, text, kind=Kind.ACT) for text in ("4525553949", "(452) 555-3949", "4525553940")] == [1, 1, 0]


def test_a_search_for_a_curp_says_that_none_is_searched(sign_in: SignIn, case: Case) -> None:
    client = sign_in("prosecutor")
    page = client.get("/search?q=marimba+PELJ850214HMNRPN07").text
    assert "CURP" in page.split('class="govuk-inset-text"')[1].split("</p>")[0]
    assert "<mark>marimba</mark>" in page
    assert "govuk-inset-text" in client.get("/search?q=PELJ850214HMNRPN07").text
    assert "govuk-inset-text" not in client.get("/search?q=marimba").text


def test_a_person_of_whom_only_the_name_is_known_has_no_snippet(office: Office, sign_in: SignIn, case: Case) -> None:
    with office.database.transaction() as session:
        add_party(session, OFFICE, case, Details(part=Part.VICTIM, given_names="Jacinta"))
        add_party(session, OFFICE, case, Details(part=Part.WITNESS, given_names="Petronila", note="Vive enfrente"))
    client = sign_in("prosecutor")
    assert "app-found__snippet" not in client.get("/search?q=jacinta").text
    assert "Vive enfrente" in client.get("/search?q=petronila").text.split("app-found__snippet")[1]




def test_an_exact_number_opens_its_case_however_it_is_written(sign_in: SignIn, case: Case) -> None:
    answer = sign_in("prosecutor").get("/search?q=norte+123+2026")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(case.public_id)


def test_results_are_grouped_with_counts_and_marked_words(app, sign_in: SignIn, case: Case) -> None:  # type: ignore[no-untyped-def]
    page = sign_in("prosecutor").get("/search?q=marimba").text
    assert "<mark>marimba</mark>" in page
    assert "found-case" in page
    assert "found-person" not in page


def test_a_case_is_found_by_its_offence_in_either_language_and_titled_in_the_readers(sign_in: SignIn, database: Database, case: Case) -> None:
    with database.reading() as session:
        code = offence_label(list_offence_codes(session)[0])
    assert code.es != code.en
    client = sign_in("prosecutor")
    for language, shown, hidden in (("es", code.es, code.en), ("en", code.en, code.es)):
        client.post("/language", data={"csrf_token": form_token(client.get("/account").text), "language": language})
        for words in (code.es, code.en, "marimba"):
            found = client.get("/search", query_string={"q": words}).text.split("<ol")[1]
            assert shown in unescape(found)
            assert hidden not in unescape(found)


def test_a_search_that_finds_nothing_says_so(sign_in: SignIn) -> None:
    assert "xilófono" in sign_in("prosecutor").get("/search?q=xilófono").text


def test_an_unreadable_index_is_said_not_shown_as_nothing(app, sign_in: SignIn, case: Case) -> None:  # type: ignore[no-untyped-def]
    client = sign_in("prosecutor")
    for file in app.extensions["settings"].index_dir.rglob("*"):
        if file.is_file() and not file.name.endswith(".lock"):
            file.write_bytes(b"not an index")
    answer = client.get("/search?q=marimba")
    assert answer.status_code == 200
    assert "govuk-inset-text" in answer.text


def test_markup_in_a_case_is_shown_as_text(office: Office, app, sign_in: SignIn) -> None:  # type: ignore[no-untyped-def]
    with office.database.transaction() as session:
        nasty = header(session, "NORTE/000666/2026", narrative="acordeón <script>alert(1)</script>")
        open_case(session, OFFICE, nasty, jurisdiction="mx_cnpp")
    app.extensions["office"].drainer.finish()
    page = sign_in("prosecutor").get("/search?q=acordeon").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_viewer_without_cases_has_no_scope(database: Database) -> None:
    with database.reading() as session:
        blind: Viewer = viewer_named(session, "auditor")
        assert scope_for(session, blind) == set()
