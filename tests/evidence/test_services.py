"""Registering, changing and taking out items, on the real database with its ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from investigations.access import Viewer
from investigations.cases.models import Case
from investigations.db import Database, NotFound, Refusal, StaleEdit, now
from investigations.evidence.models import EvidenceItem
from investigations.evidence.queries import get_item, items_of_cases, list_custody, list_items
from investigations.evidence.services import (
    edit_item,
    record_custody,
    register_item,
    withdraw_item,
)
from investigations.ledger.queries import case_events, verify
from tests.casework import actions, open_a_case
from tests.conftest import at
from tests.evidence.conftest import KNIFE, STORED

Named = Callable[[str], Viewer]


def test_custody_begins_with_the_registration(
    session: Session, database: Database, actor: Viewer, case: Case
) -> None:
    item = register_item(session, actor, case, KNIFE, storage_place="Patrulla 12")
    database.commit(session)
    assert actions(session, case) == ["case.opened", "evidence.registered"]
    assert (item.custodian, item.storage_place) == ("Persona investigator", "Patrulla 12")
    first = list_custody(session, actor, item)[0]
    assert (first.number, first.kind, first.at, first.holder, first.place) == (
        1,
        "collection",
        KNIFE.found_at,
        "Persona investigator",
        "Banqueta frente al 1250",
    )
    with database.reading() as fresh:
        assert verify(fresh).ok


def test_another_custodian_can_be_named(session: Session, actor: Viewer, case: Case) -> None:
    item = register_item(session, actor, case, KNIFE, custodian="Perita Ana Ruiz")
    assert list_custody(session, actor, item)[0].holder == item.custodian == "Perita Ana Ruiz"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"label": "  "}, "label"),
        ({"description": ""}, "description"),
        ({"found_place": ""}, "found_place"),
        ({"found_at": now() + timedelta(days=2)}, "found_at"),
    ],
)
def test_what_is_mandatory_is_asked_for(
    session: Session, actor: Viewer, case: Case, change: dict[str, object], field: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        register_item(session, actor, case, replace(KNIFE, **change))  # type: ignore[arg-type]
    assert refusal.value.field == field
    assert list_items(session, actor, case) == []


def test_a_label_is_used_once_in_a_case(session: Session, actor: Viewer, case: Case, knife: EvidenceItem) -> None:
    with pytest.raises(Refusal) as refusal:
        register_item(session, actor, case, replace(KNIFE, label="indicio  1"))
    assert refusal.value.field == "label"
    other = open_a_case(session, actor, "NORTE/2/2026")
    assert register_item(session, actor, other, KNIFE).label == "Indicio 1"
    withdraw_item(session, actor, knife, "Etiqueta equivocada")
    assert register_item(session, actor, case, KNIFE).label == "Indicio 1"


def test_the_same_form_sent_twice_registers_one_item(session: Session, actor: Viewer, case: Case) -> None:
    first = register_item(session, actor, case, KNIFE, once="0123456789abcdef")
    assert register_item(session, actor, case, KNIFE, once="0123456789abcdef") is first
    assert len(list_custody(session, actor, first)) == 1


def test_a_change_is_told_and_keeps_the_chain(
    session: Session, database: Database, actor: Viewer, case: Case, knife: EvidenceItem
) -> None:
    edit_item(session, actor, case, knife, knife.version, replace(KNIFE, description="Cuchillo de cocina"))
    database.commit(session)
    assert case_events(session, case.id)[0][1]["changes"] == {
        "description": ["Cuchillo con mango de madera", "Cuchillo de cocina"]
    }
    assert len(list_custody(session, actor, knife)) == 1
    with database.reading() as fresh:
        assert verify(fresh).ok


def test_seconds_that_the_form_does_not_show_are_no_change(session: Session, actor: Viewer, case: Case) -> None:
    exact = at("2026-03-01T19:30:41")
    item = register_item(session, actor, case, replace(KNIFE, found_at=exact))
    edit_item(session, actor, case, item, item.version, replace(KNIFE, description="Cuchillo de cocina"))
    record_custody(session, actor, item, item.version, replace(STORED, at=KNIFE.found_at))
    assert item.found_at == exact
    assert [link.kind for link in list_custody(session, actor, item)] == ["collection", "storage"]


def test_who_saves_second_is_told_and_changes_nothing(
    session: Session, actor: Viewer, case: Case, knife: EvidenceItem
) -> None:
    version = knife.version
    edit_item(session, actor, case, knife, version, replace(KNIFE, description="Uno"))
    with pytest.raises(StaleEdit):
        edit_item(session, actor, case, knife, version, replace(KNIFE, description="Dos"))
    assert knife.description == "Uno"


def test_the_same_change_sent_twice_is_one_change(
    session: Session, actor: Viewer, case: Case, knife: EvidenceItem
) -> None:
    version, wanted = knife.version, replace(KNIFE, description="Uno")
    edit_item(session, actor, case, knife, version, wanted)
    edit_item(session, actor, case, knife, version, wanted)
    assert actions(session, case)[2:] == ["evidence.edited"]


def test_an_item_taken_out_is_no_longer_listed_and_its_custody_stays(
    session: Session, database: Database, actor: Viewer, case: Case, knife: EvidenceItem
) -> None:
    with pytest.raises(Refusal):
        withdraw_item(session, actor, knife, " ")
    withdraw_item(session, actor, knife, "Registrado dos veces")
    withdraw_item(session, actor, knife, "Otra vez")
    database.commit(session)
    assert actions(session, case)[2:] == ["evidence.withdrawn"]
    assert list_items(session, actor, case) == []
    assert items_of_cases(session, actor, [case.id]) == {}
    assert len(list_custody(session, actor, knife)) == 1
    with pytest.raises(NotFound):
        get_item(session, actor, case.public_id, knife.public_id)
    with pytest.raises(Refusal):
        record_custody(session, actor, knife, knife.version, STORED)


def test_strangers_see_no_item(session: Session, viewer: Named, case: Case, knife: EvidenceItem) -> None:
    for name in ("south-investigator", "south-manager", "auditor", "administrator"):
        stranger = viewer(name)
        assert list_items(session, stranger, case) == []
        assert items_of_cases(session, stranger, [case.id]) == {}
        assert list_custody(session, stranger, knife) == []
        with pytest.raises(NotFound):
            get_item(session, stranger, case.public_id, knife.public_id)


def test_the_items_of_several_cases_come_by_case(session: Session, actor: Viewer, case: Case, knife: EvidenceItem) -> None:
    other = open_a_case(session, actor, "NORTE/2/2026")
    second = register_item(session, actor, case, replace(KNIFE, label="Indicio 2"))
    third = register_item(session, actor, other, KNIFE)
    assert items_of_cases(session, actor, [case.id, other.id]) == {case.id: [knife, second], other.id: [third]}
