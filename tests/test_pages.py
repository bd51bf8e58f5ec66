"""Templates: strict, escaped, dated as the office writes, built from macros; seen through a kitchen-sink application."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from jinja2 import UndefinedError

from investigations import assets, charts, pages
from investigations.config import PROJECT

from .kitchen import THEN, build

SAMPLES = ["/", "/case", "/list", "/charts", "/conflict", "/empty", "/form", "/fail/404", "/?as=nobody"]


@pytest.fixture(scope="module")
def app() -> Flask:
    return build()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def drawn(app: Flask, source: str, language: str = "es", /, **context: object) -> str:
    with app.test_request_context(f"/?lang={language}"):
        return render_template_string(source, **context)


def with_query(path: str, query: str) -> str:
    return path + ("&" if "?" in path else "?") + query


@pytest.mark.parametrize("path", SAMPLES)
@pytest.mark.parametrize("language", ["es", "en"])
def test_every_sample_page_has_one_heading_unique_ids_and_its_language(
    client: FlaskClient, path: str, language: str
) -> None:
    page = client.get(with_query(path, f"lang={language}")).text
    assert f'<html lang="{language}"' in page
    assert len(re.findall(r"<h1[ >]", page)) == 1
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    targets = re.findall(r'\sfor="([^"]+)"', page)
    assert set(targets) <= set(ids)
    for told in re.findall(r'aria-(?:describedby|labelledby|controls)="([^"]+)"', page):
        assert set(told.split()) <= set(ids)


@pytest.mark.parametrize("path", SAMPLES)
def test_no_page_carries_inline_style_or_a_script_without_nonce(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    nonce = re.findall(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])[0]
    assert nonce
    assert " style=" not in answer.text
    scripts = re.findall(r"<script[^>]*>", answer.text)
    assert scripts
    assert all(f'nonce="{nonce}"' in script for script in scripts)


def test_the_nonce_is_new_in_every_response(client: FlaskClient) -> None:
    assert (
        client.get("/").headers["Content-Security-Policy"]
        != client.get("/").headers["Content-Security-Policy"]
    )


def test_an_unknown_name_in_a_template_is_an_error_and_text_is_escaped(app: Flask) -> None:
    with pytest.raises(UndefinedError):
        drawn(app, "{{ nobody_knows }}")
    assert drawn(app, "{{ text }}", text="<b>") == "&lt;b&gt;"


@pytest.mark.parametrize("component", ["button", "tag", "label", "hint"])
def test_components_escape_the_text_they_are_given(app: Flask, component: str) -> None:
    page = drawn(app, "{{ govuk(name, {'text': text, 'for': 'x'}) }}", name=component, text='"><script>')
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_the_search_box_and_the_account_are_only_for_those_signed_in(client: FlaskClient) -> None:
    signed_in, stranger = client.get("/").text, client.get("/?as=nobody").text
    assert 'name="q"' in signed_in
    assert "María de la Luz" in signed_in
    for missing in ('name="q"', "sign-out", "govuk-service-navigation"):
        assert missing in signed_in
        assert missing not in stranger


def test_the_language_switch_is_a_posted_form_in_the_other_language_that_comes_back_here(
    client: FlaskClient,
) -> None:
    page = client.get("/list?lang=en&page=2").text
    form = re.search(r'<form[^>]*action="/language" method="post">.*?</form>', page, re.S)
    assert form
    assert 'name="csrf_token"' in form[0]
    assert 'name="next" value="/list?lang=en&amp;page=2"' in form[0]
    assert re.search(r'name="language" value="es" lang="es">Español', form[0])


def test_a_form_with_errors_says_so_in_title_summary_and_field(client: FlaskClient) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)', client.get("/form").text)
    assert token
    values = {
        "reported_on-day": "31",
        "reported_on-month": "2",
        "reported_on-year": "2026",
        "narrative": "<i>hola",
    }
    answer = client.post("/form?lang=en", data={"csrf_token": token[1], **values})
    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    summary = answer.text[answer.text.index("govuk-error-summary") : answer.text.index("<h1")]
    assert '<a href="#reported_on-day">' in summary
    assert '<a href="#part">' in summary
    assert 'id="reported_on-error"' in answer.text
    assert 'value="31"' in answer.text
    assert "&lt;i&gt;hola</textarea>" in answer.text


def test_a_form_without_errors_has_a_plain_title(client: FlaskClient) -> None:
    assert "<title>Abrir carpeta · Esclarece</title>" in client.get("/form").text


@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503, 418])
def test_every_failure_has_calm_words_of_its_own(client: FlaskClient, code: int) -> None:
    page = client.get(f"/fail/{code}?lang=en")
    assert page.status_code == code
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", page.text)
    assert heading
    assert heading[1] in page.text.split("</title>")[0]
    assert ("a1b2c3d4" in page.text) == (code == 500)


def test_dates_are_written_as_the_office_writes_them(app: Flask) -> None:
    text = "{{ v|date_medium }} | {{ v|date_long }} | {{ v|moment }} | {{ v|isoformat }}"
    spanish = "3 sep 2026 | 3 de septiembre de 2026 | 3 sep 2026, 16:05 h | 2026-09-03T16:05-06:00"
    assert drawn(app, text, v=THEN) == spanish
    assert drawn(app, text, "en", v=THEN).startswith("3 Sep 2026 | 3 September 2026 | 3 Sep 2026, 16:05 |")
    assert drawn(app, "{{ v|date_medium }} {{ v|isoformat }}", v=date(2026, 1, 9)) == "9 ene 2026 2026-01-09"
    assert drawn(app, "{{ none|date_medium }}{{ none|moment }}") == "——"


def test_a_moment_late_at_night_is_dated_on_the_offices_day(app: Flask) -> None:
    assert drawn(app, "{{ v|date_medium }}", v=datetime(2026, 9, 4, 3, 0, tzinfo=UTC)) == "3 sep 2026"


def test_a_long_word_may_break_and_is_still_text(app: Flask) -> None:
    word = "x" * 45
    assert drawn(app, "{{ v|breakable }}", v=f"<b> {word}") == f"&lt;b&gt; {'x' * 20}<wbr>{'x' * 20}<wbr>{'x' * 5}"
    assert drawn(app, "{{ v|breakable }}{{ none|breakable }}", v="Unidad de Robo") == "Unidad de RoboNone"


def test_numbers_are_written_with_point_and_comma_and_half_to_even(app: Flask) -> None:
    text = "{{ v|number }} {{ w|number(1) }} {{ none|number }}"
    for language in ("es", "en"):
        assert drawn(app, text, language, v=1234.5, w=Decimal("56.25")) == "1,234.5 56.2 —"


@pytest.mark.parametrize(
    ("current", "last", "window"),
    [
        (1, 2, [1, 2]),
        (1, 9, [1, 2, None, 9]),
        (4, 12, [1, 2, 3, 4, 5, None, 12]),
        (6, 12, [1, None, 5, 6, 7, None, 12]),
        (12, 12, [1, None, 11, 12]),
    ],
)
def test_pagination_offers_the_ends_and_the_neighbours(
    current: int, last: int, window: list[int | None]
) -> None:
    assert pages.page_window(current, last) == window


def test_assets_live_for_a_year_under_an_address_made_of_their_content(
    app: Flask, client: FlaskClient
) -> None:
    address = drawn(app, "{{ asset_url('app.css') }}")
    assert re.search(r"/[0-9a-f]{12}/app\.css$", address)
    answer = client.get(address)
    assert answer.status_code == 200
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert "immutable" in answer.headers["Cache-Control"]
    assert "no-cache" not in answer.headers["Cache-Control"]


def test_missing_assets_name_the_command_that_makes_them(tmp_path: Path) -> None:
    with pytest.raises(assets.AssetsMissing, match=r"\.ci/assets"):
        assets.folder(tmp_path)
    with pytest.raises(assets.AssetsMissing, match=r"\.ci/assets"):
        assets.asset_path("nothing.css")


def test_the_style_sheet_has_our_font_and_no_foreign_address_or_mark_of_another_house() -> None:
    css = assets.asset_path("app.css").read_text("utf-8")
    assert "Noto Sans" in css
    assert all("/" not in address for address in re.findall(r"url\(([^)]*)\)", css))
    for foreign in ("GDS Transport", "crown", "crest", "@import"):
        assert foreign not in css


def test_the_lock_file_names_no_host() -> None:
    lock = (PROJECT / "package-lock.json").read_text()
    assert "integrity" in lock
    assert not re.search(r"https?:|resolved", lock)


def test_axis_marks_are_round_start_at_nought_and_reach_the_highest() -> None:
    assert charts.axis(105.3) == [0, 25, 50, 75, 100, 125]
    assert charts.axis(100) == [0, 20, 40, 60, 80, 100]
    assert charts.axis(0.46 * 100) == [0, 10, 20, 30, 40, 50]
    assert charts.axis(0) == [0, 1]


def test_labels_are_pushed_apart_and_keep_their_order() -> None:
    assert charts.spread([10, 12, 50], 15, 0, 100) == [10, 25, 50]
    assert charts.spread([98, 99], 15, 0, 100) == [85, 100]


def test_a_step_curve_goes_across_before_it_goes_up() -> None:
    path = charts.step_path([(10, 0.5), (400, 0.9)], 20, left=0, bottom=100, x_scale=1, y_scale=100)
    assert path == "M0 100H10V50H20"
