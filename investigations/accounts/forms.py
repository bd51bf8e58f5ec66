"""What may come in: signing in, passwords, accounts and units. Each form takes its own fields and no others."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import Optional, Regexp

from ..access import Role
from ..fields import CleanString, Form, Required, at_most, options
from .models import Unit
from .rules import PASSWORD_MIN, PEOPLE_ROLES

ROLE_LABELS = {
    Role.INVESTIGATOR: _l("Investigator"),
    Role.PROSECUTOR: _l("Prosecutor"),
    Role.MANAGER: _l("Manager"),
    Role.AUDITOR: _l("Auditor"),
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.SYSTEM: _l("Office"),
}
_NEW = {"autocomplete": "new-password", "spellcheck": False}


class SignInForm(Form):
    """Account name and password. The password is compared as it was typed: nothing is trimmed."""

    name = StringField(
        _l("Account name"),
        [Required()],
        render_kw={"autocomplete": "username", "spellcheck": False, "attributes": {"autocapitalize": "none"}},
    )
    password = PasswordField(
        _l("Password"), [Required()], render_kw={"autocomplete": "current-password", "spellcheck": False}
    )
    next = HiddenField()
    kept = HiddenField()


class PasswordForm(Form):
    """A new password, typed once (it can be shown while typing)."""

    password = PasswordField(
        _l("New password"),
        [Required()],
        description=_l("At least %(least)d characters. Several words are easier to remember.", least=PASSWORD_MIN),
        render_kw=_NEW,
    )


class OwnPasswordForm(PasswordForm):
    """A person's own new password, with the one that it replaces."""

    current = PasswordField(
        _l("Current password"), [Required()], render_kw={"autocomplete": "current-password", "spellcheck": False}
    )


class AccountForm(Form):
    """Name shown, role and unit of an account."""

    version = HiddenField(validators=[Optional(), Regexp(r"\d{1,9}")])
    full_name = CleanString(_l("Full name"), [Required(), at_most(200)])
    role = SelectField(_l("Role"), choices=options((str(role), ROLE_LABELS[role]) for role in PEOPLE_ROLES))
    unit = SelectField(_l("Unit"))

    def offer(self, units: Iterable[Unit]) -> None:
        """Fill the list of units; the empty choice is for roles that work no cases."""
        self.unit.choices = options([("", _("No unit")), *_named(units)])


class NewAccountForm(AccountForm):
    """An account to open: the name that signs in, and a first password."""

    name = CleanString(
        _l("Account name"),
        [Required(), at_most(80)],
        description=_l("3 to 80 letters without accents, digits, dots, hyphens or underscores"),
        render_kw={"spellcheck": False, "attributes": {"autocapitalize": "none"}},
    )
    password = PasswordField(_l("First password"), [Required()], render_kw=_NEW)


class UnitForm(Form):
    """Name of a unit."""

    version = HiddenField(validators=[Optional(), Regexp(r"\d{1,9}")])
    name = CleanString(_l("Name of the unit"), [Required(), at_most(200)])


class NewUnitForm(UnitForm):
    """A unit to add, with its code and the unit it belongs to."""

    code = CleanString(_l("Code"), [Required(), at_most(80)], description=_l("Short and unique, as in the office's own lists"))
    parent = SelectField(_l("Belongs to"))

    def offer(self, units: Iterable[Unit]) -> None:
        """Fill the list of units it may belong to."""
        self.parent.choices = options([("", _("No other unit")), *_named(units)])


def _named(units: Iterable[Unit]) -> list[tuple[str, str]]:
    return [(unit.public_id, f"{unit.code} · {unit.name}") for unit in units]


def said(field: Field) -> str:
    """What was typed or chosen, exactly; nothing is an empty text."""
    return str(field.data or "")


def refuse(form: Form, message: object, field: str | None) -> None:
    """Show a service's refusal at its field, or above the form."""
    target = form[field] if field is not None and field in form else None
    if target is None:
        form.form_errors = [*form.form_errors, str(message)]
    else:
        target.errors = [*target.errors, str(message)]
