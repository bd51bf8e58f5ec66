"""What the list of cases can be narrowed by, and the words in which a case's history is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField

from ..accounts.models import Unit
from ..cases.forms import CONFIDENTIALITY_LABELS, match_municipality
from ..cases.models import Case
from ..cases.rules import CaseAction
from ..controls import choices
from ..court.forms import WORDS as COURT_WORDS
from ..evidence.forms import WORDS as EVIDENCE_WORDS
from ..evidence.rules import EvidenceAction
from ..fields import CleanString, DatePartsField, Form, at_most, office_zone, options, shown_label
from ..history import Words
from ..jurisdictions.queries import get_jurisdiction
from ..jurisdictions.rules import Jurisdiction, Label
from ..pages import date_medium, language, moment
from ..people.forms import WORDS as PEOPLE_WORDS
from ..people.rules import PeopleAction
from ..typed import instant
from .queries import CodeNames, OffenceGroup
from .rules import Filters


class FilterForm(Form):
    """The filters of the list; they live in the address. Call `offer` before use."""

    class Meta:
        """A form that changes nothing carries no token."""

        csrf = False

    text = CleanString(_l("Case number"), [at_most(80)], render_kw={"spellcheck": False})
    mine = BooleanField(_l("Only my cases"))
    unit = SelectField(_l("Unit"), default="")
    stage = SelectField(_l("Stage"), default="")
    state = SelectField(_l("State"), default="")
    offence = SelectField(_l("Offence"), default="")
    municipality = CleanString(
        _l("Municipality"), [at_most(160)], render_kw={"attributes": {"list": "municipalities"}}
    )
    confidentiality = SelectField(_l("Confidentiality"), default="")
    reported_from = DatePartsField(_l("Reported from"))
    reported_to = DatePartsField(_l("Reported to"))

    def offer(
        self, units: Iterable[Unit], offences: Iterable[OffenceGroup], laws: Sequence[Jurisdiction]
    ) -> None:
        """Fill the lists. With several jurisdictions in use, each one's stages stand under its name."""
        anything = ("", _("All"))
        self.unit.choices = options([anything, *((unit.public_id, unit.name) for unit in units)])
        self.offence.choices = options([anything, *((group.code, group.label.text(language())) for group in offences)])
        self.confidentiality.choices = options([anything, *CONFIDENTIALITY_LABELS.items()])
        self.stage.choices = options([anything])
        self.state.choices = options([anything])
        for law in laws:
            named = law.label.text(language()) if len(laws) > 1 else None
            self.stage.choices += options(_labelled(law.stages.items()), named)
            self.state.choices += [one for name, states in _states(law).items() for one in options(states, name)]

    def filters(self) -> Filters:
        """What was chosen; what could not be read narrows nothing."""
        municipality = _word(self.municipality)
        place = match_municipality(municipality) if municipality else None
        return Filters(
            text=_word(self.text),
            unit=_word(self.unit),
            offence=_word(self.offence),
            municipality=place.code if place else municipality,
            stage=_word(self.stage),
            state=_word(self.state),
            confidentiality=_word(self.confidentiality),
            since=_midnight(self.reported_from.data),
            until=_midnight(self.reported_to.data, days=1),
            mine=bool(self.mine.data),
        )

    def chips(self) -> list[tuple[str, tuple[str, ...]]]:
        """The filters in use: words to show, and the names in the address that hold each."""
        found = [
            (f"{shown_label(field)}: {_chosen(field)}", names)
            for field, names in self._used()
            if field is not self.mine
        ]
        return [*([(shown_label(self.mine), ("mine",))] if self.mine.data else []), *found]

    def _used(self) -> list[tuple[Any, tuple[str, ...]]]:
        shown = [field for field in self if field.data not in (None, "", False)]
        return [(field, (field.name, *(f"{field.name}-{part}" for part in getattr(field, "parts", ())))) for field in shown]


def _word(field: Any) -> str:
    """A field's text as a database takes it, whatever stood in the address."""
    return str(field.data or "").replace("\0", "")


def _chosen(field: Any) -> str:
    if isinstance(field, DatePartsField):
        return date_medium(field.data)
    if isinstance(field, SelectField):
        picked = [str(one["text"]) for _group, found in choices(field) for one in found if one["selected"]]
        return picked[0] if picked else str(field.data)
    return str(field.data)


def _labelled(labels: Iterable[tuple[str, Label]]) -> list[tuple[str, str]]:
    return [(code, label.text(language())) for code, label in labels]


def _states(law: Jurisdiction) -> dict[str, list[tuple[str, str]]]:
    """The states of a law by stage, in the order of its file."""
    grouped: dict[str, list[tuple[str, str]]] = {}
    for state in law.states.values():
        grouped.setdefault(law.stages[state.stage].text(language()), []).append((state.code, state.label.text(language())))
    return grouped


def _midnight(day: date | None, days: int = 0) -> datetime | None:
    """The beginning of a day on the office's clock, `days` later."""
    return instant(day + timedelta(days=days), time(), office_zone()) if day else None


ACTIONS = {
    CaseAction.OPENED: _l("Case opened"),
    CaseAction.EDITED: _l("Case changed"),
    CaseAction.NUMBER_ADDED: _l("Number added"),
    CaseAction.ASSIGNED: _l("Assigned"),
    CaseAction.UNASSIGNED: _l("Assignment ended"),
    CaseAction.ACT_RECORDED: _l("Act recorded"),
    PeopleAction.ADDED: _l("Person added"),
    PeopleAction.EDITED: _l("Person changed"),
    PeopleAction.WITHDRAWN: _l("Person taken out"),
    EvidenceAction.REGISTERED: _l("Evidence registered"),
    EvidenceAction.EDITED: _l("Evidence changed"),
    EvidenceAction.WITHDRAWN: _l("Evidence taken out"),
    EvidenceAction.CUSTODY_RECORDED: _l("Custody recorded"),
    **COURT_WORDS.actions,
}
"""What the history of a case calls each ledger action that can be done to it."""

CASE_FIELDS = {
    "number": _l("Case number"),
    "unit_id": _l("Unit"),
    "offences": _l("Offences"),
    "occurred_at": _l("When the fact happened"),
    "place": _l("Place of the fact"),
    "municipality": _l("Municipality code"),
    "municipality_name": _l("Municipality"),
    "reported_at": _l("When it was reported"),
    "narrative": _l("Narrative"),
    "confidentiality": _l("Confidentiality"),
}


def case_words(names: CodeNames) -> Words:
    """The words of every feature together, with the names behind the codes of this office."""
    return Words(
        actions=ACTIONS,
        fields={**PEOPLE_WORDS.fields, **EVIDENCE_WORDS.fields, **CASE_FIELDS},
        codes={
            **PEOPLE_WORDS.codes,
            **EVIDENCE_WORDS.codes,
            "unit_id": names.units,
            "offences": {code: label.text(language()) for code, label in names.offences.items()},
            "confidentiality": CONFIDENTIALITY_LABELS,
        },
    )


def event_lines(case: Case, payload: Mapping[str, Any]) -> list[str]:
    """What a court event of the history was, and when it happened."""
    kind = get_jurisdiction(case.jurisdiction).events.get(str(payload.get("event", "")))
    if kind is None:
        return []
    when = moment(datetime.fromisoformat(str(payload["occurred_at"])))
    return [_("%(event)s, %(when)s", event=kind.label.text(language()), when=when)]
