"""What clearance reads: a question completed, its answer, the offences behind a number, and the printed papers."""

from .answers import Behind, BehindLine, Cell, answer, offences_behind
from .asking import Asked, complete
from .choices import Choices, list_choices
from .papers import get_paper, get_report, is_waiting, list_papers, unit_name

__all__ = [
    "Asked",
    "Behind",
    "BehindLine",
    "Cell",
    "Choices",
    "answer",
    "complete",
    "get_paper",
    "get_report",
    "is_waiting",
    "list_choices",
    "list_papers",
    "offences_behind",
    "unit_name",
]
