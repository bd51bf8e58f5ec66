"""What was sent after the session or the page had ended: it goes through the sign-in and is offered to be sent again.

Typed text is never lost (experience.md §1). The browser carries it, sealed with the office's key and bound to the
account that wrote it; the server stores nothing, and nothing is saved before the person has looked and pressed.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, g, render_template, request
from itsdangerous import BadData, URLSafeTimedSerializer

from ...access import Viewer
from .. import queries
from ..rules import token_hash
from .frame import blueprint, cookie_name, database

DAY = 24 * 3600
INNER = frozenset({"csrf_token", "once", "version"})
"""Fields that no person typed."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A form as it was sent: its address, its fields in order, and the public id of whose it is ("" when not known)."""

    path: str
    fields: list[tuple[str, str]]
    owner: str

    @property
    def typed(self) -> list[str]:
        """The texts of it that a person recognises."""
        return [value for name, value in self.fields if name not in INNER and len(value) >= 20]

    def is_of(self, viewer: Viewer) -> bool:
        """True when this person may see it: its writer, or anybody when the writer is not known."""
        return self.owner in ("", viewer.public_id)


def sent() -> Kept | None:
    """What this request sent; None when it sent nothing worth keeping, or a password."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    if request.endpoint is None or request.blueprint == blueprint.name or not fields:
        return None
    return Kept(request.full_path.rstrip("?"), fields, _owner())


def _owner() -> str:
    if g.viewer is not None:
        return str(g.viewer.public_id)
    with database().reading() as session:
        return queries.owner_of(session, token_hash(request.cookies.get(cookie_name()) or ""))


def seal(kept: Kept) -> str:
    """The kept form as one text that only this office can have made."""
    return _serializer().dumps([kept.path, kept.fields, kept.owner])


def unseal(text: str) -> Kept | None:
    """The form out of a sealed text of the last day; None for anything else."""
    try:
        path, fields, owner = _serializer().loads(text, max_age=DAY)
    except BadData:
        return None
    return Kept(path, [(name, value) for name, value in fields], owner)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="kept")


def resume_page(kept: Kept) -> str:
    """What was typed, with a button that sends it again in the name of who is signed in now."""
    return render_template("accounts/kept.html", kept=kept)
