"""A case over HTTP: its header, its numbers, who works it, and its acts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ..access import Permission, requires
from ..accounts.models import Unit, User
from ..conflicts import conflict_response, show_refusal
from ..db import NotFound, Refusal, StaleEdit, new_public_id
from ..jurisdictions.queries import get_jurisdiction
from . import queries, services
from .forms import (
    ACT_LABELS,
    NUMBER_LABELS,
    ActForm,
    AssignForm,
    CaseForm,
    NumberForm,
    ReasonForm,
    offered_municipalities,
)
from .models import Act, ActKind, Case

blueprint = Blueprint("cases", __name__)

Answer = str | Response | tuple[str, int]


def _status(form: Any) -> int:
    return 422 if form.is_submitted() else 200


# The header ---------------------------------------------------------------------------------------------------


@blueprint.route("/cases/<string:public_id>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_CASES)
def edit_case(public_id: str) -> Answer:
    """Change what the case's header says."""
    case = queries.get_case(g.session, g.viewer, public_id)
    form = _case_form(case)
    if form.adding():
        return _edit_page(case, form)
    if form.validate_on_submit():
        try:
            header = form.header(chosen_unit(_units(case), form))
            services.edit_case(g.session, g.viewer, case, int(form.version.data or 0), header)
            flash(_("The case is changed."), "success")
            return redirect(url_for("casefile.case", public_id=public_id), 303)
        except StaleEdit:
            return _edit_conflict(case, form)
        except Refusal as refusal:
            show_refusal(form, refusal)
    return _edit_page(case, form), _status(form)


def _case_form(case: Case, **kwargs: Any) -> CaseForm:
    """The form of a case with its lists filled; the offences it has are offered whatever their catalogue."""
    units = _units(case)
    form = CaseForm.of(case, next(unit for unit in units if unit.id == case.unit_id), **kwargs)
    keep = [offence.code_id for offence in case.offences]
    form.offer(units, queries.offence_choices(g.session, case.jurisdiction, keep), case.jurisdiction)
    return form


def _units(case: Case) -> list[Unit]:
    """The viewer's units, and the case's own when somebody of another unit is assigned to it."""
    units = queries.list_units(g.session, g.viewer)
    return units if any(unit.id == case.unit_id for unit in units) else [*units, queries.unit_of(g.session, g.viewer, case)]


def chosen_unit(units: list[Unit], form: CaseForm) -> Unit:
    """The unit chosen on a valid form."""
    return next(unit for unit in units if unit.public_id == form.unit.data)


def _edit_page(case: Case, form: CaseForm) -> str:
    places = offered_municipalities(get_jurisdiction(case.jurisdiction).country)
    return render_template("cases/edit.html", case=case, form=form, municipalities=places)


def _edit_conflict(case: Case, form: CaseForm) -> Answer:
    """Both headers side by side; mine can be sent again on top of what is stored now."""
    return conflict_response(
        form,
        _case_form(case, formdata=None),
        case,
        version=case.version,
        title=case.number,
        back_href=url_for("casefile.case", public_id=case.public_id),
    )


@blueprint.route("/cases/<string:public_id>/numbers/new", methods=["GET", "POST"])
@requires(Permission.EDIT_CASES)
def add_number(public_id: str) -> Answer:
    """Give the case one more number."""
    case = queries.get_case(g.session, g.viewer, public_id)
    form = NumberForm()
    if form.validate_on_submit():
        try:
            services.add_number(g.session, g.viewer, case, form.scheme.data, str(form.value.data))
            flash(_("The number is added."), "success")
            return redirect(url_for("casefile.case", public_id=public_id), 303)
        except Refusal as refusal:
            show_refusal(form, refusal)
    page = render_template("cases/add_number.html", case=case, form=form, names=NUMBER_LABELS)
    return page, _status(form)


# Acts ---------------------------------------------------------------------------------------------------------


@blueprint.get("/cases/<string:public_id>/acts")
@requires(Permission.READ_CASES)
def acts(public_id: str) -> Answer:
    """The case's acts, newest first. `saved` names the one just recorded, where the confirmation stands."""
    case = queries.get_case(g.session, g.viewer, public_id)
    found = queries.list_acts(g.session, g.viewer, case)
    return render_template(
        "cases/acts.html",
        case=case,
        acts=found,
        authors=queries.authors_of(g.session, g.viewer, case),
        corrected={act.corrects: act.number for act in reversed(found) if act.corrects is not None},
        kinds=ACT_LABELS,
        saved=request.args.get("saved", type=int),
    )


@blueprint.route("/cases/<string:public_id>/acts/new", methods=["GET", "POST"])
@requires(Permission.RECORD_ACTS)
def record_act(public_id: str) -> Answer:
    """Record an act of investigation, or one that corrects an earlier one (`corrects`)."""
    case = queries.get_case(g.session, g.viewer, public_id)
    form = _act_form(case)
    if form.validate_on_submit():
        try:
            act = _save_act(case, form)
            there = url_for("cases.acts", public_id=public_id, saved=act.number, _anchor=f"act-{act.number}")
            return redirect(there, 303)
        except Refusal as refusal:
            show_refusal(form, refusal)
    corrected = _corrected_act(case, form.corrects.data)
    page = render_template(
        "cases/record_act.html", case=case, form=form, corrected=corrected, kinds=ACT_LABELS
    )
    return page, _status(form)


def _act_form(case: Case) -> ActForm:
    corrected = _corrected_act(case, request.args.get("corrects")) if request.method == "GET" else None
    if corrected is None:
        return ActForm(once=new_public_id())
    return ActForm(
        once=new_public_id(),
        corrects=corrected.number,
        text=corrected.text,
        kind=str(corrected.kind),
        happened_at=corrected.happened_at,
    )


def _corrected_act(case: Case, number: object) -> Act | None:
    """The act that is being corrected, if any. Raises NotFound when there is no such act."""
    if number in (None, ""):
        return None
    if not str(number).isdecimal():
        raise NotFound
    return queries.get_act(g.session, g.viewer, case, int(str(number)))


def _save_act(case: Case, form: ActForm) -> Act:
    return services.record_act(
        g.session,
        g.viewer,
        case,
        kind=ActKind(form.kind.data),
        happened_at=form.happened_at.data,
        text=str(form.text.data),
        corrects=int(form.corrects.data) if form.corrects.data else None,
        once=form.once.data,
    )


# Who works the case -------------------------------------------------------------------------------------------


@blueprint.route("/cases/<string:public_id>/assignments", methods=["GET", "POST"])
@requires(Permission.ASSIGN_CASES)
def assign(public_id: str) -> Answer:
    """Who works the case, and putting one more person on it."""
    case = queries.get_case(g.session, g.viewer, public_id)
    assigned = queries.list_assigned(g.session, g.viewer, case)
    working = {user.id for _assignment, user in assigned}
    people = [user for user in queries.list_assignable(g.session, g.viewer) if user.id not in working]
    form = AssignForm()
    form.offer(people)
    if form.validate_on_submit():
        try:
            user = _person(people, form.user.data)
            services.assign_case(g.session, g.viewer, case, user, form.reason.data or "")
            flash(_("%(name)s now works the case.", name=user.full_name), "success")
            return redirect(url_for("cases.assign", public_id=public_id), 303)
        except Refusal as refusal:
            show_refusal(form, refusal)
    page = render_template("cases/assign.html", case=case, form=form, assigned=assigned)
    return page, _status(form)


def _person(people: list[User], public_id: str) -> User:
    return next(user for user in people if user.public_id == public_id)


@blueprint.route("/cases/<string:public_id>/assignments/<string:user_id>/end", methods=["GET", "POST"])
@requires(Permission.ASSIGN_CASES)
def end_assignment(public_id: str, user_id: str) -> Answer:
    """Take somebody off the case, with the reason."""
    case = queries.get_case(g.session, g.viewer, public_id)
    user = queries.get_assigned(g.session, g.viewer, case, user_id)
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            services.end_assignment(g.session, g.viewer, case, user, str(form.reason.data))
            flash(_("%(name)s no longer works the case.", name=user.full_name), "success")
            return redirect(url_for("cases.assign", public_id=public_id), 303)
        except Refusal as refusal:
            show_refusal(form, refusal)
    page = render_template("cases/end_assignment.html", case=case, user=user, form=form)
    return page, _status(form)
