"""Writing cases: open, edit, number, assign, record an act. Each leaves one ledger event."""

from .catalogues import load_catalogues
from .headers import Header, edit_case, header_state, open_case
from .numbers import add_number
from .work import assign_case, end_assignment, record_act

__all__ = [
    "Header",
    "add_number",
    "assign_case",
    "edit_case",
    "end_assignment",
    "header_state",
    "load_catalogues",
    "open_case",
    "record_act",
]
