"""Keeping the index fresh: outbox in the change's own transaction, drained after the commit, rebuilt at will."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog
from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from search import Index, IndexUnavailable

from ..db import Database, now, touched_cases
from .models import OutboxRow
from .queries import count_documents, documents, possible_ids

BATCH = 200
REBUILD_FROM = 3000
"""From this many waiting cases on, building the index anew is quicker than following them one by one."""

log = structlog.get_logger()
Progress = Callable[[int], None]


def queue_touched(session: Session) -> None:
    """Guard of the one commit: every touched case leaves an outbox row that commits with the change."""
    cases = touched_cases(session)
    if cases:
        moment = now()
        session.execute(insert(OutboxRow), [{"case_id": case_id, "queued_at": moment} for case_id in sorted(cases)])


class Drainer:
    """The index's only writer in this process. With `start`ed thread it works behind the requests, else at once."""

    def __init__(self, database: Database, index: Index, *, background: bool) -> None:
        self._database, self._index, self._background = database, index, background
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Check the index, then follow changes in a thread of this process until it ends."""
        self._thread = threading.Thread(target=self._work, name="drainer", daemon=True)
        self._thread.start()
        self._wake.set()

    def _work(self) -> None:
        todo: Callable[[], object] = self.ensure
        while True:
            try:
                todo()
                todo = self.finish
            except IndexUnavailable:
                todo = self.ensure
            except Exception as error:  # the outbox keeps what is not done; the next round tries again
                log.error("index not drained", exc_info=error)
            self._wake.wait(timeout=5)
            self._wake.clear()

    def after_commit(self, session: Session) -> None:
        """Told by the one commit. Without a thread the index follows at once, unless the change was a bulk one."""
        touched = len(touched_cases(session))
        if self._thread is not None:
            self._wake.set()
        elif 0 < touched < REBUILD_FROM:
            self.finish()

    def finish(self, progress: Progress | None = None) -> int:
        """Work off the whole outbox; gives how many cases waited. Many of them: build anew."""
        with self._lock:
            waiting = self._waiting()
            if waiting >= REBUILD_FROM:
                self._rebuild(progress)
            else:
                while self._drain_some():
                    pass
            return waiting

    def _waiting(self) -> int:
        with self._database.reading() as session:
            return session.scalar(select(func.count()).select_from(OutboxRow)) or 0

    def _drain_some(self) -> bool:
        """One batch: read the rows, load the cases as they are now, write the index, and only then forget the rows."""
        with self._database.reading() as session:
            rows = session.execute(select(OutboxRow.id, OutboxRow.case_id).order_by(OutboxRow.id).limit(BATCH)).all()
            if not rows:
                return False
            cases = {row.case_id for row in rows}
            present = list(documents(session, cases))
            gone = possible_ids(session, cases) - {document.id for document in present}
        if gone:
            self._index.remove(gone)
        self._index.put(present)
        self._forget([row.id for row in rows])
        return True

    def _forget(self, ids: list[int]) -> None:
        with self._database.transaction() as session:
            session.execute(delete(OutboxRow).where(OutboxRow.id.in_(ids)))

    def rebuild(self, progress: Progress | None = None) -> int:
        """Build the index anew from the database and switch to it; gives the number of documents."""
        with self._lock:
            return self._rebuild(progress)

    def _rebuild(self, progress: Progress | None) -> int:
        with self._database.reading() as session:
            waiting = list(session.scalars(select(OutboxRow.id)))
            count = self._index.rebuild(documents(session), progress=progress)
        for start in range(0, len(waiting), 5000):
            self._forget(waiting[start : start + 5000])
        return count

    def problem(self) -> str | None:
        """What is wrong with the index, or None: it opens, answers, and holds as many documents as it should."""
        health = self._index.check()
        if not health.ok:
            return health.problem or "broken"
        with self._database.reading() as session:
            expected = count_documents(session)
        if expected != health.documents:
            return f"holds {health.documents} documents of {expected}"
        return None

    def ensure(self) -> None:
        """At start: an index that is damaged is built anew, what waits is worked off, and the counts must agree."""
        health = self._index.check()
        if health.ok:
            self.finish()
        problem = self.problem()
        if problem is not None:
            log.warning("index rebuilt", problem=problem)
            self.rebuild()
