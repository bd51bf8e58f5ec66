"""Names for codes: what a report calls its groups, and what a filter offers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from ...access import Viewer
from ...accounts.models import Unit
from ...cases.models import Case, Offence, OffenceCode
from ...cases.queries import visible_to
from ...cases.rules import fold_text
from ...db import Refusal
from ...jurisdictions.queries import municipalities
from ..rules.definitions import NOT_STATED
from ..rules.questions import Group, Key, Question


@dataclass(frozen=True, slots=True)
class Names:
    """Codes and labels of units and offences by row id, and whose children each code has."""

    unit_codes: Mapping[int, str]
    offence_codes: Mapping[int, str]
    labels: Mapping[Group, dict[str, str]]
    unit_parents: Mapping[str, set[str]]
    offence_parents: Mapping[str, set[str]]
    not_stated: str

    def label(self, group: Group, code: str) -> str:
        """What a code is called; a month is its own name."""
        if not code:
            return self.not_stated
        return self.labels[group].get(code, code)

    def key_labels(self, question: Question, key: Key) -> Key:
        return tuple(self.label(group, code) for group, code in zip(question.by, key, strict=True))


def load_names(session: Session, language: str) -> Names:
    """The names of every unit and catalogue entry, withdrawn ones too: an old report still needs them.

    The same code in two editions of a catalogue is the same offence, so that a series does not break at New Year.
    """
    spanish = language.lower().startswith("es")
    units = list(session.execute(select(Unit.id, Unit.code, Unit.name, Unit.parent_id)))
    entries = list(
        session.execute(
            select(
                OffenceCode.id,
                OffenceCode.code,
                OffenceCode.parent_code,
                OffenceCode.label_es if spanish else OffenceCode.label_en,
            )
        )
    )
    unit_codes = {unit_id: code for unit_id, code, _name, _parent in units}
    offence_codes = {entry_id: code for entry_id, code, _parent, _label in entries}
    labels: dict[Group, dict[str, str]] = {group: {} for group in Group}
    labels[Group.UNIT] = {code: name for _id, code, name, _parent in units}
    labels[Group.OFFENCE] = {code: label for _id, code, _parent, label in entries}
    return Names(
        unit_codes=unit_codes,
        offence_codes=offence_codes,
        labels=labels,
        unit_parents=_children((unit_codes[parent], code) for _id, code, _name, parent in units if parent),
        offence_parents=_children((parent, code) for _id, code, parent, _label in entries if parent),
        not_stated=NOT_STATED.text(language),
    )


def _children(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for parent, child in pairs:
        found[parent].add(child)
    return found


def below(parents: Mapping[str, set[str]], code: str) -> set[str]:
    """A code and all those under it."""
    found, waiting = {code}, [code]
    while waiting:
        fresh = parents.get(waiting.pop(), set()) - found
        found |= fresh
        waiting += fresh
    return found


def check_filters(session: Session, viewer: Viewer, question: Question, names: Names) -> None:
    """A mistyped code must not look like an empty answer. Raises Refusal."""
    if question.unit and question.unit not in names.labels[Group.UNIT]:
        raise Refusal(_l("There is no unit with this code. Choose one of the list."), "unit")
    if question.offence and question.offence not in names.labels[Group.OFFENCE]:
        raise Refusal(_l("There is no offence with this code. Choose one of the list."), "offence")
    if question.municipality and not _is_municipality(session, viewer, question.municipality):
        raise Refusal(_l("There is no municipality with this code. Choose one of the list."), "municipality")


def _is_municipality(session: Session, viewer: Viewer, code: str) -> bool:
    """True for a code of the national list, and for one that cases in sight bear (other countries have no list here)."""
    if any(one.code == code for one in municipalities()):
        return True
    return session.scalar(select(Case.id).where(visible_to(viewer), Case.municipality == code).limit(1)) is not None


@dataclass(frozen=True, slots=True)
class Choices:
    """What a viewer can filter by: (code, label) in alphabetical order, only of cases in sight."""

    units: list[tuple[str, str]] = field(default_factory=list)
    offences: list[tuple[str, str]] = field(default_factory=list)
    municipalities: list[tuple[str, str]] = field(default_factory=list)


def list_choices(session: Session, viewer: Viewer, language: str) -> Choices:
    """The units, offences and municipalities that occur in the cases the viewer sees, with the units above them."""
    names = load_names(session, language)
    seen = visible_to(viewer)
    units = {names.unit_codes[i] for i in session.scalars(select(Case.unit_id).where(seen).distinct())}
    units |= {code for code in names.unit_parents if below(names.unit_parents, code) & units} & _own(viewer, names)
    codes = session.scalars(select(Offence.code_id).join(Case).where(seen).distinct())
    places = select(Case.municipality, Case.municipality_name).where(seen, Case.municipality.is_not(None)).distinct()
    return Choices(
        _sorted((code, names.label(Group.UNIT, code)) for code in units),
        _sorted((code, names.label(Group.OFFENCE, code)) for code in {names.offence_codes[i] for i in codes}),
        _sorted({code: name or code for code, name in session.execute(places) if code}.items()),
    )


def _own(viewer: Viewer, names: Names) -> set[str]:
    """The units under which the viewer may ask: the viewer's own, or all for the office itself."""
    if not viewer.unit_ids:
        return set(names.unit_codes.values()) if viewer.user_id is None else set()
    return {code for unit_id, code in names.unit_codes.items() if unit_id in viewer.unit_ids}


def _sorted(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(pairs, key=lambda pair: (fold_text(pair[1]), pair[0]))
