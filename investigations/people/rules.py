"""Pure rules of people: how a name is shown and sorted, how an identifier is compared and checked.

A check answers True, False or None (there is nothing to check). False warns, it never blocks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from stdnum.mx import curp, rfc

from ..cases.rules import fold_text


class PeopleAction(StrEnum):
    """What the ledger calls the things done to a person or to their part in a case."""

    ADDED = "person.added"
    EDITED = "person.edited"
    WITHDRAWN = "party.withdrawn"


class Withdrawable(Protocol):
    """A row that is taken out of use, never deleted."""

    @property
    def withdrawn_at(self) -> datetime | None: ...


class Alias(Withdrawable, Protocol):
    """Another name a person is known by."""

    @property
    def text(self) -> str: ...


class Named(Protocol):
    """What a name is made of."""

    @property
    def given_names(self) -> str: ...
    @property
    def surname1(self) -> str: ...
    @property
    def surname2(self) -> str: ...
    @property
    def aliases(self) -> Sequence[Alias]: ...


Row = TypeVar("Row", bound=Withdrawable)


def in_use(rows: Iterable[Row]) -> list[Row]:
    """Those that were not withdrawn."""
    return [row for row in rows if row.withdrawn_at is None]


def full_name(person: Named) -> str:
    """The name inside a text, "María de la Luz Pérez Núñez"; the first alias when no name is known."""
    return " ".join(filter(None, (person.given_names, person.surname1, person.surname2))) or _alias(person)


def list_name(person: Named) -> str:
    """The name in a list, "PÉREZ NÚÑEZ, María de la Luz" (experience.md §5)."""
    surnames = " ".join(filter(None, (person.surname1, person.surname2))).upper()
    return ", ".join(filter(None, (surnames, person.given_names))) or _alias(person)


def _alias(person: Named) -> str:
    known = in_use(person.aliases)
    return f"«{known[0].text}»" if known else ""


def sort_key(person: Named) -> tuple[str, str, str]:
    """Order of a list of names: first surname, second, given names; accents ignored, ñ after n.

    Who has no surname stands under the only name known.
    """
    first = person.surname1 or person.surname2 or person.given_names or _alias(person)
    return letters(first), letters(person.surname2), letters(person.given_names)


_AFTER_N = "n\U0010ffff"


def letters(text: str) -> str:
    """The form in which two names are compared in Spanish: small letters without accents, ñ a letter after n."""
    kept = unicodedata.normalize("NFC", text).casefold().replace("ñ", _AFTER_N)
    plain = (sign for sign in unicodedata.normalize("NFD", kept) if not unicodedata.combining(sign))
    return " ".join("".join(sign if sign.isalnum() or sign == _AFTER_N[1] else " " for sign in plain).split())


def identifier_key(scheme: str, value: str) -> str:
    """The form in which two identifiers are the same: no spaces, separators or small letters.

    CURP and RFC keep Ñ and &; phones are digits, Mexican ones the ten national digits. Empty: nothing was given.
    """
    if scheme in ("curp", "rfc"):
        return re.sub(r"[^A-ZÑ&0-9]", "", unicodedata.normalize("NFC", value).upper())
    if scheme == "phone":
        return _phone_key(value)
    return re.sub(r"[\W_]", "", fold_text(value))


_NATIONAL_PREFIX = re.compile(r"(?:0052|52)1?(?=\d{10}$)|(?:01|044|045)(?=\d{10}$)")


def _phone_key(value: str) -> str:
    """Ten digits for a Mexican number, however dialled; a foreign one keeps its country code."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", value))
    if value.strip().startswith("+") and not digits.startswith("52"):
        return digits
    return _NATIONAL_PREFIX.sub("", digits, count=1)


def identifier_valid(scheme: str, value: str) -> bool | None:
    """Whether the identifier passes the check of its kind; None for kinds that have none."""
    check = _CHECKS.get(scheme)
    return check(identifier_key(scheme, value)) if check else None


def _curp_valid(key: str) -> bool:
    """Shape, date, state and check digit (domain.md §3.2). Sex X counts as any other; Ñ weighs 24."""
    if len(key) != 18:
        return False
    usual = (key[:10] + ("H" if key[10] == "X" else key[10]) + key[11:]).replace("Ñ", "X")
    digit = curp.calc_check_digit(key.replace("Ñ", "&"))
    return curp.is_valid(usual, validate_check_digits=False) and bool(key[-1] == digit)


GENERIC_RFC = frozenset({"XAXX010101000", "XEXX010101000"})
"""The tax office's numbers for the public at large and for foreigners: they bear no check character."""


def _rfc_valid(key: str) -> bool | None:
    """Shape, date and check character (domain.md §3.3); None for ten characters, which have no check yet."""
    if key in GENERIC_RFC:
        return True
    if len(key) == 10 and rfc.is_valid(key):
        return None
    return bool(rfc.is_valid(key, validate_check_digits=True))


_VIN_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "12345678123457923456789"), strict=True))
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def _vin_valid(key: str) -> bool:
    """Seventeen signs without I, O, Q and the check sign at the ninth place (domain.md §3.4)."""
    values = [_VIN_VALUES.get(sign, int(sign) if sign.isascii() and sign.isdigit() else None) for sign in key]
    if len(values) != 17 or None in values:
        return False
    total = sum(weight * (value or 0) for weight, value in zip(_VIN_WEIGHTS, values, strict=True))
    return key[8] == "0123456789X"[total % 11]


_CHECKS: Mapping[str, Callable[[str], bool | None]] = {"curp": _curp_valid, "rfc": _rfc_valid, "vin": _vin_valid}


class Doubt(StrEnum):
    """What does not fit; shown with the person, never in the way."""

    CHECK = "check"
    BIRTH_DATE = "birth_date"
    SEX = "sex"


class Identified(Withdrawable, Protocol):
    """An identifier as far as its doubts go."""

    @property
    def scheme(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def valid(self) -> bool | None: ...


def doubts(identifier: Identified, birth_date: date | None, sex: str | None) -> list[Doubt]:
    """What is doubtful about an identifier: its check, or a CURP that says another birth date or sex."""
    if identifier.valid is False:
        return [Doubt.CHECK]
    if identifier.scheme != "curp" or identifier.valid is None:
        return []
    key = identifier_key("curp", identifier.value)
    found = []
    if birth_date is not None and curp.get_birth_date(key) != birth_date:
        found.append(Doubt.BIRTH_DATE)
    if sex and key[10] != sex:
        found.append(Doubt.SEX)
    return found
