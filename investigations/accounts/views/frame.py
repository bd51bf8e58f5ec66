"""What every page of accounts starts from: the blueprint, the office's settings, the session cookie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from flask import Blueprint, current_app, g, has_request_context, render_template, request
from werkzeug.wrappers import Response

from ...access import Viewer
from ...config import Settings
from ...db import Database
from ...fields import Form
from ...ledger.queries import last_change
from .. import queries, services
from ..models import Unit, User
from ..rules import LANGUAGES

blueprint = Blueprint("accounts", __name__)
LANGUAGE_COOKIE = "lang"

Answer = str | Response | tuple[str, int]


def settings() -> Settings:
    """The office's settings."""
    return cast(Settings, current_app.extensions["settings"])


def database() -> Database:
    """The office's database, for services that open transactions of their own."""
    return cast(Database, current_app.extensions["database"])


def cookie_name() -> str:
    """The session cookie's name: over TLS the prefix makes browsers insist on Secure and on this host alone."""
    return "__Host-sid" if settings().secure else "sid"


def source() -> str:
    """Where the request comes from, as far as the server knows."""
    return (request.remote_addr or "")[:64]


def status(form: Form) -> int:
    """422 for a form that is shown again, so that its transaction rolls back."""
    return 422 if form.is_submitted() else 200


def load_viewer() -> Viewer | None:
    """Who this request comes from, by its cookie; None when nobody is signed in."""
    token = request.cookies.get(cookie_name())
    signed_in = services.viewer_for(database(), settings(), token) if token else None
    if signed_in is None:
        return None
    g.account_language = signed_in.language
    return signed_in.viewer


def current_language() -> str:
    """The language chosen in this browser, else the account's, else the office's."""
    if not has_request_context():
        return settings().language
    chosen = LANGUAGES.get(request.cookies.get(LANGUAGE_COOKIE, ""))
    return chosen or g.get("account_language") or settings().language


def conflict(
    row: User | Unit, fields: Sequence[Mapping[str, object]], keep: Sequence[tuple[str, str]], *, title: str, back: str
) -> tuple[str, int]:
    """The 409 page: both texts side by side; mine can be sent again on top of what is stored now."""
    last = last_change(g.session, row)
    names = queries.names_of_actors(g.session, [last.actor]) if last else {}
    page = render_template(
        "conflict.html",
        title=title,
        action=request.path,
        fields=fields,
        keep=keep,
        version=row.version,
        theirs_by=names.get(last.actor, "—") if last else "—",
        theirs_at=last.recorded_at if last else None,
        back_href=back,
    )
    return page, 409


def chosen_unit(public_id: str) -> Unit | None:
    """The unit picked in a form's list; None for the empty choice. Raises NotFound."""
    return queries.get_unit(g.session, g.viewer, public_id) if public_id else None
