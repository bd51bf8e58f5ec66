"""What may come in about a case: its header, a further number, an assignment, an act."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, SubmitField
from wtforms.validators import Optional, Regexp, ValidationError

from ..accounts.models import Unit, User
from ..db import new_public_id, now
from ..fields import (
    CleanString,
    CleanText,
    Form,
    MomentField,
    NotInFuture,
    Required,
    at_most,
    office_zone,
    options,
)
from ..jurisdictions.queries import Municipality, find_municipality, get_jurisdiction, municipalities
from ..pages import language
from .models import ActKind, Case, Confidentiality
from .queries import OffenceChoice
from .rules import fold_text
from .services import Header

HOME_STATE = "16"
"""The state whose municipalities are offered while typing; those of any other are taken as "name, state"."""

CONFIDENTIALITY_LABELS = {
    Confidentiality.ORDINARY: _l("Ordinary"),
    Confidentiality.RESERVED: _l("Restricted"),
    Confidentiality.SEALED: _l("Sealed"),
}
CONFIDENTIALITY_HINTS = {
    Confidentiality.ORDINARY: _l("The unit that has the case and those above it see it."),
    Confidentiality.RESERVED: _l("Of the unit, only prosecutors and managers; and whoever is assigned."),
    Confidentiality.SEALED: _l("Nobody but those assigned."),
}
ACT_LABELS = {
    ActKind.NOTE: _l("Note"),
    ActKind.INTERVIEW: _l("Interview"),
    ActKind.INSPECTION: _l("Inspection"),
    ActKind.SEARCH: _l("House search"),
    ActKind.EXPERT_REQUEST: _l("Expert report requested"),
    ActKind.EXPERT_REPORT: _l("Expert report received"),
    ActKind.INFORMATION_REQUEST: _l("Information requested"),
    ActKind.SUMMONS: _l("Summons"),
    ActKind.ARREST: _l("Arrest"),
    ActKind.VICTIM_CONTACT: _l("Contact with the victim"),
    ActKind.OTHER: _l("Other act"),
}
NUMBER_LABELS = {
    "primary": _l("Case number"),
    "court": _l("Court case number"),
    "nuc": _l("Unique case number (NUC)"),
    "appeal": _l("Appeal record"),
    "amparo": _l("Amparo"),
    "other": _l("Other number"),
}


class FactMomentField(MomentField):
    """A moment whose hour may be unknown: without an hour it is the beginning of the day."""

    def parsed(self) -> Any:
        """The instant; raises ValueError in words that name what is wrong."""
        if self.typed["time"]:
            return super().parsed()
        self.typed["time"] = "00:00"
        try:
            return super().parsed()
        finally:
            self.typed["time"] = ""

    def written(self, value: Any) -> dict[str, str]:
        """The boxes of a stored instant; midnight stands for an unknown hour."""
        boxes = super().written(value)
        return boxes | {"time": ""} if boxes["time"] == "00:00" else boxes


class RepeatedSelect(SelectMultipleField):
    """Several choices from one long list, each in a select box of its own. Data: list of values, none empty."""

    more = False

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Leave out the boxes where nothing was chosen, and what was chosen twice."""
        super().process_formdata(list(dict.fromkeys(value for value in valuelist if value)))

    @property
    def boxes(self) -> list[str]:
        """The values of the boxes to show; one more when asked for, and never none."""
        chosen = [str(value) for value in self.data or []]
        return chosen + [""] * (int(self.more) + int(not chosen))


class CaseForm(Form):
    """A case's header. Fill its lists with `offer` before use; `header` gives what was said."""

    version = HiddenField(validators=[Optional(), Regexp(r"\d{1,9}")])
    once = HiddenField(default=new_public_id, validators=[Optional(), Regexp(r"[0-9a-f]{16}\Z")])
    number = CleanString(_l("Case number"), [Required(), at_most(80)], render_kw={"spellcheck": False})
    unit = SelectField(_l("Unit"))
    offences = RepeatedSelect(_l("Offence"), [Required(_l("Choose at least one offence"))], coerce=int)
    occurred_at = FactMomentField(
        _l("When the fact happened"),
        [Optional(), NotInFuture()],
        description=_l("Leave it empty if it is not known. The hour may be left out."),
    )
    place = CleanString(
        _l("Place of the fact"), [Optional(), at_most(300)], description=_l("Street and number, neighbourhood, reference points")
    )
    municipality = CleanString(
        _l("Municipality"),
        [Optional(), at_most(160)],
        description=_l("Start typing and choose. For another state write “name, state”."),
        render_kw={"attributes": {"list": "municipalities"}},
    )
    reported_at = MomentField(_l("When it was reported"), [Required(), NotInFuture()], default=now)
    narrative = CleanText(
        _l("Narrative"), [Optional(), at_most(100_000)], description=_l("What was reported: facts, people, vehicles, places")
    )
    confidentiality = RadioField(_l("Confidentiality"), default=Confidentiality.ORDINARY)
    more = SubmitField(_l("Add another offence"))

    place_found: Municipality | None = None
    country = "MX"
    choices: Sequence[OffenceChoice] = ()
    kept_place: tuple[str | None, str | None] = (None, None)

    def offer(self, units: Iterable[Unit], offences: Sequence[OffenceChoice], jurisdiction: str) -> None:
        """Fill the lists: the units the person works in, and the offences of the jurisdiction by type."""
        spoken = language()
        self.country = get_jurisdiction(jurisdiction).country
        self.choices = offences
        self.unit.choices = options((unit.public_id, unit.name) for unit in units)
        grouped: dict[str, list[tuple[int, str]]] = {}
        for choice in offences:
            grouped.setdefault(_group(choice, spoken), []).append((choice.id, choice.label.text(spoken)))
        self.offences.choices = [one for group, pairs in grouped.items() for one in options(pairs, group)]
        self.confidentiality.choices = options(CONFIDENTIALITY_LABELS)
        for one in self.confidentiality.choices:
            one.render_kw = {"hint": CONFIDENTIALITY_HINTS[Confidentiality(one.value)]}

    def adding(self) -> bool:
        """True when the person asked for one more box for an offence, and not to save."""
        self.offences.more = bool(self.is_submitted() and self.more.data)
        return self.offences.more

    @classmethod
    def of(cls, case: Case, unit: Unit, **kwargs: Any) -> CaseForm:
        """The form as the case stands, under what was just sent; with `formdata=None` only as it stands."""
        form = cls(
            **kwargs,
            version=case.version,
            number=case.number,
            unit=unit.public_id,
            offences=[offence.code_id for offence in case.offences],
            occurred_at=case.occurred_at,
            place=case.place,
            municipality=case.municipality_name,
            reported_at=case.reported_at,
            narrative=case.narrative,
            confidentiality=str(case.confidentiality),
        )
        form.kept_place = (case.municipality, case.municipality_name)
        return form

    def validate_offences(self, field: RepeatedSelect) -> None:
        """Each offence must be of the catalogue in use on the day of the fact (of the report, when unknown)."""
        instant: datetime | None = self.occurred_at.data or self.reported_at.data
        chosen = [choice for choice in self.choices if choice.id in (field.data or [])]
        if instant is None or self.occurred_at.errors or self.reported_at.errors:
            return
        day = instant.astimezone(office_zone()).date()
        for choice in chosen:
            if not choice.applies_on(day):
                name = choice.label.text(language())
                raise ValidationError(
                    _("“%(name)s” is of a catalogue that was not in use on the day of the fact", name=name)
                )

    def validate_municipality(self, field: CleanString) -> None:
        """Find the municipality, tolerant of accents and case; keep the stored one when it was not touched."""
        text = str(field.data)
        if self.country != "MX" or text == self.kept_place[1]:
            return
        self.place_found = match_municipality(text)
        if self.place_found is None:
            near = nearest_municipality(text)
            if near:
                raise ValidationError(_("We do not know this municipality. Did you mean %(name)s?", name=near))
            raise ValidationError(_("We do not know this municipality. Write its official name, or leave it empty."))

    def header(self, unit: Unit) -> Header:
        """What the form says, ready for the services."""
        code, name = self._municipality()
        return Header(
            number=str(self.number.data),
            unit_id=unit.id,
            code_ids=self.offences.data or [],
            occurred_at=self.occurred_at.data,
            place=self.place.data or "",
            municipality=code,
            municipality_name=name,
            reported_at=self.reported_at.data,
            narrative=self.narrative.data or "",
            confidentiality=Confidentiality(self.confidentiality.data),
        )

    def _municipality(self) -> tuple[str | None, str | None]:
        typed = self.municipality.data or None
        if typed is None or typed == self.kept_place[1]:
            return self.kept_place if typed else (None, None)
        if self.place_found is not None:
            return self.place_found.code, self.place_found.name
        return typed[:80], typed


def _group(choice: OffenceChoice, language: str) -> str:
    """The heading an offence stands under; that of an older catalogue says until when it applies."""
    name = choice.group.text(language)
    if choice.valid_to is None:
        return name
    return str(_("%(name)s (facts until %(year)s)", name=name, year=choice.valid_to.year))


def match_municipality(text: str) -> Municipality | None:
    """The municipality meant by a name, a code, or "name, state"; None when there is none or several."""
    name, comma, state = text.rpartition(",")
    if comma:
        wanted = fold_text(state.strip())
        codes = {place.state_code for place in municipalities() if fold_text(place.state_name).startswith(wanted)}
        return find_municipality(name.strip(), codes.pop()) if len(codes) == 1 else None
    return find_municipality(text, HOME_STATE)


def nearest_municipality(text: str) -> str | None:
    """The name of the municipality of the office's state that is written most alike."""
    names = {fold_text(place.name): place.name for place in municipalities() if place.state_code == HOME_STATE}
    near = get_close_matches(fold_text(text), names, n=1, cutoff=0.75)
    return names[near[0]] if near else None


def offered_municipalities(country: str) -> list[str]:
    """The names to offer while typing: those of the office's state."""
    if country != "MX":
        return []
    return [place.name for place in municipalities() if place.state_code == HOME_STATE]


class NumberForm(Form):
    """One more number of a case."""

    scheme = SelectField(
        _l("Kind of number"), choices=options((code, label) for code, label in NUMBER_LABELS.items() if code != "primary")
    )
    value = CleanString(_l("Number"), [Required(), at_most(80)], render_kw={"spellcheck": False})


class ActForm(Form):
    """An act of investigation. `once` makes the same form sent twice one act; `corrects` names a corrected one."""

    once = HiddenField(validators=[Required(), at_most(40)])
    corrects = HiddenField(validators=[Optional(), Regexp(r"\d{1,9}")])
    text = CleanText(_l("What was done"), [Required(), at_most(100_000)])
    kind = SelectField(_l("Kind of act"), choices=options(ACT_LABELS))
    happened_at = MomentField(_l("When"), [Required(), NotInFuture()], default=now)


class AssignForm(Form):
    """Put somebody on a case."""

    user = SelectField(_l("Person"), [Required()])
    reason = CleanText(_l("Reason"), [Optional(), at_most(2000)])

    def offer(self, users: Iterable[User]) -> None:
        """Fill the list of people."""
        people = [(user.public_id, user.full_name) for user in users]
        self.user.choices = options([("", _("Choose a person")), *people])


class ReasonForm(Form):
    """Why somebody is taken off a case, or something out of it."""

    reason = CleanText(_l("Reason"), [Required(_l("Enter the reason")), at_most(1000)])
