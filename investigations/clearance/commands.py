"""`esclarece report clearance`: the office's own report as JSON, CSV, XLSX, HTML or PDF."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask_babel import force_locale

from ..access import OFFICE
from ..db import now
from ..ledger.queries import began_at
from .models import PaperStatus
from .printing.files import to_csv, to_json, to_xlsx
from .printing.paper import make_frame, paper_html
from .printing.pdf import PrintingFailed
from .printing.press import Press, file_of
from .queries import Asked, answer, complete, get_paper
from .rules.questions import Group, Measure, Question, Report
from .services import ask_paper

if TYPE_CHECKING:
    from ..cli import Context

FORMATS = ("json", "csv", "xlsx", "html", "pdf")


class Day(click.ParamType[date]):
    """A day as 2024-12-31."""

    name = "date"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day: write it as 2024-12-31", param, ctx)


class Instant(click.ParamType[date]):
    """A day (then its end, in the office) or an instant as 2024-12-31T18:00; without zone it is the office's."""

    name = "instant"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return datetime.fromisoformat(value) if "T" in value or " " in value else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not an instant: write it as 2024-12-31 or 2024-12-31T18:00", param, ctx)


class Groups(click.ParamType[tuple[Group, ...]]):
    """Groupings separated by commas."""

    name = "group[,group]"

    def convert(
        self, value: str | tuple[Group, ...], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Group, ...]:
        if isinstance(value, tuple):
            return value
        try:
            return tuple(Group(part.strip()) for part in value.split(",") if part.strip())
        except ValueError:
            self.fail(f"{value!r}: choose from {', '.join(Group)}", param, ctx)


@click.group()
def report() -> None:
    """Reports over everything that the office holds."""


@report.command("clearance")
@click.option("--measure", required=True, type=click.Choice([measure.value for measure in Measure]))
@click.option("--from", "start", required=True, type=Day(), help="First day of the period.")
@click.option("--to", "end", required=True, type=Day(), help="Last day of the period, included.")
@click.option("--by", multiple=True, type=Groups(), help="Split by unit, offence, municipality, month.")
@click.option("--unit", help="Only this unit and those below it (code).")
@click.option("--offence", help="Only this offence and those below it (code of the catalogue).")
@click.option("--municipality", help="Only this municipality (code).")
@click.option("--as-of", type=Instant(), help="Count what had happened by then; now when left out.")
@click.option("--known-at", type=Instant(), help="Count what had been recorded by then; see docs/clearance.md.")
@click.option("--language", type=click.Choice(["es", "en"]), help="Of names and texts; the office's when left out.")
@click.option("--format", "form", default="json", show_default=True, type=click.Choice(FORMATS))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write there instead of standard output.")
@click.pass_obj
def clearance(
    context: Context, /, language: str | None, form: str, out: Path | None, measure: str, by: Any, **asked: Any
) -> None:
    """How many offences were cleared, of how many: `ucr` by period, `cohort` by age."""
    office = context.office
    chosen = {"es": "es_MX", "en": "en"}.get(language or "", context.settings.language)
    with office.database.reading() as session:
        wanted = Asked(measure=Measure(measure), by=tuple(group for some in by for group in some), **asked)
        question = complete(wanted, began=began_at(session), zone=context.settings.timezone)
        found = answer(session, OFFICE, question, language=chosen)
    body = _print(context, question, chosen) if form == "pdf" else _write(context, found, form)
    if out is None:
        click.echo(body, nl=False)
    else:
        out.write_bytes(body)


def _write(context: Context, found: Report, form: str) -> bytes:
    if form == "json":
        return to_json(found)
    if form == "csv":
        return to_csv(found)
    app = context.app
    with app.app_context(), force_locale(found.language):
        if form == "xlsx":
            return to_xlsx(found)
        frame = make_frame(context.settings, OFFICE, unit="", folio="", printed_at=now())
        return paper_html(app.jinja_env, found, frame).encode()


def _print(context: Context, question: Question, language: str) -> bytes:
    """A PDF is a document of the office: it gets a folio and stays in the ledger, whoever asks."""
    press: Press = context.app.extensions["printer"]
    database = context.office.database
    with database.transaction() as session:
        paper = ask_paper(session, OFFICE, question, language=language, at_once=True)
    press.print_paper(paper)
    with database.reading() as session:
        done = get_paper(session, OFFICE, paper.folio)
        if done.status != PaperStatus.DONE or done.sha256 is None:
            raise PrintingFailed(done.problem or "the paper was not printed")
        return file_of(context.settings, done.sha256).read_bytes()


commands = [report]
