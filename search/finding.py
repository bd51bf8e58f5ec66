"""Find: from what was typed to one page of results, the same for every engine.

Order of things, because counts leak: match and scope first, then what the viewer may see, and only then
whether to fall back to some of the words, totals, facets, order, snippets.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce

from search.analysis import facet_tag, kind_tag, read_when, scope_tag
from search.bits import pack, unpack
from search.contract import MAX_LIMIT, Hit, Note, Results, Sort, Visible
from search.language import Either, InField, Query, Term, Word, neighbours, parse
from search.matching import Match, Matcher
from search.ranking import page, scores
from search.shelf import Shelf, Space
from search.snippets import Marker, marker, snippet
from search.words import FILLERS, has_digit, tokens


@dataclass(frozen=True)
class Request:
    """What is asked of `find`, beside the text: see `Index.find`."""

    scope: Collection[str]
    visible: Visible | None = None
    kinds: Collection[str] = ()
    filters: Mapping[str, str] | None = None
    sort: Sort = "relevance"
    limit: int = 20
    offset: int = 0


NOTHING = Results([], 0, {}, {}, [])


def find(shelf: Shelf, text: str, request: Request) -> Results:
    """The page of results for `text`. Never raises because of the text."""
    query = parse(text)
    if not request.scope or not (query.must or query.must_not):
        return Results([], 0, {}, {}, list(query.notes))
    matcher = Matcher(shelf)
    needed, loose = _split(shelf, query, matcher)
    base = _allowed(shelf, request) & ~_denied(query, matcher)
    for part in needed:
        base &= part.found
    notes = [*query.notes, *sorted(matcher.notes)]
    found = reduce(lambda bits, part: bits & part.found, loose, base)
    documents = _seen(shelf, found, request.visible)
    if not documents and len(loose) > 1:
        documents = _most_words(_seen(shelf, base & _any_of(loose), request.visible), loose, shelf.size)
        notes += [Note.some_words_only] if documents else []
    return _results(shelf, documents, query, [*needed, *loose], request, notes)


def _split(shelf: Shelf, query: Query, matcher: Matcher) -> tuple[list[Match], list[Match]]:
    """The parts a document must match, and those of which, if none has all, some will do."""
    matched = list(zip(query.must, _matches(query, matcher), strict=True))
    if any(not _is_filler(part) for part in query.must):
        matched = [(part, match) for part, match in matched if not _is_filler(part)]
    needed = [match for part, match in matched if isinstance(part, InField)]
    terms = [part for part, _ in matched if not isinstance(part, InField)]
    loose = [match for part, match in matched if not isinstance(part, InField)]
    for first, last in _runs_of_numbers(terms):
        typed = " ".join(term.text for term in terms[first:last] if isinstance(term, Word))
        spaced, _ = shelf.identified(typed)
        loose[first:last] = [part.or_also(spaced) for part in loose[first:last]]
    return needed, loose


def _matches(query: Query, matcher: Matcher) -> list[Match]:
    """What matches each part; neighbours typed with blanks also where they are written as one identifier."""
    matches = [matcher.part(part) for part in query.must]
    for first, last, text in neighbours(query.must):
        together = matcher.joined(text)
        matches[first:last] = [match.or_also(together) for match in matches[first:last]]
    return matches


def _is_filler(part: Term | Either) -> bool:
    return isinstance(part, Word) and set(tokens(part.text)) <= FILLERS


def _runs_of_numbers(terms: Sequence[Term | Either]) -> Iterable[tuple[int, int]]:
    """Neighbours that hold digits, such as a telephone number typed with blanks."""
    start = 0
    for index in range(len(terms) + 1):
        term = terms[index] if index < len(terms) else None
        if isinstance(term, Word) and has_digit(term.text):
            continue
        if index - start > 1:
            yield start, index
        start = index + 1


def _allowed(shelf: Shelf, request: Request) -> int:
    """The documents within the scope, the kinds and the filters."""
    bits = shelf.live & _tagged(shelf, map(scope_tag, set(request.scope)))
    if request.kinds:
        bits &= _tagged(shelf, map(kind_tag, set(request.kinds)))
    for name, value in (request.filters or {}).items():
        bits &= shelf.posting(Space.tags, facet_tag(name, value)).bits
    return bits


def _tagged(shelf: Shelf, tags: Iterable[str]) -> int:
    return reduce(lambda bits, tag: bits | shelf.posting(Space.tags, tag).bits, tags, 0)


def _denied(query: Query, matcher: Matcher) -> int:
    return _any_of(matcher.part(term) for term in query.must_not)


def _any_of(parts: Iterable[Match]) -> int:
    return reduce(lambda bits, part: bits | part.found, parts, 0)


def _seen(shelf: Shelf, bits: int, visible: Visible | None) -> list[int]:
    """The documents of a set that belong to cases the viewer may see."""
    documents = unpack(bits)
    if visible is None or not documents:
        return documents
    cases = shelf.rows.cases
    asked = {cases[document] for document in documents}
    allowed = visible(set(asked)) & asked
    if len(allowed) == len(asked):
        return documents
    return [document for document in documents if cases[document] in allowed]


def _most_words(documents: list[int], parts: list[Match], size: int) -> list[int]:
    """Of the documents, those that match the greatest number of parts."""
    within = pack(documents, size)
    counted: Counter[int] = Counter()
    for part in parts:
        counted.update(unpack(part.found & within))
    most = max(counted.values(), default=0)
    return [document for document in documents if counted[document] == most]


def _results(
    shelf: Shelf, documents: list[int], query: Query, parts: list[Match], request: Request, notes: list[Note]
) -> Results:
    if not documents:
        return Results([], 0, {}, {}, notes)
    rows = shelf.rows
    marks = _marks(shelf, documents, query, parts) if request.sort == "relevance" else [0.0] * shelf.size
    limit, offset = min(max(request.limit, 0), MAX_LIMIT), max(request.offset, 0)
    chosen = page(documents, rows, marks, request.sort, limit, offset)
    shown = marker(query, shelf.stems)
    return Results(
        hits=[_hit(shelf, document, marks[document], shown) for document in chosen],
        total=len(documents),
        by_kind=dict(Counter(rows.kinds[document] for document in documents).most_common()),
        facets=_facets(Counter(rows.facets[document] for document in documents)),
        notes=notes,
    )


def _marks(shelf: Shelf, documents: list[int], query: Query, parts: list[Match]) -> list[float]:
    near = whole = 0
    words = [part.text for part in query.must if isinstance(part, Word)]
    asked = " ".join(words)
    if len(words) == len(query.must) and has_digit(asked):
        near, whole = shelf.identified(asked)
    return scores(shelf, parts, pack(documents, shelf.size), whole, near)


def _facets(counted: Counter[str]) -> dict[str, dict[str, int]]:
    facets: dict[str, Counter[str]] = {}
    for text, times in counted.items():
        for name, value in _read_facets(text).items():
            facets.setdefault(name, Counter())[value] += times
    return {name: dict(values.most_common()) for name, values in sorted(facets.items())}


@lru_cache(maxsize=10_000)
def _read_facets(text: str) -> Mapping[str, str]:
    facets: dict[str, str] = json.loads(text)
    return facets


def _hit(shelf: Shelf, document: int, score: float, shown: Marker) -> Hit:
    rows = shelf.rows
    title, body = shelf.texts(document)
    return Hit(
        id=rows.ids[document],
        kind=rows.kinds[document],
        case_id=rows.cases[document],
        title=title,
        snippet=snippet(body, shown),
        when=read_when(rows.whens[document]),
        facets=dict(_read_facets(rows.facets[document])),
        score=round(score, 4),
    )
