"""The queue of printed reports: asked for, claimed by the printer, finished or failed. It survives a restart."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...access import OFFICE, Viewer
from ...db import new_public_id, now
from ...ledger.services import record
from ..models import PaperStatus, PrintedReport
from ..rules.questions import Question, Report

PAPER_ASKED = "paper_asked"
"""The name under which a session remembers that its transaction asked for a paper: the press is called after it."""


class ClearanceAction(StrEnum):
    """What the ledger calls the things done with a report."""

    ASKED = "report.asked"
    PRINTED = "report.printed"
    FAILED = "report.failed"


def ask_paper(
    session: Session, actor: Viewer, question: Question, *, language: str, at_once: bool = False
) -> PrintedReport:
    """Put a report in the queue of the press. Its question is complete, so that waiting does not change the answer.

    `at_once`: whoever asks prints it too (the command line), so it does not enter the queue.
    """
    moment = now()
    paper = PrintedReport(
        folio=new_public_id(),  # until the row has its number
        asked_by=actor.user_id,
        asked_at=moment,
        question=question.plain(),
        language=language,
        status=PaperStatus.RUNNING if at_once else PaperStatus.QUEUED,
    )
    session.add(paper)
    session.flush()
    session.info[PAPER_ASKED] = not at_once
    paper.folio = f"RC-{moment.astimezone(question.tz):%Y}-{paper.id:06d}"
    record(
        session, actor, ClearanceAction.ASKED, paper, payload={"folio": paper.folio, "question": paper.question}
    )
    return paper


def claim_paper(session: Session, *, unfinished: bool = False) -> PrintedReport | None:
    """The oldest report that waits, now ours to print; None when nothing waits.

    `unfinished`: those that were being printed when the server stopped count as waiting.
    """
    states = [PaperStatus.QUEUED, PaperStatus.RUNNING] if unfinished else [PaperStatus.QUEUED]
    waiting = select(PrintedReport).where(PrintedReport.status.in_(states))
    paper = session.scalar(waiting.order_by(PrintedReport.id).limit(1).with_for_update(skip_locked=True))
    if paper is not None:
        paper.status = PaperStatus.RUNNING
    return paper


def finish_paper(
    session: Session, actor: Viewer, paper_id: int, *, report: Report, sha256: str, pages: int
) -> PrintedReport:
    """The file lies in the data folder under its hash: the ledger keeps question, folio, hash and what it says."""
    paper = session.get_one(PrintedReport, paper_id)
    paper.status, paper.sha256, paper.pages = PaperStatus.DONE, sha256, pages
    payload = {
        "folio": paper.folio,
        "question": paper.question,
        "sha256": sha256,
        "verification": report.verification,
        "ledger_head": {"size": report.ledger_head.size, "root": report.ledger_head.root},
    }
    record(session, actor, ClearanceAction.PRINTED, paper, payload=payload)
    return paper


def fail_paper(session: Session, actor: Viewer | None, paper_id: int, problem: str) -> PrintedReport:
    """It could not be printed; whoever asked is told so and may ask again. No actor: the office itself."""
    paper = session.get_one(PrintedReport, paper_id)
    paper.status, paper.problem = PaperStatus.FAILED, problem
    record(session, actor or OFFICE, ClearanceAction.FAILED, paper, payload={"folio": paper.folio, "problem": problem})
    return paper
