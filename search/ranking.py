"""The order of what was found: a whole identifier first, then the form as written, then how telling the words are.

Word weights follow BM25 (Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75). On top of it the form counts:
as written above without accents above a mere stem, by more than BM25 can make up for.
"""

import math
from collections.abc import Sequence
from heapq import nsmallest

from search.bits import unpack
from search.contract import Sort
from search.matching import Match
from search.shelf import Rows, Shelf

K1, B = 1.2, 0.75
FOLDED, EXACT, TITLED = 2.0, 4.0, 0.5
WHOLE, NEAR = 10_000.0, 1_000.0


def scores(shelf: Shelf, parts: Sequence[Match], documents: int, whole: int, near: int) -> list[float]:
    """A score for each of `documents` at its number, zero elsewhere.

    `whole` are those with an identifier that is all of the question, `near` those with one that holds it.
    """
    marks = [0.0] * shelf.size
    average = sum(shelf.rows.lengths) / max(shelf.size, 1) or 1.0
    for part in parts:
        found = part.found & documents
        weight = _rarity(found_in=(part.found & shelf.live).bit_count(), of=shelf.live.bit_count())
        _add_frequency(marks, shelf.rows.lengths, found, part, weight, average)
        for bits, bonus in ((part.folded, FOLDED), (part.exact, EXACT - FOLDED), (part.titled, TITLED)):
            _add(marks, bits, documents, bonus * weight)
    _add(marks, near, documents, NEAR)
    _add(marks, whole, documents, WHOLE)
    return marks


def _rarity(found_in: int, of: int) -> float:
    return math.log(1 + (of - found_in + 0.5) / (found_in + 0.5))


def _add_frequency(
    marks: list[float], lengths: list[int], found: int, part: Match, weight: float, average: float
) -> None:
    flat, slope, top = K1 * (1 - B), K1 * B / average, weight * (K1 + 1)
    count = part.counts.get
    for document in unpack(found):
        times = count(document, 1)
        marks[document] += top * times / (times + flat + slope * lengths[document])


def _add(marks: list[float], bits: int, documents: int, bonus: float) -> None:
    if bits & documents == documents:
        return
    for document in unpack(bits & documents):
        marks[document] += bonus


def page(
    documents: list[int], rows: Rows, marks: list[float], sort: Sort, limit: int, offset: int
) -> list[int]:
    """The documents of one page. Ties: the newer first, then by id, so that pages never overlap."""
    whens, ids = rows.whens, rows.ids
    if sort == "newest":
        chosen = nsmallest(offset + limit, documents, key=lambda n: (-whens[n], ids[n]))
    else:
        chosen = nsmallest(offset + limit, documents, key=lambda n: (-marks[n], -whens[n], ids[n]))
    return chosen[offset:]
