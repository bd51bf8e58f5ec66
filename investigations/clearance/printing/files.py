"""The same report as JSON, CSV and XLSX. JSON and CSV are for programs and have fixed names; XLSX is for people."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

import xlsxwriter
from flask_babel import gettext as _

from ..queries.words import group_label, measure_label
from ..rules.definitions import TOTAL
from ..rules.questions import FIGURES, Measure, Report, ReportRow
from .sheet import lay_out

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")

HORIZON_FIGURES = ("at_risk", "cleared_within", "cleared_share")


def to_json(report: Report) -> bytes:
    """The contract that other programs read (docs/clearance.md), with the code by which paper and file are compared."""
    said = {**report.plain(), "verification": report.verification}
    return (json.dumps(said, ensure_ascii=False, indent=2) + "\n").encode()


def to_csv(report: Report) -> bytes:
    """UTF-8 with BOM, CRLF, every value quoted; a text that a spreadsheet would run gets an apostrophe before it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(column_names(report))
    for row in (*report.rows, report.total):
        writer.writerow(_written(value) for value in _values(report, row))
    return out.getvalue().encode("utf-8-sig")


def column_names(report: Report) -> list[str]:
    """The names of a row's values, the same in every language."""
    names = [group.value for group in report.question.by] + list(FIGURES)
    if report.question.measure is Measure.UCR:
        return [*names, "rate"]
    return names + [f"{figure}_{h.days}" for h in report.total.horizons for figure in HORIZON_FIGURES]


def _values(report: Report, row: ReportRow) -> Iterator[Any]:
    """A row's values in the order of `column_names`; the total's first group says so and its others are empty."""
    total = [TOTAL.text(report.language), *[""] * len(report.question.by)][: len(report.question.by)]
    yield from row.labels if row.codes or not report.question.by else total
    yield from (getattr(row, name) for name in FIGURES)
    if report.question.measure is Measure.UCR:
        yield None if row.rate is None else float(row.rate)
    else:
        yield from (getattr(h, figure) for h in row.horizons for figure in HORIZON_FIGURES)


def _written(value: Any) -> str:
    """Text for CSV: nothing is empty, a number is itself, a text is made safe (trust.md §4.4)."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    return f"'{text}" if text.startswith(RISKY) else text


def to_xlsx(report: Report) -> bytes:
    """A sheet with real numbers under a frozen header, and a sheet of notes: definition, cut-off, what was left out."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    created = report.question.known_at.astimezone(UTC).replace(tzinfo=None)
    book.set_properties({"title": measure_label(report.question.measure), "created": created})
    _write_figures(book, report)
    _write_notes(book, report)
    book.close()
    return out.getvalue()


def _write_figures(book: Any, report: Report) -> None:
    page = book.add_worksheet(_("Report"))
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    strong, percent = book.add_format({"bold": True}), book.add_format({"num_format": "0.0"})
    share = book.add_format({"num_format": "0.0%"})
    names, headings = column_names(report), _headings(report)
    for column, heading in enumerate(headings):
        page.write_string(0, column, heading, bold)
    rows = (*report.rows, report.total)
    for line, row in enumerate(rows, start=1):
        for column, value in enumerate(_values(report, row)):
            if value is None:
                continue
            if isinstance(value, str):
                page.write_string(line, column, value, strong if row is report.total else None)
            else:
                kind = percent if names[column] == "rate" else share if "share" in names[column] else None
                page.write_number(line, column, value, kind)
    page.freeze_panes(1, len(report.question.by))
    page.autofilter(0, 0, max(len(report.rows), 1), len(headings) - 1)
    page.set_column(0, max(len(report.question.by) - 1, 0), 32)
    page.set_column(len(report.question.by), len(headings), 14)


def _headings(report: Report) -> list[str]:
    """The columns' names for people."""
    groups = [group_label(group) for group in report.question.by]
    sheet = lay_out(report)
    counts = [figure.label for figure in sheet.figures if figure.kind != "share"]
    ages = [
        heading
        for h in report.total.horizons
        for heading in (
            _("At risk at %(days)s days", days=h.days),
            _("Cleared within %(days)s days", days=h.days),
            _("Share cleared within %(days)s days", days=h.days),
        )
    ]
    return [*groups, *counts, *ages]


def _write_notes(book: Any, report: Report) -> None:
    page = book.add_worksheet(_("Notes"))
    bold, wrap = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True, "valign": "top"})
    for line, (name, value) in enumerate(notes_of(report)):
        page.write_string(line, 0, name, bold)
        page.write_string(line, 1, value, wrap)
    page.set_column(0, 0, 30)
    page.set_column(1, 1, 100)


def notes_of(report: Report) -> list[tuple[str, str]]:
    """What stands beside the figures in every form: name and text."""
    question, definition = report.question, report.definition
    said, sheet, language = question.plain(), lay_out(report), report.language
    return [
        (_("Measure"), measure_label(question.measure)),
        (_("Period"), f"{said['from']} – {said['to']}"),
        *sheet.filters,
        (_("As of"), said["as_of"]),
        (_("As known at"), said["known_at"]),
        (_("Numerator"), definition.numerator.text(language)),
        (_("Denominator"), definition.denominator.text(language)),
        *((_("How to read it"), words.text(language)) for words in definition.reading),
        *((_("Left out"), f"{label}: {count}") for _cell, label, count in sheet.left_out),
        *((_("Note"), text) for text in sheet.notes),
        (_("Ledger head"), f"{report.ledger_head.size} · {report.ledger_head.root}"),
        (_("Verification code"), report.verification),
    ]

