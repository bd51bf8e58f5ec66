"""Full-text search over documents that only some may see: one façade, engines behind it.

Knows nothing of cases, web or database: documents go in, hits come out, and who may see what is a set of
tokens plus a question put to the caller. See docs/search.md.
"""

from pathlib import Path

from search.analysis import fingerprint
from search.contract import (
    MAX_LIMIT,
    Document,
    Health,
    Hit,
    Index,
    IndexBusy,
    IndexUnavailable,
    Note,
    Results,
    SearchError,
    Snippet,
    Sort,
)
from search.index import StoredIndex

__all__ = [
    "MAX_LIMIT",
    "Document",
    "Health",
    "Hit",
    "Index",
    "IndexBusy",
    "IndexUnavailable",
    "Note",
    "Results",
    "SearchError",
    "Snippet",
    "Sort",
    "fingerprint",
    "open_index",
]


def open_index(directory: Path, engine: str = "whoosh", *, timeout: float = 10.0) -> Index:
    """The index kept in `directory`, which need not exist yet.

    A damaged index opens too: its `check()` says what is wrong and `rebuild()` mends it. `timeout` is how
    many seconds a writer waits for another. Raises ValueError for an engine that is not known.
    """
    if engine != "whoosh":
        raise ValueError(f"unknown search engine {engine!r}: only 'whoosh' is built in")
    from search._whoosh import WhooshEngine

    return StoredIndex(Path(directory), WhooshEngine(), timeout)
