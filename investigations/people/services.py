"""Writing people: add a person to a case, edit, withdraw. Each leaves one ledger event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from ..access import Viewer
from ..cases.models import Case
from ..db import Refusal, check_version, now, touch_cases
from ..ledger.services import record
from .models import Alias, Identifier, Part, Party, Person, Scheme
from .rules import PeopleAction, identifier_key, identifier_valid, in_use


@dataclass(frozen=True, slots=True)
class Details:
    """What a person says of somebody on the form. `identifiers` are kind and value, as typed."""

    part: Part
    given_names: str = ""
    surname1: str = ""
    surname2: str = ""
    sex: str | None = None
    birth_date: date | None = None
    aliases: Sequence[str] = ()
    identifiers: Sequence[tuple[Scheme, str]] = ()
    note: str = ""


PERSON_FIELDS = ("given_names", "surname1", "surname2", "sex", "birth_date")
PARTY_FIELDS = ("part", "note")
NOTHING_GIVEN = _l("An identifier needs at least one letter or digit.")
NO_DIGITS = _l("A phone number needs digits. Enter it with its area code.")


def add_party(session: Session, actor: Viewer, case: Case, details: Details, *, once: str | None = None) -> Party:
    """Add a person to a case. The same `once` (a fresh public id) gives the party already added.

    Raises Refusal when there is no name, the birth is in the future or an identifier is empty.
    """
    session.scalar(select(Case.id).where(Case.id == case.id).with_for_update())
    earlier = session.scalar(select(Party).where(Party.public_id == once)) if once else None
    if earlier is not None and earlier.case_id == case.id:
        return earlier
    _check(details)
    person = Person(**{name: getattr(details, name) for name in PERSON_FIELDS}, aliases=[], identifiers=[])
    party = Party(case_id=case.id, person=person, part=details.part, note=details.note, added_at=now())
    if once and earlier is None:
        party.public_id = once
    _set_aliases(person, details.aliases)
    _set_identifiers(person, details.identifiers)
    session.add(party)
    record(session, actor, PeopleAction.ADDED, party, case_id=case.id, payload={"part": details.part})
    return party


def _check(details: Details) -> None:
    if not any((details.given_names, details.surname1, details.surname2, *details.aliases)):
        raise Refusal(_l("Enter a name, a surname or an alias."), "given_names")
    if details.birth_date is not None and details.birth_date > now().date():
        raise Refusal(_l("The date of birth is in the future. Check it."), "birth_date")
    for scheme, value in details.identifiers:
        if not identifier_key(scheme, value):
            raise Refusal(NO_DIGITS if scheme == Scheme.PHONE else NOTHING_GIVEN, str(scheme))


def edit_party(
    session: Session, actor: Viewer, party: Party, version: int, details: Details, *, used: bool = False
) -> Party:
    """Change a person and their part; `version` is the person's. `used`: a procedural line names this party.

    Raises StaleEdit when somebody saved it meanwhile, Refusal as in `add_party` or when a used suspect would
    stop being one.
    """
    person = _lock(session, party)
    if _says(party, details):
        return party
    check_version(person, version)
    if party.withdrawn_at is not None:
        raise Refusal(_l("This person was taken out of the case meanwhile. Nothing was saved."))
    _check(details)
    if used and details.part != party.part:
        raise Refusal(_l("This person's part cannot change: a procedural line names them as suspect."), "part")
    changes = _apply(party, PARTY_FIELDS, details) | _apply(person, PERSON_FIELDS, details)
    changes |= _set_aliases(person, details.aliases) | _set_identifiers(person, details.identifiers)
    flag_modified(person, "note")  # one version for the person, the part, the aliases and the identifiers
    _touch_cases_of(session, person)
    record(session, actor, PeopleAction.EDITED, party, case_id=party.case_id, payload={"changes": changes})
    return party


def _lock(session: Session, party: Party) -> Person:
    """The person as it stands, ours until the transaction ends."""
    now_stored = (*PERSON_FIELDS, "version", "aliases", "identifiers")
    session.refresh(party.person, now_stored, with_for_update=True)
    session.refresh(party, ("part", "note", "version", "withdrawn_at"))
    return party.person


def _says(party: Party, details: Details) -> bool:
    """Whether what stands is already what was typed (the same form sent twice)."""
    person = party.person
    return (
        all(getattr(party, name) == getattr(details, name) for name in PARTY_FIELDS)
        and all(getattr(person, name) == getattr(details, name) for name in PERSON_FIELDS)
        and {alias.text for alias in in_use(person.aliases)} == set(details.aliases)
        and {(row.scheme, row.value) for row in in_use(person.identifiers)} == set(details.identifiers)
    )


def _touch_cases_of(session: Session, person: Person) -> None:
    touch_cases(session, set(session.scalars(select(Party.case_id).where(Party.person_id == person.id))))


Changes = dict[str, list[Any]]


def _apply(row: Person | Party, names: Sequence[str], details: Details) -> Changes:
    changes: Changes = {}
    for name in names:
        old, new = getattr(row, name), getattr(details, name)
        if old != new:
            changes[name] = [old, new]
            setattr(row, name, new)
    return changes


def _set_aliases(person: Person, wanted: Sequence[str]) -> Changes:
    """Make these the person's aliases: missing ones are withdrawn, new ones added."""
    before = [alias.text for alias in in_use(person.aliases)]
    after = list(dict.fromkeys(wanted))
    for alias in in_use(person.aliases):
        if alias.text not in after:
            alias.withdrawn_at = now()
    person.aliases.extend(Alias(text=text) for text in after if text not in before)
    return {"aliases": [before, after]} if set(before) != set(after) else {}


def _set_identifiers(person: Person, wanted: Sequence[tuple[Scheme, str]]) -> Changes:
    """Make these the person's identifiers. One that is only written differently keeps its row."""
    before = {(row.scheme, row.key): row for row in in_use(person.identifiers)}
    after = {(scheme, identifier_key(scheme, value)): value for scheme, value in wanted}
    said = [[f"{row.scheme} {row.value}" for row in before.values()], [f"{s} {v}" for (s, _), v in after.items()]]
    for known, row in before.items():
        if known not in after:
            row.withdrawn_at = now()
        elif row.value != after[known]:
            row.value = after[known]
    for (scheme, key), value in after.items():
        if (scheme, key) not in before:
            valid = identifier_valid(scheme, value)
            person.identifiers.append(Identifier(scheme=scheme, value=value, key=key, valid=valid))
    return {"identifiers": said} if set(said[0]) != set(said[1]) else {}


def withdraw_party(session: Session, actor: Viewer, party: Party, reason: str, *, in_use: bool) -> None:
    """Take a person out of a case, with the reason; the history keeps both. Twice is once.

    Raises Refusal without a reason, or when a procedural line names the person (`in_use`).
    """
    session.refresh(party, ("version", "withdrawn_at"), with_for_update=True)
    if party.withdrawn_at is not None:
        return
    if not reason.strip():
        raise Refusal(_l("Enter the reason."), "reason")
    if in_use:
        raise Refusal(_l("This person is on a procedural line. End or correct the line first."), "reason")
    party.withdrawn_at, party.withdrawn_reason = now(), reason.strip()
    record(session, actor, PeopleAction.WITHDRAWN, party, case_id=party.case_id, reason=reason.strip())
