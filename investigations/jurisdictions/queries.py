"""Reads the law files and catalogues that ship with the package; each is read once and kept."""

import csv
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from .models import read_jurisdiction
from .rules import UNIVERSAL_EVENTS, Jurisdiction, JurisdictionError, Label

_LAWS = Path(__file__).parent
_CATALOGUES = _LAWS / "catalogues"


@dataclass(frozen=True)
class OffenceEntry:
    """A node of an offence classification (domain.md §3.6).

    `level` is interest, type, subtype or mode; `selectable` marks the rows of the official list;
    `path_es` is the official names from the top, joined with " / ".
    """

    code: str
    parent_code: str | None
    level: str
    label: Label
    path_es: str
    valid_from: date | None
    valid_to: date | None
    selectable: bool


@dataclass(frozen=True)
class Municipality:
    """A municipality by its five-digit INEGI code (domain.md §3.7)."""

    code: str
    name: str
    state_code: str
    state_name: str


def load_jurisdiction(path: Path) -> Jurisdiction:
    """The jurisdiction described by a TOML file. Raises JurisdictionError naming file, key and rule."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise JurisdictionError(f"{path.name}: file: {wrong}") from wrong
    return read_jurisdiction(document, path.name)


def check_together(laws: Iterable[Jurisdiction]) -> None:
    """Refuse files of one code whose validity overlaps, and event codes shared by two jurisdictions.

    Event codes are distinct (the universal ones apart) so that a data file's jurisdiction can be told
    from the events it names. Raises JurisdictionError.
    """
    seen: list[Jurisdiction] = []
    for law in laws:
        for other in seen:
            if law.code == other.code and _overlap(law, other):
                raise JurisdictionError(f"{law.code}: valid_from: overlaps another file of this code")
            shared = (law.events.keys() & other.events.keys()) - set(UNIVERSAL_EVENTS)
            if law.code != other.code and shared:
                raise JurisdictionError(
                    f"{law.code}: events.{min(shared)}: code already used by {other.code}"
                )
        seen.append(law)


def _overlap(one: Jurisdiction, two: Jurisdiction) -> bool:
    return one.valid_from <= (two.valid_to or date.max) and two.valid_from <= (one.valid_to or date.max)


@lru_cache(maxsize=1)
def _shipped() -> tuple[Jurisdiction, ...]:
    laws = [load_jurisdiction(path) for path in sorted(_LAWS.glob("*.toml"))]
    check_together(laws)
    return tuple(sorted(laws, key=lambda law: (law.code, law.valid_from)))


@lru_cache(maxsize=64)
def get_jurisdiction(code: str, on: date | None = None) -> Jurisdiction:
    """The jurisdiction of that code: the newest file, or the one valid on a day.

    Raises JurisdictionError when there is none.
    """
    found = [law for law in _shipped() if law.code == code and (on is None or law.valid_on(on))]
    if not found:
        when = f" on {on}" if on else ""
        raise JurisdictionError(f"{code}: code: no such jurisdiction{when}; known: {jurisdiction_codes()}")
    return found[-1]


def jurisdiction_codes() -> list[str]:
    """The codes of all jurisdictions shipped, sorted."""
    return sorted({law.code for law in _shipped()})


def guess_jurisdiction(event_names: Iterable[str], preferred: str) -> str:
    """The code of the jurisdiction that knows most of these event names; `preferred` when it is a tie."""
    named = set(event_names) - set(UNIVERSAL_EVENTS)
    known = {code: len(named & get_jurisdiction(code).events.keys()) for code in jurisdiction_codes()}
    best = max(known.values())
    winners = [code for code, count in known.items() if count == best]
    return winners[0] if len(winners) == 1 else preferred


def offence_catalogue(scheme: str) -> list[OffenceEntry]:
    """Every node of a classification, parents before children, siblings in the official order.

    Schemes: ``sesnsp_2015`` and ``sesnsp_2026``. Raises JurisdictionError for another one.
    """
    return list(_offences(scheme))


def offence_schemes() -> list[str]:
    """The codes of the classifications shipped, oldest first."""
    return list(_schemes())


@lru_cache(maxsize=1)
def _schemes() -> dict[str, dict[str, date]]:
    return tomllib.loads((_CATALOGUES / "schemes.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=8)
def _offences(scheme: str) -> tuple[OffenceEntry, ...]:
    validity = _schemes().get(scheme)
    if validity is None:
        raise JurisdictionError(f"schemes.toml: {scheme}: no such offence scheme; known: {offence_schemes()}")
    paths = {"": ""}
    entries: list[OffenceEntry] = []
    for row in _rows(f"{scheme}.csv"):
        code, parent = row["code"], row["parent"]
        if parent not in paths:
            raise JurisdictionError(f"{scheme}.csv: {code}: its parent {parent!r} must come first")
        paths[code] = f"{paths[parent]} / {row['official_name']}" if parent else row["official_name"]
        entries.append(
            OffenceEntry(
                code=code,
                parent_code=parent or None,
                level=row["level"],
                label=Label(row["label_es"], row["label_en"]),
                path_es=paths[code],
                valid_from=validity.get("valid_from"),
                valid_to=validity.get("valid_to"),
                selectable=row["selectable"] == "1",
            )
        )
    return tuple(entries)


def municipalities() -> list[Municipality]:
    """All municipalities of Mexico, ordered by code."""
    return list(_municipalities())


@lru_cache(maxsize=1)
def _municipalities() -> tuple[Municipality, ...]:
    states = {row["code"]: row["name"] for row in _rows("states.csv")}
    return tuple(
        Municipality(row["code"], row["name"], row["code"][:2], states[row["code"][:2]])
        for row in _rows("municipalities.csv")
    )


@lru_cache(maxsize=1)
def _by_name() -> dict[str, list[Municipality]]:
    names: dict[str, list[Municipality]] = {}
    for place in _municipalities():
        names.setdefault(_plain(place.name), []).append(place)
        names.setdefault(place.code, []).append(place)
    return names


def find_municipality(text: str, state: str = "16") -> Municipality | None:
    """The municipality with that INEGI code or name; case, accents and spacing are ignored.

    A name that several states have means the one in `state` (two digits; Michoacán unless told
    otherwise); None when nothing fits or it stays ambiguous.
    """
    found = _by_name().get(_plain(text), [])
    if len(found) > 1:
        found = [place for place in found if place.state_code == state]
    return found[0] if len(found) == 1 else None


def _plain(text: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(bare.casefold().split())


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_CATALOGUES / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(line for line in lines if not line.startswith("#"))
