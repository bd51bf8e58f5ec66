"""What imports write, and the files they read and leave."""

from .undo import undo_batch
from .work import Bars, Outcome, import_plain, import_tables

__all__ = ["Bars", "Outcome", "import_plain", "import_tables", "undo_batch"]
