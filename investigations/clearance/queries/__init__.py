"""What clearance reads: a question completed, its answer, the offences behind a number, and the printed papers."""

from .answers import Behind, BehindLine, Cell, answer, offences_behind
from .asking import Asked, complete
from .choices import Choices, list_choices
from .papers import count_waiting, get_asker, get_paper, list_papers, unit_name

__all__ = [
    "Asked",
    "Behind",
    "BehindLine",
    "Cell",
    "Choices",
    "answer",
    "complete",
    "count_waiting",
    "get_asker",
    "get_paper",
    "list_choices",
    "list_papers",
    "offences_behind",
    "unit_name",
]
