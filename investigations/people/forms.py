"""What may come in about a person: the form and its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, RadioField, ValidationError
from wtforms.validators import Optional, Regexp

from ..db import new_public_id
from ..fields import CleanString, CleanText, DatePartsField, Form, NotInFuture, Required, at_most, options
from ..history import Words
from .models import Part, Party, Scheme
from .rules import Doubt, PeopleAction, in_use
from .services import Details

PARTS: Mapping[Part, Any] = {
    Part.SUSPECT: _l("Suspect"),
    Part.VICTIM: _l("Victim"),
    Part.OFFENDED: _l("Offended party"),
    Part.WITNESS: _l("Witness"),
    Part.COUNSEL: _l("Counsel"),
}
PARTS_MANY: Mapping[Part, Any] = {
    Part.SUSPECT: _l("Suspects"),
    Part.VICTIM: _l("Victims"),
    Part.OFFENDED: _l("Offended parties"),
    Part.WITNESS: _l("Witnesses"),
    Part.COUNSEL: _l("Counsel (all)"),
}
SCHEMES: Mapping[Scheme, Any] = {
    Scheme.CURP: _l("CURP (population register)"),
    Scheme.RFC: _l("RFC (tax register)"),
    Scheme.PHONE: _l("Phone"),
    Scheme.PLATE: _l("Vehicle plate"),
    Scheme.VIN: _l("Vehicle number (VIN)"),
    Scheme.OTHER: _l("Other identifier"),
}
SEXES: Mapping[str, Any] = {"H": _l("Man"), "M": _l("Woman"), "X": _l("Non-binary")}
DOUBTS: Mapping[Doubt, Any] = {
    Doubt.CHECK: _l("The check of this number fails. It was kept as typed: compare it with the document."),
    Doubt.BIRTH_DATE: _l("This CURP says another date of birth than the one recorded."),
    Doubt.SEX: _l("This CURP says another sex than the one recorded."),
}


class Lines:
    """Validator: one value a line, at most so many, each at most so long."""

    def __init__(self, longest: int, most: int = 20) -> None:
        self.longest, self.most = longest, most

    def __call__(self, form: Any, field: Field) -> None:
        found = lines(field)
        if len(found) > self.most:
            raise ValidationError(_("Use at most %(max)d lines", max=self.most))
        if any(len(line) > self.longest for line in found):
            raise ValidationError(_("Use at most %(max)d characters in each line", max=self.longest))


def lines(field: Field) -> list[str]:
    """The lines of a text field that say something."""
    return [line.strip() for line in (field.data or "").split("\n") if line.strip()]


ONE_A_LINE = _l("One a line")


class PersonForm(Form):
    """A person and their part in the case. Identifiers are checked, but a failed check never stops the form."""

    version = HiddenField(validators=[Optional(), Regexp(r"\d{1,9}\Z")])
    once = HiddenField(default=new_public_id, validators=[Optional(), Regexp(r"[0-9a-f]{16}\Z")])
    part = RadioField(_l("Part in the case"), choices=options(PARTS), validators=[Required(_l("Choose the person's part in the case"))])
    given_names = CleanString(_l("Given names"), [at_most(160)], description=_l("For a company, its name"))
    surname1 = CleanString(_l("First surname"), [Optional(), at_most(120)])
    surname2 = CleanString(_l("Second surname"), [Optional(), at_most(120)])
    aliases = CleanText(_l("Aliases"), [Optional(), Lines(160)], description=ONE_A_LINE)
    sex = RadioField(_l("Sex"), choices=options([("", _l("Not recorded")), *SEXES.items()]), default="", validators=[Optional()])
    birth_date = DatePartsField(_l("Date of birth"), [Optional(), NotInFuture()], description=_l("For example, 27 3 1991"))
    note = CleanText(_l("Note"), [Optional(), at_most(4000)])
    curp = CleanText(SCHEMES[Scheme.CURP], [Lines(80)], description=ONE_A_LINE)
    rfc = CleanText(SCHEMES[Scheme.RFC], [Lines(80)], description=ONE_A_LINE)
    phone = CleanText(SCHEMES[Scheme.PHONE], [Lines(80)], description=ONE_A_LINE)
    plate = CleanText(SCHEMES[Scheme.PLATE], [Lines(80)], description=ONE_A_LINE)
    vin = CleanText(SCHEMES[Scheme.VIN], [Lines(80)], description=ONE_A_LINE)
    other = CleanText(SCHEMES[Scheme.OTHER], [Lines(80)], description=_l("One a line: passport, professional licence, file number…"))

    def identifier_fields(self) -> list[Field]:
        """The fields of the identifiers, which a page may fold away while they are empty."""
        return [self[scheme] for scheme in SCHEMES]

    def details(self) -> Details:
        """What was typed, for the services."""
        return Details(
            part=Part(self.part.data),
            given_names=self.given_names.data or "",
            surname1=self.surname1.data or "",
            surname2=self.surname2.data or "",
            sex=self.sex.data or None,
            birth_date=self.birth_date.data,
            aliases=lines(self.aliases),
            identifiers=[(scheme, value) for scheme in SCHEMES for value in lines(self[scheme])],
            note=self.note.data or "",
        )


def form_data(party: Party) -> dict[str, Any]:
    """What stands about a person, as the form's values."""
    person = party.person
    identifiers = in_use(person.identifiers)
    return {
        "version": person.version,
        "part": Part(party.part),
        "given_names": person.given_names,
        "surname1": person.surname1,
        "surname2": person.surname2,
        "sex": person.sex or "",
        "birth_date": person.birth_date,
        "note": party.note,
        "aliases": "\n".join(alias.text for alias in in_use(person.aliases)),
        **{str(scheme): "\n".join(row.value for row in identifiers if row.scheme == scheme) for scheme in SCHEMES},
    }


WORDS = Words(
    actions={
        PeopleAction.ADDED: _l("Added to the case"),
        PeopleAction.EDITED: _l("Changed"),
        PeopleAction.WITHDRAWN: _l("Taken out of the case"),
    },
    fields={
        "part": _l("Part in the case"),
        "given_names": _l("Given names"),
        "surname1": _l("First surname"),
        "surname2": _l("Second surname"),
        "sex": _l("Sex"),
        "birth_date": _l("Date of birth"),
        "note": _l("Note"),
        "aliases": _l("Aliases"),
        "identifiers": _l("Identifiers"),
    },
    codes={"part": PARTS, "sex": SEXES},
)
