"""What a person says of an event, and whether it brings all that the law file asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from ...db import Refusal, now
from ...jurisdictions.rules import ANNULMENT, Jurisdiction
from ..models import Line


@dataclass(frozen=True, slots=True)
class Move:
    """What a person says of an event: what, when, who decided, on which basis, why; and what they confirmed.

    `decided_by` and `cause` are codes of the law file, `asks` the codes of the statements confirmed. An empty
    `decided_by` or `basis` means the usual one.
    """

    kind: str
    occurred_at: datetime
    decided_by: str = ""
    basis: str = ""
    cause: str | None = None
    note: str = ""
    asks: frozenset[str] = frozenset()


def filled(law: Jurisdiction, move: Move) -> Move:
    """The move with the usual deciding authority and basis where the person gave none."""
    kind = law.events[move.kind]
    usual = kind.decides[0] if kind.decides else ""
    return replace(move, decided_by=move.decided_by or usual, basis=move.basis or kind.basis)


def said(move: Move) -> dict[str, Any]:
    return {"event": move.kind, "occurred_at": move.occurred_at}


def confirmed(move: Move) -> dict[str, Any]:
    return {"asks": sorted(move.asks)} if move.asks else {}


def check_date(occurred_at: datetime) -> None:
    if occurred_at > now():
        raise Refusal(_l("This date is in the future. Enter when it happened."), "occurred_at")


def check_opening(line: Line, move: Move) -> None:
    if move.occurred_at < line.opened_at:
        raise Refusal(_l("This date is before the line was opened. Check the date."), "occurred_at")


def check_move(law: Jurisdiction, move: Move, identifies: bool = False) -> None:
    """The event exists, is recorded with this form, and brings all that the law file asks for."""
    kind = law.events.get(move.kind)
    if kind is None:
        raise Refusal(_l("Choose what happened."), "kind")
    if kind.code == ANNULMENT or (kind.code == law.identified_event and not identifies):
        raise Refusal(_l("This is recorded with a form of its own."), "kind")
    check_date(move.occurred_at)
    if move.decided_by and move.decided_by not in kind.decides:
        raise Refusal(_l("This authority cannot decide this. Choose another one."), "decided_by")
    if not move.decided_by and len(kind.decides) > 1:
        raise Refusal(_l("Choose who decided."), "decided_by")
    if kind.causes and move.cause not in {cause.code for cause in kind.causes}:
        raise Refusal(_l("Choose the cause."), "cause")
    if move.cause and not kind.causes:
        raise Refusal(_l("This event takes no cause."), "cause")
    if {ask.code for ask in kind.asks} - move.asks:
        raise Refusal(_l("Confirm every statement; if one does not hold, this cannot be recorded."), "asks")
