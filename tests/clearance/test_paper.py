"""The paper: tagged, with its own fonts, complete header and footer on every page; made in a process kept within bounds."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pypdf
import pytest
from flask import Flask
from flask_babel import force_locale

from investigations.access import OFFICE
from investigations.clearance.printing.paper import Frame, make_frame, paper_html
from investigations.clearance.printing.pdf import Pdf, PrintingFailed, fonts, render_pdf
from investigations.clearance.rules.measures import Survival, follow
from investigations.clearance.rules.questions import (
    Group,
    LedgerHead,
    Measure,
    OffenceRow,
    Question,
    Report,
    ReportRow,
)
from investigations.config import Settings

AS_OF = datetime(2025, 3, 1, 18, tzinfo=UTC)


def make_report(measure: Measure, rows: int) -> Report:
    """A report of so many rows, with names as long and as dangerous as real ones."""
    question = Question(measure, date(2024, 1, 1), date(2024, 12, 31), AS_OF, AS_OF, "America/Mexico_City", (Group.OFFENCE,))
    found = tuple(_row(question, number) for number in range(rows))
    total = replace(_row(question, 7), codes=(), labels=())
    return Report(question, "es_MX", found, total, {"unfounded": 3, "no_report_date": 1}, {"small_group": 2}, LedgerHead(123456, "ab" * 32))


def _row(question: Question, number: int) -> ReportRow:
    survival = Survival()
    for age in range(12):
        cleared = date(2024, 5, 1 + age) if age % 3 else None
        survival.add(follow(question, OffenceRow(age, age, "", "", "", date(2024, 5, 1), cleared), date(2024, 5, 1)))
    cohort = question.measure is Measure.COHORT
    return ReportRow(
        (f"o{number}",),
        (f"Delito número {number} & <b>«ñandú»</b>, con violencia",),
        1000 + number, 10, 990 + number, 500, 480, 20,
        None if cohort else "50.5",
        survival.horizons() if cohort else (),
        survival.curve() if cohort else (),
    )  # fmt: skip


@pytest.fixture
def frame(settings: Settings) -> Frame:
    made = make_frame(settings, OFFICE, unit="Unidad Norte", folio="RC-2026-000007", printed_at=AS_OF)
    return replace(made, legend="Reservado: expediente bajo investigación.")


@pytest.fixture
def printed(app: Flask, frame: Frame, tmp_path: Path) -> Iterator[Any]:
    def make(report: Report) -> Pdf:
        with app.app_context(), force_locale(report.language):
            html = paper_html(app.jinja_env, report, frame)
        return render_pdf(html, fonts(), scratch=tmp_path / "scratch")

    return make  # type: ignore[return-value]


def structure(node: Any) -> Iterator[Any]:
    """Every element of the document's structure tree."""
    node = node.get_object()
    if isinstance(node, list):
        for child in node:
            yield from structure(child)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node
        if "/K" in node and not isinstance(node["/K"].get_object(), int):
            yield from structure(node["/K"])


@pytest.mark.parametrize("measure", list(Measure))
def test_the_pdf_is_tagged_titled_and_declares_pdf_ua(printed: Any, measure: Measure) -> None:
    reader = pypdf.PdfReader(io.BytesIO(printed(make_report(measure, 12)).body))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "es-MX"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert "RC-2026-000007" in str(reader.metadata.title)
    assert re.search(rb"pdfuaid:part[^0-9]*1", root["/Metadata"].get_data())
    kinds = [element["/S"] for element in structure(root["/StructTreeRoot"])]
    assert kinds.count("/H1") == 1
    assert {"/H2", "/Table", "/TH", "/TD", "/Figure", "/LI"} <= set(kinds)
    assert not {"/H3", "/H4"} & set(kinds)


def test_every_figure_is_told_in_words(printed: Any) -> None:
    reader = pypdf.PdfReader(io.BytesIO(printed(make_report(Measure.UCR, 5)).body))
    found = [e for e in structure(reader.trailer["/Root"]["/StructTreeRoot"]) if e["/S"] == "/Figure"]
    assert found
    assert all(len(figure.get("/Alt", "")) > 20 for figure in found)


def test_all_fonts_are_the_offices_own_and_embedded(printed: Any) -> None:
    reader = pypdf.PdfReader(io.BytesIO(printed(make_report(Measure.UCR, 40)).body))
    names = set()
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font["/DescendantFonts"][0].get_object()
            names.add(str(font["/BaseFont"]))
            assert any(kind in inner["/FontDescriptor"] for kind in ("/FontFile2", "/FontFile3"))
    assert all("Noto-Sans" in name for name in names), names


def test_every_page_says_who_what_when_and_which_of_how_many(printed: Any) -> None:
    pdf = printed(make_report(Measure.UCR, 120))
    reader = pypdf.PdfReader(io.BytesIO(pdf.body))
    assert pdf.pages == len(reader.pages) > 3
    code = make_report(Measure.UCR, 120).verification
    for number, page in enumerate(reader.pages, start=1):
        text = " ".join(page.extract_text().split())
        for part in ("RC-2026-000007", "Unidad Norte", "Reservado: expediente bajo investigación.", code, "abababababababab", f" {number} ", f"{pdf.pages}"):
            assert part in text, (number, part)
        assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [216, 279]


GROUPS = {
    Group.UNIT: "Unidad de Violencia Familiar y de Género, Lázaro Cárdenas",
    Group.OFFENCE: "Robo a transeúnte en espacio abierto al público, con violencia",
    Group.MUNICIPALITY: "Aquila de los Santos Reyes",
    Group.MONTH: "2024-05",
}


@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
def test_no_column_is_cut_off_however_many_there_are(printed: Any, tmp_path: Path, measure: Measure, count: int) -> None:
    report, by = make_report(measure, 3), tuple(GROUPS)[:count]
    rows = tuple(replace(row, codes=tuple(by), labels=tuple(GROUPS[group] for group in by)) for row in report.rows)
    pdf = printed(replace(report, question=replace(report.question, by=by), rows=rows if by else ()))
    (tmp_path / "paper.pdf").write_bytes(pdf.body)
    boxes = subprocess.run(["pdftotext", "-bbox", tmp_path / "paper.pdf", "-"], capture_output=True, text=True, check=True).stdout
    for page in boxes.split("<page ")[1:]:
        width = float(re.findall(r'width="([\d.]+)"', page)[0])
        assert max(float(right) for right in re.findall(r'xMax="([\d.]+)"', page)) <= width - 40


def test_the_header_row_is_repeated_and_names_are_not_markup(printed: Any) -> None:
    reader = pypdf.PdfReader(io.BytesIO(printed(make_report(Measure.UCR, 120)).body))
    texts = [page.extract_text() for page in reader.pages]
    heads = [re.search(r"Reported|Denunciados", text) is not None for text in texts[:3]]
    assert heads == [True, True, True]
    assert "<b>«ñandú»</b>" in " ".join(" ".join(texts).split())


def test_after_a_thousand_rows_the_paper_points_to_the_spreadsheet(app: Flask, frame: Frame) -> None:
    with app.app_context(), force_locale("en"):
        page = paper_html(app.jinja_env, replace(make_report(Measure.UCR, 1005), language="en"), frame)
    assert page.count('<tr class="govuk-table__row" role="row">') == 1000 + 1 + 1 + 6  # rows, two headers, the box of rates
    assert "the other 5 are in the spreadsheet (XLSX)" in page


PAGE = '<!DOCTYPE html><html lang="es"><head><title>t</title>{head}</head><body><h1>t</h1>{body}</body></html>'


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", '<img alt="x" src="file:///etc/passwd">'),
        ("", '<img alt="x" src="http://169.254.169.254/">'),
        ("", '<img alt="x" src="data:image/png;base64,AAAA">'),
        ("", '<svg width="9" height="9"><title>x</title><image href="file:///etc/passwd"/></svg>'),
        ('<link rel="stylesheet" href="file:///etc/hosts">', ""),
        ('<link rel="attachment" href="file:///etc/hosts">', ""),
        ('<style>@import "http://127.0.0.1/x.css";</style>', ""),
        ("<style>body { background: url(app:secret.png) }</style>", ""),
        ("", '<img src="app:noto-sans-latin-400-normal.woff">'),
    ],
)
def test_nothing_outside_the_allowed_names_is_read_and_asking_for_it_fails(tmp_path: Path, head: str, body: str) -> None:
    with pytest.raises(PrintingFailed):
        render_pdf(PAGE.format(head=head, body=body), fonts(), scratch=tmp_path)


def test_a_page_without_foreign_names_is_printed(tmp_path: Path) -> None:
    assert render_pdf(PAGE.format(head="", body="<p>ñ</p>"), {}, scratch=tmp_path).body.startswith(b"%PDF-")


def test_printing_that_takes_too_long_is_stopped_and_leaves_no_process(tmp_path: Path) -> None:
    before = children()
    with pytest.raises(PrintingFailed, match="longer than"):
        render_pdf(PAGE.format(head="", body="<p>x</p>" * 200_000), {}, scratch=tmp_path, seconds=1)
    assert children() <= before


def children() -> set[str]:
    """The processes that this one started and that still run."""
    return set(Path("/proc/self/task").joinpath(next(Path("/proc/self/task").iterdir()).name, "children").read_text().split())


@pytest.mark.parametrize("greed", ["bytearray(2 << 30)", "open('big', 'wb').write(bytes(1 << 27))"])
def test_what_one_paper_may_use_of_memory_and_disk_has_an_end(tmp_path: Path, greed: str) -> None:
    module = "investigations.clearance.printing.__main__"
    order = [sys.executable, "-c", f"from {module} import limit; limit(); {greed}"]
    assert subprocess.run(order, cwd=tmp_path, capture_output=True).returncode != 0
