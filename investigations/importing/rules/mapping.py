"""A mapping as data: which tables a source has, and what their rows become. Pure; wrong data raise MappingError."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, get_args, get_type_hints
from zoneinfo import ZoneInfo

from ...jurisdictions.rules import Jurisdiction, Label
from .cells import fold


class MappingError(ValueError):
    """A mapping file is wrong: the message names file, key and rule."""


@dataclass(frozen=True)
class Opens:
    """The columns of which a row makes case, suspect and line."""

    number: str
    unit: str
    unit_unknown: str
    municipality: str
    offence: str
    occurred_at: str
    reported_at: str
    suspect: str
    suspect_prefix: str = ""

    def columns(self) -> list[str]:
        return [self.number, self.unit, self.municipality, self.offence, self.occurred_at, self.reported_at, self.suspect]


@dataclass(frozen=True)
class Check:
    """A doubt that is reported and keeps no row out: dates in order, or a number within bounds."""

    earlier: str = ""
    later: str = ""
    number: str = ""
    from_: int = 0
    to: int = 0

    def columns(self) -> list[str]:
        return [name for name in (self.earlier, self.later, self.number) if name]


@dataclass(frozen=True)
class EventRule:
    """How a row becomes an event.

    The event is `event`, or follows from the values of the columns `value_of` by `values` (`otherwise` where they
    are not listed). Its day is the first of the columns `dates` that holds a possible one; `silent` when it is usual
    that the first does not. `optional`: the row also stands without it. `once`: at most one of a day on a line.
    """

    dates: tuple[str, ...]
    event: str = ""
    value_of: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = ""
    unless_like: str = ""
    optional: bool = False
    silent: bool = False
    once: bool = False
    decided_by: str = ""
    data: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def folded(self) -> Mapping[str, str]:
        return {fold_value(text): code for text, code in self.values.items()}

    def columns(self) -> list[str]:
        named = [*self.value_of, *self.dates, *self.data.values(), self.unless_like, self.decided_by]
        return [name for name in named if name]

    def codes(self) -> set[str]:
        return {self.event, self.otherwise, *self.values.values()} - {""}


def fold_value(text: str) -> str:
    """The form in which two values of a source are the same; " | " keeps two columns apart."""
    return " | ".join(fold(part) for part in text.split(" | "))


@dataclass(frozen=True)
class Table:
    """One table of a source. `key` are the columns that name a row for good; `line` names the line it belongs to."""

    name: str
    recognised_by: tuple[str, ...]
    key: tuple[str, ...]
    line: str
    events: tuple[EventRule, ...]
    case: str = ""
    clock_hours: int = 0
    expected: tuple[str, ...] = ()
    opens: Opens | None = None
    checks: tuple[Check, ...] = ()

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Every column that the mapping reads, once: these must be in the file."""
        parts: list[str] = [*self.recognised_by, *self.key, self.line, *self.expected]
        parts += [self.case] if self.case else []
        pieces: list[Check | EventRule | Opens] = [*self.checks, *self.events, *([self.opens] if self.opens else [])]
        for piece in pieces:
            parts += piece.columns()
        return tuple(dict.fromkeys(parts))


@dataclass(frozen=True)
class Stage:
    """A number that `import show` gives: distinct suspects with such an event from that table."""

    code: str
    label: Label
    table: str
    column: str = ""
    events: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rate:
    """One stage as a share of others."""

    code: str
    label: Label
    part: str
    whole: tuple[str, ...]


@dataclass(frozen=True)
class TableMapping:
    """A source of several tables."""

    code: str
    label: Label
    jurisdiction: str
    timezone: str
    scheme: str
    tables: tuple[Table, ...]
    funnel: tuple[Stage, ...] = ()
    rates: tuple[Rate, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)
    offences: Mapping[str, str] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def recognise(self, columns: Iterable[str]) -> Table | None:
        """The table that has these columns; None when none or several fit."""
        there = set(columns)
        fitting = [table for table in self.tables if there.issuperset(table.recognised_by)]
        return fitting[0] if len(fitting) == 1 else None


@dataclass(frozen=True)
class PlainMapping:
    """The plain format: its columns, and the words that stand for nobody."""

    code: str
    label: Label
    columns: tuple[str, ...]
    nobody: tuple[str, ...] = ()


Made = TypeVar("Made")


def read_tables(document: Mapping[str, Any], source: str) -> TableMapping:
    """The mapping that a TOML document says. Raises MappingError naming source, key and rule."""
    return _make(TableMapping, document, source)


def read_plain(document: Mapping[str, Any], source: str) -> PlainMapping:
    """The plain mapping that a TOML document says. Raises MappingError."""
    return _make(PlainMapping, document, source)


def check_events(mapping: TableMapping, law: Jurisdiction) -> None:
    """Refuse a mapping that names an event which its jurisdiction does not know. Raises MappingError."""
    for table in mapping.tables:
        for rule in table.events:
            unknown = rule.codes() - law.events.keys()
            if unknown:
                raise MappingError(f"{mapping.code}: tables.{table.name}.events: no event {min(unknown)!r} in {law.code}")


_NESTED: Mapping[str, type] = {
    "label": Label, "opens": Opens, "tables": Table, "checks": Check, "events": EventRule, "funnel": Stage, "rates": Rate,
}  # fmt: skip


def _make(kind: type[Made], document: Mapping[str, Any], where: str) -> Made:
    """A dataclass out of a table of the document; lists become tuples, tables of the document nested dataclasses."""
    names = get_type_hints(kind)
    values: dict[str, Any] = {}
    for key, value in document.items():
        name = "from_" if key == "from" else key
        if name not in names:
            raise MappingError(f"{where}: {key}: unknown key")
        values[name] = _value(key, value, names[name], f"{where}: {key}")
    try:
        return kind(**values)
    except TypeError as wrong:
        raise MappingError(f"{where}: {str(wrong).split('()')[-1].strip()}") from wrong


def _value(key: str, value: Any, hint: Any, where: str) -> Any:
    if isinstance(value, list):
        dataclass_inside = key in _NESTED and value and isinstance(value[0], dict)
        return tuple(_make(_NESTED[key], item, where) if dataclass_inside else item for item in value)
    if isinstance(value, dict) and key in _NESTED and (hint is _NESTED[key] or _NESTED[key] in get_args(hint)):
        return _make(_NESTED[key], value, where)
    return value
