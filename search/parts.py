"""A shelf made of parts: an engine that writes in segments reads each segment once and joins them here."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Protocol

from search.analysis import Stems
from search.bits import everything, pack
from search.identifiers import Needle, needle
from search.shelf import Posting, Rows, Space

LONGEST_EXPANSION = 400


class Part(Protocol):
    """One segment. What is in it never changes; which of it was withdrawn is told to PartedShelf."""

    name: str
    size: int
    rows: Rows

    def posting(self, space: Space, term: str) -> Posting:
        """As Shelf.posting, numbered from zero."""

    def positions(self, space: Space, term: str) -> Mapping[int, Sequence[int]]:
        """As Shelf.positions, numbered from zero."""

    def terms(self, space: Space, prefix: str, most: int) -> list[str]:
        """The first terms, at most so many, that begin with a prefix."""

    def texts(self, document: int) -> tuple[str, str]:
        """A document's title and body."""


class PartedShelf:
    """`Shelf` (see there) over parts, each given with the numbers withdrawn from it."""

    def __init__(self, parts: Sequence[tuple[Part, Iterable[int]]], stems: Stems) -> None:
        self.parts = [part for part, _ in parts]
        self.starts = [0, *accumulate(part.size for part in self.parts)]
        self.size = self.starts[-1]
        self.live = 0
        self.rows = Rows()
        self.stems = stems
        for start, (part, withdrawn) in zip(self.starts, parts, strict=False):
            self.live |= (everything(part.size) & ~pack(withdrawn, part.size)) << start
            self.rows.extend(part.rows)
        self._numbered = [(number, found) for number, found in enumerate(self.rows.keys) if found]
        self._identified: dict[str, tuple[int, int]] = {}
        self._written = [(number, forms) for number, forms in enumerate(self.rows.written) if forms]

    def posting(self, space: Space, term: str) -> Posting:
        if len(self.parts) == 1:
            return self.parts[0].posting(space, term)
        bits = 0
        counts: dict[int, int] = {}
        for start, part in zip(self.starts, self.parts, strict=False):
            found = part.posting(space, term)
            bits |= found.bits << start
            counts.update((start + number, count) for number, count in found.counts.items())
        return Posting(bits, counts)

    def beginning(self, space: Space, prefix: str) -> tuple[int, bool]:
        bits, limited = 0, False
        for start, part in zip(self.starts, self.parts, strict=False):
            terms = part.terms(space, prefix, LONGEST_EXPANSION + 1)
            limited = limited or len(terms) > LONGEST_EXPANSION
            for term in terms[:LONGEST_EXPANSION]:
                bits |= part.posting(space, term).bits << start
        return bits, limited

    def positions(self, space: Space, term: str) -> Mapping[int, Sequence[int]]:
        found: dict[int, Sequence[int]] = {}
        for start, part in zip(self.starts, self.parts, strict=False):
            found.update((start + number, places) for number, places in part.positions(space, term).items())
        return found

    def identified(self, pieces_of: str) -> tuple[int, int]:
        """Identifiers are looked through one by one: no list of pieces to write, and any piece is found."""
        known = self._identified.get(pieces_of)
        if known is None:
            sought = needle(pieces_of)
            known = self._look_through(sought) if sought else (0, 0)
            if len(self._identified) > LONGEST_EXPANSION:
                self._identified.clear()
            self._identified[pieces_of] = known
        return known

    def _look_through(self, sought: Needle) -> tuple[int, int]:
        pieces = [number for number, found in self._numbered if sought.is_piece(found)]
        whole = [number for number in pieces if sought.is_whole(self.rows.keys[number])]  # type: ignore[arg-type]
        return pack(pieces, self.size), pack(whole, self.size)

    def written(self, piece_of: str) -> int:
        """Looked through one by one too: as terms, these forms are so many that indexing takes a quarter longer."""
        return pack([number for number, forms in self._written if piece_of in forms], self.size)

    def texts(self, document: int) -> tuple[str, str]:
        for start, part in zip(self.starts, self.parts, strict=False):
            if document < start + part.size:
                return part.texts(document - start)
        raise IndexError(document)
