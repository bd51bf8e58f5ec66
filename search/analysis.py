"""A document taken apart into what an index keeps of it: terms with their places, tags, and one row."""

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from search.contract import Document
from search.groups import stretches
from search.identifiers import Keys, is_curp, keys, letters
from search.shelf import Entry, Places, Rows
from search.words import composed, fold, has_digit, tokens

FORMAT = 2
_GAP = 16
_CACHE = 200_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SEPARATOR = "\x1f"

Stems = Callable[[str], tuple[str, ...]]


def scope_tag(token: str) -> str:
    """The tag that stands for a token of scope."""
    return f"s:{token}"


def kind_tag(kind: str) -> str:
    """The tag that stands for a kind."""
    return f"k:{kind}"


def facet_tag(name: str, value: str) -> str:
    """The tag that stands for a facet with exactly this value."""
    return f"f:{name}={value}"


def facet_word_tag(name: str, folded: str) -> str:
    """The tag that stands for a word in a facet's value."""
    return f"w:{name}:{folded}"


def fingerprint(document: Document) -> str:
    """Sixteen hexadecimal characters that differ when anything in the document, or this format, differs."""
    parts = (
        FORMAT,
        document.id,
        document.kind,
        document.case_id,
        document.title,
        document.body,
        document.when.astimezone(UTC).isoformat(),
        list(document.identifiers),
        sorted(document.facets.items()),
        sorted(set(document.scope)),
    )
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


class Analyst:
    """Takes documents apart; remembers the forms of the words it has met."""

    def __init__(self, stems: Stems) -> None:
        self._stems = stems
        self._forms: dict[str, tuple[str | None, tuple[str, ...]]] = {}

    def entry(self, document: Document) -> Entry:
        """Raises ValueError when `when` is not aware, or an id or kind holds a control character."""
        title, body = _words(document.title), _words(document.body)
        words = _places((title, body, letters(document.identifiers)))
        folded: Places = {}
        stems: dict[str, int] = {}
        for word, places in words.items():
            plain, word_stems = self.forms(word)
            if plain is not None:
                folded[plain] = sorted(folded[plain] + places) if plain in folded else places
            for stem in word_stems:
                stems[stem] = stems.get(stem, 0) + len(places)
        titles = self._every_form(title)
        row = _row(document, len(title) + len(body))
        return Entry(document, words, folded, stems, titles, self._tags(document), row)

    def forms(self, word: str) -> tuple[str | None, tuple[str, ...]]:
        """A word's form without accents when that differs, and its stems that differ from both."""
        known = self._forms.get(word)
        if known is None:
            if len(self._forms) > _CACHE:
                self._forms.clear()
            plain = fold(word)
            stems = () if has_digit(plain) else self._stems(plain)
            known = (plain if plain != word else None, tuple(stem for stem in stems if stem != plain))
            self._forms[word] = known
        return known

    def _every_form(self, words: Iterable[str]) -> set[str]:
        found = set()
        for word in words:
            plain, stems = self.forms(word)
            found.add(plain or word)
            found.update(stems)
        return found

    def _tags(self, document: Document) -> set[str]:
        tags = {scope_tag(token) for token in document.scope}
        tags.add(kind_tag(document.kind))
        for name, value in document.facets.items():
            tags.add(facet_tag(name, value))
            tags.update(facet_word_tag(name, form) for form in self._every_form(tokens(value)))
        return tags


def _words(text: str) -> list[str]:
    """The words of a text that may be found: a CURP may not."""
    return [word for word in tokens(text) if not is_curp(word)]


def _written(document: Document) -> str:
    """The joined forms of what may be identifiers in a document's texts, between marks."""
    texts = (document.title, document.body)
    forms = {form for text in texts for _start, _end, form in stretches(composed(text))}
    return f"={'='.join(sorted(forms))}=" if forms else ""


def _places(parts: Iterable[list[str]]) -> Places:
    words: Places = {}
    place = 0
    for part in parts:
        for word in part:
            if word in words:
                words[word].append(place)
            else:
                words[word] = [place]
            place += 1
        place += _GAP
    return words


def _row(document: Document, length: int) -> str:
    when = document.when
    if when.utcoffset() is None:
        raise ValueError(f"{document.id}: `when` has no time zone")
    if not (document.id.isprintable() and document.kind.isprintable() and document.id):
        raise ValueError(f"{document.id!r}: an id or kind must be printable")
    found = keys(document.identifiers)
    return _SEPARATOR.join(
        (
            document.id,
            fingerprint(document),
            document.kind,
            str(document.case_id),
            str((when - _EPOCH) // _MICROSECOND),
            str(length),
            json.dumps(dict(document.facets), sort_keys=True),
            found.grouped,
            found.joined,
            _written(document),
        )
    )


def read_rows(texts: Iterable[str]) -> Rows:
    """The rows again, from the form in which an engine kept them. Raises ValueError for a damaged one."""
    rows = Rows()
    for text in texts:
        mark, proof, kind, case, when, length, facets, grouped, joined, written = text.split(_SEPARATOR)
        rows.ids.append(mark)
        rows.fingerprints.append(proof)
        rows.kinds.append(kind)
        rows.cases.append(int(case))
        rows.whens.append(int(when))
        rows.lengths.append(int(length))
        rows.facets.append(facets)
        rows.keys.append(Keys(grouped, joined) if grouped else None)
        rows.written.append(written)
    return rows


def read_when(microseconds: int) -> datetime:
    """The instant of a row's `when`."""
    return _EPOCH + microseconds * _MICROSECOND
