"""Pure rules of imports: how cells are read, what is wrong with a row, and what a row becomes."""

from __future__ import annotations

from enum import StrEnum


class ImportAction(StrEnum):
    """What the ledger calls the things done by an import."""

    ROW = "import.row"
    FINISHED = "import.finished"
    WITHDRAWN = "import.withdrawn"
