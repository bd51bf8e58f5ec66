"""What may come in about a line: a suspect to link, an event, a correction, an annulment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, SelectMultipleField
from wtforms.validators import Optional, Regexp, ValidationError

from ..cases.models import Offence
from ..cases.queries import offence_label
from ..controls import choices, control
from ..db import now
from ..fields import (
    CleanString,
    CleanText,
    Form,
    MomentField,
    NotInFuture,
    Required,
    at_most,
    options,
    shown_label,
)
from ..history import Words
from ..jurisdictions.rules import Ask, EventKind, Jurisdiction
from ..pages import language, moment
from .queries import EventView
from .rules import CourtAction, Suspect
from .services import Move


class LinkForm(Form):
    """Who is pursued for which offence, and since when."""

    offence = SelectField(_l("Offence"), coerce=int)
    party = SelectField(_l("Suspect"), [Required(_l("Choose a suspect"))])
    occurred_at = MomentField(_l("When the person was identified"), [Required(), NotInFuture()], default=now)

    def offer(self, offences: Iterable[Offence], suspects: Sequence[Suspect]) -> None:
        """Fill both lists; the only suspect is already chosen."""
        self.offence.choices = options((offence.id, offence_label(offence.code).text(language())) for offence in offences)
        people = [(suspect.public_id, suspect.name) for suspect in suspects]
        self.party.choices = options(people if len(people) == 1 else [("", _("Choose a suspect")), *people])


class MoveForm(Form):
    """An event of a line: the fields that its law asks for. Call `fit` before use."""

    version = HiddenField(validators=[Required(), Regexp(r"\d{1,9}\Z")])
    kind = HiddenField(validators=[Required(), Regexp(r"[a-z0-9_]{1,60}\Z")])
    occurred_at = MomentField(_l("When it happened"), [Required(), NotInFuture()], default=now)
    decided_by = SelectField(_l("Who decided"), [Required(_l("Choose who decided"))])
    basis = CleanString(_l("Legal basis"), [Optional(), at_most(200)])
    cause = SelectField(_l("Cause"), [Required(_l("Choose the cause"))])
    asks = SelectMultipleField(_l("Confirm that every statement holds"))
    note = CleanText(_l("Note"), [Optional(), at_most(10_000)])

    confirmations: Sequence[Ask] = ()

    def fit(self, law: Jurisdiction, kind: EventKind) -> None:
        """Keep the fields that this event has, and fill their lists from the law file."""
        who = [(code, law.authorities[code].text(language())) for code in kind.decides]
        self.decided_by.choices = options(who if len(who) == 1 else [("", _("Choose")), *who])
        if not self.basis.raw_data and not self.basis.data:
            self.basis.data = kind.basis
        causes = [(cause.code, f"{cause.code} · {cause.label.text(language())}") for cause in kind.causes]
        self.cause.choices = options([("", _("Choose")), *causes])
        self.confirmations = kind.asks
        self.asks.choices = options((ask.code, ask.label.text(language())) for ask in kind.asks)
        for name, wanted in (("cause", kind.causes), ("asks", kind.asks)):
            if not wanted:
                delattr(self, name)

    def validate_asks(self, field: SelectMultipleField) -> None:
        """All statements, or the event cannot be recorded."""
        if {ask.code for ask in self.confirmations} - set(field.data or []):
            raise ValidationError(_("Confirm every statement; if one does not hold, this cannot be recorded"))

    def move(self) -> Move:
        """What was said, for the services."""
        return Move(
            kind=str(self.kind.data),
            occurred_at=self.occurred_at.data,
            decided_by=self.decided_by.data or "",
            basis=self.basis.data or "",
            cause=self.cause.data if "cause" in self else None,
            note=self.note.data or "",
            asks=frozenset(self.asks.data or []) if "asks" in self else frozenset(),
        )


def words(form: Form) -> list[tuple[str, str]]:
    """Each field and what was said in it, to be checked before it is saved."""
    left_out = ("hidden", "submit")
    return [(shown_label(field), _shown(field)) for field in form if control(field) not in left_out]


def beside(form: Form, theirs: EventView) -> list[dict[str, str]]:
    """Each field with what somebody else just recorded and what was being recorded, for both to be compared."""
    stored = {
        "occurred_at": moment(theirs.occurred_at),
        "decided_by": theirs.decided_by.text(language()) if theirs.decided_by else "",
        "basis": theirs.basis,
        "cause": theirs.cause.text(language()) if theirs.cause else "",
        "note": theirs.note,
    }
    shown = [field for field in form if control(field) not in ("hidden", "submit")]
    return [
        {"label": shown_label(field), "theirs": stored.get(field.name, ""), "mine": _shown(field)} for field in shown
    ]


def _shown(field: Any) -> str:
    if isinstance(field, MomentField):
        return moment(field.data)
    if isinstance(field, SelectField | SelectMultipleField):
        return "\n".join(str(one["text"]) for _group, found in choices(field) for one in found if one["selected"])
    return str(field.data or "")


class CorrectionForm(MoveForm):
    """The event that should stand in the place of another, and why."""

    reason = CleanText(_l("Why it is corrected"), [Required(_l("Enter the reason")), at_most(2000)])


class AnnulForm(Form):
    """Why an event never happened."""

    version = HiddenField(validators=[Required(), Regexp(r"\d{1,9}\Z")])
    reason = CleanText(_l("Why it is annulled"), [Required(_l("Enter the reason")), at_most(2000)])


def form_data(event: EventView, version: int) -> dict[str, Any]:
    """What stands of an event, as the form's values."""
    return {
        "version": version,
        "kind": event.kind,
        "occurred_at": event.occurred_at,
        "decided_by": event.decided_code,
        "basis": event.basis,
        "cause": event.cause_code,
        "asks": list(event.asks),
        "note": event.note,
    }


WORDS = Words(
    actions={
        CourtAction.LINE_OPENED: _l("Line opened"),
        CourtAction.SUSPECT_LINKED: _l("Suspect linked to an offence"),
        CourtAction.EVENT_RECORDED: _l("Court event recorded"),
        CourtAction.EVENT_CORRECTED: _l("Court event corrected"),
    },
    fields={},
)
