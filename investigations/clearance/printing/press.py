"""The press: works through the queue of printed reports, one at a time, in a thread of the server or when told to."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from ...access import OFFICE, Viewer
from ...config import Settings
from ...db import Database, NotFound, now
from ..queries import answer, count_waiting, get_asker, unit_name
from ..rules.questions import Question, Report
from ..services import PAPER_ASKED, claim_paper, fail_paper, finish_paper
from .paper import Frame, make_frame
from .pdf import Pdf, PrintingFailed, fonts, render_pdf

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..models import PrintedReport

log = structlog.get_logger()

IDLE_SECONDS = 5.0
"""How often the press looks by itself, should a call have been missed."""

Compose = Callable[[Report, Frame], str]
"""Makes the HTML of a paper, inside the application and in the report's language."""


def file_of(settings: Settings, sha256: str) -> Path:
    """Where a finished paper lies."""
    return settings.printed_dir / sha256[:2] / f"{sha256}.pdf"


class Press:
    """Prints what waits. The queue is the table, so that a restart loses nothing."""

    def __init__(self, database: Database, settings: Settings, compose: Compose) -> None:
        self._database, self._settings, self._compose = database, settings, compose
        self._call = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._unfinished = self._stopping = False
        database.after_commit.append(self._after_commit)

    def start(self) -> None:
        """Take up what was left unfinished, and from now on print in the background."""
        with self._lock:
            if self._thread is None:
                self._unfinished, self._stopping = True, False
                self._thread = threading.Thread(target=self._work, name="press", daemon=True)
                self._thread.start()
        self._call.set()

    def stop(self) -> None:
        """Finish the paper in work and print no more until the next `start`."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._stopping = True
        self._call.set()
        if thread is not None:
            thread.join()

    def _after_commit(self, session: Session) -> None:
        if session.info.get(PAPER_ASKED) and self._settings.background:
            self.start()

    def _work(self) -> None:
        while not self._stopping:
            self._call.wait(IDLE_SECONDS)
            self._call.clear()
            try:
                self.print_all()
                self._unfinished = False
            except Exception as error:  # the press must outlive a locked database
                self._unfinished = True
                log.error("the press stumbled", exc_info=error)

    def print_all(self) -> int:
        """Print everything that waits; gives how many papers were taken from the queue."""
        taken = 0
        while not self._stopping and self._print_next():
            taken += 1
        return taken

    def _print_next(self) -> bool:
        with self._database.reading() as session:
            if not count_waiting(session, OFFICE, unfinished=self._unfinished):
                return False
        with self._database.transaction() as session:
            paper = claim_paper(session, unfinished=self._unfinished)
        if paper is not None:
            self.print_paper(paper)
        return paper is not None

    def print_paper(self, paper: PrintedReport) -> None:
        """Print one paper that nobody else prints. How it went stands in its row."""
        viewer = None
        try:
            viewer, report, unit = self._answer(paper)
            self._finish(paper, viewer, report, self._draw(paper, viewer, report, unit))
        except (PrintingFailed, NotFound) as problem:
            self._fail(paper, viewer, str(problem) or "not found")
        except Exception as error:
            log.error("a report could not be printed", folio=paper.folio, exc_info=error)
            self._fail(paper, viewer, "unexpected")

    def _answer(self, paper: PrintedReport) -> tuple[Viewer, Report, str]:
        with self._database.reading() as session:
            viewer = get_asker(session, OFFICE, paper.folio)
            report = answer(session, viewer, Question.from_plain(paper.question), language=paper.language)
            return viewer, report, unit_name(session, viewer)

    def _draw(self, paper: PrintedReport, viewer: Viewer, report: Report, unit: str) -> Pdf:
        frame = make_frame(self._settings, viewer, unit=unit, folio=paper.folio, printed_at=now())
        html = self._compose(report, frame)
        return render_pdf(html, fonts(), scratch=self._settings.printed_dir / "scratch")

    def _finish(self, paper: PrintedReport, viewer: Viewer, report: Report, pdf: Pdf) -> None:
        sha256 = hashlib.sha256(pdf.body).hexdigest()
        keep(file_of(self._settings, sha256), pdf.body)
        with self._database.transaction() as session:
            finish_paper(session, viewer, paper.id, report=report, sha256=sha256, pages=pdf.pages)

    def _fail(self, paper: PrintedReport, viewer: Viewer | None, problem: str) -> None:
        with self._database.transaction() as session:
            fail_paper(session, viewer, paper.id, problem)


def keep(path: Path, body: bytes) -> None:
    """Write a file whole and for good, or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
