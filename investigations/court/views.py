"""Lines over HTTP: the list of a case's lines, one line, and what is recorded on it.

Every act here has legal effect, so each is shown once more to be checked before it is saved (WCAG 3.3.4). The names
of suspects belong to a sibling feature: whoever composes the pages hands in `suspects_of`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ..access import Permission, requires
from ..cases.models import Case
from ..cases.queries import get_case
from ..conflicts import show_refusal
from ..db import NotFound, Refusal, StaleEdit, check_version
from ..jurisdictions.rules import ANNULMENT, EventKind
from ..pages import language
from . import queries, services
from .forms import AnnulForm, CorrectionForm, LinkForm, MoveForm, beside, form_data, words
from .models import Line, LineEvent
from .rules import Suspect
from .services import Proposal

blueprint = Blueprint("court", __name__)

Answer = str | Response | tuple[str, int]
SUSPECTS_OF = "suspects_of"


def _suspects(case: Case) -> list[Suspect]:
    """The case's suspects as the viewer may see them."""
    hand_in = cast(Callable[..., list[Suspect]], current_app.extensions[SUSPECTS_OF])
    return hand_in(g.session, g.viewer, case)


def _load(public_id: str, line_id: str) -> tuple[Case, Line]:
    case = get_case(g.session, g.viewer, public_id)
    return case, queries.get_line(g.session, g.viewer, case, line_id)


@blueprint.get("/cases/<string:public_id>/court")
@requires(Permission.READ_CASES)
def lines(public_id: str) -> Answer:
    """The case's lines by offence."""
    case = get_case(g.session, g.viewer, public_id)
    found = queries.list_lines(g.session, g.viewer, case)
    suspects = {suspect.party.id: suspect for suspect in _suspects(case)}
    return render_template("court/lines.html", case=case, lines=found, suspects=suspects)


@blueprint.route("/cases/<string:public_id>/court/link", methods=["GET", "POST"])
@requires(Permission.MOVE_LINES)
def link_suspect(public_id: str) -> Answer:
    """Link a suspect of the case to one of its offences."""
    case = get_case(g.session, g.viewer, public_id)
    suspects = _suspects(case)
    form = LinkForm(offence=request.args.get("offence", type=int))
    form.offer(case.offences, suspects)
    if form.validate_on_submit():
        try:
            line = _link(case, form, suspects)
            flash(_("The suspect is linked to the offence."), "success")
            return redirect(url_for("court.line", public_id=public_id, line_id=line.public_id), 303)
        except Refusal as refusal:
            show_refusal(form, refusal)
    page = render_template("court/link.html", case=case, form=form, suspects=suspects)
    return page, 422 if form.is_submitted() else 200


def _link(case: Case, form: LinkForm, suspects: list[Suspect]) -> Line:
    party = next(suspect.party for suspect in suspects if suspect.public_id == form.party.data)
    offence = next(offence for offence in case.offences if offence.id == form.offence.data)
    return services.link_suspect(g.session, g.viewer, case, offence, party, form.occurred_at.data)


@blueprint.get("/cases/<string:public_id>/court/<string:line_id>")
@requires(Permission.READ_CASES)
def line(public_id: str, line_id: str) -> Answer:
    """One line: where it stands, what may come next and why the rest may not, and everything recorded on it."""
    case, found = _load(public_id, line_id)
    page = queries.line_page(g.session, g.viewer, found)
    suspect = next((each for each in _suspects(case) if each.party.id == found.party_id), None)
    saved = request.args.get("saved", type=int)
    return render_template(
        "court/line.html", case=case, page=page, line=page.view, suspect=suspect, saved=saved
    )


# Recording, correcting, annulling -----------------------------------------------------------------------------


@blueprint.route("/cases/<string:public_id>/court/<string:line_id>/events/new", methods=["GET", "POST"])
@requires(Permission.MOVE_LINES)
def record_event(public_id: str, line_id: str) -> Answer:
    """Record an event of the kind named by `kind`; without it, the line's page offers them."""
    case, found = _load(public_id, line_id)
    page = queries.line_page(g.session, g.viewer, found)
    code = request.values.get("kind", "")
    if not code:
        return redirect(url_for("court.line", public_id=public_id, line_id=line_id))
    kind = _kind(page, code)
    form = MoveForm(kind=code, version=found.version)
    form.fit(page.view.law, kind)
    why_not = next((why for closed, why in page.closed if closed.code == code), None)
    return _Act(case, found, page, form, "court/record.html", {"kind": kind, "why_not": why_not}).answer(
        lambda: services.propose_event(g.session, found, form.move()),
        lambda: services.record_event(g.session, g.viewer, found, int(form.version.data or 0), form.move()),
    )


def _kind(page: queries.LinePage, code: str) -> EventKind:
    """The kind with this code among those that this form records. Raises NotFound."""
    kinds = [*page.allowed, *(closed for closed, _why in page.closed)]
    for kind in kinds:
        if kind.code == code:
            return kind
    raise NotFound


@blueprint.route("/cases/<string:public_id>/court/<string:line_id>/events/<int:number>/correct", methods=["GET", "POST"])
@requires(Permission.MOVE_LINES)
def correct_event(public_id: str, line_id: str, number: int) -> Answer:
    """Put another event in the place of one recorded wrong. `kind` chooses what it should have been."""
    case, found = _load(public_id, line_id)
    page = queries.line_page(g.session, g.viewer, found)
    event = queries.event_of(page, number)
    law = page.view.law
    kind = law.events.get(request.values.get("kind") or event.kind)
    if kind is None:
        raise NotFound
    form = CorrectionForm(**form_data(event, found.version) | {"kind": kind.code})
    form.fit(law, kind)
    others = queries.replacements(g.session, g.viewer, found, number) if event.kind != law.identified_event else []
    context = {"kind": kind, "event": event, "others": others}
    return _Act(case, found, page, form, "court/correct.html", context).answer(
        lambda: services.propose_correction(g.session, found, number, form.move(), str(form.reason.data)),
        lambda: services.correct_event(
            g.session, g.viewer, found, int(form.version.data or 0), number, form.move(), str(form.reason.data)
        ),
    )


@blueprint.route("/cases/<string:public_id>/court/<string:line_id>/events/<int:number>/annul", methods=["GET", "POST"])
@requires(Permission.MOVE_LINES)
def annul_event(public_id: str, line_id: str, number: int) -> Answer:
    """Take an event recorded in error out of force."""
    case, found = _load(public_id, line_id)
    page = queries.line_page(g.session, g.viewer, found)
    event = queries.event_of(page, number)
    form = AnnulForm(version=found.version)
    return _Act(case, found, page, form, "court/annul.html", {"event": event}).answer(
        lambda: services.propose_annulment(g.session, found, number, str(form.reason.data)),
        lambda: services.annul_event(
            g.session, g.viewer, found, int(form.version.data or 0), number, str(form.reason.data)
        ),
    )


Propose = Callable[[], Proposal]
Save = Callable[[], LineEvent]


@dataclass(frozen=True)
class _Act:
    """An act on a line: its form, the page that shows the form, and the steps from there to the record."""

    case: Case
    line: Line
    page: queries.LinePage
    form: MoveForm | AnnulForm
    template: str
    context: dict[str, Any]

    def answer(self, propose: Propose, save: Save) -> Answer:
        """The form; once it is right, the same to be checked; once that is confirmed, the line's page."""
        if self.form.validate_on_submit() and "change" not in request.form:
            try:
                check_version(self.line, int(self.form.version.data or 0))
                if "confirmed" not in request.form:
                    return self._review(propose())
                return redirect(_at_event(self.case, self.line, save().number), 303)
            except StaleEdit:
                return self._conflict()
            except Refusal as refusal:
                show_refusal(self.form, refusal)
        return self._show(self.template, **self.context), 422 if self.form.errors else 200

    def _show(self, template: str, **context: Any) -> str:
        suspect = next((each for each in _suspects(self.case) if each.party.id == self.line.party_id), None)
        shown = {"case": self.case, "line": self.page.view, "suspect": suspect, "form": self.form}
        return render_template(template, **shown | context)

    def _review(self, proposal: Proposal) -> str:
        law = self.page.view.law
        kind = law.events[proposal.move.kind]
        after = law.states[proposal.state] if proposal.state else None
        rows = [(_("What happened"), kind.label.text(language())), *words(self.form)]
        return self._show("court/review.html", rows=rows, kind=kind, after=after, sent=_sent())

    def _conflict(self) -> tuple[str, int]:
        """What they recorded beside what I was recording; mine can be checked again on the line as it stands now."""
        page = queries.line_page(g.session, g.viewer, self.line)
        theirs = max(page.events, key=lambda event: event.number)
        mine: EventKind = self.context.get("kind") or page.view.law.events[ANNULMENT]
        what = {"label": _("What happened"), "theirs": theirs.label.text(language()), "mine": mine.label.text(language())}
        fields = [what, *beside(self.form, theirs)]
        return self._show("court/conflict.html", line=page.view, fields=fields, keep=_sent("version"), theirs=theirs), 409


def _sent(*left_out: str) -> list[tuple[str, str]]:
    """What the browser sent, to be sent again from the next page."""
    own = ("csrf_token", "confirmed", "change", *left_out)
    return [(name, value) for name, value in request.form.items(multi=True) if name not in own]


def _at_event(case: Case, line: Line, number: int) -> str:
    """The address of an event just recorded, where its confirmation stands."""
    anchor = f"event-{number}"
    return url_for("court.line", public_id=case.public_id, line_id=line.public_id, saved=number, _anchor=anchor)
