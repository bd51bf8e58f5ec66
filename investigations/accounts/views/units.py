"""Units of the office, for those who administer them."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from ...access import Permission, requires
from ...db import Refusal, StaleEdit
from .. import queries, services
from ..forms import NewUnitForm, UnitForm, refuse, said
from .frame import Answer, blueprint, chosen_unit, conflict, status


@blueprint.get("/accounts/units")
@requires(Permission.ADMINISTER_ACCOUNTS)
def units() -> Answer:
    """Every unit of the office."""
    return render_template("accounts/units.html", units=queries.list_units(g.session, g.viewer))


@blueprint.route("/accounts/units/new", methods=["GET", "POST"])
@requires(Permission.ADMINISTER_ACCOUNTS)
def add_unit() -> Answer:
    """Add a unit."""
    form = NewUnitForm()
    form.offer(queries.list_units(g.session, g.viewer))
    if form.validate_on_submit():
        try:
            parent = chosen_unit(said(form.parent))
            services.add_unit(g.session, g.viewer, code=said(form.code), name=said(form.name), parent=parent)
            flash(_("The unit is added."), "success")
            return redirect(url_for("accounts.units"), 303)
        except Refusal as refusal:
            refuse(form, refusal.message, refusal.field)
    return render_template("accounts/add_unit.html", form=form), status(form)


@blueprint.route("/accounts/units/<string:public_id>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER_ACCOUNTS)
def edit_unit(public_id: str) -> Answer:
    """Give a unit another name."""
    found = queries.get_unit(g.session, g.viewer, public_id)
    form = UnitForm(obj=found)
    if form.validate_on_submit():
        try:
            services.rename_unit(g.session, g.viewer, found, version=int(form.version.data or 0), name=said(form.name))
            flash(_("The unit is changed."), "success")
            return redirect(url_for("accounts.units"), 303)
        except StaleEdit:
            fields = [{"label": form.name.label.text, "theirs": found.name, "mine": said(form.name), "name": "name"}]
            back = url_for("accounts.edit_unit", public_id=public_id)
            return conflict(found, fields, [], title=found.code, back=back)
    return render_template("accounts/edit_unit.html", form=form, unit=found), status(form)
