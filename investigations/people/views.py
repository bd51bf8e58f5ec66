"""The people of a case over HTTP: list, add, look at, change, take out."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ..access import Permission, requires
from ..cases.forms import ReasonForm
from ..cases.models import Case
from ..cases.queries import get_case
from ..conflicts import conflict_response, show_refusal
from ..db import Refusal, StaleEdit
from ..history import entries
from . import services
from .forms import DOUBTS, PARTS, PARTS_MANY, SCHEMES, SEXES, WORDS, PersonForm, form_data
from .models import Identifier, Part, Party
from .queries import get_party, list_parties
from .rules import doubts, full_name, list_name

blueprint = Blueprint("people", __name__)
blueprint.add_app_template_filter(full_name, "full_name")
blueprint.add_app_template_filter(list_name, "list_name")

Answer = str | Response | tuple[str, int]


@blueprint.get("/cases/<string:public_id>/people")
@requires(Permission.READ_CASES)
def people(public_id: str) -> str:
    """A case's people, by part."""
    case = get_case(g.session, g.viewer, public_id)
    found = list_parties(g.session, g.viewer, case)
    groups = [(part, PARTS_MANY[part], [one for one in found if one.part == part]) for part in Part]
    return render_template(
        "people/people.html", case=case, groups=groups, doubts_of=doubts_of, doubtful=any(map(doubts_of, found))
    )


@blueprint.route("/cases/<string:public_id>/people/new", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def add_party(public_id: str) -> Answer:
    """Add a person with their part in the case; the same form sent twice adds one."""
    case = get_case(g.session, g.viewer, public_id)
    form = PersonForm(part=_wanted_part())
    if form.validate_on_submit():
        try:
            party = services.add_party(g.session, g.viewer, case, form.details(), once=form.once.data or None)
            flash(_("%(name)s was added to the case.", name=full_name(party.person)), "success")
            return redirect(_address(case, party), 303)
        except Refusal as refusal:
            show_refusal(form, refusal)
    return _form_page(form, case, None)


def _wanted_part() -> str | None:
    wanted = request.args.get("part", "")
    return wanted if wanted in list(Part) else None


def _form_page(form: PersonForm, case: Case, party: Party | None) -> Answer:
    page = render_template("people/form.html", form=form, case=case, party=party)
    return page, 422 if form.is_submitted() else 200


def _address(case: Case, party: Party) -> str:
    return url_for("people.party", public_id=case.public_id, party_id=party.public_id)


@blueprint.get("/cases/<string:public_id>/people/<string:party_id>")
@requires(Permission.READ_CASES)
def party(public_id: str, party_id: str) -> str:
    """A person: names, identifiers with what is doubtful about them, and what was done to the record."""
    found = get_party(g.session, g.viewer, public_id, party_id)
    return render_template(
        "people/party.html",
        case=get_case(g.session, g.viewer, public_id),
        party=found,
        identifiers=[(SCHEMES[one.scheme], one, doubts_at(found, one)) for one in found.person.identifiers],
        history=entries(g.session, found, WORDS),
        part_words=PARTS,
        sex_words=SEXES,
    )


def doubts_at(party: Party, identifier: Identifier) -> list[str]:
    """What is doubtful about one identifier, in words."""
    person = party.person
    return [str(DOUBTS[doubt]) for doubt in doubts(identifier, person.birth_date, person.sex)]


def doubts_of(party: Party) -> list[str]:
    """What is doubtful about a person's identifiers, in words."""
    return [words for identifier in party.person.identifiers for words in doubts_at(party, identifier)]


@blueprint.route("/cases/<string:public_id>/people/<string:party_id>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def edit_party(public_id: str, party_id: str) -> Answer:
    """Change a person; who saves second sees both texts."""
    case, found = get_case(g.session, g.viewer, public_id), _posted_to(public_id, party_id)
    form = PersonForm(data=form_data(found))
    if form.validate_on_submit():
        version = int(form.version.data or 0)
        try:
            services.edit_party(g.session, g.viewer, found, version, form.details(), used=_in_use(found))
            flash(_("The changes were saved."), "success")
            return redirect(_address(case, found), 303)
        except StaleEdit:
            return _conflict(form, case, found)
        except Refusal as refusal:
            show_refusal(form, refusal)
    return _form_page(form, case, found)


def _posted_to(public_id: str, party_id: str) -> Party:
    """The party; a form sent after somebody took it out still reaches it, so that what was typed is answered."""
    return get_party(g.session, g.viewer, public_id, party_id, withdrawn=request.method == "POST")


def _conflict(form: PersonForm, case: Case, party: Party) -> Answer:
    stored = PersonForm(formdata=None, data=form_data(party))
    return conflict_response(
        form,
        stored,
        party,
        version=party.person.version,
        title=f"{case.number} · {list_name(party.person)}",
        back_href=_address(case, party),
    )


def _in_use(party: Party) -> bool:
    """Whether a procedural line names the party: the court, which we must not know, answers."""
    return bool(current_app.extensions["party_in_use"](g.session, party))


@blueprint.route("/cases/<string:public_id>/people/<string:party_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def withdraw_party(public_id: str, party_id: str) -> Answer:
    """Take a person out of the case, with the reason."""
    case = get_case(g.session, g.viewer, public_id)
    found = _posted_to(public_id, party_id)
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            services.withdraw_party(g.session, g.viewer, found, form.reason.data or "", in_use=_in_use(found))
            flash(_("%(name)s was taken out of the case. The history keeps it.", name=full_name(found.person)), "success")
            return redirect(url_for("people.people", public_id=public_id), 303)
        except Refusal as refusal:
            show_refusal(form, refusal)
    page = render_template("people/withdraw.html", form=form, case=case, party=found)
    return page, 422 if form.is_submitted() else 200
