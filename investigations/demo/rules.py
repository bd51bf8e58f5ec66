"""Telling synthetic stories: pure functions from a seed to cases, people, evidence, acts and lines."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from ..jurisdictions.rules import Jurisdiction, StateKind

YEARS = 3
SERIES = 60
"""How many recurring threads (a suspect, an alias, a phone, a plate, a place) run through the cases."""

OPEN_LONGEST = ("I1", "AT", "N0")
"""Where most files really are (domain.md §0.2: archivo temporal is the main way in which cases disappear)."""


@dataclass(frozen=True, slots=True)
class PersonStory:
    given_names: str
    surname1: str
    surname2: str
    sex: str
    alias: str = ""
    phone: str = ""

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.given_names, self.surname1, self.surname2) if part)


@dataclass(frozen=True, slots=True)
class Thread:
    """What returns from case to case."""

    suspect: PersonStory
    plate: str
    vehicle: str
    place: str


@dataclass(frozen=True, slots=True)
class ActStory:
    kind: str
    happened_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class ItemStory:
    kind: str
    description: str
    found_at: datetime


@dataclass(frozen=True, slots=True)
class EventStory:
    kind: str
    occurred_at: datetime
    decided_by: str
    basis: str
    cause: str | None


@dataclass(frozen=True, slots=True)
class CaseStory:
    """One case. `events` are those of its only line; `suspect` is empty while the author is unknown."""

    number: str
    unit: str
    offence: str
    mode: str
    earlier: str
    occurred_at: datetime
    reported_at: datetime
    place: str
    municipality: str
    narrative: str
    confidentiality: str
    victim: PersonStory
    witness: PersonStory
    suspect: PersonStory | None
    acts: tuple[ActStory, ...]
    items: tuple[ItemStory, ...]
    events: tuple[EventStory, ...]


def paths(law: Jurisdiction) -> dict[str, list[str]]:
    """The shortest sequence of events from an opening to every state: so that the office has lines at each one.

    Nothing is led through an ending that was overturned: that is possible, but rare.
    """
    found = {law.target(None, law.opening_event): [law.opening_event]}
    for kind in law.allowed(None):
        found.setdefault(law.target(None, kind.code), [kind.code])
    queue = deque(found)
    while queue:
        state = queue.popleft()
        if law.states[state].kind is StateKind.REVIEWABLE:
            continue
        for kind in law.allowed(state):
            target = law.target(state, kind.code)
            if target not in found:
                found[target] = [*found[state], kind.code]
                queue.append(target)
    return found


def tell(count: int, seed: int, until: datetime, law: Jurisdiction, words: Mapping[str, Any]) -> Iterator[CaseStory]:
    """`count` cases over the three years before `until`; the same seed and instant tell the same stories."""
    teller = _Teller(Random(seed), until, law, words)
    for number in range(1, count + 1):
        yield teller.case(number, count)


class _Teller:
    def __init__(self, rng: Random, until: datetime, law: Jurisdiction, words: Mapping[str, Any]) -> None:
        self.rng, self.until, self.law, self.words = rng, until, law, words
        self.units = [unit for unit in words["units"] if "takes" in unit]
        self.paths = paths(law)
        self.zone = ZoneInfo(law.timezone)
        self.threads = [self._thread() for _ in range(SERIES)]
        self.sequence: dict[str, int] = {}

    def case(self, number: int, count: int) -> CaseStory:
        rng = self.rng
        unit = rng.choice(self.units)
        told = [story for story in self.words["stories"] if story["kind"] in unit["takes"]]
        story = rng.choices(told, weights=[each["weight"] for each in told])[0]
        reported = self.until - timedelta(days=YEARS * 365 * (1 - number / (count + 1)), minutes=rng.randrange(600))
        occurred = reported - timedelta(hours=rng.choice((1, 3, 9, 26, 70, 300)), minutes=rng.randrange(60))
        thread = rng.choice(self.threads) if rng.random() < 0.45 else self._thread()
        slots = self._slots(thread, unit, occurred)
        codes = self._path(number)
        known = any(self.law.events[code].needs_suspect for code in codes) or rng.random() < 0.35
        events = self._events(codes, reported, known)
        return CaseStory(
            number=self._number(unit["code"], reported.year),
            unit=unit["code"],
            offence=story["offence"],
            mode=story.get("mode", ""),
            earlier=story.get("earlier", ""),
            occurred_at=occurred,
            reported_at=reported,
            place=slots["lugar"],
            municipality=unit["municipality"],
            narrative=rng.choice(story["texts"]).format_map(slots),
            confidentiality=self._confidentiality(story["kind"]),
            victim=slots["_victim"],
            witness=slots["_witness"],
            suspect=thread.suspect if known else None,
            acts=self._acts(slots, reported),
            items=self._items(slots, story["kind"], occurred, reported),
            events=events,
        )

    def _number(self, unit: str, year: int) -> str:
        key = f"{unit}{year}"
        self.sequence[key] = self.sequence.get(key, 0) + 1
        return f"{unit}/{self.sequence[key]:06d}/{year}"

    def _confidentiality(self, kind: str) -> str:
        levels = ("ordinary", "reserved", "sealed")
        weights = (40, 50, 10) if kind == "family" else (95, 4, 1)
        return self.rng.choices(levels, weights=weights)[0]

    def _person(self, *, alias: bool = False) -> PersonStory:
        rng = self.rng
        sex = rng.choice("MH")
        given = rng.choice(self.words["women" if sex == "M" else "men"])
        second = rng.choice(self.words["surnames"]) if rng.random() < 0.95 else ""
        nick = rng.choice(self.words["aliases"]) if alias and rng.random() < 0.8 else ""
        return PersonStory(given, rng.choice(self.words["surnames"]), second, sex, nick, self._phone())

    def _phone(self) -> str:
        area = self.rng.choice(("443", "452", "351", "753", "453", "715"))
        return f"{area} 555 {self.rng.randrange(10_000):04d}"  # 555: numbers that films use, nobody's

    def _thread(self) -> Thread:
        rng = self.rng
        letters = "".join(rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ") for _ in range(2))
        plate = f"P{letters}-{rng.randrange(1000):03d}-{rng.choice('ABCDEFGHJK')}"
        street = f"{rng.choice(self.words['streets'])} número {rng.randrange(10, 990)}"
        return Thread(self._person(alias=True), plate, rng.choice(self.words["vehicles"]), street)

    def _slots(self, thread: Thread, unit: Mapping[str, Any], occurred: datetime) -> dict[str, Any]:
        rng, victim, witness = self.rng, self._person(), self._person()
        colonia = rng.choice(self.words["places"][unit["municipality"]])
        return {
            "lugar": f"{thread.place}, {colonia}",
            "calle": rng.choice(self.words["streets"]),
            "colonia": colonia,
            "hora": f"{occurred.astimezone(self.zone):%H:%M}",
            "victima": victim.name,
            "imputado": thread.suspect.name,
            "alias": thread.suspect.alias or "el desconocido",
            "telefono": thread.suspect.phone,
            "placa": thread.plate,
            "vehiculo": thread.vehicle,
            "monto": f"{rng.randrange(8, 900) * 100:,}",
            "objeto": rng.choice(self.words["objects"]),
            "testigo": witness.name,
            "_victim": victim,
            "_witness": witness,
        }

    def _path(self, number: int) -> list[str]:
        """The first cases visit every state once; the others end where real files end."""
        states = list(self.paths)
        if number <= len(states):
            return self.paths[states[number - 1]]
        if self.rng.random() < 0.07:
            return [*self.paths["AT"], "reactivacion"]  # shelved and revived
        if self.rng.random() < 0.6:
            return self.paths[self.rng.choice(OPEN_LONGEST)]
        return self.paths[self.rng.choice(states)]

    def _events(self, codes: Sequence[str], reported: datetime, known: bool) -> tuple[EventStory, ...]:
        """The path's events with delays that grow; what would lie in the future has not happened yet."""
        moment = reported
        events: list[EventStory] = []
        named = False
        for code in codes:
            if known and events and not named:
                named = True
                moment += timedelta(days=self.rng.expovariate(1 / 6))
                events.append(self._event(self.law.identified_event, moment))
            events.append(self._event(code, moment))
            terminal = self.law.states[self.law.target(None, code)].kind is StateKind.TERMINAL
            moment += timedelta(days=self.rng.expovariate(1 / (40 if terminal else 25)), minutes=7)
        if known and not named:
            events.append(self._event(self.law.identified_event, moment))
        return tuple(event for event in events if event.occurred_at < self.until)

    def _event(self, code: str, moment: datetime) -> EventStory:
        kind = self.law.events[code]
        decided = kind.decides[0] if kind.decides else ""
        cause = self.rng.choice(kind.causes).code if kind.causes else None
        return EventStory(code, moment, decided, kind.basis, cause)

    def _acts(self, slots: Mapping[str, Any], reported: datetime) -> tuple[ActStory, ...]:
        kinds = list(self.words["acts"])
        moment, acts = reported, []
        for _ in range(self.rng.choice((0, 1, 1, 2, 3, 4))):
            moment += timedelta(days=self.rng.expovariate(1 / 9), minutes=5)
            kind = self.rng.choice(kinds)
            if moment < self.until:
                acts.append(ActStory(kind, moment, self.rng.choice(self.words["acts"][kind]).format_map(slots)))
        return tuple(acts)

    def _items(
        self, slots: Mapping[str, Any], kind: str, occurred: datetime, reported: datetime
    ) -> tuple[ItemStory, ...]:
        fitting = {
            "violence": ("weapon", "ammunition", "clothing", "image"),
            "drugs": ("narcotic", "vehicle"),
            "property": ("device", "document", "vehicle", "image"),
            "family": ("device", "clothing"),
        }.get(kind, ("document", "image"))
        found = max(occurred, reported - timedelta(hours=2))
        return tuple(
            ItemStory(each, self.rng.choice(self.words["evidence"][each]).format_map(slots), found)
            for each in self.rng.sample(fitting, k=min(len(fitting), self.rng.choice((0, 1, 1, 2, 3))))
        )
