"""A case to work on, opened by the real service."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from investigations.access import Viewer
from investigations.cases.models import Case, Confidentiality
from investigations.cases.queries import list_offence_codes
from investigations.cases.services import Header, open_case
from investigations.db import Database
from investigations.ledger.models import LedgerEvent
from tests.conftest import at, viewer_named


def open_a_case(
    session: Session,
    actor: Viewer,
    number: str = "NORTE/000001/2026",
    confidentiality: Confidentiality = Confidentiality.ORDINARY,
) -> Case:
    """A case of the actor's unit: robbery, reported the day after the fact."""
    assert actor.unit_id is not None
    header = Header(
        number=number,
        unit_id=actor.unit_id,
        code_ids=[list_offence_codes(session)[0].id],
        occurred_at=at("2026-03-01T18:00"),
        place="Av. Madero 1250",
        municipality="16053",
        municipality_name="Morelia",
        reported_at=at("2026-03-02T15:00"),
        narrative="Dos personas a bordo de una motocicleta.",
        confidentiality=confidentiality,
    )
    return open_case(session, actor, header, jurisdiction="mx_cnpp")


def open_for_the_web(database: Database, name: str = "investigator") -> str:
    """A committed case opened by this user: its public id."""
    with database.transaction() as session:
        return open_a_case(session, viewer_named(session, name)).public_id


def actions(session: Session, case: Case) -> list[str]:
    """What the ledger says was done in a case, oldest first."""
    statement = select(LedgerEvent.action).where(LedgerEvent.case_id == case.id).order_by(LedgerEvent.seq)
    return list(session.scalars(statement))
