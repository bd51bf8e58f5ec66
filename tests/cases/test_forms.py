"""What is typed about a case: municipalities found however they are written, offences of the right catalogue."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from investigations.accounts.models import Unit
from investigations.cases.forms import CaseForm, match_municipality, nearest_municipality
from investigations.cases.queries import OffenceChoice
from investigations.cases.rules import number_key
from investigations.jurisdictions.rules import Label

GROUP = Label("Homicidio", "Homicide")
OLD = OffenceChoice(1, GROUP, Label("Homicidio doloso", "Intentional homicide"), date(2015, 1, 1), date(2025, 12, 31))
NEW = OffenceChoice(2, GROUP, Label("Homicidio doloso", "Intentional homicide"), date(2026, 1, 1), None)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Morelia", "16053"),
        ("  morelia ", "16053"),
        ("16053", "16053"),
        ("patzcuaro", "16066"),
        ("Zapopan, Jalisco", "14120"),
        ("Nowhere", None),
        ("Morelia, Nowhere", None),
    ],
)
def test_a_municipality_is_found_however_it_is_written(typed: str, code: str | None) -> None:
    found = match_municipality(typed)
    assert (found.code if found else None) == code


def test_a_misspelt_municipality_is_proposed() -> None:
    assert nearest_municipality("Morellia") == "Morelia"
    assert nearest_municipality("xxxxxxxx") is None


@given(st.text("ABC0123/ -", max_size=20))
def test_leading_zeros_spaces_and_signs_do_not_make_another_number(text: str) -> None:
    assert number_key(text) == number_key(f" {text.lower()} ") == number_key(number_key(text))


def form(app: Flask, **sent: str | list[str]) -> CaseForm:
    unit = Unit(public_id="u1", code="NORTE", name="Norte")
    fields: dict[str, str | list[str]] = {
        "number": "N/1/2026", "unit": "u1", "offences": ["2"], "reported_at": "2026-03-02T09:00", "confidentiality": "ordinary",
    }  # fmt: skip
    with app.test_request_context(method="POST"):
        made = CaseForm(MultiDict(fields | sent), meta={"csrf": False})
        made.offer([unit], [OLD, NEW], "mx_cnpp")
        made.validate()
    return made


def test_a_complete_header_passes(app: Flask) -> None:
    assert form(app).errors == {}


def test_what_is_missing_is_named_at_its_field(app: Flask) -> None:
    assert set(form(app, number="", offences=[""], reported_at="").errors) == {"number", "offences", "reported_at"}


def test_an_offence_must_be_of_the_catalogue_of_the_day_of_the_fact(app: Flask) -> None:
    assert "offences" in form(app, occurred_at="2025-06-01T09:00").errors
    assert form(app, occurred_at="2025-06-01T09:00", offences=["1"]).errors == {}
    assert "offences" in form(app, offences=["1"]).errors


def test_the_hour_of_a_fact_may_be_left_out(app: Flask) -> None:
    made = form(app, **{"occurred_at-day": "1", "occurred_at-month": "3", "occurred_at-year": "2026"})
    assert made.errors == {}
    assert made.occurred_at.data is not None
    assert made.occurred_at.data.isoformat() == "2026-03-01T06:00:00+00:00"  # midnight in the office's zone
    with app.test_request_context():
        assert made.occurred_at.written(made.occurred_at.data)["time"] == ""


def test_several_offences_are_kept_once_each_and_empty_boxes_left_out(app: Flask) -> None:
    made = form(app, offences=["2", "", "2"])
    assert made.offences.data == [2]
    made.offences.more = True
    assert made.offences.boxes == ["2", ""]
    made.offences.data = []
    assert made.offences.boxes == ["", ""]


def test_an_unknown_municipality_is_an_error_and_a_known_one_gets_its_official_name(app: Flask) -> None:
    assert "municipality" in form(app, municipality="Morellia").errors
    made = form(app, municipality="MORELIA")
    header = made.header(Unit(id=7, public_id="u1", code="NORTE", name="Norte"))
    assert (header.municipality, header.municipality_name, header.unit_id) == ("16053", "Morelia", 7)
