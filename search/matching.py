"""Which documents match a term, and how well: as written, without accents, by stem, in the title."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce

from search.analysis import facet_word_tag, kind_tag
from search.bits import pack, unpack
from search.contract import Note
from search.groups import apart, joined
from search.language import Either, Field, InField, Phrase, Prefix, Term, Word
from search.shelf import Posting, Shelf, Space
from search.words import fold, has_digit, tokens


@dataclass(frozen=True, slots=True)
class Match:
    """The documents that match one part of a query. `folded` ⊇ `exact`, and `found` holds all."""

    found: int = 0
    folded: int = 0
    exact: int = 0
    titled: int = 0
    counts: Mapping[int, int] = field(default_factory=dict)

    def or_also(self, bits: int) -> "Match":
        """The same, and found in the documents of `bits` too."""
        return Match(self.found | bits, self.folded | bits, self.exact | bits, self.titled, self.counts)


def both(left: Match, right: Match) -> Match:
    """What matches the one and the other."""
    return Match(
        left.found & right.found,
        left.folded & right.folded,
        left.exact & right.exact,
        left.titled & right.titled,
    )


def either(left: Match, right: Match) -> Match:
    """What matches at least one of the two."""
    return Match(
        left.found | right.found,
        left.folded | right.folded,
        left.exact | right.exact,
        left.titled | right.titled,
        {**left.counts, **right.counts},
    )


class Matcher:
    """Looks terms up on one shelf; gathers in `notes` what had to be left out."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.notes: set[Note] = set()

    def part(self, part: Term | Either) -> Match:
        """What matches a term, or any of several."""
        if isinstance(part, Either):
            return reduce(either, map(self._term, part.terms))
        return self._term(part)

    def joined(self, text: str) -> int:
        """The documents that have the identifier in `text`, however they cut it into groups."""
        words = tokens(text)
        form = joined(words)
        if form is None:
            return 0
        bits = _union(self._shelf.posting(space, form) for space in (Space.words, Space.folded))
        bits |= self._shelf.written(f"={form}=")
        groups = apart([form])
        return bits if groups == words else bits | self._phrase(groups).found

    def _term(self, term: Term) -> Match:
        match term:
            case Word():
                return self._run(term.text)
            case Phrase():
                return self._numbered(self._quoted(tokens(term.text)), term.text)
            case Prefix():
                return self._prefix(term.text)
            case InField():
                return _flat(self._in_field(term))

    def _run(self, text: str) -> Match:
        words = tokens(text)
        if len(words) > 1 and has_digit(text):
            return self._numbered(self._phrase(words), text)
        return self._numbered(reduce(both, map(self._word, words)), text)

    def _quoted(self, words: list[str]) -> Match:
        """A phrase, and the same with an identifier in it cut into groups."""
        groups = apart(words)
        return self._phrase(words) if groups == words else either(self._phrase(words), self._phrase(groups))

    def _numbered(self, match: Match, text: str) -> Match:
        """The same, and what has the identifier that a text with digits may be."""
        if not has_digit(text):
            return match
        return match.or_also(self._shelf.identified(text)[0] | self.joined(text))

    def _word(self, word: str) -> Match:
        plain = fold(word)
        exact = self._shelf.posting(Space.words, word)
        forms = [exact, self._shelf.posting(Space.folded, plain)]
        if plain != word:
            forms.append(self._shelf.posting(Space.words, plain))
        stemmed: list[Posting] = []
        titled = self._shelf.posting(Space.titles, plain).bits
        for stem in self._stems(plain):
            stemmed.append(self._shelf.posting(Space.stems, stem))
            if stem != plain:
                stemmed += (self._shelf.posting(Space.words, stem), self._shelf.posting(Space.folded, stem))
            titled |= self._shelf.posting(Space.titles, stem).bits
        folded = _union(forms)
        return Match(folded | _union(stemmed), folded, exact.bits, titled, _most([*forms, *stemmed]))

    def _stems(self, plain: str) -> tuple[str, ...]:
        return () if has_digit(plain) else self._shelf.stems(plain)

    def _prefix(self, text: str) -> Match:
        *before, last = tokens(text)
        bits = self._beginning(Space.words, last) | self._beginning(Space.folded, fold(last))
        if fold(last) != last:
            bits |= self._beginning(Space.words, fold(last))
        titled = self._beginning(Space.titles, fold(last))
        match = reduce(both, map(self._word, before), Match(bits, bits, bits, titled))
        if form := joined([*before, last]):
            match = match.or_also(self._beginning(Space.words, form) | self._shelf.written(f"={form}"))
        return match.or_also(self._shelf.identified(text)[0]) if has_digit(text) else match

    def _beginning(self, space: Space, prefix: str) -> int:
        bits, limited = self._shelf.beginning(space, prefix)
        if limited:
            self.notes.add(Note.prefix_limited)
        return bits

    def _phrase(self, words: list[str]) -> Match:
        parts = [self._word(word) for word in words]
        together = reduce(lambda bits, part: bits & part.folded, parts, self._shelf.live)
        if len(words) > 1 and together:
            together &= pack(self._in_a_row(words, together), self._shelf.size)
        titled = reduce(lambda bits, part: bits & part.titled, parts, together)
        exact = reduce(lambda bits, part: bits & part.exact, parts, together)
        return Match(together, together, exact, titled)

    def _in_a_row(self, words: list[str], candidates: int) -> Iterable[int]:
        places = [self._places(word) for word in words]
        for document in unpack(candidates):
            starts = set(places[0].get(document, ()))
            for distance, later in enumerate(places[1:], start=1):
                starts.intersection_update(place - distance for place in later.get(document, ()))
                if not starts:
                    break
            if starts:
                yield document

    def _places(self, word: str) -> dict[int, list[int]]:
        plain = fold(word)
        found: dict[int, list[int]] = {}
        for space, term in {(Space.words, word), (Space.words, plain), (Space.folded, plain)}:
            for document, places in self._shelf.positions(space, term).items():
                found.setdefault(document, []).extend(places)
        return found

    def _in_field(self, asked: InField) -> int:
        term = asked.term
        if asked.field is Field.number:
            return self._shelf.identified(term.text)[0]
        if asked.field is Field.kind:
            return self._shelf.posting(Space.tags, kind_tag(term.text)).bits
        words = [fold(word) for word in tokens(term.text)]
        last = len(words) - 1 if isinstance(term, Prefix) else len(words)
        bits = self._shelf.live
        for index, word in enumerate(words):
            bits &= (
                self._begins_in(asked.field, word) if index == last else self._stands_in(asked.field, word)
            )
        if isinstance(term, Phrase) and asked.field is Field.heading:
            bits &= self._phrase(tokens(term.text)).found
        return bits

    def _stands_in(self, where: Field, word: str) -> int:
        space, name = _place_of(where, word)
        bits = self._shelf.posting(space, name).bits
        for stem in self._stems(word):
            bits |= self._shelf.posting(*_place_of(where, stem)).bits
        return bits

    def _begins_in(self, where: Field, word: str) -> int:
        return self._beginning(*_place_of(where, word))


def _place_of(where: Field, word: str) -> tuple[Space, str]:
    if where is Field.heading:
        return Space.titles, word
    return Space.tags, facet_word_tag(where.value, word)


def _flat(bits: int) -> Match:
    return Match(bits, bits, bits)


def _union(postings: Iterable[Posting]) -> int:
    return reduce(lambda bits, posting: bits | posting.bits, postings, 0)


def _most(postings: Iterable[Posting]) -> Mapping[int, int]:
    counted = [posting.counts for posting in postings if posting.counts]
    if len(counted) < 2:
        return counted[0] if counted else {}
    most: dict[int, int] = {}
    for counts in counted:
        for document, count in counts.items():
            most[document] = max(count, most.get(document, 0))
    return most
