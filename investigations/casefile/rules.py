"""Pure rules of the casefile: what the list can be filtered by, and which cases were looked at last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

PAGE_SIZE = 25
RECENT = 5


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list of cases is narrowed by; an empty filter takes everything the viewer sees.

    `text` is any fragment of any number of the case, `unit` a public id, `offence` the code of a catalogue entry
    at any level, `municipality` a code or a name, `stage` and `state` codes that some line of the case stands in;
    the report lies at or after `since` and before `until` (aware instants).
    """

    text: str = ""
    unit: str = ""
    offence: str = ""
    municipality: str = ""
    stage: str = ""
    state: str = ""
    confidentiality: str = ""
    since: datetime | None = None
    until: datetime | None = None
    mine: bool = False


def last_page(total: int, size: int = PAGE_SIZE) -> int:
    """The number of the last page, from 1."""
    return max(1, -(-total // size))


def remembered(seen: Sequence[str], public_id: str, limit: int = RECENT) -> list[str]:
    """The cases looked at last, newest first, each once, with this one put in front (experience.md §2.2)."""
    return [public_id, *(other for other in seen if other != public_id)][:limit]


def changed_fields(payload: Mapping[str, object]) -> list[tuple[str, object, object]]:
    """The changes that a ledger event tells of: field, before, after."""
    changes = payload.get("changes")
    if not isinstance(changes, Mapping):
        return []
    return [(str(name), pair[0], pair[1]) for name, pair in changes.items()]
