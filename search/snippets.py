"""The piece of a text that shows why it was found, cut up into what matched and what did not."""

from collections.abc import Iterable
from dataclasses import dataclass

from search.analysis import Stems
from search.contract import Snippet
from search.groups import apart, joined, stretches
from search.identifiers import needle
from search.language import Either, Field, InField, Phrase, Prefix, Query, Term, Word, neighbours
from search.words import FILLERS, LONGEST_WORD, WORD, composed, fold, has_digit, tokens

WIDTH = 240
LEAD = 60
READ_AT_MOST = 200_000
MARKS_AT_MOST = 2_000


@dataclass(frozen=True)
class Marker:
    """Knows which words of a text answer a query."""

    stems: Stems
    wanted: frozenset[str]
    prefixes: tuple[str, ...]
    numbers: tuple[str, ...]

    def marks(self, word: str) -> bool:
        """Whether a word, as it stands in a text, is to be marked."""
        plain = fold(word.lower()[:LONGEST_WORD])
        if plain in self.wanted or (self.prefixes and plain.startswith(self.prefixes)):
            return True
        if has_digit(plain):
            return any(number in (plain, plain.lstrip("0")) for number in self.numbers)
        return any(stem in self.wanted for stem in self.stems(plain))


def marker(query: Query, stems: Stems) -> Marker:
    """A marker for what a query asks of the text; denied words and other fields are not marked."""
    terms = [term for part in query.must for term in _text_terms(part)]
    words = [fold(word) for term in terms for word in tokens(term.text)]
    wanted = {form for word in words if word not in FILLERS for form in (word, *_stems(word, stems))}
    prefixes = tuple(fold(tokens(term.text)[-1]) for term in terms if isinstance(term, Prefix))
    found = [needle(term.text) for term in terms if has_digit(term.text)]
    numbers = {form.strip("=") for each in found if each for form in each.whole_joined}
    numbers |= {word.lstrip("0") for word in words if has_digit(word)}
    return Marker(stems, frozenset(wanted or words) | _grouped(query), prefixes, tuple(numbers))


def _grouped(query: Query) -> set[str]:
    """The same identifiers in other groups: typed in several, written as one, and the other way round."""
    typed = [tokens(text) for _first, _last, text in neighbours(query.must)]
    alone = [tokens(part.text) for part in query.must if isinstance(part, Word | Phrase)]
    one = {joined(groups) for groups in (*typed, *alone)}
    return {form for form in one if form} | {
        word for groups in alone if joined(groups) for word in apart(groups)
    }


def _stems(word: str, stems: Stems) -> Iterable[str]:
    return () if has_digit(word) else stems(word)


def _text_terms(part: Term | Either) -> list[Word | Phrase | Prefix]:
    terms = part.terms if isinstance(part, Either) else (part,)
    return [
        inner
        for term in terms
        for inner in [term.term if isinstance(term, InField) else term]
        if not isinstance(term, InField) or term.field in (Field.heading, Field.number)
    ]


def snippet(body: str, marks: Marker) -> Snippet:
    """The stretch of `body` with most matches; its beginning when nothing in it matches; nothing without a body."""
    text = composed(body[:READ_AT_MOST]).strip()
    spans = _spans(text, marks)
    start = _best_start(spans)
    start = _word_start(text, max(0, start - LEAD)) if start > LEAD else 0
    end = _word_end(text, start + WIDTH)
    return _cut(text, start, end, [span for span in spans if start <= span[0] and span[1] <= end])


def _spans(text: str, marks: Marker) -> list[tuple[int, int]]:
    """Where the text matches, in order, without overlaps."""
    found = list(WORD.finditer(text))
    known = {word: marks.marks(word) for word in {each[0] for each in found}}
    spans = [each.span() for each in found if known[each[0]]]
    if marks.numbers:
        ends: dict[int, int] = {}
        for start, end, form in stretches(text):
            if start not in ends and marks.marks(form):
                ends[start] = end
        spans += ends.items()
    return _merged(sorted(spans)[:MARKS_AT_MOST])


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for left, right in spans:
        if merged and left < merged[-1][1]:
            left, right = merged[-1][0], max(merged.pop()[1], right)
        merged.append((left, right))
    return merged


def _best_start(spans: list[tuple[int, int]]) -> int:
    best, most, first = 0, 0, 0
    for last, (_, end) in enumerate(spans):
        while first < last and end - spans[first][0] > WIDTH - LEAD:
            first += 1
        if last - first + 1 > most:
            best, most = spans[first][0], last - first + 1
    return best


def _word_start(text: str, place: int) -> int:
    blank = text.find(" ", place, place + 30)
    return blank + 1 if blank >= 0 else place


def _word_end(text: str, place: int) -> int:
    if place >= len(text):
        return len(text)
    blank = text.rfind(" ", place - 30, place)
    return blank if blank >= 0 else place


def _cut(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> Snippet:
    pieces: list[tuple[str, bool]] = [("… ", False)] if start else []
    place = start
    for left, right in spans:
        if left > place:
            pieces.append((text[place:left], False))
        pieces.append((text[left:right], True))
        place = right
    if place < end:
        pieces.append((text[place:end], False))
    if end < len(text):
        pieces.append((" …", False))
    return tuple(pieces)
