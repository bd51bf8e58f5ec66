"""What may be asked: the filter of the report page and the addresses of its numbers, files and papers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import Optional

from ..db import NotFound, now
from ..fields import DatePartsField, Form, Required
from ..typed import plausible
from .queries import Asked, Choices
from .queries.words import group_label, measure_label
from .rules.questions import Group, Measure, Question

FILTERS = ("unit", "offence", "municipality")


class CutOffField(DatePartsField):
    """A day in three boxes or, in an address, an instant in ISO form. Data: `date`, `datetime` or None."""

    _instant: datetime | None = None

    def split(self, single: str) -> dict[str, str]:
        self._instant = instant(single)
        return super().split(single[:10] if self._instant else single)

    def parsed(self) -> date | datetime:
        day: date = super().parsed()
        return self._instant or day


class FilterForm(Form):
    """The question, as a GET form: it stands in the address, so that it can be kept and sent."""

    class Meta:
        csrf = False

    measure = RadioField(_l("Measure"), coerce=Measure, validators=[Required()])
    start = DatePartsField(_l("From"), name="from", validators=[Required()])
    end = DatePartsField(_l("To"), name="to", validators=[Required()])
    by = SelectMultipleField(_l("Split by"), coerce=Group, validators=[Optional()])
    unit = SelectField(_l("Unit"), validators=[Optional()])
    offence = SelectField(_l("Offence"), validators=[Optional()])
    municipality = SelectField(_l("Municipality"), validators=[Optional()])
    as_of = CutOffField(
        _l("As of"), validators=[Optional()], description=_l("Leave it empty for now. What happened later is not counted.")
    )
    known_at = HiddenField()

    def offer(self, choices: Choices) -> None:
        """Fill the lists; only what the viewer sees can be chosen."""
        self.measure.choices = [(measure.value, measure_label(measure)) for measure in Measure]
        self.by.choices = [(group.value, group_label(group)) for group in Group]
        for name, found in zip(FILTERS, (choices.units, choices.offences, choices.municipalities), strict=True):
            self[name].choices = [("", _("All")), *found]

    def asked(self) -> Asked:
        """The question of a valid form."""
        return Asked(
            measure=self.measure.data,
            start=self.start.data,
            end=self.end.data,
            by=tuple(self.by.data or ()),
            unit=self.unit.data or None,
            offence=self.offence.data or None,
            municipality=self.municipality.data or None,
            as_of=self.as_of.data,
            known_at=instant(self.known_at.data or ""),
        )


def instant(text: str) -> datetime | None:
    """An instant with its zone out of ISO text; None for anything else."""
    try:
        found = datetime.fromisoformat(text) if "T" in text else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def opening_question(today: date) -> dict[str, Any]:
    """What the page asks before anybody has: the year so far, by offence."""
    return {"measure": Measure.UCR, "start": today.replace(month=1, day=1), "end": today, "by": [Group.OFFENCE]}


def address(question: Question) -> dict[str, Any]:
    """The question as arguments of an address, complete with both instants."""
    plain = question.plain()
    del plain["zone"]
    return {name: value for name, value in plain.items() if value not in (None, [])}


def question_in(args: Mapping[str, Any], by: list[str], zone: str) -> Question:
    """The complete question in an address that `address` made. Raises NotFound for any other."""
    said = {name: args.get(name) or None for name in ("measure", "from", "to", "as_of", "known_at", *FILTERS)}
    try:
        question = Question.from_plain({**said, "by": by, "zone": zone})
    except (KeyError, TypeError, ValueError):
        raise NotFound from None
    instants = (question.as_of, question.known_at)
    if not all(plausible(day) for day in (question.start, question.end, *instants)):
        raise NotFound
    if any(at.tzinfo is None or at > now() for at in instants) or question.end < question.start:
        raise NotFound
    return question


def report_language() -> str:
    """The reader's language as reports keep it."""
    return "en" if str(get_locale()) == "en" else "es_MX"
