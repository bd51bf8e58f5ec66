"""The clearance report over HTTP: on screen, as files, on paper, and the cases behind each number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.blueprints import BlueprintSetupState
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from ..access import Permission, requires
from ..config import Settings
from ..conflicts import show_refusal
from ..db import NotFound, Refusal, now
from ..fields import office_zone
from ..ledger.queries import began_at
from .forms import FilterForm, address, opening_question, question_in, report_language
from .models import PaperStatus
from .printing.files import to_csv, to_json, to_xlsx
from .printing.paper import Frame, paper_html
from .printing.press import Press, file_of
from .printing.sheet import horizon, lay_out
from .queries import Behind, Cell, answer, complete, get_paper, list_choices, list_papers, offences_behind
from .queries.words import cell_label, clearance_label, ending_label
from .rules.questions import Question, Report, ReportRow
from .services import ask_paper

blueprint = Blueprint("clearance", __name__)
blueprint.add_app_template_filter(horizon, "horizon")

PAGE = 50
FILES: dict[str, tuple[Callable[[Report], bytes], str]] = {
    "csv": (to_csv, "text/csv; charset=utf-8"),
    "json": (to_json, "application/json"),
    "xlsx": (to_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
Answer = str | BaseResponse | tuple[str, int]


@blueprint.record_once
def install_press(state: BlueprintSetupState) -> None:
    """The press of this application; `start` sets it to work, and so does the first paper asked for."""
    app = state.app
    assert isinstance(app, Flask)
    settings: Settings = app.extensions["settings"]
    app.extensions["printer"] = Press(app.extensions["database"], settings, composer(app))


def composer(app: Flask) -> Callable[[Report, Frame], str]:
    """Makes the HTML of papers with the application's templates, in each report's language."""

    def compose(report: Report, frame: Frame) -> str:
        with app.app_context(), force_locale(report.language):
            return paper_html(app.jinja_env, report, frame)

    return compose


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _asked_question() -> Question:
    """The complete question of an address on the report page. Raises NotFound for any other."""
    return question_in(request.values, request.values.getlist("by"), _settings().timezone)


def _filled_question() -> Question:
    """The question of an address, its instants filled as on the report page when it leaves them out.

    Raises NotFound for an address that no page of ours made, Refusal for one whose parts cannot be read.
    """
    if "measure" not in request.values or {"as_of", "known_at"} <= set(request.values):
        return _asked_question()
    form = FilterForm(request.values)
    form.offer(list_choices(g.session, g.viewer, report_language()))
    if not form.validate():
        raise Refusal(next(error for errors in form.errors.values() for error in errors))
    return complete(form.asked(), began=began_at(g.session), zone=_settings().timezone)


@blueprint.get("/reports/clearance")
@requires(Permission.READ_REPORTS)
def report() -> Answer:
    """The filter and the report it asks for; before anybody asked, the year so far by offence."""
    today = now().astimezone(office_zone()).date()
    form = FilterForm(request.args) if request.args else FilterForm(None, data=opening_question(today))
    form.offer(list_choices(g.session, g.viewer, report_language()))
    if not request.args or form.validate():
        try:
            question = complete(form.asked(), began=began_at(g.session), zone=_settings().timezone)
            found = answer(g.session, g.viewer, question, language=report_language())
            return _report_page(form, found)
        except Refusal as refusal:
            show_refusal(form, refusal)
    page = render_template("clearance/report.html", form=form, sheet=None, papers=list_papers(g.session, g.viewer))
    return page, 422


def _report_page(form: FilterForm, found: Report) -> str:
    question = found.question
    return render_template(
        "clearance/report.html",
        form=form,
        sheet=lay_out(found),
        paper=False,
        arguments=address(question),
        behind=_links(question),
        files=[(kind, url_for("clearance.download", kind=kind, **address(question))) for kind in ("xlsx", "csv", "json")],
        papers=list_papers(g.session, g.viewer),
    )


def _links(question: Question) -> Callable[[ReportRow, str], str | None]:
    """The address of the offences behind a number."""
    arguments = address(question)

    def behind(row: ReportRow, cell: str) -> str | None:
        key = list(row.codes) if row.codes or not question.by else None
        total = {"total": "1"} if key is None else {"key": key}
        return url_for("clearance.cases_behind", cell=cell, **total, **arguments)

    return behind


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list behind a number, as the pagination macro takes it."""

    number: int
    total: int

    @property
    def pages(self) -> int:
        return max(-(-self.total // PAGE), 1)

    def url_for_page(self, number: int) -> str:
        arguments = {name: request.args.getlist(name) for name in request.args if name != "page"}
        return url_for("clearance.cases_behind", page=number, **arguments)  # type: ignore[arg-type]


@blueprint.get("/reports/clearance/cases")
@requires(Permission.READ_REPORTS)
def cases_behind() -> Answer:
    """Exactly the offences that one number counts, page by page, each with its case."""
    question = _asked_question()
    cell = Cell(None if request.args.get("total") else tuple(request.args.getlist("key")), request.args.get("cell", ""))
    number = max(request.args.get("page", 1, type=int), 1)
    found = offences_behind(
        g.session, g.viewer, question, cell, language=report_language(), offset=(number - 1) * PAGE, limit=PAGE
    )
    if number > Page(1, found.total).pages:
        raise NotFound
    return _behind_page(question, cell, found, Page(number, found.total))


def _behind_page(question: Question, cell: Cell, found: Behind, page: Page) -> str:
    return render_template(
        "clearance/cases.html",
        question=question,
        title=cell_label(cell.name, question.measure),
        found=found,
        page=page,
        back=url_for("clearance.report", **address(question)),
        clearance_label=clearance_label,
        ending_label=ending_label,
    )


@blueprint.get("/reports/clearance.<kind>")
@requires(Permission.READ_REPORTS)
def download(kind: str) -> BaseResponse:
    """The same report as a file for a spreadsheet or a program."""
    if kind not in FILES:
        raise NotFound
    question = _filled_question()
    write, content_type = FILES[kind]
    body = write(answer(g.session, g.viewer, question, language=report_language()))
    title = _("clearance")
    return _attached(body, content_type, f"{title}-{question.measure}-{question.start}-{question.end}.{kind}")


def _attached(body: bytes, content_type: str, name: str) -> Response:
    """A file to keep: never shown in place, whatever a browser makes of it (trust.md §4.4)."""
    response = Response(body, content_type=content_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@blueprint.post("/reports/clearance/print")
@requires(Permission.PRINT_REPORTS)
def print_report() -> BaseResponse:
    """Ask for the report on paper; the press makes it while the person goes on."""
    paper = ask_paper(g.session, g.viewer, _asked_question(), language=report_language())
    return redirect(url_for("clearance.printed", folio=paper.folio), 303)


@blueprint.get("/reports/printed/<folio>")
@requires(Permission.PRINT_REPORTS)
def printed(folio: str) -> str:
    """How far a printed report is, and the file once it is there. Only for who asked."""
    paper = get_paper(g.session, g.viewer, folio)
    question = Question.from_plain(paper.question)
    return render_template(
        "clearance/printed.html",
        printed=paper,
        question=question,
        waiting=paper.status in (PaperStatus.QUEUED, PaperStatus.RUNNING),
        back=url_for("clearance.report", **address(question)),
    )


@blueprint.get("/reports/printed/<folio>/file")
@requires(Permission.PRINT_REPORTS)
def printed_file(folio: str) -> Answer:
    """The finished paper, the same bytes for ever. Only for who asked."""
    paper = get_paper(g.session, g.viewer, folio)
    if paper.sha256 is None:
        raise NotFound
    try:
        body = file_of(_settings(), paper.sha256).read_bytes()
    except OSError:
        flash(_("The file of this report is no longer in the data folder. Print it again: the answer is the same."))
        return redirect(url_for("clearance.printed", folio=folio))
    return _attached(body, "application/pdf", f"{paper.folio}.pdf")
