"""What an engine shows of one frozen state of its index, for the parts here that decide and count."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from search.contract import Document
from search.identifiers import Keys

Places = dict[str, list[int]]


@dataclass(slots=True)
class Entry:
    """What is kept of one document. `stems` counts; `words` and `folded` give places, ascending."""

    document: Document
    words: Places
    folded: Places
    stems: dict[str, int]
    titles: set[str]
    tags: set[str]
    row: str


class Space(StrEnum):
    """The separate spaces of terms.

    `words` holds words as written, `folded` those whose form without accents differs, `stems` the stems
    that differ from it, `titles` both forms of title words, `tags` scope, kind and facets.
    """

    words = "words"
    folded = "folded"
    stems = "stems"
    titles = "titles"
    tags = "tags"


@dataclass(frozen=True, slots=True)
class Posting:
    """The documents that hold a term, and how often where it is more than once."""

    bits: int = 0
    counts: Mapping[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Rows:
    """One entry a document, in document order. `whens` are microseconds since 1970, `facets` JSON.

    `written` are the joined forms of what may be identifiers in the texts, each between "=".
    """

    ids: list[str] = field(default_factory=list)
    fingerprints: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    cases: list[int] = field(default_factory=list)
    whens: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    facets: list[str] = field(default_factory=list)
    keys: list[Keys | None] = field(default_factory=list)
    written: list[str] = field(default_factory=list)

    def extend(self, other: "Rows") -> None:
        """Append the entries of `other`."""
        for name in self.__slots__:
            getattr(self, name).extend(getattr(other, name))


class Shelf(Protocol):
    """One state of an index. Safe to use from several threads; unchanged by later writing."""

    size: int
    live: int
    rows: Rows

    def stems(self, folded: str) -> tuple[str, ...]:
        """The Spanish and English stems of a word without accents."""

    def posting(self, space: Space, term: str) -> Posting:
        """The documents that hold a term, withdrawn ones possibly among them."""

    def beginning(self, space: Space, prefix: str) -> tuple[int, bool]:
        """The documents with a term that begins so, and whether there were too many terms to take all."""

    def positions(self, space: Space, term: str) -> Mapping[int, Sequence[int]]:
        """Where in each document a term stands; for `words` and `folded` only."""

    def identified(self, pieces_of: str) -> tuple[int, int]:
        """The documents with an identifier that holds this text, and those where it is the whole of one."""

    def written(self, piece_of: str) -> int:
        """The documents whose texts have, in groups, an identifier that joined and between "=" holds this."""

    def texts(self, document: int) -> tuple[str, str]:
        """A document's title and body."""


class Engine(Protocol):
    """What keeps terms on disk. Every method may raise Damaged or OSError; none is called by two writers."""

    name: str

    def stems(self, folded: str) -> tuple[str, ...]:
        """The Spanish and English stems of a word without accents."""

    def create(self, path: Path) -> None:
        """Begin an empty index in an empty folder."""

    def append(self, path: Path, entries: Iterable[Entry]) -> None:
        """Add documents that are known not to be there yet; for large numbers."""

    def change(self, path: Path, entries: Collection[Entry], gone: Collection[str]) -> None:
        """Add or replace documents and take others out, in one step."""

    def stamp(self, path: Path) -> int:
        """A number that differs after every change; cheap to ask."""

    def load(self, path: Path, known: Shelf | None) -> Shelf:
        """The present state; parts of `known`, an earlier state of the same folder, may be used again."""

    def verify(self, path: Path) -> int:
        """Read samples of everything from disk; returns how many documents there are, or raises Damaged."""


class Damaged(Exception):
    """What is on disk cannot be read as an index."""
