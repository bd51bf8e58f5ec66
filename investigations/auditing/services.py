"""Leaving a trace of a verification: what was found is itself recorded."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from ..db import Database
from ..ledger.queries import Verification
from ..ledger.rules import Actor
from ..ledger.services import Entry, record_many
from .rules import Action

KEPT = 20
"""How many problems the event repeats; a verification at the command line shows them all."""


def record_verification(database: Database, actor: Actor, result: Verification) -> bool:
    """One event with the head that was computed, how much was compared, and the first problems.

    False when a ledger too damaged to go on takes no event: what was found can still be told.
    """
    payload = {
        "size": result.head.size,
        "root": result.head.root,
        "rows": result.rows,
        "problems": len(result.problems),
        "first": [[problem.where, problem.what, problem.detail] for problem in result.problems[:KEPT]],
    }
    try:
        with database.transaction() as session:
            record_many(session, actor, [Entry(Action.VERIFIED, "ledger", [], payload=payload)])
    except (DBAPIError, ValueError, IndexError):
        return False
    return True
