"""`esclarece report clearance`: the contract of the command line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pypdf
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from investigations.access import OFFICE
from investigations.clearance.commands import report
from investigations.clearance.models import PrintedReport
from investigations.clearance.services import project_cases
from investigations.config import Settings
from investigations.db import Refusal
from investigations.ledger.services import record
from investigations.office import Office

from .made import small_history

PERIOD = ("clearance", "--measure", "ucr", "--from", "2024-01-01", "--to", "2024-12-31")


@dataclass
class Context:
    """What the command line hands to its commands."""

    settings: Settings
    office: Office
    app: Flask


@pytest.fixture
def context(settings: Settings, office: Office, app: Flask) -> Context:
    with office.database.transaction() as session:
        cases = small_history(session)
        record(session, OFFICE, "case.opened", cases[0])
        project_cases(session, [case.id for case in cases])
    return Context(settings, office, app)


def run(context: Context, *more: str) -> Result:
    return CliRunner().invoke(report, [*PERIOD, *more], obj=context)


def test_json_is_the_default_and_goes_to_standard_output(context: Context) -> None:
    said = json.loads(run(context, "--by", "unit,month").stdout_bytes)
    assert (said["measure"], said["by"], said["total"]["reported"], said["total"]["rate"]) == ("ucr", ["unit", "month"], 6, "60.0")


def test_the_as_of_day_and_the_filters_are_heeded(context: Context) -> None:
    said = json.loads(run(context, "--as-of", "2024-01-31", "--unit", "NORTE").stdout_bytes)
    assert (said["as_of"], said["filters"]) == ("2024-01-31T23:59:59.999999-06:00", {"unit": "NORTE"})
    assert (said["total"]["reported"], said["notes"]) == (5, {"known_later": 1})
    noon = json.loads(run(context, "--as-of", "2024-01-31T12:00").stdout_bytes)
    assert noon["as_of"] == "2024-01-31T12:00:00-06:00"


def test_the_whole_office_is_counted_sealed_cases_too(context: Context) -> None:
    with context.office.database.transaction() as session:
        from .made import make_case

        case = make_case(session, "X-9", 20, confidentiality="sealed")
        record(session, OFFICE, "case.opened", case)
    assert json.loads(run(context).stdout_bytes)["total"]["reported"] == 7


@pytest.mark.parametrize("form", ["csv", "xlsx", "html", "pdf"])
def test_every_format_can_be_written_to_a_file(context: Context, tmp_path: Path, form: str) -> None:
    target = tmp_path / f"report.{form}"
    done = run(context, "--format", form, "--by", "unit", "--language", "en", "--out", str(target))
    assert (done.exit_code, done.stdout) == (0, "")
    body = target.read_bytes()
    assert {"csv": b"\xef\xbb\xbf", "xlsx": b"PK", "html": b"<!DOC", "pdf": b"%PDF"}[form] in body[:40]
    if form == "xlsx":
        assert openpyxl.load_workbook(target).sheetnames == ["Report", "Notes"]
    if form == "pdf":
        assert "60.0 %" in pypdf.PdfReader(target).pages[0].extract_text()


def test_a_pdf_has_a_folio_and_stands_in_the_register(context: Context) -> None:
    body = run(context, "--format", "pdf").stdout_bytes
    with context.office.database.reading() as session:
        paper = session.scalars(select(PrintedReport)).one()
    assert (paper.status, paper.asked_by) == ("done", None)
    assert paper.folio.encode() in body or paper.sha256


@pytest.mark.parametrize(
    "wrong",
    [
        ("--from", "yesterday"),
        ("--by", "colour"),
        ("--as-of", "noon"),
        ("--format", "docx"),
        ("--measure", "guess"),
        ("--language", "fr"),
    ],
)
def test_what_cannot_be_read_ends_with_exit_code_two(context: Context, wrong: tuple[str, str]) -> None:
    done = run(context, *wrong)
    assert done.exit_code == 2
    assert "Error" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "wrong",
    [("--to", "2023-01-01"), ("--as-of", "2999-01-01"), ("--known-at", "2999-01-01"), ("--unit", "NADA"), ("--offence", "x")],
)
def test_what_makes_no_sense_is_a_refusal(context: Context, wrong: tuple[str, str]) -> None:
    assert isinstance(run(context, *wrong).exception, Refusal)
