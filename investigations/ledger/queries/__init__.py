"""Reading the ledger: its head at a moment, its events, and the verifier that finds what was altered."""

from .events import EventLine, actions_known, case_events, last_change, last_of, list_events
from .standing import began_at, head, standing
from .verifying import Problem, Verification, Wrong, verify

__all__ = [
    "EventLine",
    "Problem",
    "Verification",
    "Wrong",
    "actions_known",
    "began_at",
    "case_events",
    "head",
    "last_change",
    "last_of",
    "list_events",
    "standing",
    "verify",
]
