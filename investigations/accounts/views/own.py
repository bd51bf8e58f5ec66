"""One's own account: the browsers in which I am signed in, and my password."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from ...access import Permission, requires
from ...db import Refusal, now
from .. import queries, services
from ..forms import ROLE_LABELS, OwnPasswordForm, refuse, said
from .frame import Answer, blueprint, database, settings, source, status


@blueprint.get("/account")
@requires(Permission.USE_OWN_ACCOUNT)
def own() -> Answer:
    """Who I am here, and the browsers in which I am signed in."""
    user = queries.own_account(g.session, g.viewer)
    sessions = queries.sessions_of(g.session, user.id, now(), settings().idle_minutes)
    unit = queries.unit_of(g.session, user)
    return render_template("accounts/own.html", user=user, sessions=sessions, unit=unit, roles=ROLE_LABELS)


@blueprint.post("/account/sessions/<int(max=2147483647):session_id>/end")
@requires(Permission.USE_OWN_ACCOUNT)
def end_session(session_id: int) -> Answer:
    """Sign one of my browsers out."""
    services.end_session(g.session, g.viewer, queries.own_session(g.session, g.viewer, session_id))
    flash(_("That browser is signed out."), "success")
    return redirect(url_for("accounts.own"), 303)


@blueprint.post("/account/sessions/end-others")
@requires(Permission.USE_OWN_ACCOUNT)
def end_other_sessions() -> Answer:
    """Sign out every browser of mine but this one."""
    user = queries.own_account(g.session, g.viewer)
    services.end_sessions(g.session, g.viewer, user, keep=g.viewer.session_id)
    flash(_("Your other browsers are signed out."), "success")
    return redirect(url_for("accounts.own"), 303)


@blueprint.route("/account/password", methods=["GET", "POST"])
@requires(Permission.USE_OWN_ACCOUNT)
def change_password() -> Answer:
    """A new password of my own; my other browsers are signed out."""
    form = OwnPasswordForm()
    if form.validate_on_submit():
        try:
            services.change_password(
                database(), g.viewer, current=said(form.current), password=said(form.password), source=source()
            )
            flash(_("Your password is changed. Your other browsers are signed out."), "success")
            return redirect(url_for("accounts.own"), 303)
        except Refusal as refusal:
            refuse(form, refusal.message, refusal.field)
    return render_template("accounts/change_password.html", form=form), status(form)
