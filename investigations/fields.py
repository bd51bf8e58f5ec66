"""Form fields of the house: dates in three boxes, moments in the office's time zone, clean text.

A date is typed as day, month and year (`<name>-day`, `<name>-month`, `<name>-year`) or, by programs and
pasted addresses, as one value `<name>`. A moment has one more box, `<name>-time` (HH:MM, 24 hours).
Data leave as `datetime.date` and as aware UTC `datetime`. Words follow experience.md §2.1 (plain errors).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol, cast
from zoneinfo import ZoneInfo

from flask_babel import get_timezone
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.fields.core import Label
from wtforms.utils import unset_value
from wtforms.validators import Length, StopValidation

from . import typed
from .db import now


class Form(FlaskForm):  # type: ignore[misc]
    """Base of every form; the hidden CSRF field comes from Flask-WTF."""


def office_zone() -> ZoneInfo:
    """The office's time zone, as configured for Flask-Babel."""
    return ZoneInfo(str(get_timezone()))


class Submitted(Protocol):
    """What a browser sent, as far as a field looks at it."""

    def __contains__(self, name: str, /) -> bool: ...
    def getlist(self, name: str, /) -> list[Any]: ...


class PartsField(Field):
    """A field typed in several boxes. `typed` keeps what was typed, so that a wrong value is shown again."""

    parts: tuple[str, ...] = ()

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.typed: dict[str, str] = dict.fromkeys(self.parts, "")
        self.wrong: frozenset[str] = frozenset()

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Take the boxes from `formdata`; when none was sent, keep the form object's value."""
        self._sent = cast("Submitted | None", formdata)
        super().process(formdata, data, extra_filters)
        if not self.raw_data:
            self.typed = self.written(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Fill `typed` from the boxes (or the single value) and parse it.

        Raises ValueError with words for the person when it is not a date.
        """
        single = str(valuelist[0]).strip() if valuelist else ""
        boxes = {part: self._box(part) for part in self.parts}
        if single and not any(boxes.values()):
            boxes = self.split(single)
        elif not valuelist and not any(f"{self.name}-{part}" in (self._sent or ()) for part in self.parts):
            return
        self.typed = boxes
        self.raw_data = [" ".join(value for value in boxes.values() if value)]
        self.data = self.parsed() if any(boxes.values()) else None
        if self.data is not None and self.written(self.data) == self.written(self.object_data):
            self.data = self.object_data  # boxes show no seconds: what was not typed anew stays as it is stored

    def _box(self, part: str) -> str:
        values = self._sent.getlist(f"{self.name}-{part}") if self._sent is not None else []
        return str(values[0]).strip() if values else ""

    @abstractmethod
    def split(self, single: str) -> dict[str, str]:
        """The boxes that one typed value fills. Raises ValueError."""

    @abstractmethod
    def parsed(self) -> Any:
        """The value of the boxes. Raises ValueError."""

    @abstractmethod
    def written(self, value: Any) -> dict[str, str]:
        """The boxes that show a value."""

    def fail(self, message: str, wrong: Sequence[str]) -> ValueError:
        """The error to raise, with the boxes to mark remembered; the old value does not survive it."""
        self.data = None
        self.wrong = frozenset(wrong)
        return ValueError(message)

    @property
    def first_id(self) -> str:
        """Id of the box an error link leads to: the first wrong one, or the first."""
        part = next((part for part in self.parts if part in self.wrong), self.parts[0])
        return f"{self.id}-{part}"

    @property
    def name_shown(self) -> str:
        """The label, for use inside a sentence."""
        return shown_label(self)

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        """Mark every box when a validator, and not the typing, found the value wrong."""
        if self.errors and not self.wrong:
            self.wrong = frozenset(self.parts)


class DatePartsField(PartsField):
    """A calendar day. Data: `datetime.date` or None."""

    control = "date"
    parts: tuple[str, ...] = ("day", "month", "year")

    def split(self, single: str) -> dict[str, str]:
        return dict(zip(self.parts, typed.split_date(single), strict=True))

    def parsed(self) -> Any:
        return self.day()

    def written(self, value: Any) -> dict[str, str]:
        if not isinstance(value, date):
            return dict.fromkeys(self.parts, "")
        return {"day": str(value.day), "month": str(value.month), "year": f"{value.year:04d}"}

    def day(self) -> date:
        """The day in the boxes; raises ValueError naming what is missing or wrong."""
        missing = [part for part in ("day", "month", "year") if not self.typed[part]]
        if missing:
            names = {"day": _("a day"), "month": _("a month"), "year": _("a year")}
            raise self.fail(
                _(
                    "%(label)s must include %(what)s",
                    label=self.name_shown,
                    what=listed([names[part] for part in missing]),
                ),
                missing,
            )
        try:
            return typed.calendar_day(self.typed["day"], self.typed["month"], self.typed["year"])
        except ValueError:
            words = _("%(label)s must be a real date, for example 27 3 2026", label=self.name_shown)
            raise self.fail(words, ("day", "month", "year")) from None


class MomentField(DatePartsField):
    """A day and an hour of the office's clock. Data: aware UTC `datetime` or None; to the minute if typed."""

    control = "moment"
    parts = ("day", "month", "year", "time")

    def split(self, single: str) -> dict[str, str]:
        return dict(zip(self.parts, typed.split_moment(single), strict=True))

    def parsed(self) -> Any:
        day = self.day()
        if not self.typed["time"]:
            raise self.fail(_("%(label)s must include an hour", label=self.name_shown), ["time"])
        try:
            hour = typed.hour_of_day(self.typed["time"])
        except ValueError:
            words = _("%(label)s must have a real hour, for example 16:05", label=self.name_shown)
            raise self.fail(words, ["time"]) from None
        try:
            return typed.instant(day, hour, office_zone())
        except ValueError:
            words = _("%(label)s does not exist: clocks were put forward in that hour", label=self.name_shown)
            raise self.fail(words, ["time"]) from None

    def written(self, value: Any) -> dict[str, str]:
        if not isinstance(value, datetime):
            return dict.fromkeys(self.parts, "")
        local = value.astimezone(office_zone())
        return super().written(local) | {"time": f"{local:%H:%M}"}


class CleanString(StringField):
    """One line of text: NFC, no space around or doubled, no control character. Data: str."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Raises ValueError with words for the person when a control character was sent."""
        if valuelist:
            self.data = valuelist[0]
            self.data = clean(self, valuelist[0], typed.clean_line)


class CleanText(TextAreaField):
    """Text of several lines: NFC, line ends as \\n, no control character. Data: str."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Raises ValueError with words for the person when a control character was sent."""
        if valuelist:
            self.data = valuelist[0]
            self.data = clean(self, valuelist[0], typed.clean_lines)


def clean(field: Field, value: object, how: typed.Cleaner) -> str:
    """Cleaned text of a field, or ValueError in words that name the field."""
    try:
        return how(str(value))
    except ValueError:
        words = _(
            "%(label)s contains a character that cannot be kept; type it again", label=shown_label(field)
        )
        raise ValueError(words) from None


def options(
    pairs: Mapping[Any, Any] | Iterable[tuple[Any, Any]], group: str | None = None
) -> list[SelectChoice]:
    """Choices of a select, radios or checkboxes out of (value, label) pairs; `group` heads them in a select."""
    found = pairs.items() if isinstance(pairs, Mapping) else pairs
    return [SelectChoice(str(value), label, optgroup=group) for value, label in found]


class Required:
    """Validator: something must be typed or chosen. Says which field, in place of "This field is required"."""

    field_flags = {"required": True}

    def __init__(self, message: str | None = None) -> None:
        self.message = message

    def __call__(self, form: Any, field: Field) -> None:
        """Raises StopValidation; a value that could not be read keeps its own, better error."""
        if field.process_errors:
            raise StopValidation
        text = field.data.strip() if isinstance(field.data, str) else field.data
        if text in (None, "", [], False):
            field.errors = []
            raise StopValidation(self.message or _("Fill in “%(label)s”", label=shown_label(field)))


class NotInFuture:
    """Validator: a date not after today, or a moment not after now, on the office's clock."""

    def __init__(self, message: str | None = None) -> None:
        self.message = message

    def __call__(self, form: Any, field: Field) -> None:
        """Raises ValidationError; an empty value passes."""
        value = field.data
        if isinstance(value, datetime):
            late = value > now()
        else:
            late = isinstance(value, date) and value > now().astimezone(office_zone()).date()
        if late:
            raise ValidationError(
                self.message or _("%(label)s must not be in the future", label=shown_label(field))
            )


def at_most(longest: int) -> Length:
    """Validator: a text of so many characters at most."""
    return Length(max=longest, message=_l("Use at most %(max)d characters"))


def shown_label(field: Field) -> str:
    """A field's label as plain text in the reader's language."""
    label = field.label
    return str(label.text if isinstance(label, Label) else label)


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c` in the reader's language."""
    if len(words) == 1:
        return words[0]
    return str(_("%(some)s and %(last)s", some=", ".join(words[:-1]), last=words[-1]))
