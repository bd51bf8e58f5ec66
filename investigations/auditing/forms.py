"""What may come in: which events to show, and a head to compare with; and the words for what comes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, IntegerField, SelectField, ValidationError
from wtforms import Form as PlainForm
from wtforms.validators import Length, NumberRange, Optional

from ..fields import CleanString, Form, options
from ..ledger.queries import Problem, Wrong
from ..ledger.rules import Head
from .rules import parse_head

ACTION_LABELS: Mapping[str, Any] = {
    "access.refused": _l("Access refused"),
    "account.changed": _l("Account changed"),
    "account.created": _l("Account opened"),
    "account.disabled": _l("Account disabled"),
    "account.enabled": _l("Account enabled"),
    "account.language_changed": _l("Language of an account changed"),
    "account.password_changed": _l("Own password changed"),
    "account.password_set": _l("Password given by an administrator"),
    "account.role_changed": _l("Role changed"),
    "act.recorded": _l("Act recorded"),
    "case.assigned": _l("Case assigned"),
    "case.edited": _l("Case edited"),
    "case.number_added": _l("Case number added"),
    "case.opened": _l("Case opened"),
    "case.unassigned": _l("Case assignment ended"),
    "catalogue.loaded": _l("Catalogue loaded"),
    "catalogue.offence_added": _l("Offence added to a catalogue"),
    "court.event_corrected": _l("Procedural event corrected"),
    "court.event_recorded": _l("Procedural event recorded"),
    "court.line_opened": _l("Procedural line opened"),
    "court.suspect_linked": _l("Suspect linked to a line"),
    "custody.recorded": _l("Custody recorded"),
    "demo.loaded": _l("Demonstration office loaded"),
    "evidence.edited": _l("Evidence edited"),
    "evidence.registered": _l("Evidence registered"),
    "evidence.withdrawn": _l("Evidence withdrawn"),
    "import.finished": _l("Import finished"),
    "import.row": _l("Row imported"),
    "import.withdrawn": _l("Import withdrawn"),
    "ledger.verified": _l("Ledger verified"),
    "party.withdrawn": _l("Person withdrawn from a case"),
    "person.added": _l("Person added"),
    "person.edited": _l("Person edited"),
    "report.asked": _l("Report asked for on paper"),
    "report.failed": _l("Report could not be printed"),
    "report.printed": _l("Report printed"),
    "session.all_ended": _l("Signed out everywhere"),
    "session.ended": _l("Signed out"),
    "session.refused": _l("Sign-in refused"),
    "session.started": _l("Signed in"),
    "unit.added": _l("Unit added"),
    "unit.changed": _l("Unit changed"),
}


def action_label(action: str) -> str:
    """An action in the reader's language; its code when it is older or newer than this list."""
    return str(ACTION_LABELS.get(action, action))


def problem_words(problem: Problem) -> str:
    """What is wrong, in the reader's language; `problem.where` says at which event or row."""
    words: Mapping[Wrong, Any] = {
        Wrong.MISSING: _("is missing; event %(n)s recorded it", n=problem.detail) if problem.detail else _("is missing"),
        Wrong.UNREADABLE: _("cannot be read"),
        Wrong.BYTES: _("its bytes do not give its hash"),
        Wrong.COLUMN: _("the column %(name)s says something else than the bytes", name=problem.detail),
        Wrong.PREVIOUS: _("does not follow from the event before it"),
        Wrong.PAYLOAD: _("what it says is not what was sealed"),
        Wrong.NO_EVENT: _("no event recorded it"),
        Wrong.DIFFERS: _("is not as event %(n)s left it", n=problem.detail)
        if problem.detail
        else _("differs from the events"),
        Wrong.NOT_CONTAINED: _("the ledger does not contain this head: it was cut or rewritten"),
    }
    return str(words[problem.what])


class FilterForm(PlainForm):
    """Which events to show. It stands in the address, so it carries no token."""

    action = SelectField(_l("Action"), default="")
    actor = SelectField(_l("Who"), default="")
    subject = CleanString(_l("Object"), [Length(max=80)], description=_l("As the list shows it, for example cases/12"))
    before = IntegerField(validators=[Optional(), NumberRange(min=1, max=2**62)])

    def offer(self, actions: Iterable[str], actors: Iterable[tuple[str, str]]) -> None:
        """Fill the lists: the actions that occur, and the people who have accounts."""
        named = sorted(((code, action_label(code)) for code in actions), key=lambda pair: pair[1])
        self.action.choices = options([("", _("All")), *named])
        unnamed = (("office", _("The office")), ("nobody", _("Nobody signed in")))
        self.actor.choices = options([("", _("Everybody")), *actors, *unnamed])


class VerifyForm(Form):
    """A head from a printed page, to see that the ledger still contains it."""

    head = CleanString(
        _l("Head on a printed page"),
        [Optional(), Length(max=200)],
        description=_l("Size and root as printed, with a colon between them. Leave empty to verify the ledger alone."),
        render_kw={"spellcheck": False},
    )

    def validate_head(self, field: Field) -> None:
        """Raises ValidationError when it is not SIZE:ROOT."""
        try:
            self.expected = parse_head(field.data) if field.data else None
        except ValueError:
            raise ValidationError(_("A head is a number, a colon and 64 digits or letters a to f")) from None

    expected: Head | None = None
