"""An index on disk over any engine: one writer, rebuilt beside itself, switched in one step, read by all.

The index is a cache of the database. So nothing here tries to mend a damaged one: `check` says so, `find`
says so, and `rebuild` makes another.
"""

import shutil
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TypeVar

from search import changes
from search.analysis import Analyst
from search.contract import Document, Health, IndexUnavailable, Progress, Results, Sort, Visible
from search.finding import Request, find
from search.shelf import Damaged, Engine, Entry, Shelf
from search.storage import Folder

BATCH = 2_000
SEGMENT = 50_000
PROGRESS_EVERY = 500
ATTEMPTS, PAUSE = 3, 0.05

T = TypeVar("T")


class StoredIndex:
    """`Index` (see contract) in a folder, kept by an engine."""

    def __init__(self, directory: Path, engine: Engine, timeout: float) -> None:
        self._engine = engine
        self._folder = Folder(directory, engine.name, timeout)
        self._analyst = Analyst(engine.stems)
        self._loading = threading.Lock()
        self._state: tuple[Path, int, Shelf] | None = None
        with suppress(IndexUnavailable):
            self._prepare()

    def put(self, documents: Iterable[Document]) -> None:
        for batch in _batches(documents, BATCH):
            latest = {document.id: document for document in batch}
            self._change([self._analyst.entry(document) for document in latest.values()], [])

    def remove(self, ids: Iterable[str]) -> None:
        for batch in _batches(ids, BATCH):
            self._change([], set(batch))

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
        shelf = self._shelf()
        if shelf is None:
            return Results([], 0, {}, {}, [])
        try:
            return find(shelf, text, Request(scope, visible, kinds, filters, sort, limit, offset))
        except Damaged as error:
            raise IndexUnavailable(str(error)) from error

    def rebuild(self, documents: Iterable[Document], *, progress: Progress | None = None) -> int:
        self._prepare()
        with self._folder.rebuilding():
            with self._folder.writing():
                changes.start(self._folder.changes)
                self._sweep()
            generation = self._folder.begin()
            try:
                count = self._fill(generation, documents, progress)
                with self._folder.writing():
                    self._catch_up(generation)
                    self._folder.switch(generation)
            except BaseException as error:
                shutil.rmtree(generation, ignore_errors=True)
                if isinstance(error, Damaged):
                    raise IndexUnavailable(str(error)) from error
                raise
            return count

    def check(self) -> Health:
        try:
            generation = _insist(self._folder.current)
            if generation is None:
                return Health(False, 0, "nothing was ever built here")
            return Health(True, _insist(lambda: self._engine.verify(generation)))
        except IndexUnavailable as error:
            return Health(False, 0, str(error))

    def ids(self) -> dict[str, str]:
        shelf = self._shelf()
        if shelf is None:
            return {}
        rows, flags = shelf.rows, reversed(f"{shelf.live:b}")
        return {rows.ids[n]: rows.fingerprints[n] for n, flag in enumerate(flags) if flag == "1"}

    def count(self) -> int:
        shelf = self._shelf()
        return shelf.live.bit_count() if shelf else 0

    def _change(self, entries: Collection[Entry], gone: Collection[str]) -> None:
        self._prepare()
        with self._folder.writing() as rebuild_under_way:
            if rebuild_under_way:
                changes.note(self._folder.changes, (entry.document for entry in entries), gone)
            try:
                generation = self._folder.current() or self._first_generation()
                _insist(lambda: self._engine.change(generation, entries, gone))
            except IndexUnavailable:
                if not rebuild_under_way:
                    raise
            if not rebuild_under_way:
                self._sweep()

    def _prepare(self) -> None:
        try:
            self._folder.prepare()
        except OSError as error:
            raise IndexUnavailable(f"the folder cannot be used: {error}") from error

    def _first_generation(self) -> Path:
        generation = self._folder.begin()
        self._engine.create(generation)
        self._folder.switch(generation)
        return generation

    def _sweep(self) -> None:
        with suppress(IndexUnavailable):
            self._folder.sweep()

    def _fill(self, generation: Path, documents: Iterable[Document], progress: Progress | None) -> int:
        """Everything into a generation that nobody reads yet; an id that comes twice counts once."""
        self._engine.create(generation)
        seen: set[str] = set()
        again: dict[str, Document] = {}

        def fresh() -> Iterator[Entry]:
            for document in documents:
                if document.id in seen:
                    again[document.id] = document
                    continue
                seen.add(document.id)
                yield self._analyst.entry(document)
                if progress and len(seen) % PROGRESS_EVERY == 0:
                    progress(len(seen))

        entries = fresh()
        while first := next(entries, None):
            self._engine.append(generation, _with_first(first, islice(entries, SEGMENT - 1)))
        self._engine.change(generation, [self._analyst.entry(each) for each in again.values()], [])
        if progress:
            progress(len(seen))
        return len(seen)

    def _catch_up(self, generation: Path) -> None:
        latest = changes.read(self._folder.changes)
        entries = [self._analyst.entry(document) for document in latest.values() if document]
        self._engine.change(generation, entries, [mark for mark, document in latest.items() if not document])

    def _shelf(self) -> Shelf | None:
        """The present state; None when nothing was ever written. A writer may replace files meanwhile."""
        with self._loading:
            return _insist(self._load)

    def _load(self) -> Shelf | None:
        generation = self._folder.current()
        if generation is None:
            return None
        stamp = self._engine.stamp(generation)
        known = self._state
        if known and known[:2] == (generation, stamp):
            return known[2]
        shelf = self._engine.load(generation, known[2] if known and known[0] == generation else None)
        self._state = (generation, stamp, shelf)
        return shelf


def _with_first(first: Entry, rest: Iterable[Entry]) -> Iterator[Entry]:
    yield first
    yield from rest


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def _insist(action: Callable[[], T]) -> T:
    """Try again when files vanish, as they do while another process commits; then give up in one way."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return action()
        except (FileNotFoundError, Damaged) as error:
            if attempt == ATTEMPTS:
                raise IndexUnavailable(f"{type(error).__name__}: {error}") from error
            time.sleep(PAUSE * attempt)
        except OSError as error:
            raise IndexUnavailable(str(error)) from error
    raise AssertionError("unreachable")
