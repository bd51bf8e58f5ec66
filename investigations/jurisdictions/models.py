"""From a parsed law file to a Jurisdiction, refusing whatever would mislead later.

Every refusal is a JurisdictionError that names the file, the key and the rule (architecture.md §5).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .rules import (
    ANNULMENT,
    EXCEPTIONAL_CLEARANCE,
    STAY,
    UNIVERSAL_EVENTS,
    Ask,
    Cause,
    EventKind,
    Jurisdiction,
    JurisdictionError,
    Label,
    Outcome,
    State,
    StateKind,
    Transition,
)

Table = dict[str, Any]
PAPERS = ("letter", "oficio", "a4")
LANGUAGES = ("es_MX", "en")
SCOPES = ("case", "line", "both")
_CODE = r"[A-Za-z0-9][A-Za-z0-9_-]{0,%d}"
_EVENT_KEYS = {*EventKind.__dataclass_fields__, "es", "en", "opens", "moves"} - {"label"}


@dataclass(frozen=True)
class Source:
    """A law file being read: takes values out of its tables and refuses in its name."""

    name: str

    def fail(self, key: str, rule: str) -> NoReturn:
        raise JurisdictionError(f"{self.name}: {key}: {rule}")

    def table(self, document: Table, key: str) -> Table:
        value = document.get(key)
        return value if isinstance(value, dict) else self.fail(key, "a table is required")

    def text(self, table: Table, key: str, where: str = "") -> str:
        value = table.get(key)
        given = isinstance(value, str) and value.strip()
        return str(value) if given else self.fail(f"{where}{key}", "a text is required")

    def texts(self, table: Table, key: str, where: str = "") -> tuple[str, ...]:
        value = table.get(key, [])
        given = isinstance(value, list) and all(isinstance(item, str) for item in value)
        return tuple(value) if given else self.fail(f"{where}{key}", "a list of texts is required")

    def day(self, table: Table, key: str) -> date:
        value = table.get(key)
        return value if type(value) is date else self.fail(key, "a date is required")

    def label(self, value: Any, where: str) -> Label:
        if not isinstance(value, dict):
            self.fail(where, "a label with es and en is required")
        return Label(self.text(value, "es", f"{where}."), self.text(value, "en", f"{where}."))

    def labels(self, document: Table, key: str, longest: int = 40) -> dict[str, Label]:
        """A table of labels by code; `longest` is what the database keeps of the code."""
        found = document.get(key, {})
        if not isinstance(found, dict):
            self.fail(key, "a table of labels is required")
        for code in found:
            self.code(code, f"{key}.{code}", longest)
        return {code: self.label(value, f"{key}.{code}") for code, value in found.items()}

    def code(self, code: str, where: str, longest: int) -> str:
        fits = re.fullmatch(_CODE % (longest - 1), code)
        return code if fits else self.fail(where, f"a code is letters, digits, - and _, {longest} at most")

    def known(self, code: str, among: Iterable[str], where: str, what: str) -> str:
        return code if code in among else self.fail(where, f"unknown {what} {code!r}")


def read_jurisdiction(document: Table, name: str) -> Jurisdiction:
    """The Jurisdiction a parsed law file describes; `name` is the file's name for messages.

    Raises JurisdictionError at the first rule the file breaks.
    """
    src = Source(name)
    stages = src.labels(document, "stages", 20)
    authorities = src.labels(document, "authorities")
    states = _states(src, document, stages)
    events, steps = _events(src, document, authorities, states)
    valid_from, valid_to = _validity(src, document)
    law = Jurisdiction(
        code=src.code(src.text(document, "code"), "code", 40),
        label=src.label(document.get("label"), "label"),
        country=src.text(document, "country"),
        timezone=_timezone(src, document),
        paper=src.known(src.text(document, "paper"), PAPERS, "paper", "paper size"),
        language=src.known(src.text(document, "language"), LANGUAGES, "language", "language"),
        number_pattern=_pattern(src, document),
        valid_from=valid_from,
        valid_to=valid_to,
        offence_schemes=src.texts(document, "offence_schemes"),
        opening_event=src.text(document, "opening_event"),
        person_term=src.label(document.get("person"), "person"),
        person_terms=_person_terms(src, document, stages),
        stages=stages,
        authorities=authorities,
        states=states,
        events=events,
        transitions=tuple(steps),
    )
    _check_whole(src, law)
    return law


def _validity(src: Source, document: Table) -> tuple[date, date | None]:
    first = src.day(document, "valid_from")
    last = src.day(document, "valid_to") if "valid_to" in document else None
    if last is not None and last < first:
        src.fail("valid_to", "is before valid_from")
    return first, last


def _timezone(src: Source, document: Table) -> str:
    zone = src.text(document, "timezone")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        src.fail("timezone", f"unknown time zone {zone!r}")
    return zone


def _pattern(src: Source, document: Table) -> str:
    pattern = src.text(document, "number_pattern")
    try:
        re.compile(pattern)
    except re.error as wrong:
        src.fail("number_pattern", f"not a regular expression: {wrong}")
    return pattern


def _person_terms(src: Source, document: Table, stages: dict[str, Label]) -> dict[str, Label]:
    terms = src.labels(document, "person_terms")
    for stage in terms:
        src.known(stage, stages, f"person_terms.{stage}", "stage")
    return terms


def _states(src: Source, document: Table, stages: dict[str, Label]) -> dict[str, State]:
    states: dict[str, State] = {}
    for code, table in src.table(document, "states").items():
        where = f"states.{src.code(code, f'states.{code}', 10)}"
        label = src.label(table, where)
        kind = src.known(src.text(table, "kind", f"{where}."), set(StateKind), f"{where}.kind", "kind")
        stage = src.known(src.text(table, "stage", f"{where}."), stages, f"{where}.stage", "stage")
        scope = src.known(src.text(table, "scope", f"{where}."), SCOPES, f"{where}.scope", "scope")
        states[code] = State(code, label, stage, StateKind(kind), scope)
    return states


def _groups(src: Source, document: Table, states: dict[str, State]) -> dict[str, tuple[str, ...]]:
    """What may stand for several states in a transition: the file's own groups, and ``*`` for all states."""
    groups: dict[str, tuple[str, ...]] = {"*": tuple(states)}
    table = document.get("groups", {})
    for name in table:
        members = src.texts(table, name, "groups.")
        groups[f"@{name}"] = tuple(src.known(m, states, f"groups.{name}", "state") for m in members)
    return groups


def _events(
    src: Source, document: Table, authorities: dict[str, Label], states: dict[str, State]
) -> tuple[dict[str, EventKind], list[Transition]]:
    groups = _groups(src, document, states)
    causes, asks = src.labels(document, "causes"), src.labels(document, "asks")
    events: dict[str, EventKind] = {}
    steps: list[Transition] = []
    for table in document.get("events", []):
        kind = _event(src, table, authorities, causes, asks)
        if kind.code in events:
            src.fail(f"events.{kind.code}", "duplicate code")
        events[kind.code] = kind
        steps += _transitions(src, table, states, groups)
    return events, steps


def _event(
    src: Source,
    table: Table,
    authorities: dict[str, Label],
    causes: dict[str, Label],
    asks: dict[str, Label],
) -> EventKind:
    code = src.text(table, "code", "events.")
    where = f"events.{code}"
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", code):
        src.fail(where, "an event code is lowercase ASCII snake_case, 60 characters at most")
    for key in table:
        src.known(key, _EVENT_KEYS, where, "key")
    decides = src.texts(table, "decides", f"{where}.") or src.fail(f"{where}.decides", "somebody must decide")
    basis = src.text(table, "basis", f"{where}.")
    if len(basis) > 200:
        src.fail(f"{where}.basis", "200 characters at most")
    return EventKind(
        code=code,
        label=src.label(table, where),
        decides=tuple(src.known(who, authorities, f"{where}.decides", "authority") for who in decides),
        basis=basis,
        outcome=_outcome(src, table, where),
        needs_suspect=table.get("needs_suspect", False) is True,
        causes=tuple(Cause(*pair) for pair in _chosen(src, table, "causes", causes, where)),
        guard=src.label(table["guard"], f"{where}.guard") if "guard" in table else None,
        asks=tuple(Ask(*pair) for pair in _chosen(src, table, "asks", asks, where)),
    )


def _chosen(
    src: Source, table: Table, key: str, known: dict[str, Label], where: str
) -> list[tuple[str, Label]]:
    codes = src.texts(table, key, f"{where}.")
    return [(src.known(code, known, f"{where}.{key}", key.removesuffix("s")), known[code]) for code in codes]


def _outcome(src: Source, table: Table, where: str) -> Outcome | None:
    if "outcome" not in table:
        return None
    return Outcome(src.known(table["outcome"], set(Outcome), f"{where}.outcome", "outcome"))


def _transitions(
    src: Source, table: Table, states: dict[str, State], groups: dict[str, tuple[str, ...]]
) -> list[Transition]:
    event, where = table["code"], f"events.{table['code']}.moves"
    steps = [Transition(event, None, table["opens"])] if "opens" in table else []
    for move in table.get("moves", []):
        sources = [
            code for name in src.texts(move, "from", f"{where}.") for code in groups.get(name, (name,))
        ]
        steps += [Transition(event, source, src.text(move, "to", f"{where}.")) for source in sources]
    seen: set[str | None] = set()
    for step in steps:
        if step.source is not None:
            src.known(step.source, states, where, "state")
        if step.target != STAY or step.source is None:
            src.known(step.target, states, where, "state")
        if step.source in seen:
            src.fail(where, f"two transitions from state {step.source!r}")
        seen.add(step.source)
    return steps if steps else src.fail(where, "an event without transition can never happen")


def _check_whole(src: Source, law: Jurisdiction) -> None:
    """Rules that no single table can break: universal events, opening, reachability, ways out."""
    for code in UNIVERSAL_EVENTS:
        src.known(code, law.events, "events", "event: every jurisdiction has")
    for step in law.transitions:
        if step.event in UNIVERSAL_EVENTS and step.target != STAY:
            src.fail(f"events.{step.event}.moves", 'a universal event leaves the state as it is ("=")')
    if law.events[ANNULMENT].outcome is not None:
        src.fail(f"events.{ANNULMENT}.outcome", "an annulment contributes nothing")
    certified = law.events[EXCEPTIONAL_CLEARANCE]
    if certified.outcome is not Outcome.CLEARANCE_EXCEPTIONAL or len(certified.asks) != 4:
        src.fail(f"events.{EXCEPTIONAL_CLEARANCE}", "needs outcome clearance_exceptional and four asks")
    if law.opening_event not in {step.event for step in law.transitions if step.source is None}:
        src.fail("opening_event", f"{law.opening_event!r} is not an event that opens a line")
    _check_graph(src, law)


def _check_graph(src: Source, law: Jurisdiction) -> None:
    reached = reachable(law)
    leaving = {step.source for step in law.transitions if step.target not in (STAY, step.source)}
    for code, state in law.states.items():
        if code not in reached:
            src.fail(f"states.{code}", "no event leads to this state")
        if state.kind is not StateKind.TERMINAL and code not in leaving:
            src.fail(f"states.{code}", f"a state of kind {state.kind} needs an event that leaves it")


def reachable(law: Jurisdiction) -> set[str]:
    """The states a line can come to, starting from an event that opens one."""
    reached = {step.target for step in law.transitions if step.source is None}
    while True:
        more = {step.target for step in law.transitions if step.source in reached} - reached - {STAY}
        if not more:
            return reached
        reached |= more
