"""The ledger for auditors: its events, its head, and the verification on demand."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ..access import Permission, requires
from ..accounts.queries import list_actors
from ..ledger.queries import actions_known, head, verify
from . import queries, services
from .forms import FilterForm, VerifyForm, action_label, problem_words

blueprint = Blueprint("auditing", __name__)

MOST = 200
"""How many problems a page shows; the command line shows them all."""

Answer = str | Response | tuple[str, int]


@blueprint.get("/ledger/")
@requires(Permission.READ_LEDGER)
def events() -> Answer:
    """Events, newest first, by action, person and object; the head and the last verification."""
    return _page(VerifyForm())


def _page(verify_form: VerifyForm) -> str:
    form = FilterForm(request.args)
    form.offer(actions_known(g.session), list_actors(g.session, g.viewer))
    chosen = {"action": form.action.data, "actor": form.actor.data, "subject": form.subject.data}
    sound = {name: value for name, value in chosen.items() if value} if form.validate() else {}
    before = form.before.data if not form.errors else None
    page = queries.event_page(g.session, g.viewer, before=before, **sound)
    return render_template(
        "auditing/events.html",
        filters=form,
        form=verify_form,
        page=page,
        sound=sound,
        before=before,
        head=head(g.session),
        verified=queries.last_verification(g.session, g.viewer),
        action_label=action_label,
        problem_words=problem_words,
    )


@blueprint.post("/ledger/verify")
@requires(Permission.READ_LEDGER)
def verify_now() -> Answer:
    """Recompute everything, on a session of its own that holds no lock, and record what was found."""
    form = VerifyForm()
    if not form.validate_on_submit():
        return _page(form), 422
    database = current_app.extensions["database"]
    with database.reading() as session:
        result = verify(session, form.expected)
    recorded = services.record_verification(database, g.viewer, result)
    if result.ok:
        flash(_("Verified: nothing was altered."), "success")
        return redirect(url_for("auditing.events"), 303)
    return render_template(
        "auditing/verification.html", result=result, recorded=recorded, problem_words=problem_words, most=MOST
    )
