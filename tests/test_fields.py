"""Fields read what people type, keep it when it is wrong, and say in words what to mend."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms.validators import Optional

from investigations import typed
from investigations.fields import (
    CleanString,
    CleanText,
    DatePartsField,
    Form,
    MomentField,
    NotInFuture,
    Required,
)

from .kitchen import SampleForm, build


class Diary(Form):
    day = DatePartsField("Day of the fact", [Required(), NotInFuture()])
    at = MomentField("Moment", [Optional(), NotInFuture()])
    line = CleanString("Place")
    text = CleanText("Narrative")


@pytest.fixture(scope="module")
def app():
    made = build()
    made.config["WTF_CSRF_ENABLED"] = False
    return made


def filled(app, values=None, zone="America/Mexico_City", form=Diary, **stored):
    """A form that received `values`, validated, in an office of `zone`, in English."""
    app.extensions["babel"].default_timezone = zone
    with app.test_request_context("/?lang=en"):
        from flask_babel import refresh

        app.extensions["babel"].timezone_selector = lambda: zone
        refresh()
        made = form(MultiDict(values) if values is not None else None, **stored)
        made.validate() if values is not None else None
        return made, {name: [str(words) for words in found] for name, found in made.errors.items()}


@pytest.mark.parametrize(
    "single",
    ["3/9/26", "03-09-2026", "2026-09-03", "3 sep 2026", "3 de septiembre de 2026", "3.9.2026", "3 SEPT. 26"],
)
def test_a_date_typed_in_one_box_is_read_day_first(app, single):
    form, errors = filled(app, {"day": single})
    assert form.day.data == date(2026, 9, 3)
    assert not errors


def test_a_date_typed_in_three_boxes_is_read(app):
    form, errors = filled(app, {"day-day": "3", "day-month": "septiembre", "day-year": "2026"})
    assert (form.day.data, errors) == (date(2026, 9, 3), {})


@given(st.dates(min_value=date(1850, 1, 1), max_value=date(2999, 12, 31)))
def test_every_date_survives_writing_and_reading(day):
    assert typed.calendar_day(str(day.day), str(day.month), f"{day.year:04d}") == day
    assert typed.calendar_day(*typed.split_date(day.isoformat())) == day


@pytest.mark.parametrize(
    ("boxes", "words", "marked"),
    [
        (("3", "9", ""), "Day of the fact must include a year", {"year"}),
        (("", "9", ""), "Day of the fact must include a day and a year", {"day", "year"}),
        (
            ("31", "2", "2026"),
            "Day of the fact must be a real date, for example 27 3 2026",
            {"day", "month", "year"},
        ),
        (
            ("3", "9", "26x"),
            "Day of the fact must be a real date, for example 27 3 2026",
            {"day", "month", "year"},
        ),
        (
            ("٣", "9", "2026"),
            "Day of the fact must be a real date, for example 27 3 2026",
            {"day", "month", "year"},
        ),
        (
            ("4431234567", "9", "2026"),
            "Day of the fact must be a real date, for example 27 3 2026",
            {"day", "month", "year"},
        ),
        (
            ("3", "9", "9999"),
            "Day of the fact must be a real date, for example 27 3 2026",
            {"day", "month", "year"},
        ),
        (("", "", ""), "Fill in “Day of the fact”", {"day", "month", "year"}),
    ],
)
def test_a_wrong_date_says_what_is_wrong_marks_the_boxes_and_keeps_what_was_typed(app, boxes, words, marked):
    form, errors = filled(
        app, {f"day-{part}": value for part, value in zip(("day", "month", "year"), boxes, strict=True)}
    )
    assert errors["day"] == [words]
    assert form.day.data is None
    assert form.day.wrong == marked
    assert tuple(form.day.typed.values()) == boxes


def test_the_error_link_leads_to_the_first_wrong_box(app):
    form, _ = filled(app, {"day-day": "3", "day-month": "9", "day-year": ""})
    assert form.day.first_id == "day-year"


LATE_EVENING = datetime(2026, 9, 4, 3, 0, tzinfo=UTC)  # 3 September, 21:00 in Mexico City


def test_today_and_tomorrow_are_those_of_the_office(app, monkeypatch):
    monkeypatch.setattr("investigations.fields.now", lambda: LATE_EVENING)
    assert filled(app, {"day": "3/9/26"})[1] == {}
    assert filled(app, {"day": "4/9/26"})[1] == {"day": ["Day of the fact must not be in the future"]}
    assert filled(app, {"day": "4/9/26"}, "Europe/Madrid")[1] == {}


def test_a_moment_after_now_is_refused_and_this_minute_accepted(app, monkeypatch):
    monkeypatch.setattr("investigations.fields.now", lambda: LATE_EVENING)
    assert filled(app, {"day": "1/1/26", "at": "3/9/26 21:00"})[1] == {}
    _, errors = filled(app, {"day": "1/1/26", "at": "3/9/26 21:01"})
    assert errors == {"at": ["Moment must not be in the future"]}


@pytest.mark.parametrize(
    ("zone", "hour", "utc"),
    [
        ("America/Mexico_City", "16:05", (22, 5)),
        ("America/Cancun", "1605", (21, 5)),
        ("America/Hermosillo", "16.05 h", (23, 5)),
    ],
)
def test_a_moment_is_typed_on_the_offices_clock_and_stored_in_utc(app, zone, hour, utc):
    values = {"day": "1/1/26", "at-day": "3", "at-month": "9", "at-year": "25", "at-time": hour}
    form, errors = filled(app, values, zone)
    assert errors == {}
    assert form.at.data == datetime(2025, 9, 3, *utc, tzinfo=UTC)


def test_a_moment_in_one_value_is_read(app):
    for single in ("2025-09-03T16:05", "2025-09-03 16:05:59", "3/9/25 16:05"):
        form, _ = filled(app, {"day": "1/1/26", "at": single})
        assert form.at.data == datetime(2025, 9, 3, 22, 5, tzinfo=UTC), single


@pytest.mark.parametrize(
    ("hour", "words"),
    [
        ("", "Moment must include an hour"),
        ("25:00", "Moment must have a real hour, for example 16:05"),
        ("9", "Moment must have a real hour, for example 16:05"),
    ],
)
def test_a_moment_without_a_real_hour_says_so(app, hour, words):
    form, errors = filled(
        app, {"day": "1/1/26", "at-day": "3", "at-month": "9", "at-year": "2025", "at-time": hour}
    )
    assert errors == {"at": [words]}
    assert form.at.wrong == {"time"}


def test_the_hour_that_a_clock_change_leaves_out_is_refused(app):
    values = {"day": "1/1/26", "at": "8/3/2026 02:30"}
    _, errors = filled(app, values, "America/Tijuana")
    assert errors == {"at": ["Moment does not exist: clocks were put forward in that hour"]}
    assert filled(app, values, "America/Mexico_City")[1] == {}


def test_of_an_hour_that_comes_twice_the_first_is_meant():
    utc = typed.instant(date(2026, 11, 1), time(1, 30), ZoneInfo("America/Tijuana"))
    assert utc == datetime(2026, 11, 1, 8, 30, tzinfo=UTC)


def test_a_stored_moment_is_shown_on_the_offices_clock(app):
    form, _ = filled(app, at=datetime(2026, 9, 3, 2, 5, tzinfo=UTC))
    assert form.at.typed == {"day": "2", "month": "9", "year": "2026", "time": "20:05"}


def test_now_is_offered_as_the_default(app):
    form, _ = filled(app, form=SampleForm)
    assert form.occurred_at.typed["time"]


def test_a_form_that_does_not_send_a_date_leaves_the_stored_one(app):
    form, _ = filled(app, {"line": "x"}, day=date(2020, 2, 29))
    assert form.day.data == date(2020, 2, 29)
    assert form.day.typed["day"] == "29"


def test_a_moment_sent_back_as_it_was_shown_keeps_the_seconds_that_no_box_shows(app):
    stored = datetime(2026, 9, 4, 3, 0, 41, 5, tzinfo=UTC)
    boxes = {"at-day": "03", "at-month": "9", "at-year": "2026", "at-time": "21:00"}
    assert filled(app, boxes, data={"at": stored})[0].at.data == stored
    assert filled(app, boxes | {"at-time": "21:01"}, data={"at": stored})[0].at.data == datetime(2026, 9, 4, 3, 1, tzinfo=UTC)


def test_two_digits_of_a_year_mean_the_nearest_past_century_beyond_five_years():
    this_year = datetime.now(UTC).year
    assert typed.full_year(f"{(this_year + 5) % 100:02d}") == this_year + 5
    assert typed.full_year(f"{(this_year + 6) % 100:02d}") == this_year - 94
    assert typed.full_year("58") == 1958


def test_text_is_normalised_and_stripped(app):
    form, errors = filled(
        app, {"day": "1/1/26", "line": "  Jose\u0301  Núñez\n", "text": " uno \r\n\r\ndos\t \r\n"}
    )
    assert errors == {}
    assert form.line.data == "José Núñez"
    assert form.text.data == "uno\n\ndos"


def test_marks_that_telephones_put_around_pasted_numbers_are_dropped(app):
    form, errors = filled(app, {"day": "1/1/26", "line": "\u202a443 123 4567\u202c"})
    assert (form.line.data, errors) == ("443 123 4567", {})


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\x7f", "\x85", "\ud800"])
def test_control_characters_are_refused_by_name_of_the_field(app, sign):
    _, errors = filled(app, {"day": "1/1/26", "line": f"a{sign}b", "text": f"a{sign}b"})
    assert errors["line"] == ["Place contains a character that cannot be kept; type it again"]
    assert errors["text"] == ["Narrative contains a character that cannot be kept; type it again"]


@given(st.text())
def test_cleaning_is_done_once(text):
    try:
        cleaned = typed.clean_lines(text)
    except ValueError:
        return
    assert typed.clean_lines(cleaned) == cleaned
    assert "\x00" not in cleaned
    assert "\r" not in cleaned


def test_an_unchosen_option_is_asked_for_by_name(app):
    _, errors = filled(app, {"number": "x"}, form=SampleForm)
    assert errors["part"] == ["Fill in “Calidad”"]
    assert errors["offence"] == ["Fill in “Delito”"]
