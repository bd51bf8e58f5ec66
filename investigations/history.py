"""What was done to one row and by whom, in words: the ledger's events as entries of a timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from .accounts.queries import names_of_actors
from .ledger.queries import case_events
from .pages import moment

Labels = Mapping[Any, Any]


class OfCase(Protocol):
    """A stored row that belongs to a case."""

    __tablename__: str
    id: Any

    @property
    def touches_case(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Words:
    """How a feature calls its ledger actions, its fields, and the codes that fields hold."""

    actions: Labels
    fields: Labels
    codes: Mapping[str, Labels] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """One event of a row: the ledger's action, when, by whom (full name), and what it says."""

    action: str
    at: datetime
    by: str
    payload: Mapping[str, Any]


def events_of(session: Session, row: OfCase, limit: int = 200) -> list[Told]:
    """The events about a row that the viewer may see, newest first."""
    found = case_events(session, row.touches_case, limit, subject=f"{row.__tablename__}/{row.id}")
    names = names_of_actors(session, {line.actor for line, _payload in found})
    return [
        Told(line.action, line.recorded_at, names.get(line.actor, _("The office")), payload) for line, payload in found
    ]


def entries(session: Session, row: OfCase, words: Words) -> list[dict[str, Any]]:
    """A row's history for the `timeline` macro: title, at, by, and what changed or why."""
    return [
        {
            "title": words.actions.get(told.action, told.action),
            "at": told.at,
            "by": told.by,
            "text": "\n".join(lines_of(told.payload, words)),
        }
        for told in events_of(session, row)
    ]


def lines_of(payload: Mapping[str, Any], words: Words) -> list[str]:
    """What an event says, a line each: every changed field before and after, and the reason."""
    lines = [
        _("%(field)s: %(before)s → %(after)s", field=words.fields.get(name, name), before=before, after=after)
        for name, pair in payload.get("changes", {}).items()
        for before, after in [tuple(_value(value, words.codes.get(name, {})) for value in pair)]
    ]
    return lines + ([_("Reason: %(reason)s", reason=payload["reason"])] if payload.get("reason") else [])


def _value(value: Any, codes: Labels) -> str:
    """A value as the ledger kept it (text, a list, a code, an instant), for people."""
    if isinstance(value, list):
        return ", ".join(_value(item, codes) for item in value) or "—"
    if isinstance(value, str) and len(value) == 32 and value[10:11] == "T":
        return moment(datetime.fromisoformat(value))
    return str(codes.get(value, value)) if value else "—"
