"""Reading one cell: dates as people and programs write them, names, tidy text."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from investigations.importing.rules.cells import code_of, fold, formula_safe, read_moment, tidy
from investigations.importing.rules.names import read_name

MEXICO = ZoneInfo("America/Mexico_City")
CHICAGO = ZoneInfo("America/Chicago")


@pytest.mark.parametrize(
    ("text", "instant", "day_only"),
    [
        ("2025-03-07", "2025-03-07T06:00", True),
        ("2025-03-07T22:30", "2025-03-08T04:30", False),
        ("2025-03-07 22:30:15", "2025-03-08T04:30:15", False),
        ("2025-03-07T22:30Z", "2025-03-07T22:30", False),
        ("2025-03-07T22:30+02:00", "2025-03-07T20:30", False),
        ("2025-03-07T22:30-0600", "2025-03-08T04:30", False),
        ("07/03/2025", "2025-03-07T06:00", True),
        ("7/3/2025 10:30 PM", "2025-03-08T04:30", False),
        ("7/3/2025 12:00:00 AM", "2025-03-07T06:00", True),
        ("7/3/2025 12:15 p.m.", "2025-03-07T18:15", False),
    ],
)
def test_a_moment_is_read_in_the_zone_of_the_file(text: str, instant: str, day_only: bool) -> None:
    moment = read_moment(text, MEXICO, True)
    assert moment.at == datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert moment.day_only is day_only


def test_the_first_number_is_the_month_in_the_united_states() -> None:
    assert read_moment("4/8/2019 12:00:00 AM", CHICAGO, False).day.isoformat() == "2019-04-08"


def test_a_shifted_clock_gives_the_local_day_in_winter_and_summer() -> None:
    for text, day in (("2019-01-10 04:00:00", "2019-01-10"), ("2019-07-10 04:00:00", "2019-07-10")):
        moment = read_moment(text, CHICAGO, False, -4)
        assert (moment.day.isoformat(), moment.day_only) == (day, True)
    night = read_moment("2019-01-01 02:45:00", CHICAGO, False, -4)
    assert night.at == datetime(2019, 1, 1, 4, 45, tzinfo=UTC)
    assert night.day.isoformat() == "2018-12-31"


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2025-13-01", "31/02/2025", "1/2/25", "2025-03-07T25:00", "13:00", "1/1/2025 13:00 PM"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_moment(text, MEXICO, True)


def test_an_hour_that_the_clocks_skip_is_no_moment() -> None:
    with pytest.raises(ValueError):
        read_moment("2019-03-10 02:30:00", CHICAGO, False)


def test_a_day_is_compared_as_a_day_and_an_instant_as_an_instant() -> None:
    day, evening = read_moment("2025-03-07", MEXICO, True), read_moment("2025-03-07T22:30", MEXICO, True)
    later = read_moment("2025-03-07T22:31", MEXICO, True)
    assert not evening.before(day)
    assert not day.before(evening)
    assert evening.before(later)
    assert day.same(evening)
    assert not evening.same(later)


@given(st.text())
def test_tidying_never_fails_but_for_signs_that_cannot_be_kept(text: str) -> None:
    try:
        tidied = tidy(text)
    except ValueError:
        assert any(not sign.isprintable() for sign in text)
        return
    assert tidy(tidied) == tidied
    assert "  " not in tidied


def test_names_are_compared_without_accents_case_and_signs() -> None:
    assert fold(" Fiscalía  (Morelia) ") == fold("FISCALIA MORELIA") == "FISCALIA MORELIA"
    assert code_of("Cook County Sheriff's Police") == "COOK-COUNTY-SHERIFF-S-POLICE"


@given(st.text())
def test_no_cell_of_the_report_can_start_a_formula(text: str) -> None:
    assert not formula_safe(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("PÉREZ NÚÑEZ, María", ("María", "Pérez", "Núñez")),
        ("DE LA CRUZ PEÑA, JOSÉ LUIS", ("José Luis", "de la Cruz", "Peña")),
        ("María Pérez Núñez", ("María", "Pérez", "Núñez")),
        ("José Luis de la Cruz Peña", ("José Luis", "de la Cruz", "Peña")),
        ("María Pérez", ("María", "Pérez", "")),
        ("María", ("María", "", "")),
        ("El Güero", ("El", "Güero", "")),
        ("P-1077995851303", ("P-1077995851303", "", "")),
        (", María", ("María", "", "")),
    ],
)
def test_a_name_is_parted_as_people_with_two_surnames_write_it(text: str, parts: tuple[str, str, str]) -> None:
    name = read_name(text, two_surnames=True)
    assert (name.given_names, name.surname1, name.surname2) == parts


def test_elsewhere_the_last_name_is_the_surname() -> None:
    name = read_name("John Ray Smith", two_surnames=False)
    assert (name.given_names, name.surname1, name.surname2) == ("John Ray", "Smith", "")


def test_two_writings_of_a_name_are_one_person_but_an_enye_is_another_letter() -> None:
    written = [read_name(text, two_surnames=True).key for text in ("PEÑA RÍOS, Ana", "peña rios, ANA", "PENA RÍOS, Ana")]
    assert written[0] == written[1] != written[2]
