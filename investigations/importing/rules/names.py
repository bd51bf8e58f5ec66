"""Reading a person's name out of one cell. Pure; what is documented in docs/importing.md is decided here."""

from __future__ import annotations

from dataclasses import dataclass

from ...people.rules import letters
from .cells import fold

_PARTICLES = frozenset({"DE", "DEL", "LA", "LAS", "LOS", "Y", "VON", "VAN", "DA", "DI", "MAC"})


@dataclass(frozen=True, slots=True)
class Name:
    """The parts of a name; `key` is the form in which two are the same within a case."""

    given_names: str
    surname1: str
    surname2: str

    @property
    def key(self) -> str:
        return letters(" ".join((self.given_names, self.surname1, self.surname2)))


def read_name(text: str, *, two_surnames: bool) -> Name:
    """The name that a cell says.

    "PÉREZ NÚÑEZ, María" has the surnames before the comma. Without a comma the last two names are the surnames
    where people have two (the last one elsewhere); one name alone is a given name. Particles stay with the name
    that follows them ("de la Cruz"). Names all in capitals are written with capitals and small letters.
    """
    before, comma, after = text.partition(",")
    if comma:
        surnames, given = _units(before), after.strip()
    else:
        units = _units(text)
        count = min(2 if two_surnames else 1, len(units) - 1)
        if two_surnames and len(units) == 2:
            count = 1
        split = len(units) - count
        given, surnames = " ".join(units[:split]), units[split:]
    first = surnames[0] if surnames else ""
    return Name(_cased(given), _cased(first), _cased(" ".join(surnames[1:])))


def _units(text: str) -> list[str]:
    """Names with their particles: ["María", "de la Cruz"]."""
    units: list[str] = []
    waiting: list[str] = []
    for word in text.split():
        waiting.append(word)
        if fold(word) not in _PARTICLES:
            units.append(" ".join(waiting))
            waiting = []
    return [*units, " ".join(waiting)] if waiting else units


def _cased(name: str) -> str:
    if not name.isupper() or len(name) < 3 or any(sign.isdigit() for sign in name):
        return name
    words = [word.lower() if fold(word) in _PARTICLES else word.title() for word in name.split()]
    return " ".join(words)
