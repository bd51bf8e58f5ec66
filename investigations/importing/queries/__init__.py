"""Reading for imports: what the office already has, and what the batches brought."""

from .batches import (
    BatchLine,
    Counted,
    Later,
    blocking,
    count_funnel,
    count_kinds,
    get_batch,
    later_records,
    list_batches,
)
from .known import know

__all__ = [
    "BatchLine",
    "Counted",
    "Later",
    "blocking",
    "count_funnel",
    "count_kinds",
    "get_batch",
    "know",
    "later_records",
    "list_batches",
]
