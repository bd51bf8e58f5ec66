"""An item of evidence to work on: a knife, found on the street and then stored."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from investigations.access import Viewer
from investigations.cases.models import Case
from investigations.evidence.models import EvidenceItem, EvidenceKind, Origin
from investigations.evidence.rules import CustodyKind
from investigations.evidence.services import (
    CustodyDetails,
    ItemDetails,
    register_item,
)
from tests.casework import open_a_case
from tests.conftest import at

KNIFE = ItemDetails(
    label="Indicio 1",
    kind=EvidenceKind.WEAPON,
    origin=Origin.LOCATED,
    description="Cuchillo con mango de madera",
    found_at=at("2026-03-01T19:30"),
    found_place="Banqueta frente al 1250",
)
STORED = CustodyDetails(CustodyKind.STORAGE, at("2026-03-02T09:00"), "Bodega", "Estante 4", "Resguardo")

Named = Callable[[str], Viewer]


@pytest.fixture
def actor(viewer: Named) -> Viewer:
    return viewer("investigator")


@pytest.fixture
def case(session: Session, actor: Viewer) -> Case:
    return open_a_case(session, actor)


@pytest.fixture
def knife(session: Session, actor: Viewer, case: Case) -> EvidenceItem:
    return register_item(session, actor, case, KNIFE)
