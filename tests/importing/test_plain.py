"""The plain format, one row an event: what becomes of rows, and which rows stay out and why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from investigations.access import OFFICE
from investigations.accounts.models import Unit
from investigations.cases.models import Case, OffenceCode
from investigations.cases.queries import cases_numbered
from investigations.court.models import Line, LineEvent
from investigations.people.models import Party, Person
from tests.casework import open_a_case
from tests.conftest import viewer_named
from tests.importing.desk import Desk, row, write_plain


def only_case(desk: Desk) -> Case:
    with desk.office.database.reading() as session:
        return session.scalars(select(Case)).one()


def test_a_case_is_opened_as_its_first_row_says(desk: Desk) -> None:
    outcome = desk.plain(row(occurred_at="2025-03-05T22:30", reported_at="06/03/2025"))
    assert outcome.written["cases"] == 1
    case = only_case(desk)
    assert (case.number, case.jurisdiction) == ("MOR/1/2025", "mx_cnpp")
    assert (case.municipality, case.municipality_name) == ("16053", "Morelia")
    assert case.occurred_at is not None
    assert case.occurred_at.isoformat() == "2025-03-06T04:30:00+00:00"
    assert case.reported_at is not None
    assert case.reported_at.isoformat() == "2025-03-06T06:00:00+00:00"
    assert desk.verified() == []


def test_rows_of_one_suspect_are_one_line_in_the_order_of_their_dates(desk: Desk) -> None:
    desk.plain(
        row(suspect="PÉREZ NÚÑEZ, María", event="vinculacion", event_at="2025-05-01"),
        row(suspect="Pérez Núñez, María", event="judicializacion", event_at="2025-04-01"),
        row(suspect="", event="denuncia", event_at="2025-03-06"),
    )
    events = desk.events("MOR/1/2025")
    assert len({line for line, *_rest in events}) == 1
    assert desk.kinds("MOR/1/2025") == ["denuncia", "judicializacion", "vinculacion"]
    with desk.office.database.reading() as session:
        person = session.scalars(select(Person)).one()
    assert (person.given_names, person.surname1, person.surname2) == ("María", "Pérez", "Núñez")


def test_the_first_suspect_takes_over_the_line_of_the_unknown_author_and_the_second_gets_an_own_one(desk: Desk) -> None:
    desk.plain(
        row(event="denuncia", event_at="2025-03-06"),
        row(suspect="Uno Gómez, A", event="judicializacion", event_at="2025-04-01"),
        row(suspect="Dos Gómez, B", event="judicializacion", event_at="2025-04-02"),
    )
    with desk.office.database.reading() as session:
        lines = session.scalars(select(Line).order_by(Line.id)).all()
        kinds = [
            list(session.scalars(select(LineEvent.kind).where(LineEvent.line_id == line.id).order_by(LineEvent.number)))
            for line in lines
        ]
    assert all(line.party_id for line in lines)
    assert kinds == [["denuncia", "suspect_identified", "judicializacion"], ["denuncia", "judicializacion"]]
    assert desk.verified() == []


def test_a_line_that_no_row_opens_is_opened_when_the_case_was_reported(desk: Desk) -> None:
    desk.plain(row(event="archivo_temporal", event_at="2025-04-01"))
    first, second = desk.events("MOR/1/2025")
    assert (first[1], first[2]) == ("denuncia", "2025-03-06T06:00:00+00:00")
    assert second[1] == "archivo_temporal"


def test_events_may_be_written_by_their_names_in_either_language(desk: Desk) -> None:
    desk.plain(row(event="Archivo temporal", event_at="2025-04-01"))
    desk.plain(row(case_number="2", event="ARCHIVO  TEMPORAL", event_at="2025-04-01"))
    assert desk.kinds("MOR/1/2025") == desk.kinds("2") == ["denuncia", "archivo_temporal"]


def test_unknown_units_and_offences_are_created_when_asked_and_belong_to_the_batch(desk: Desk) -> None:
    outcome = desk.plain(row(unit="Unidad Poniente", offence="Robo de naves"), create_missing=True)
    with desk.office.database.reading() as session:
        unit = session.scalars(select(Unit).where(Unit.name == "Unidad Poniente")).one()
        code = session.scalars(select(OffenceCode).where(OffenceCode.label_es == "Robo de naves")).one()
        root = session.scalars(select(Unit).where(Unit.code == "CENTRO")).one()
        case = session.scalars(select(Case)).one()
    assert (unit.code, unit.parent_id, case.unit_id) == ("UNIDAD-PONIENTE", root.id, unit.id)
    assert unit.batch_id == code.batch_id == case.batch_id
    assert outcome.written["units"] == outcome.written["offence_codes"] == 1
    assert desk.verified() == []


@pytest.mark.parametrize("text", ["NORTE", "norte", "Unidad Norte", "unidad  norte"])
def test_a_unit_is_found_by_code_or_name(desk: Desk, text: str) -> None:
    desk.plain(row(unit=text))
    with desk.office.database.reading() as session:
        assert session.scalars(select(Unit.code).join(Case, Case.unit_id == Unit.id)).one() == "NORTE"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("homicidio-doloso.con-arma-de-fuego", "homicidio-doloso.con-arma-de-fuego"),
        ("HOMICIDIO DOLOSO, CON ARMA DE FUEGO", "homicidio-doloso.con-arma-de-fuego"),
        ("Intentional homicide, with a firearm", "homicidio-doloso.con-arma-de-fuego"),
        ("homicidio doloso", "homicidio-doloso"),
        ("Homicidio", "homicidio"),
    ],
)
def test_an_offence_is_found_at_every_level_in_the_catalogue_of_its_day(desk: Desk, text: str, code: str) -> None:
    desk.plain(row(offence=text), row(case_number="2", offence=text, occurred_at="2026-01-05", reported_at="2026-01-06",
                                      event_at="2026-01-06"))  # fmt: skip
    with desk.office.database.reading() as session:
        codes = session.execute(
            select(OffenceCode.scheme, OffenceCode.code)
            .join_from(Case, Case.offences.property.mapper.class_)
            .join(OffenceCode)
            .order_by(Case.id)
        ).all()
    assert [tuple(found) for found in codes] == [("sesnsp_2015", code), ("sesnsp_2026", code)]


def test_rows_join_a_case_that_the_office_has_when_they_agree_with_it(desk: Desk) -> None:
    with desk.office.database.transaction() as session:
        open_a_case(session, viewer_named(session, "prosecutor"))
    there = row(case_number="norte/1/2026", occurred_at="", reported_at="2026-03-02", offence="", event_at="2026-03-03",
                suspect="Ruiz Paz, Eva", event="judicializacion")  # fmt: skip
    outcome = desk.plain(there, {**there, "municipality": "Uruapan", "note": "x"})
    assert "cases" not in outcome.written
    assert [problem for problem in desk.problems(outcome) if problem[3] == "LEFT_OUT"] == [
        (3, "municipality", "disagrees", "LEFT_OUT")
    ]
    assert desk.kinds("NORTE/000001/2026") == ["denuncia", "judicializacion"]
    assert desk.verified() == []


def test_the_jurisdiction_is_told_from_the_events_and_dates_follow_it(desk: Desk) -> None:
    outcome = desk.plain(
        row(event="referral", municipality="Springfield", reported_at="03/06/2025", event_at="03/07/2025",
            suspect="John Ray Smith")
    )  # fmt: skip
    assert outcome.report.entering() == 1
    case = only_case(desk)
    assert (case.jurisdiction, case.municipality, case.municipality_name) == ("us_generic", "SPRINGFIELD", "Springfield")
    assert case.reported_at is not None
    assert case.reported_at.isoformat() == "2025-03-06T06:00:00+00:00"
    with desk.office.database.reading() as session:
        person = session.scalars(select(Person)).one()
    assert (person.given_names, person.surname1) == ("John Ray", "Smith")


def test_a_cause_stands_in_brackets_behind_its_event(desk: Desk) -> None:
    outcome = desk.plain(
        row(event="judicializacion (APREHENSIÓN)", suspect="Uno, A"),
        row(case_number="2", event="judicializacion", suspect="Uno, A"),
        row(case_number="3", event="judicializacion (otra)", suspect="Uno, A"),
    )
    with desk.office.database.reading() as session:
        causes = session.scalars(select(LineEvent.cause).where(LineEvent.kind == "judicializacion").order_by(LineEvent.id))
        assert list(causes) == ["aprehension", None]
    assert desk.problems(outcome) == [(3, "event", "no_cause", "WARNED"), (4, "event", "unknown_cause", "LEFT_OUT")]


def test_a_case_of_another_jurisdiction_is_not_added_to(desk: Desk) -> None:
    desk.plain(row(event="referral"))
    outcome = desk.plain(row(event="archivo_temporal", event_at="2025-04-01"))
    assert desk.problems(outcome) == [(2, "case_number", "other_law", "LEFT_OUT")]


def test_the_same_event_spelt_otherwise_is_not_a_second_event(desk: Desk) -> None:
    """As a spreadsheet saves it again: number without zeros, days with slashes, event by its name, blanks for repeats."""
    first = row(case_number="D-0001", suspect="Ruiz Paz, Eva", event="judicializacion", event_at="2025-04-02", note="x")
    again = row(case_number="d 1", unit="norte", municipality="MORELIA", offence="homicidio-doloso.con-arma-de-fuego",
                occurred_at="05/03/2025", reported_at="", suspect="RUIZ PAZ, EVA", event="Judicialización",
                event_at="02/04/2025", note="x")  # fmt: skip
    assert (3, "", "duplicate", "DUPLICATE") in desk.problems(desk.plain(first, again))
    before = desk.kinds("D-0001")
    outcome = desk.plain(again)
    assert (outcome.batch, desk.kinds("D-0001")) == (None, before)
    other = desk.plain({**again, "municipality": "Uruapan"})
    assert [problem for problem in desk.problems(other) if problem[3] == "LEFT_OUT"] == [(2, "municipality", "disagrees", "LEFT_OUT")]
    assert desk.plain({**again, "note": "y"}).batch is not None


@pytest.mark.parametrize("offence", ["Homicidio doloso, con arma de fuego", "homicidio-doloso", "Fraude"])
def test_facts_older_than_the_oldest_catalogue_are_of_its_offences(desk: Desk, offence: str) -> None:
    outcome = desk.plain(row(offence=offence, occurred_at="1998-03-01", reported_at="1998-03-02", event_at="1998-03-02"))
    assert [problem for problem in desk.problems(outcome) if problem[3] == "LEFT_OUT"] == []
    assert desk.kinds("MOR/1/2025") == ["denuncia"]


def test_the_same_row_again_is_a_duplicate_in_the_file_and_already_present_later(desk: Desk) -> None:
    outcome = desk.plain(row(), row())
    assert desk.problems(outcome) == [(3, "", "duplicate", "DUPLICATE")]
    before = desk.digest()
    again = desk.plain(row(), row(event="archivo_temporal", event_at="2025-04-01"))
    assert {fate.name: count for fate, count in again.report.total().items()} == {"PRESENT": 1, "ACCEPTED": 1}
    assert desk.digest() != before
    assert desk.kinds("MOR/1/2025") == ["denuncia", "archivo_temporal"]


def test_a_second_import_of_the_same_file_adds_nothing(desk: Desk, tmp_path: Path) -> None:
    path = write_plain(tmp_path / "once.csv", [row(), row(suspect="A, B", event="vinculacion", event_at="2025-05-01")])
    desk.plain(path=path)
    before = desk.digest()
    again = desk.plain(path=path)
    assert again.batch is None
    assert {fate.name: count for fate, count in again.report.total().items()} == {"PRESENT": 2}
    assert desk.digest() == before


def test_imported_people_and_their_cases_are_seen_only_by_those_who_may(desk: Desk) -> None:
    desk.plain(row(suspect="Oculto Paz, Ana"))
    with desk.office.database.reading() as session:
        assert cases_numbered(session, viewer_named(session, "prosecutor"), "MOR/1/2025")
        assert not cases_numbered(session, viewer_named(session, "south-prosecutor"), "MOR/1/2025")
        assert cases_numbered(session, OFFICE, "mor 1 2025")
        assert session.scalars(select(Party)).one().part == "suspect"


def test_what_others_write_while_files_are_read_is_taken_into_account(desk: Desk) -> None:
    meanwhile: list[str] = []

    def bars(_name: str, _total: int | None) -> Callable[[int], None]:
        if not meanwhile:
            meanwhile.append("once")
            with desk.office.database.transaction() as session:
                open_a_case(session, viewer_named(session, "prosecutor"))
        return lambda count: None

    outcome = desk.plain(
        row(case_number="NORTE/000001/2026"),
        row(case_number="NORTE/000001/2026", occurred_at="", reported_at="", offence="", event_at="2026-03-03"),
        bars=bars,
    )
    assert desk.problems(outcome) == [(2, "offence", "disagrees", "LEFT_OUT")]
    assert "cases" not in outcome.written
    assert desk.kinds("NORTE/000001/2026") == ["denuncia"]
