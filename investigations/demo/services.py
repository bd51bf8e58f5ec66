"""Writing the demonstration: units, one account per role, and the stories as one batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..access import Role, Viewer
from ..accounts.models import Unit, User
from ..accounts.services import add_unit, add_user
from ..cases.models import Act, Assignment, Case, CaseNumber, Offence, OffenceCode
from ..cases.rules import number_key
from ..court.models import Line, LineEvent
from ..db import now, touch_cases
from ..evidence.models import CustodyEvent, EvidenceItem
from ..jurisdictions.queries import municipalities
from ..ledger.models import Batch
from ..ledger.services import Bulk, record
from ..people.models import Alias, Identifier, Part, Party, Person, Scheme
from .rules import CaseStory, PersonStory

MAPPING = "demo"
ACCOUNTS = (
    ("investigador", "Elena Ríos Cuevas", Role.INVESTIGATOR, "MOR"),
    ("fiscal", "Hugo Salgado Peña", Role.PROSECUTOR, "MOR"),
    ("directora", "Carmen Ledesma Ortiz", Role.MANAGER, "FGE-MICH"),
    ("auditora", "Inés Villa Soto", Role.AUDITOR, "FGE-MICH"),
    ("administrador", "Pablo Nava Gil", Role.ADMINISTRATOR, "FGE-MICH"),
)


def load_units(session: Session, actor: Viewer, words: Mapping[str, Any]) -> dict[str, Unit]:
    """The units of the demonstration by code, in the order of their tree."""
    units: dict[str, Unit] = {}
    for unit in words["units"]:
        parent = units.get(unit.get("parent", ""))
        units[unit["code"]] = add_unit(session, actor, code=unit["code"], name=unit["name"], parent=parent)
    return units


def load_accounts(session: Session, actor: Viewer, units: Mapping[str, Unit], passwords: Mapping[str, str]) -> list[User]:
    """One account per role, with the passwords given by name."""
    return [
        add_user(session, actor, name=name, full_name=full_name, role=role, unit=units[unit], password=passwords[name])
        for name, full_name, role, unit in ACCOUNTS
    ]


def load_stories(
    session: Session, actor: Viewer, stories: Iterable[CaseStory], units: Mapping[str, Unit], workers: list[User], law: str
) -> Batch:
    """Write all stories as one batch, every record with its ledger event."""
    batch = Batch(mapping=MAPPING, files=[], counts={}, actor=actor.public_id, started_at=now())
    session.add(batch)
    session.flush()
    writer = _Writer(session, actor, batch.id, units, workers, law)
    for story in stories:
        writer.case(story)
    writer.bulk.write()
    touch_cases(session, writer.case_ids)
    batch.counts = dict(writer.counts)
    batch.active_at = now()
    record(session, actor, "demo.loaded", batch)
    return batch


@dataclass(slots=True)
class _Told:
    """What the records of one case share while they are written."""

    case_id: int
    story: CaseStory
    recorded_at: datetime


class _Writer:
    def __init__(
        self, session: Session, actor: Viewer, batch_id: int, units: Mapping[str, Unit], workers: list[User], law: str
    ) -> None:
        self.bulk = Bulk(session, actor, batch_id)
        self.actor, self.units, self.workers, self.law = actor, units, workers, law
        self.names = {place.code: place.name for place in municipalities()}
        self.codes = _codes(session)
        self.case_ids: set[int] = set()
        self.counts: defaultdict[str, int] = defaultdict(int)

    def case(self, story: CaseStory) -> None:
        told = _Told(self._header(story), story, now())
        offence_id = self.bulk.add(Offence, case_id=told.case_id, code_id=self._code(story))
        for worker in self.workers:
            if story.unit.startswith("MOR") and (story.confidentiality != "ordinary" or hash_of(story.number) % 9 == 0):
                self.bulk.add(Assignment, case_id=told.case_id, user_id=worker.id, since=story.reported_at)
        self._event("case.opened", "cases", told.case_id, told)
        self._person(told, story.victim, Part.VICTIM)
        self._person(told, story.witness, Part.WITNESS)
        suspect = self._person(told, story.suspect, Part.SUSPECT) if story.suspect else None
        for number, act in enumerate(story.acts, 1):
            key = self.bulk.add(
                Act, case_id=told.case_id, number=number, kind=act.kind, happened_at=act.happened_at,
                recorded_at=told.recorded_at, author_id=self.workers[0].id, text=act.text,
            )  # fmt: skip
            self._event("act.recorded", "acts", key, told)
        self._items(told)
        self._line(told, offence_id, suspect)

    def _event(self, action: str, table: str, key: int, told: _Told) -> None:
        self.counts[table] += 1
        self.bulk.event(action, f"{table}/{key}", case_id=told.case_id)

    def _header(self, story: CaseStory) -> int:
        case_id = self.bulk.add(
            Case, jurisdiction=self.law, number=story.number, unit_id=self.units[story.unit].id,
            confidentiality=story.confidentiality, occurred_at=story.occurred_at, place=story.place,
            municipality=story.municipality, municipality_name=self.names[story.municipality],
            reported_at=story.reported_at, narrative=story.narrative, opened_at=story.reported_at, synthetic=True,
        )  # fmt: skip
        self.bulk.add(
            CaseNumber, case_id=case_id, scheme="primary", value=story.number, key=number_key(story.number)
        )
        self.case_ids.add(case_id)
        return case_id

    def _code(self, story: CaseStory) -> int:
        """The entry of the catalogue of that year: by subtype and mode, the subtype alone, or its earlier name."""
        year = "sesnsp_2026" if story.reported_at.year >= 2026 else "sesnsp_2015"
        wanted = (f"{story.offence}, {story.mode.lower()}", story.offence, story.earlier)
        for label in wanted:
            if (year, label) in self.codes:
                return self.codes[year, label]
        raise KeyError(f"no offence {wanted} in {year}")

    def _person(self, told: _Told, story: PersonStory, part: Part) -> int:
        person_id = self.bulk.add(
            Person, given_names=story.given_names, surname1=story.surname1, surname2=story.surname2, sex=story.sex
        )
        if story.alias:
            self.bulk.add(Alias, person_id=person_id, text=story.alias)
        digits = story.phone.replace(" ", "")
        self.bulk.add(Identifier, person_id=person_id, scheme=Scheme.PHONE, value=story.phone, key=digits, valid=None)
        added = told.story.reported_at
        party_id = self.bulk.add(Party, case_id=told.case_id, person_id=person_id, part=part, added_at=added)
        self._event("person.added", "parties", party_id, told)
        return party_id

    def _items(self, told: _Told) -> None:
        for number, item in enumerate(told.story.items, 1):
            holder = self.workers[0].full_name
            key = self.bulk.add(
                EvidenceItem, case_id=told.case_id, label=f"I-{number}", kind=item.kind, origin="located",
                description=item.description, found_at=item.found_at, found_place=told.story.place, custodian=holder,
                storage_place="Bodega de evidencias", registered_at=told.recorded_at,
            )  # fmt: skip
            self.bulk.add(
                CustodyEvent, item_id=key, number=1, kind="collection", at=item.found_at, recorded_at=told.recorded_at,
                holder=holder, place=told.story.place, purpose="Recolección", actor=self.actor.public_id,
            )  # fmt: skip
            self._event("evidence.registered", "evidence_items", key, told)

    def _line(self, told: _Told, offence_id: int, suspect: int | None) -> None:
        events = told.story.events
        line_id = self.bulk.add(
            Line, case_id=told.case_id, offence_id=offence_id, party_id=suspect, jurisdiction=self.law,
            opened_at=events[0].occurred_at,
        )  # fmt: skip
        for number, event in enumerate(events, 1):
            key = self.bulk.add(
                LineEvent, line_id=line_id, case_id=told.case_id, number=number, kind=event.kind,
                occurred_at=event.occurred_at, recorded_at=told.recorded_at, actor=self.actor.public_id,
                decided_by=event.decided_by, basis=event.basis, cause=event.cause,
            )  # fmt: skip
            self._event("court.event_recorded", "line_events", key, told)


def hash_of(text: str) -> int:
    """A number from a text that is the same in every process."""
    return sum(ord(character) * (position + 1) for position, character in enumerate(text))


def _codes(session: Session) -> dict[tuple[str, str], int]:
    rows = session.execute(select(OffenceCode.scheme, OffenceCode.label_es, OffenceCode.id).order_by(OffenceCode.id))
    return {(scheme, label): key for scheme, label, key in rows}
