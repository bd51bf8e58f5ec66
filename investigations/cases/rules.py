"""Pure rules of cases: how numbers are compared and proposed, and the words of the ledger."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class CaseAction(StrEnum):
    """What the ledger calls the things done to a case."""

    OPENED = "case.opened"
    EDITED = "case.edited"
    NUMBER_ADDED = "case.number_added"
    ASSIGNED = "case.assigned"
    UNASSIGNED = "case.unassigned"
    ACT_RECORDED = "act.recorded"
    CATALOGUE_LOADED = "catalogue.loaded"
    OFFENCE_CODE_ADDED = "catalogue.offence_added"


LOCAL_SCHEME = "local"
"""The scheme of offences that the office added to the catalogues itself (by an import)."""


def fold_text(text: str) -> str:
    """Upper case without accents (ñ becomes N): for comparing, never for showing."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).upper()


def number_key(number: str) -> str:
    """The form in which two case numbers are the same number.

    Upper case, no accents, spaces or punctuation; groups of digits without leading zeros; groups kept apart, so
    that 1-23 is not 12-3 (experience.md §5): "UI-2/00123/2026" → "UI-2-123-2026".
    """
    groups = re.findall(r"[A-Z]+|\d+", fold_text(number))
    return "-".join(group.lstrip("0") or "0" if group.isdigit() else group for group in groups)


def propose_number(unit_code: str, sequence: int, year: int) -> str:
    """The next number of a unit, at least 13 characters as Michoacán's forms ask (domain.md §3.1)."""
    return f"{unit_code}/{sequence:06d}/{year}"
