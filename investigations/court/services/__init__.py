"""Writing lines and their projection. What callers need is imported from here."""

from .events import (
    Proposal,
    annul_event,
    correct_event,
    propose_annulment,
    propose_correction,
    propose_event,
    record_event,
)
from .lines import link_suspect, open_line
from .moves import Move
from .projection import project_states, rebuild_states, stale_states

__all__ = [
    "Move",
    "Proposal",
    "annul_event",
    "correct_event",
    "link_suspect",
    "open_line",
    "project_states",
    "propose_annulment",
    "propose_correction",
    "propose_event",
    "rebuild_states",
    "record_event",
    "stale_states",
]
