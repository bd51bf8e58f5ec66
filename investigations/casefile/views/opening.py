"""Opening a case: the case and a line for each of its offences, in one act of the person."""

from __future__ import annotations

from flask import current_app, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ...access import Permission, requires
from ...accounts.models import Unit
from ...cases import services as case_services
from ...cases.forms import CaseForm, offered_municipalities
from ...cases.models import Case
from ...cases.queries import count_opened_in, is_taken, list_units, offence_choices
from ...cases.rules import propose_number
from ...cases.views import chosen_unit
from ...conflicts import show_refusal
from ...court import services as court_services
from ...court.queries import list_lines
from ...db import Refusal, now
from ...fields import office_zone
from ...jurisdictions.queries import get_jurisdiction
from .blueprint import blueprint

Answer = str | Response | tuple[str, int]
TRIES = 50


@blueprint.route("/cases/new", methods=["GET", "POST"])
@requires(Permission.OPEN_CASES)
def open_case() -> Answer:
    """Open a case. Each offence gets a line whose author is not known yet. The same form sent twice opens one."""
    code = current_app.extensions["settings"].jurisdiction
    units = list_units(g.session, g.viewer)
    form = _form(units)
    form.offer(units, offence_choices(g.session, code), code)
    if not form.adding() and form.validate_on_submit():
        try:
            case = _open(form, units, code)
            flash(_("The case is open."), "success")
            return redirect(url_for("casefile.case", public_id=case.public_id), 303)
        except Refusal as refusal:
            show_refusal(form, refusal)
    places = offered_municipalities(get_jurisdiction(code).country)
    page = render_template("casefile/open_case.html", form=form, municipalities=places)
    return page, 422 if form.errors else 200


def _form(units: list[Unit]) -> CaseForm:
    """An empty form: the viewer's own unit, and the next number of that unit."""
    unit = next((unit for unit in units if unit.id == g.viewer.unit_id), units[0])
    return CaseForm(unit=unit.public_id, number=_next_number(unit))


def _next_number(unit: Unit) -> str:
    """The first free number after as many as the unit has opened this year."""
    year = now().astimezone(office_zone()).year
    opened = count_opened_in(g.session, unit.id, year)
    numbers = (propose_number(unit.code, opened + place, year) for place in range(1, TRIES))
    return next((number for number in numbers if not is_taken(g.session, number)), "")


def _open(form: CaseForm, units: list[Unit], jurisdiction: str) -> Case:
    header = form.header(chosen_unit(units, form))
    once = form.once.data or None
    case = case_services.open_case(g.session, g.viewer, header, jurisdiction=jurisdiction, once=once)
    if list_lines(g.session, g.viewer, case):
        return case  # the form was sent before
    opened_at = header.reported_at or case.opened_at
    for offence in case.offences:
        court_services.open_line(g.session, g.viewer, case, offence, occurred_at=opened_at)
    return case
