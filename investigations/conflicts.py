"""What a form shows when it cannot be saved: a refusal at its field, or two texts side by side."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, request
from wtforms import Field, SelectField

from . import controls
from .db import Refusal
from .fields import Form, PartsField
from .history import OfCase, events_of

TYPED = ("text", "textarea")
"""Fields whose text can still be changed while both are compared."""


def show_refusal(form: Form, refusal: Refusal) -> None:
    """Put a service's refusal at the field that it names, or above the form."""
    field = form[refusal.field] if refusal.field and refusal.field in form else None
    if field is None:
        form.form_errors.append(str(refusal))
        return
    field.errors = [*field.errors, str(refusal)]
    if isinstance(field, PartsField):
        field.wrong = frozenset(field.parts)


def conflict_response(
    form: Form, stored: Form, row: OfCase, *, version: int, title: str, back_href: str, **context: Any
) -> tuple[str, int]:
    """The 409 page: what was sent (`form`) beside what is stored (`stored`: the same form filled from the row).

    `row` is what the ledger calls the subject, `version` the one now stored: the page's form sends mine again
    on top of it, to the same address. `back_href` shows what is stored; `context` goes to the template.
    """
    last = next(iter(events_of(g.session, row, 1)), None)
    pairs = [_pair(field, stored[field.name]) for field in form if _compared(field)]
    said = [pair for pair in pairs if pair["mine"] or pair["theirs"]]
    fields = sorted(said, key=lambda pair: bool(pair["mine"] == pair["theirs"]))
    editable = {field["name"] for field in fields} | {"csrf_token", "version"}
    keep = [pair for pair in request.form.items(multi=True) if pair[0] not in editable]
    page = render_template(
        "conflict.html", title=title, action=request.full_path.rstrip("?"), fields=fields, keep=keep,
        version=version, theirs_by=last.by if last else "—", theirs_at=last.at if last else None,
        back_href=back_href, **context,
    )  # fmt: skip
    return page, 409


def _compared(field: Field) -> bool:
    return controls.control(field) not in ("hidden", "submit")


def _pair(mine: Field, theirs: Field) -> dict[str, Any]:
    kind = controls.control(mine)
    name = mine.name if kind in TYPED else None
    pair = {"label": mine.label.text, "mine": _shown(mine), "theirs": _shown(theirs), "rows": 6 if kind == "textarea" else 2}
    return pair | {"name": name}


def _shown(field: Field) -> str:
    if isinstance(field, PartsField):
        return " ".join(filter(None, field.typed.values()))
    if isinstance(field, SelectField):
        return ", ".join(str(one["text"]) for _group, found in controls.choices(field) for one in found if one["selected"])
    return str(field.data or "")
