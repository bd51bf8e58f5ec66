"""The embedded engine. The only file that imports Whoosh, whose pickles are the reason for the 0700 folder.

Whoosh keeps terms, postings and columns; matching and ranking happen in `finding`, on whole posting lists as
bit sets, because Whoosh's own matchers step through fifteen thousand documents one by one, in Python.
Whoosh's readers share file positions, so one lock guards every read.
"""

# mypy: disallow-untyped-calls=false

import threading
import uuid
from array import array
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from whoosh import columns, fields, formats
from whoosh.codec.whoosh3 import W3Codec, W3Segment
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, create_in, open_dir
from whoosh.lang.porter2 import stem as english_stem
from whoosh.lang.snowball.spanish import SpanishStemmer
from whoosh.reading import SegmentReader, TermNotFound

from search.analysis import read_rows
from search.bits import pack
from search.inversion import Inversion
from search.parts import Part, PartedShelf
from search.shelf import Damaged, Entry, Posting, Shelf, Space

CACHED_TERMS = 2_000
SHORTEST_STEMMED = 4
SAMPLES = 100
LAST_PLACE = 65_535
NAME = "MAIN"
ID = "id"

T = TypeVar("T")


class Ready(fields.FieldType):
    """A field whose values come as finished postings: (term, frequency, weight, places)."""

    def __init__(self, format_: Any, unique: bool = False) -> None:
        self.format = format_
        self.unique = unique
        self.scorable = self.stored = False
        self.analyzer = self.vector = self.column_type = None

    def index(self, value: Iterable[tuple[bytes, int, float, bytes]], **_: Any) -> Any:
        """The value is what is to be indexed."""
        return value


class Codec(W3Codec):
    """Whoosh's own format, but segments never share a name, even where somebody seeds `random`."""

    def new_segment(self, storage: Any, indexname: str) -> Any:
        """A segment without content."""
        return W3Segment(self, indexname, segid=uuid.uuid4().hex)


def _schema() -> Any:
    return fields.Schema(
        id=Ready(formats.Existence(), unique=True),
        words=Ready(formats.Positions()),
        folded=Ready(formats.Positions()),
        stems=Ready(formats.Existence()),
        titles=Ready(formats.Existence()),
        tags=Ready(formats.Existence()),
        row=fields.COLUMN(columns.VarBytesColumn()),
        title=fields.COLUMN(columns.VarBytesColumn()),
        body=fields.COLUMN(columns.VarBytesColumn()),
    )


@lru_cache(maxsize=200_000)
def _stems(folded: str) -> tuple[str, ...]:
    """Spanish endings are told by their accents, so the commonest is given back before stemming."""
    if len(folded) < SHORTEST_STEMMED:
        return ()
    accented = f"{folded[:-4]}ción" if folded.endswith("cion") else folded
    accented = f"{folded[:-5]}logía" if folded.endswith("logia") else accented
    spanish = SpanishStemmer().stem(accented).replace("ó", "o").replace("í", "i")
    return tuple(sorted({spanish, english_stem(folded)}))


class WhooshEngine:
    """`Engine` (see shelf) on Whoosh."""

    name = "whoosh"

    def stems(self, folded: str) -> tuple[str, ...]:
        return _stems(folded)

    def create(self, path: Path) -> None:
        create_in(str(path), _schema(), NAME)

    def append(self, path: Path, entries: Iterable[Entry]) -> None:
        writer = _writer(path)
        for entry in entries:
            _add(writer, entry)
        writer.commit(merge=False)

    def change(self, path: Path, entries: Collection[Entry], gone: Collection[str]) -> None:
        if entries or gone:
            _readable(lambda: self._change(path, entries, gone))

    def _change(self, path: Path, entries: Collection[Entry], gone: Collection[str]) -> None:
        writer = _writer(path)
        try:
            marks = [*gone, *(entry.document.id for entry in entries)]
            replaced = sum(writer.delete_by_term(ID, mark) for mark in marks)
            for entry in entries:
                _add(writer, entry)
        except BaseException:
            writer.cancel()
            raise
        if entries or replaced:
            writer.commit()
        else:
            writer.cancel()

    def stamp(self, path: Path) -> int:
        return int(TOC._latest_generation(FileStorage(str(path)), NAME))

    def load(self, path: Path, known: Shelf | None) -> PartedShelf:
        parts = known.parts if isinstance(known, PartedShelf) else []
        return _readable(lambda: _load(path, {part.name: part for part in parts}))

    def verify(self, path: Path) -> int:
        return _readable(lambda: _verify(_load(path, {})))


def _load(path: Path, known: Mapping[str, Part]) -> PartedShelf:
    storage = FileStorage(str(path))
    contents = TOC.read(storage, NAME)
    parts = [
        (known.get(segment.segment_id()) or _Part(storage, contents.schema, segment), segment.deleted_docs())
        for segment in contents.segments
    ]
    return PartedShelf(parts, _stems)


def _verify(shelf: PartedShelf) -> int:
    for part in shelf.parts:
        if isinstance(part, _Part):
            part.verify()
    return shelf.live.bit_count()


def _writer(path: Path) -> Any:
    writer: Any = open_dir(str(path), NAME).writer(codec=Codec(blocklimit=512, compression=1), limitmb=256)
    writer.pool = Inversion()
    return writer


def _add(writer: Any, entry: Entry) -> None:
    writer.add_document(
        id=[(entry.document.id.encode(), 1, 1.0, b"")],
        words=_placed(entry.words),
        folded=_placed(entry.folded),
        stems=[(stem.encode(), 1, float(count), b"") for stem, count in entry.stems.items()],
        titles=[(form.encode(), 1, 1.0, b"") for form in entry.titles],
        tags=[(tag.encode(), 1, 1.0, b"") for tag in entry.tags],
        row=entry.row.encode(),
        title=entry.document.title.encode("utf-8", "replace"),
        body=entry.document.body.encode("utf-8", "replace"),
    )


def _placed(words: Mapping[str, list[int]]) -> list[tuple[bytes, int, float, bytes]]:
    return [
        (word.encode("utf-8", "replace"), 1, float(len(places)), _pack_places(places))
        for word, places in words.items()
    ]


def _pack_places(places: list[int]) -> bytes:
    if places[-1] > LAST_PLACE:
        places = [place for place in places if place <= LAST_PLACE]
    return array("H", places).tobytes()


def _readable(action: Callable[[], T]) -> T:
    """Whoosh meets a damaged file with nearly any exception; here they all become one."""
    try:
        return action()
    except (OSError, Damaged):
        raise
    except Exception as error:
        raise Damaged(f"{type(error).__name__}: {error}") from error


class _Part:
    """One segment: never changes, except that more of its documents get withdrawn, which is known elsewhere."""

    def __init__(self, storage: Any, schema: Any, segment: Any) -> None:
        self.name = str(segment.segment_id())
        self.size = int(segment.doc_count_all())
        self._lock = threading.Lock()
        self._reader = SegmentReader(storage, schema, segment)
        self._postings: dict[tuple[Space, str], Posting] = {}
        column = self._reader.column_reader("row", translate=False)
        self.rows = read_rows(bytes(row).decode() for row in column)
        self._title = self._reader.column_reader("title", translate=False)
        self._body = self._reader.column_reader("body", translate=False)

    def posting(self, space: Space, term: str) -> Posting:
        known = self._postings.get((space, term))
        if known is None:
            with self._lock:
                known = _readable(lambda: self._read_posting(space, term.encode("utf-8", "replace")))
            if len(self._postings) > CACHED_TERMS:
                self._postings.clear()
            self._postings[space, term] = known
        return known

    def _matcher(self, space: Space, term: bytes) -> Any:
        try:
            return self._reader.postings(space.value, term)
        except TermNotFound:
            return None

    def _read_posting(self, space: Space, term: bytes) -> Posting:
        matcher = self._matcher(space, term)
        documents: list[int] = []
        counts: dict[int, int] = {}
        while matcher is not None and matcher.is_active():
            document = matcher.id()
            documents.append(document)
            weight = matcher.weight()
            if weight > 1:
                counts[document] = int(weight)
            matcher.next()
        return Posting(pack(documents, self.size), counts)

    def positions(self, space: Space, term: str) -> dict[int, Sequence[int]]:
        with self._lock:
            return _readable(lambda: self._read_positions(space, term.encode("utf-8", "replace")))

    def _read_positions(self, space: Space, term: bytes) -> dict[int, Sequence[int]]:
        matcher = self._matcher(space, term)
        found: dict[int, Sequence[int]] = {}
        while matcher is not None and matcher.is_active():
            found[matcher.id()] = array("H", matcher.value())
            matcher.next()
        return found

    def terms(self, space: Space, prefix: str, most: int) -> list[str]:
        with self._lock:
            return _readable(lambda: self._read_terms(space, prefix.encode("utf-8", "replace"), most))

    def _read_terms(self, space: Space, prefix: bytes, most: int) -> list[str]:
        return [
            bytes(term).decode() for term in islice(self._reader.expand_prefix(space.value, prefix), most)
        ]

    def texts(self, document: int) -> tuple[str, str]:
        with self._lock:
            return _readable(
                lambda: (bytes(self._title[document]).decode(), bytes(self._body[document]).decode())
            )

    def verify(self) -> None:
        """Count, and read documents and terms spread over the whole segment. Raises Damaged."""
        with self._lock:
            marks = sum(1 for _ in self._reader.lexicon(ID))
            terms = list(self._reader.all_terms())
        if not marks <= self.size == len(self.rows.ids):
            raise Damaged(f"{self.name}: {self.size} documents, {len(self.rows.ids)} rows, {marks} ids")
        for number in _spread(range(self.size)):
            self.texts(number)
            with self._lock:
                if self._reader.is_deleted(number):
                    continue
                if number not in self._reader.postings(ID, self.rows.ids[number].encode()).all_ids():
                    raise Damaged(f"{self.name}: document {number} is not found by its id")
        for name, term in _spread(terms):
            if name != ID:
                self._read_posting(Space(name), term)


def _spread(items: Sequence[T]) -> Sequence[T]:
    return items[:: max(1, len(items) // SAMPLES)]
