"""The verifier: recomputes every event, the chain and the tree, and compares every bound row with its last event."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session

from ...db import Base
from ..models import LedgerEvent, LedgerPayload, LedgerTip
from ..rules import Frontier, Head, commitment, image_hash, leaf_hash, plain, row_name
from .stored import Row, stored_rows

COLUMNS = ("seq", "recorded_at", "actor", "role", "action", "subject", "case_id")
SAID = {*COLUMNS, "v", "rows", "payload", "previous"}


class Wrong(StrEnum):
    """What can be wrong with an event, with the tip, or with a row."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    BYTES = "bytes"
    COLUMN = "column"
    PREVIOUS = "previous"
    PAYLOAD = "payload"
    NO_EVENT = "no_event"
    NOT_CONTAINED = "not_contained"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as it was recorded: at which event, row or head, and what is wrong with it.

    `where` is "event/5", "payload/5", "tip", "head/8" or a row ("cases/7"); `detail` is the column, or the number of
    the event that last bound the row.
    """

    where: str
    what: Wrong
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}{f' ({self.detail})' if self.detail else ''}"


@dataclass(slots=True)
class Verification:
    """What the verifier saw: the head it computed, how many rows it compared, and every problem in order."""

    head: Head
    rows: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems


Bound = dict[tuple[str, str], tuple[int, bytes | None, str]]
"""The last event of each row: its number, the salt (None: not to be trusted) and the row's image."""


def verify(session: Session, expected: Head | None = None) -> Verification:
    """Recompute everything. The session must see one moment (`Database.reading`).

    `expected` is a head from outside (a printed page): the ledger must still contain it.
    """
    scan = _Scan(expected)
    for key, event, sealed in _side_by_side(session):
        scan.take(key, event, sealed)
    scan.close(list(stored_rows(session, _table(LedgerTip))))
    result = Verification(Head(scan.frontier.size, scan.frontier.root().hex()), 0, scan.problems)
    for problem in _reconcile(session, scan.bound, result):
        result.problems.append(problem)
    return result


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


def _side_by_side(session: Session) -> Iterator[tuple[int, Row | None, Row | None]]:
    """Events and payloads with the same number, in order; either may be absent."""
    events = stored_rows(session, _table(LedgerEvent))
    payloads = stored_rows(session, _table(LedgerPayload))
    event, sealed = next(events, None), next(payloads, None)
    while event is not None or sealed is not None:
        key = min(entry[0] for entry in (event, sealed) if entry is not None)
        one: Row | None = None
        other: Row | None = None
        if event is not None and event[0] == key:
            one, event = event[1], next(events, None)
        if sealed is not None and sealed[0] == key:
            other, sealed = sealed[1], next(payloads, None)
        yield key, one, other


class _Scan:
    """One pass over the events: what they add up to and what is wrong with each."""

    def __init__(self, expected: Head | None) -> None:
        self.frontier = Frontier()
        self.problems: list[Problem] = []
        self.bound: Bound = {}
        self._expected = expected
        self._contained = expected is None or expected == Head(0, self.frontier.root().hex())
        self._last = 0
        self._previous: bytes | None = b""

    def take(self, seq: int, event: Row | None, sealed: Row | None) -> None:
        """The next number: an event with its payload, or one without the other."""
        name = row_name("event", seq)
        if event is None:
            self.problems.append(Problem(row_name("payload", seq), Wrong.NO_EVENT))
            return
        for missing in range(self._last + 1, min(seq, self._last + 11)):
            self.problems.append(Problem(row_name("event", missing), Wrong.MISSING))
        self._last = seq
        if not isinstance(event["leaf"], bytes):
            self._previous = None
            self.problems.append(Problem(name, Wrong.UNREADABLE))
            return
        self.problems += [Problem(name, *wrong) for wrong in self._wrong_with(event, sealed)]
        self._previous = event["leaf"]
        self.frontier.append(event["leaf"])
        if self._expected is not None and self.frontier.size == self._expected.size:
            self._contained = self.frontier.root().hex() == self._expected.root

    def _wrong_with(self, event: Row, sealed: Row | None) -> Iterator[tuple[Wrong, str]]:
        said = _said(event["body"])
        if said is None or leaf_hash(event["body"]) != event["leaf"]:
            yield Wrong.BYTES, ""
            return
        for column in COLUMNS:
            if plain(event[column]) != said[column]:
                yield Wrong.COLUMN, column
        if self._previous is not None and said["previous"] != self._previous.hex():
            yield Wrong.PREVIOUS, ""
        salt = _salt(sealed, said["payload"])
        if salt is None:
            yield Wrong.PAYLOAD, ""
        for table, key, image in said["rows"]:
            self.bound[table, key] = (event["seq"], salt, image)

    def close(self, tips: Sequence[tuple[int, Row]]) -> None:
        """Compare the tip with the events that were seen, and the head from outside with the tree."""
        size, dump = self.frontier.size, self.frontier.dump()
        tip = tips[0][1] if len(tips) == 1 else None
        if tip is None and (tips or size):
            self.problems.append(Problem("tip", Wrong.UNREADABLE if tips else Wrong.MISSING))
        elif tip is not None and (tip["id"], tip["size"], tip["peaks"], tip["last_leaf"]) != (1, size, dump, self._previous):
            cut = isinstance(tip["size"], int) and tip["size"] > self._last
            missing = Problem(row_name("event", self._last + 1), Wrong.MISSING)
            self.problems.append(missing if cut else Problem("tip", Wrong.DIFFERS))
        if self._expected is not None and not self._contained:
            self.problems.append(Problem(row_name("head", self._expected.size), Wrong.NOT_CONTAINED))


def _said(body: object) -> dict[str, Any] | None:
    """What an event's bytes say, or None when they are not an event's."""
    try:
        said = json.loads(body) if isinstance(body, bytes) else None
    except ValueError:
        return None
    return said if isinstance(said, dict) and said.keys() == SAID else None


def _salt(sealed: Row | None, committed: str) -> bytes | None:
    """The payload's salt, when salt and payload are those that the event committed to."""
    if sealed is None or not isinstance(sealed["salt"], bytes) or not isinstance(sealed["payload"], bytes):
        return None
    return sealed["salt"] if commitment(sealed["salt"], sealed["payload"]) == committed else None


def _reconcile(session: Session, bound: Bound, result: Verification) -> Iterator[Problem]:
    """Compare every bound row with the image in its last event; name the rows that differ, miss or intrude."""
    for mapper in sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__tablename__):
        if not mapper.class_.bound:
            continue
        table = _table(mapper.class_)
        for key, row in stored_rows(session, table):
            result.rows += 1
            name, known = row_name(table.name, key), bound.pop((table.name, str(key)), None)
            if known is None:
                yield Problem(name, Wrong.NO_EVENT)
            elif known[1] is not None and image_hash(known[1], row) != known[2]:
                yield Problem(name, Wrong.DIFFERS, str(known[0]))
    for (table_name, gone), (seq, _salt_of, _image) in bound.items():
        yield Problem(row_name(table_name, gone), Wrong.MISSING, str(seq))
