"""One report, one set of numbers: JSON, CSV, XLSX, the page on screen and the text read back from the PDF agree."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from datetime import date
from pathlib import Path

import openpyxl
import pypdf
import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy.orm import Session

from investigations.access import OFFICE
from investigations.clearance.printing.files import column_names, to_csv, to_json, to_xlsx
from investigations.clearance.printing.paper import make_frame, paper_html
from investigations.clearance.printing.pdf import fonts, render_pdf
from investigations.clearance.queries import answer
from investigations.clearance.rules.questions import FIGURES, Group, Measure, Report
from investigations.clearance.services import project_cases
from investigations.config import Settings
from investigations.db import now

from .made import ask, big_case, day, make_case, small_history


@pytest.fixture(params=[(Measure.UCR, (Group.UNIT,)), (Measure.COHORT, (Group.OFFENCE,)), (Measure.UCR, (Group.UNIT, Group.MONTH))])
def report(request: pytest.FixtureRequest, session: Session) -> Report:
    cases = [*small_history(session), big_case(session, 1250)]
    project_cases(session, [case.id for case in cases])
    measure, by = request.param
    return answer(session, OFFICE, ask(session, measure, *by, as_of=date(2024, 12, 31)), language="es_MX")


def written(report: Report) -> list[list[str]]:
    """Every row as text, the total last: labels, counts, then the rate, or share and number at risk."""
    said = report.plain()
    rows = []
    for row in (*said["rows"], said["total"]):
        labels = list(row["group"].values()) or (["Total"] + [""] * (len(said["by"]) - 1))
        cells = [f"{row[name]:,}" for name in FIGURES]
        if report.question.measure is Measure.UCR:
            cells.append("—" if row["rate"] is None else f"{row['rate']} %")
        for one in row.get("horizons", ()):
            cells.append(f"{one['percent']} % {{at risk}} {one['at_risk']:,}")
        rows.append(labels + cells)
    return rows


def plain_cells(row: str) -> list[str]:
    cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
    texts = [" ".join(html.unescape(re.sub(r"<[^>]+>", "", cell)).split()) for cell in cells]
    return [re.sub(r"% [^\d]*: ?", "% {at risk} ", text) for text in texts]


def on_paper(app: Flask, settings: Settings, report: Report) -> str:
    frame = make_frame(settings, OFFICE, unit="", folio="RC-1", printed_at=now())
    with app.app_context(), force_locale("es_MX"):
        return paper_html(app.jinja_env, report, frame)


def test_json_says_what_the_contract_says(report: Report) -> None:
    said = json.loads(to_json(report))
    assert {"measure", "counted", "period", "as_of", "definition", "rows", "total", "left_out", "ledger_head"} <= set(said)
    assert (said["counted"], set(said["definition"]), set(said["ledger_head"])) == ("offences", {"es", "en"}, {"size", "root"})
    assert said["period"] == {"from": "2024-01-01", "to": "2024-12-31"}
    assert {"group", *FIGURES, "rate"} <= set(said["rows"][0])
    if report.question.measure is Measure.COHORT:
        assert {"days", "at_risk", "cleared_share"} <= set(said["total"]["horizons"][0])


def test_csv_equals_json(report: Report) -> None:
    body = to_csv(report)
    assert body.startswith(b"\xef\xbb\xbf")
    assert body.count(b"\r\n") == body.count(b"\n") == len(report.rows) + 2
    lines = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    said = json.loads(to_json(report))
    for line, row in zip(lines, (*said["rows"], said["total"]), strict=True):
        assert [int(line[name]) for name in FIGURES] == [row[name] for name in FIGURES]
        if "rate" in line:
            assert (line["rate"] or None) == row["rate"]
        for one in row.get("horizons", ()):
            assert float(line[f"cleared_share_{one['days']}"]) == one["cleared_share"]
            assert int(line[f"at_risk_{one['days']}"]) == one["at_risk"]


def test_xlsx_equals_json_with_real_numbers_and_notes(app: Flask, report: Report) -> None:
    with app.app_context(), force_locale("es_MX"):
        book = openpyxl.load_workbook(io.BytesIO(to_xlsx(report)))
    figures, notes = book.worksheets
    assert figures.freeze_panes is not None
    names = column_names(report)
    said = json.loads(to_json(report))
    for values, row in zip(figures.iter_rows(min_row=2, values_only=True), (*said["rows"], said["total"]), strict=True):
        line = dict(zip(names, values, strict=True))
        assert [line[name] for name in FIGURES] == [row[name] for name in FIGURES]
        assert all(isinstance(line[name], int) for name in FIGURES)
        if "rate" in line:
            assert line["rate"] == (None if row["rate"] is None else float(row["rate"]))
        for one in row.get("horizons", ()):
            assert line[f"cleared_share_{one['days']}"] == pytest.approx(one["cleared_share"], abs=1e-12)
    text = " ".join(str(value) for row in notes.iter_rows(values_only=True) for value in row)
    assert all(part in text for part in (report.verification, report.ledger_head.root, said["as_of"]))


def test_the_page_equals_json(app: Flask, settings: Settings, report: Report) -> None:
    page = on_paper(app, settings, report)
    body = page[page.index("<tbody") : page.index("</tbody>")]
    assert [plain_cells(row) for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL)] == written(report)


def test_the_text_of_the_pdf_equals_json(app: Flask, settings: Settings, report: Report, tmp_path: Path) -> None:
    pdf = render_pdf(on_paper(app, settings, report), fonts(), scratch=tmp_path / "scratch")
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf.body)).pages)
    tokens = text.split()
    for row in written(report):
        wanted = [token for cell in row[len(report.question.by) :] for token in re.findall(r"[\d,.]+|—", cell)]
        assert contains(tokens, wanted), row
    assert report.verification in text
    assert report.ledger_head.root in text.replace("\n", "").replace(" ", "")


def contains(tokens: list[str], wanted: list[str]) -> bool:
    """The numbers of a row stand in the text one after another, whatever words are between them."""
    numbers = [token for token in tokens if re.fullmatch(r"[\d,.]+|—", token)]
    return any(numbers[place : place + len(wanted)] == wanted for place in range(len(numbers)))


def test_a_label_that_a_spreadsheet_would_run_is_made_safe(session: Session) -> None:
    case = make_case(session, "F-1", 10, municipality="16999", municipality_name='=HYPERLINK("http://x")')
    project_cases(session, [case.id])
    found = answer(session, OFFICE, ask(session, Measure.UCR, Group.MUNICIPALITY), language="es_MX")
    (line, _total) = csv.DictReader(io.StringIO(to_csv(found).decode("utf-8-sig")))
    assert line["municipality"] == "'=HYPERLINK(\"http://x\")"
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(found)))
    cell = book.worksheets[0].cell(2, 1)
    assert (cell.value, cell.data_type) == ('=HYPERLINK("http://x")', "s")


def test_as_many_months_as_the_history_has_are_printed(session: Session) -> None:
    project_cases(session, [make_case(session, "G-1", 0).id])
    found = answer(session, OFFICE, ask(session, Measure.UCR, Group.MONTH), language="en")
    assert [row.labels[0] for row in found.rows] == [f"2024-{month:02d}" for month in range(1, 13)]
    assert day(0).date() == date(2024, 1, 1)
