"""The evidence of a case over HTTP: list, register, look at, change, record custody, take out."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ..access import Permission, requires
from ..cases.forms import ReasonForm
from ..cases.models import Case
from ..cases.queries import get_case
from ..conflicts import conflict_response, show_refusal
from ..db import Refusal, StaleEdit, now
from ..fields import Form
from ..history import entries
from . import services
from .forms import CUSTODY, KINDS, ORIGINS, WORDS, CustodyForm, ItemForm, NewItemForm, form_data
from .models import EvidenceItem
from .queries import get_item, list_custody, list_items
from .rules import late_entries

blueprint = Blueprint("evidence", __name__)

Answer = str | Response | tuple[str, int]


@blueprint.get("/cases/<string:public_id>/evidence")
@requires(Permission.READ_CASES)
def items(public_id: str) -> str:
    """A case's items, as they were registered."""
    case = get_case(g.session, g.viewer, public_id)
    found = list_items(g.session, g.viewer, case)
    return render_template("evidence/items.html", case=case, registered=found, kind_words=KINDS)


@blueprint.route("/cases/<string:public_id>/evidence/new", methods=["GET", "POST"])
@requires(Permission.EDIT_EVIDENCE)
def register(public_id: str) -> Answer:
    """Register an item; custody begins with it. The same form sent twice registers one."""
    case = get_case(g.session, g.viewer, public_id)
    form = NewItemForm(found_at=now())
    if form.validate_on_submit():
        about = {"custodian": form.custodian.data or "", "storage_place": form.storage_place.data or ""}
        try:
            item = services.register_item(
                g.session, g.viewer, case, form.details(), **about, once=form.once.data or None
            )
            flash(_("%(label)s was registered. Its custody has begun.", label=item.label), "success")
            return redirect(_address(case, item), 303)
        except Refusal as refusal:
            show_refusal(form, refusal)
    return _form_page("evidence/form.html", form, case, None)


def _form_page(template: str, form: Form, case: Case, item: EvidenceItem | None) -> Answer:
    page = render_template(template, form=form, case=case, item=item)
    return page, 422 if form.is_submitted() else 200


def _address(case: Case, item: EvidenceItem) -> str:
    return url_for("evidence.item", public_id=case.public_id, item_id=item.public_id)


@blueprint.get("/cases/<string:public_id>/evidence/<string:item_id>")
@requires(Permission.READ_CASES)
def item(public_id: str, item_id: str) -> str:
    """An item: what it is, its chain of custody, and what was done to the record."""
    found = get_item(g.session, g.viewer, public_id, item_id)
    chain = list_custody(g.session, g.viewer, found)
    return render_template(
        "evidence/item.html",
        case=get_case(g.session, g.viewer, public_id),
        item=found,
        chain=list(zip(chain, late_entries(chain), strict=True)),
        history=entries(g.session, found, WORDS),
        kind_words=KINDS,
        origin_words=ORIGINS,
        custody_words=CUSTODY,
    )


@blueprint.route("/cases/<string:public_id>/evidence/<string:item_id>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_EVIDENCE)
def edit_item(public_id: str, item_id: str) -> Answer:
    """Change what is said of an item; who saves second sees both texts."""
    case, found = get_case(g.session, g.viewer, public_id), _posted_to(public_id, item_id)
    form = ItemForm(data=form_data(found))
    if form.validate_on_submit():
        try:
            services.edit_item(g.session, g.viewer, case, found, int(form.version.data or 0), form.details())
            flash(_("The changes were saved."), "success")
            return redirect(_address(case, found), 303)
        except StaleEdit:
            return _conflict(form, ItemForm(formdata=None, data=form_data(found)), case, found)
        except Refusal as refusal:
            show_refusal(form, refusal)
    return _form_page("evidence/form.html", form, case, found)


def _posted_to(public_id: str, item_id: str) -> EvidenceItem:
    """The item; a form sent after somebody took it out still reaches it, so that what was typed is answered."""
    return get_item(g.session, g.viewer, public_id, item_id, withdrawn=request.method == "POST")


def _conflict(form: Form, stored: Form, case: Case, item: EvidenceItem) -> Answer:
    return conflict_response(
        form,
        stored,
        item,
        version=item.version,
        title=f"{case.number} · {item.label}",
        back_href=_address(case, item),
    )


@blueprint.route("/cases/<string:public_id>/evidence/<string:item_id>/custody/new", methods=["GET", "POST"])
@requires(Permission.EDIT_EVIDENCE)
def record_custody(public_id: str, item_id: str) -> Answer:
    """Add a link to an item's chain. Nothing of the chain is ever changed: a correction is one more link."""
    case, found = get_case(g.session, g.viewer, public_id), _posted_to(public_id, item_id)
    form = CustodyForm(version=found.version, at=now())
    if form.validate_on_submit():
        try:
            services.record_custody(g.session, g.viewer, found, int(form.version.data or 0), form.details())
            flash(_("Custody was recorded: %(holder)s holds %(label)s.", holder=found.custodian, label=found.label), "success")
            return redirect(_address(case, found), 303)
        except StaleEdit:
            form.form_errors.append(_("The item changed meanwhile. Compare with what is stored now, then send this form again."))
            form.version.data = str(found.version)
            return render_template("evidence/custody.html", form=form, case=case, item=found), 409
        except Refusal as refusal:
            show_refusal(form, refusal)
    return _form_page("evidence/custody.html", form, case, found)


@blueprint.route("/cases/<string:public_id>/evidence/<string:item_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.EDIT_EVIDENCE)
def withdraw_item(public_id: str, item_id: str) -> Answer:
    """Take an item out of the case (registered by mistake), with the reason."""
    case = get_case(g.session, g.viewer, public_id)
    found = _posted_to(public_id, item_id)
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            services.withdraw_item(g.session, g.viewer, found, form.reason.data or "")
            flash(_("%(label)s was taken out of the case. The history keeps it.", label=found.label), "success")
            return redirect(url_for("evidence.items", public_id=public_id), 303)
        except Refusal as refusal:
            show_refusal(form, refusal)
    return _form_page("evidence/withdraw.html", form, case, found)
