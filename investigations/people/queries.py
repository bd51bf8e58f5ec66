"""Reading people. A party is loaded with its case, through sight; withdrawn rows stay out."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.interfaces import LoaderOption

from ..access import Viewer
from ..cases.models import Case
from ..cases.queries import visible_to
from ..db import NotFound
from ..ledger.queries import standing
from .models import Alias, Identifier, Part, Party, Person
from .rules import sort_key

PARTS = tuple(Part)


def _with_names() -> tuple[LoaderOption, ...]:
    aliases = Person.aliases.and_(Alias.withdrawn_at.is_(None), standing(Alias.batch_id))
    identifiers = Person.identifiers.and_(Identifier.withdrawn_at.is_(None), standing(Identifier.batch_id))
    whole = joinedload(Party.person, innerjoin=True)
    return whole.selectinload(aliases), whole.selectinload(identifiers)


def _counts() -> ColumnElement[bool]:
    return and_(Party.withdrawn_at.is_(None), standing(Party.batch_id))


def _visible(viewer: Viewer) -> Select[Party]:
    return select(Party).join(Case, Case.id == Party.case_id).where(visible_to(viewer))


def _by_part_and_name(party: Party) -> tuple[int, tuple[str, str, str], int]:
    return PARTS.index(Part(party.part)), sort_key(party.person), party.id


def list_parties(session: Session, viewer: Viewer, case: Case, part: Part | None = None) -> list[Party]:
    """A case's people, or those with one part, by part and name; aliases and identifiers loaded."""
    statement = _visible(viewer).where(Party.case_id == case.id, _counts()).options(*_with_names())
    if part is not None:
        statement = statement.where(Party.part == part)
    return sorted(session.scalars(statement), key=_by_part_and_name)


def parties_of_cases(session: Session, viewer: Viewer, case_ids: Collection[int]) -> dict[int, list[Party]]:
    """The people of several cases at once, by case id; a case without people, or unseen, is left out."""
    found: dict[int, list[Party]] = {}
    statement = _visible(viewer).where(Party.case_id.in_(case_ids), _counts()).options(*_with_names())
    for party in sorted(session.scalars(statement), key=_by_part_and_name) if case_ids else ():
        found.setdefault(party.case_id, []).append(party)
    return found


def get_party(
    session: Session, viewer: Viewer, case_public_id: str, party_public_id: str, *, withdrawn: bool = False
) -> Party:
    """One person's part in a case; with `withdrawn`, also when it was taken out. Raises NotFound."""
    statement = (
        _visible(viewer)
        .where(Case.public_id == case_public_id, Party.public_id == party_public_id, standing(Party.batch_id))
        .options(*_with_names())
    )
    if not withdrawn:
        statement = statement.where(Party.withdrawn_at.is_(None))
    party = session.scalar(statement)
    if party is None:
        raise NotFound
    return party
