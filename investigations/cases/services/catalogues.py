"""The office's offence catalogue, filled from those that ship with the jurisdictions."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...access import Viewer
from ...jurisdictions.queries import OffenceEntry, offence_catalogue, offence_schemes
from ...ledger.services import record
from ..models import OffenceCode
from ..rules import CaseAction


def load_catalogues(session: Session, actor: Viewer) -> int:
    """Fill the office's offence catalogue from the classifications that ship with the jurisdictions.

    Gives how many entries were missing. What is already there stays as it is, so that it can be repeated after
    each update; nothing missing, no ledger event.
    """
    known = set(session.execute(select(OffenceCode.scheme, OffenceCode.code)).all())
    rows = [
        _catalogue_row(scheme, entry)
        for scheme in offence_schemes()
        for entry in offence_catalogue(scheme)
        if (scheme, entry.code) not in known
    ]
    if rows:
        session.add_all(rows)
        session.flush()
        record(session, actor, CaseAction.CATALOGUE_LOADED, rows[0], payload={"entries": len(rows)})
    return len(rows)


def _catalogue_row(scheme: str, entry: OffenceEntry) -> OffenceCode:
    return OffenceCode(
        scheme=scheme,
        code=entry.code,
        parent_code=entry.parent_code,
        level=entry.level,
        label_es=entry.label.es,
        label_en=entry.label.en,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        selectable=entry.selectable,
    )
