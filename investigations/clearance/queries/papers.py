"""Reading the register of printed reports. A paper belongs to who asked for it: it shows what that person may see."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from ...access import OFFICE, Role, Viewer
from ...accounts.models import Unit, User
from ...accounts.queries import viewer_of
from ...db import NotFound
from ..models import PaperStatus, PrintedReport


def _own(viewer: Viewer) -> ColumnElement[bool]:
    """A paper is its asker's; the office itself sees all."""
    return true() if viewer.role is Role.SYSTEM else PrintedReport.asked_by == viewer.user_id


def get_paper(session: Session, viewer: Viewer, folio: str) -> PrintedReport:
    """One printed report of the viewer's own. Raises NotFound when absent or somebody else's alike."""
    paper = session.scalar(select(PrintedReport).where(PrintedReport.folio == folio, _own(viewer)))
    if paper is None:
        raise NotFound
    return paper


def list_papers(session: Session, viewer: Viewer, limit: int = 10) -> list[PrintedReport]:
    """The viewer's own printed reports, newest first."""
    own = select(PrintedReport).where(_own(viewer))
    return list(session.scalars(own.order_by(PrintedReport.id.desc()).limit(limit)))


def get_asker(session: Session, viewer: Viewer, folio: str) -> Viewer:
    """Who asked for a printed report in sight, with the rights of this moment; the office itself when nobody did.

    Raises NotFound when the person can no longer sign in.
    """
    paper = get_paper(session, viewer, folio)
    if paper.asked_by is None:
        return OFFICE
    user = session.get_one(User, paper.asked_by)
    if not user.active:
        raise NotFound
    return viewer_of(session, user)


def count_waiting(session: Session, viewer: Viewer, *, unfinished: bool = False) -> int:
    """How many printed reports in sight wait for the press, those left unfinished too when so asked."""
    states = [PaperStatus.QUEUED, PaperStatus.RUNNING] if unfinished else [PaperStatus.QUEUED]
    waiting = select(func.count()).select_from(PrintedReport).where(PrintedReport.status.in_(states))
    return session.scalar(waiting.where(_own(viewer))) or 0


def unit_name(session: Session, viewer: Viewer) -> str:
    """The name of the viewer's unit; empty for the office itself."""
    return session.scalar(select(Unit.name).where(Unit.id == viewer.unit_id)) or ""
