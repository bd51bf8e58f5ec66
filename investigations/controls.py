"""Which control a form field is drawn as, and its choices in the shape GOV.UK macros take."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    DecimalField,
    EmailField,
    Field,
    FileField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    SubmitField,
    TextAreaField,
)

# The first class that fits wins, so subclasses stand before their parents.
CONTROLS: tuple[tuple[type[Field], str], ...] = (
    (HiddenField, "hidden"),
    (PasswordField, "password"),
    (EmailField, "email"),
    (TextAreaField, "textarea"),
    (FileField, "file"),
    (RadioField, "radios"),
    (SelectMultipleField, "checkboxes"),
    (SelectField, "select"),
    (SubmitField, "submit"),
    (BooleanField, "checkbox"),
    (IntegerField, "whole"),
    (DecimalField, "decimal"),
)


def control(field: Field) -> str:
    """Name of the control a field is drawn as: the one its class names, else by kind, else a text box."""
    named: str | None = getattr(field, "control", None)
    return named or next((name for kind, name in CONTROLS if isinstance(field, kind)), "text")


def choices(field: SelectField) -> list[tuple[str | None, list[dict[str, Any]]]]:
    """Choices by group (None: no group), each with value, text, selected and hint."""
    groups: list[tuple[str | None, list[Any]]] = [(None, list(field.iter_choices()))]
    if field.has_groups():
        groups = [(label, list(found)) for label, found in field.iter_groups()]
    return [(label, [_choice(*choice) for choice in found]) for label, found in groups]


def items(field: SelectField) -> list[dict[str, Any]]:
    """Choices of radios and checkboxes: groups are not shown there."""
    return [
        {
            "value": one["value"],
            "text": one["text"],
            "checked": one["selected"],
            "hint": {"text": one["hint"]} if one["hint"] else None,
        }
        for _group, found in choices(field)
        for one in found
    ]


def _choice(value: Any, label: Any, selected: bool, render_kw: dict[str, Any]) -> dict[str, Any]:
    return {
        "value": str(value),
        "text": label,
        "selected": selected,
        "hint": render_kw.get("hint"),
        "disabled": bool(render_kw.get("disabled")),
    }


def error_target(field: Field) -> str:
    """Id of the element an error link leads to: the first box of a date, the first of the choices."""
    return str(getattr(field, "first_id", field.id))
