"""The offences that the list of cases can be narrowed to: by type, whatever the catalogue of the year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from ...cases.models import OffenceCode
from ...jurisdictions.rules import Label
from ...ledger.queries import standing


@dataclass(frozen=True, slots=True)
class OffenceGroup:
    """A type of offence; the same code means the same type in every catalogue."""

    code: str
    label: Label


Entry = Row[int, str, str, "str | None", str, str, str]


def _entries(session: Session) -> Sequence[Entry]:
    columns = (
        OffenceCode.id,
        OffenceCode.scheme,
        OffenceCode.code,
        OffenceCode.parent_code,
        OffenceCode.level,
        OffenceCode.label_es,
        OffenceCode.label_en,
    )
    return session.execute(select(*columns).where(standing(OffenceCode.batch_id)).order_by(OffenceCode.id)).all()


def list_offence_groups(session: Session) -> list[OffenceGroup]:
    """The types of every catalogue, and entries that stand under none; each code once, in catalogue order."""
    groups: dict[str, OffenceGroup] = {}
    for entry in _entries(session):
        if entry.level == "type" or (entry.parent_code is None and entry.level != "interest"):
            groups.setdefault(entry.code, OffenceGroup(entry.code, Label(entry.label_es, entry.label_en)))
    return list(groups.values())


def offence_ids(session: Session, code: str) -> list[int]:
    """The ids of the entries with that code or below it, in every catalogue."""
    found: list[int] = []
    under: set[tuple[str, str]] = set()
    for entry in _entries(session):  # parents come before their children
        if entry.code == code or (entry.scheme, entry.parent_code) in under:
            under.add((entry.scheme, entry.code))
            found.append(entry.id)
    return found
