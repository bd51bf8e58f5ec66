"""What goes into a search index, what comes out, and what every engine promises."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

Sort = Literal["relevance", "newest"]
Snippet = tuple[tuple[str, bool], ...]
Visible = Callable[[set[int]], set[int]]
Progress = Callable[[int], None]

MAX_LIMIT = 1000


class SearchError(RuntimeError):
    """The index could not do what was asked."""


class IndexUnavailable(SearchError):
    """The index is missing, damaged or of an older format: answer without it, and rebuild it."""


class IndexBusy(SearchError):
    """Another process kept the writer's place for longer than the timeout: try again later."""


class Note(StrEnum):
    """What a person should know about how their words were read; the caller translates."""

    some_words_only = "some_words_only"
    broken_syntax = "broken_syntax"
    shortened = "shortened"
    prefix_too_short = "prefix_too_short"
    prefix_limited = "prefix_limited"
    curp_not_searched = "curp_not_searched"


@dataclass(frozen=True, slots=True)
class Document:
    """One thing that can be found.

    `when` must be aware. `identifiers` are given as typed. A viewer finds a document when one of the
    viewer's tokens is in `scope`; a document without scope is found by nobody.
    """

    id: str
    kind: str
    case_id: int
    title: str
    body: str
    when: datetime
    identifiers: tuple[str, ...] = ()
    facets: Mapping[str, str] = field(default_factory=dict)
    scope: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A document found. `snippet` is plain text in pieces, each with whether it matched: escape, then mark."""

    id: str
    kind: str
    case_id: int
    title: str
    snippet: Snippet
    when: datetime
    facets: Mapping[str, str]
    score: float


@dataclass(frozen=True)
class Results:
    """One page of hits; the counts are over everything the viewer may see, not over the page."""

    hits: list[Hit]
    total: int
    by_kind: dict[str, int]
    facets: dict[str, dict[str, int]]
    notes: list[Note]


@dataclass(frozen=True, slots=True)
class Health:
    """The outcome of `Index.check()`: when not `ok`, `problem` says why, for the log, not for a page."""

    ok: bool
    documents: int
    problem: str | None = None


class Index(Protocol):
    """The six things an engine does. All of them may be called from any thread and any process."""

    def put(self, documents: Iterable[Document]) -> None:
        """Add documents, or replace those with the same id.

        Raises IndexBusy when the writer's place is not free in time, IndexUnavailable when the index is
        damaged, ValueError for a document whose `when` is not aware. Repeating a put changes nothing.
        """

    def remove(self, ids: Iterable[str]) -> None:
        """Take documents out; ids that are not there are passed over. Raises as `put`."""

    def find(
        self,
        text: str,
        scope: Collection[str],
        *,
        visible: Visible | None = None,
        kinds: Collection[str] = (),
        filters: Mapping[str, str] | None = None,
        sort: Sort = "relevance",
        limit: int = 20,
        offset: int = 0,
    ) -> Results:
        """What matches `text` among the documents that share a token with `scope`.

        An empty scope, or a text without words, finds nothing. `visible` is given the case ids of all
        that matched and returns those that may be seen; every count, facet, snippet and hit is computed
        after it. `limit` is at most MAX_LIMIT. Raises IndexUnavailable; never raises because of `text`.
        """

    def rebuild(self, documents: Iterable[Document], *, progress: Progress | None = None) -> int:
        """Build a new index beside the present one, switch to it in one step; returns how many documents.

        Searches go on against the old one meanwhile; what is put or removed meanwhile is in the new one
        too. Give a lazy iterable, so that it is read after the rebuild began. `progress` is called with
        the count so far. Raises IndexBusy when another rebuild is under way.
        """

    def check(self) -> Health:
        """Open the index, count, and read samples of everything. Never raises for a damaged index."""

    def ids(self) -> dict[str, str]:
        """Every document's id with its fingerprint (see `fingerprint`), to compare with the database."""

    def count(self) -> int:
        """How many documents there are. Raises IndexUnavailable."""
