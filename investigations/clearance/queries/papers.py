"""Reading the register of printed reports. A paper belongs to who asked for it: it shows what that person may see."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...access import OFFICE, Role, Viewer
from ...accounts.models import Unit, User
from ...accounts.queries import viewer_of
from ...db import NotFound
from ..models import PaperStatus, PrintedReport
from ..rules.questions import Question, Report
from .answers import answer


def get_paper(session: Session, viewer: Viewer, folio: str) -> PrintedReport:
    """One printed report of the viewer's own. Raises NotFound when absent or somebody else's alike."""
    statement = select(PrintedReport).where(PrintedReport.folio == folio)
    if viewer.role is not Role.SYSTEM:
        statement = statement.where(PrintedReport.asked_by == viewer.user_id)
    paper = session.scalar(statement)
    if paper is None:
        raise NotFound
    return paper


def list_papers(session: Session, viewer: Viewer, limit: int = 10) -> list[PrintedReport]:
    """The viewer's own printed reports, newest first."""
    own = select(PrintedReport).where(PrintedReport.asked_by == viewer.user_id)
    return list(session.scalars(own.order_by(PrintedReport.id.desc()).limit(limit)))


def get_report(session: Session, paper: PrintedReport) -> tuple[Viewer, Report]:
    """Who asked for a paper (nobody: the office itself), and the answer over what they may see now.

    Raises NotFound when the person can no longer sign in.
    """
    viewer = OFFICE
    if paper.asked_by is not None:
        user = session.get_one(User, paper.asked_by)
        if not user.active:
            raise NotFound
        viewer = viewer_of(session, user)
    return viewer, answer(session, viewer, Question.from_plain(paper.question), language=paper.language)


def unit_name(session: Session, viewer: Viewer) -> str:
    """The name of the viewer's unit; empty for the office itself."""
    return session.scalar(select(Unit.name).where(Unit.id == viewer.unit_id)) or ""


def is_waiting(session: Session) -> bool:
    """True when some printed report waits for the press."""
    waiting = select(PrintedReport.id).where(PrintedReport.status == PaperStatus.QUEUED).limit(1)
    return session.scalar(waiting) is not None
