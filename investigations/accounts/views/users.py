"""Accounts, for those who administer them. They see no case."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from ...access import Permission, Role, requires
from ...db import Refusal, StaleEdit, now
from .. import queries, services
from ..forms import ROLE_LABELS, AccountForm, NewAccountForm, PasswordForm, refuse, said
from ..models import Unit, User
from .frame import Answer, blueprint, chosen_unit, conflict, settings, status


@blueprint.get("/accounts/")
@requires(Permission.ADMINISTER_ACCOUNTS)
def users() -> Answer:
    """Every account."""
    found = queries.list_users(g.session, g.viewer)
    return render_template("accounts/users.html", users=found, roles=ROLE_LABELS)


@blueprint.route("/accounts/new", methods=["GET", "POST"])
@requires(Permission.ADMINISTER_ACCOUNTS)
def add_user() -> Answer:
    """Open an account."""
    form = NewAccountForm()
    form.offer(queries.list_units(g.session, g.viewer))
    if form.validate_on_submit():
        try:
            user = services.add_user(
                g.session,
                g.viewer,
                name=said(form.name),
                full_name=said(form.full_name),
                role=Role(said(form.role)),
                unit=chosen_unit(said(form.unit)),
                password=said(form.password),
            )
            flash(_("The account “%(name)s” is open.", name=user.name), "success")
            return redirect(url_for("accounts.user", public_id=user.public_id), 303)
        except Refusal as refusal:
            refuse(form, refusal.message, refusal.field)
    return render_template("accounts/add_user.html", form=form), status(form)


@blueprint.get("/accounts/<string:public_id>")
@requires(Permission.ADMINISTER_ACCOUNTS)
def user(public_id: str) -> Answer:
    """One account and what can be done with it."""
    found = queries.get_user(g.session, g.viewer, public_id)
    open_sessions = len(queries.sessions_of(g.session, found.id, now(), settings().idle_minutes))
    unit = queries.unit_of(g.session, found)
    return render_template("accounts/user.html", user=found, open_sessions=open_sessions, unit=unit, roles=ROLE_LABELS)


@blueprint.route("/accounts/<string:public_id>/edit", methods=["GET", "POST"])
@requires(Permission.ADMINISTER_ACCOUNTS)
def edit_user(public_id: str) -> Answer:
    """Change the name shown, the role or the unit of an account."""
    found = queries.get_user(g.session, g.viewer, public_id)
    unit = queries.unit_of(g.session, found)
    form = AccountForm(obj=found, unit=unit.public_id if unit is not None else "")
    form.offer(queries.list_units(g.session, g.viewer))
    if form.validate_on_submit():
        try:
            _save_user(found, form)
            flash(_("The account is changed."), "success")
            return redirect(url_for("accounts.user", public_id=public_id), 303)
        except StaleEdit:
            return _user_conflict(found, unit, form)
        except Refusal as refusal:
            refuse(form, refusal.message, refusal.field)
    return render_template("accounts/edit_user.html", form=form, user=found), status(form)


def _save_user(found: User, form: AccountForm) -> None:
    services.edit_user(
        g.session,
        g.viewer,
        found,
        version=int(form.version.data or 0),
        full_name=said(form.full_name),
        role=Role(said(form.role)),
        unit=chosen_unit(said(form.unit)),
    )


def _user_conflict(found: User, unit: Unit | None, form: AccountForm) -> Answer:
    mine = chosen_unit(said(form.unit))
    fields = [
        {"label": form.full_name.label.text, "theirs": found.full_name, "mine": said(form.full_name), "name": "full_name"},
        {"label": form.role.label.text, "theirs": ROLE_LABELS[Role(found.role)], "mine": ROLE_LABELS[Role(said(form.role))]},
        {"label": form.unit.label.text, "theirs": unit.name if unit else "", "mine": mine.name if mine else ""},
    ]
    keep = [("role", said(form.role)), ("unit", said(form.unit))]
    back = url_for("accounts.edit_user", public_id=found.public_id)
    return conflict(found, fields, keep, title=found.name, back=back)


@blueprint.route("/accounts/<string:public_id>/password", methods=["GET", "POST"])
@requires(Permission.ADMINISTER_ACCOUNTS)
def set_password(public_id: str) -> Answer:
    """Give an account a new password; all its browsers are signed out."""
    found = queries.get_user(g.session, g.viewer, public_id)
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            services.set_password(g.session, g.viewer, found, password=said(form.password))
            flash(_("The account has a new password."), "success")
            return redirect(url_for("accounts.user", public_id=public_id), 303)
        except Refusal as refusal:
            refuse(form, refusal.message, refusal.field)
    return render_template("accounts/set_password.html", form=form, user=found), status(form)


@blueprint.post("/accounts/<string:public_id>/disable")
@requires(Permission.ADMINISTER_ACCOUNTS)
def disable_user(public_id: str) -> Answer:
    """Shut an account out."""
    services.disable_user(g.session, g.viewer, queries.get_user(g.session, g.viewer, public_id))
    flash(_("The account is disabled."), "success")
    return redirect(url_for("accounts.user", public_id=public_id), 303)


@blueprint.post("/accounts/<string:public_id>/enable")
@requires(Permission.ADMINISTER_ACCOUNTS)
def enable_user(public_id: str) -> Answer:
    """Let an account in again."""
    services.enable_user(g.session, g.viewer, queries.get_user(g.session, g.viewer, public_id))
    flash(_("The account is enabled."), "success")
    return redirect(url_for("accounts.user", public_id=public_id), 303)


@blueprint.post("/accounts/<string:public_id>/end-sessions")
@requires(Permission.ADMINISTER_ACCOUNTS)
def end_sessions(public_id: str) -> Answer:
    """Sign an account out everywhere."""
    services.end_sessions(g.session, g.viewer, queries.get_user(g.session, g.viewer, public_id))
    flash(_("The account is signed out everywhere."), "success")
    return redirect(url_for("accounts.user", public_id=public_id), 303)
