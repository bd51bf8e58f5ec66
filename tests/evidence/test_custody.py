"""The chain of custody: who holds an item now, what is told late or corrected, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from investigations.access import Viewer
from investigations.cases.models import Case
from investigations.db import Database, Refusal, StaleEdit, now
from investigations.evidence.models import EvidenceItem
from investigations.evidence.queries import list_custody
from investigations.evidence.rules import CustodyKind, late_entries
from investigations.evidence.services import (
    CustodyDetails,
    edit_item,
    record_custody,
    register_item,
)
from investigations.ledger.queries import verify
from tests.casework import actions
from tests.conftest import at
from tests.evidence.conftest import KNIFE, STORED


def test_correcting_when_or_where_it_was_found_adds_a_link_and_rewrites_none(
    session: Session, actor: Viewer, case: Case, knife: EvidenceItem
) -> None:
    record_custody(session, actor, knife, knife.version, STORED)
    edit_item(session, actor, case, knife, knife.version, replace(KNIFE, found_at=at("2026-03-01T18:30")))
    chain = list_custody(session, actor, knife)
    assert [(link.kind, link.at) for link in chain] == [
        ("collection", at("2026-03-01T19:30")),
        ("storage", at("2026-03-02T09:00")),
        ("correction", at("2026-03-01T18:30")),
    ]
    assert chain[2].holder == "Persona investigator"
    assert knife.custodian == "Bodega"


def test_a_new_link_says_who_holds_the_item_now(
    session: Session, database: Database, actor: Viewer, case: Case, knife: EvidenceItem
) -> None:
    version = knife.version
    record_custody(session, actor, knife, version, STORED)
    assert record_custody(session, actor, knife, version, STORED).number == 2
    database.commit(session)
    assert actions(session, case)[2:] == ["custody.recorded"]
    assert (knife.custodian, knife.storage_place) == ("Bodega", "Estante 4")
    with pytest.raises(StaleEdit):
        record_custody(session, actor, knife, version, replace(STORED, holder="Otra"))
    with database.reading() as fresh:
        assert verify(fresh).ok


def test_a_correction_of_the_latest_record_says_who_holds_the_item_now(
    session: Session, actor: Viewer, knife: EvidenceItem
) -> None:
    record_custody(session, actor, knife, knife.version, STORED)
    wrong = replace(STORED, kind=CustodyKind.CORRECTION, place="Estante 5")
    with pytest.raises(Refusal):
        record_custody(session, actor, knife, knife.version, replace(wrong, purpose=""))
    record_custody(session, actor, knife, knife.version, replace(wrong, purpose="El registro 2 decía estante 4"))
    assert [link.place for link in list_custody(session, actor, knife)][1:] == ["Estante 4", "Estante 5"]
    assert knife.storage_place == "Estante 5"


def test_a_record_entered_late_does_not_move_the_item_back(session: Session, actor: Viewer, knife: EvidenceItem) -> None:
    stored = CustodyDetails(CustodyKind.STORAGE, at("2026-03-10T09:00"), "Almacén", "Bodega")
    late = CustodyDetails(CustodyKind.HANDOVER, at("2026-03-05T09:00"), "Perito", "Laboratorio")
    for details in (stored, late):
        record_custody(session, actor, knife, knife.version, details)
    assert (knife.custodian, knife.storage_place) == ("Almacén", "Bodega")
    assert late_entries(list_custody(session, actor, knife)) == [False, False, True]


def test_a_correction_of_an_older_record_changes_nothing_now(session: Session, actor: Viewer, knife: EvidenceItem) -> None:
    record_custody(session, actor, knife, knife.version, STORED)
    record_custody(session, actor, knife, knife.version, replace(STORED, at=at("2026-03-04T09:00"), holder="Perito", place="Laboratorio"))
    older = replace(STORED, kind=CustodyKind.CORRECTION, holder="Otra", purpose="El registro 2")
    record_custody(session, actor, knife, knife.version, older)
    assert (knife.custodian, knife.storage_place) == ("Perito", "Laboratorio")


def test_seconds_that_nobody_typed_do_not_put_a_correction_before_its_record(
    session: Session, actor: Viewer, knife: EvidenceItem
) -> None:
    record_custody(session, actor, knife, knife.version, replace(STORED, at=at("2026-03-02T09:00:48")))
    right = replace(STORED, kind=CustodyKind.CORRECTION, holder="Juan Pérez", purpose="Decía Juan Peres")
    record_custody(session, actor, knife, knife.version, right)
    assert knife.custodian == "Juan Pérez"


def test_the_same_record_sent_again_is_one_even_without_its_seconds(session: Session, actor: Viewer, knife: EvidenceItem) -> None:
    version = knife.version
    sent = replace(STORED, at=at("2026-03-02T09:00:48"))
    record_custody(session, actor, knife, version, sent)
    record_custody(session, actor, knife, knife.version, replace(STORED, at=at("2026-03-03T09:00"), holder="Perito"))
    assert record_custody(session, actor, knife, version, STORED).number == 2
    assert len(list_custody(session, actor, knife)) == 3


def test_after_the_final_disposition_there_are_only_corrections(session: Session, actor: Viewer, knife: EvidenceItem) -> None:
    released = replace(STORED, kind=CustodyKind.RELEASE, at=at("2026-03-05T09:00"), holder="Dueña")
    record_custody(session, actor, knife, knife.version, released)
    for when in ("2026-03-05T09:00:30", "2026-03-06T09:00"):
        with pytest.raises(Refusal) as refusal:
            record_custody(session, actor, knife, knife.version, replace(STORED, at=at(when)))
        assert refusal.value.field == "at"
    record_custody(session, actor, knife, knife.version, STORED)  # it was before, and is only entered late
    assert knife.custodian == "Dueña"
    record_custody(session, actor, knife, knife.version, replace(released, kind=CustodyKind.CORRECTION, holder="Dueño"))
    assert knife.custodian == "Dueño"


def test_correcting_the_find_tells_of_the_find_and_moves_nothing(
    session: Session, actor: Viewer, case: Case
) -> None:
    item = register_item(session, actor, case, KNIFE, custodian="Juan Peres", storage_place="Patrulla 12")
    right = CustodyDetails(CustodyKind.CORRECTION, KNIFE.found_at, "Juan Pérez", "Patrulla 13", "El nombre")
    record_custody(session, actor, item, item.version, right)
    edit_item(session, actor, case, item, item.version, replace(KNIFE, found_place="Azotea"))
    last = list_custody(session, actor, item)[-1]
    assert (last.holder, last.place) == ("Juan Pérez", "Azotea")
    assert (item.custodian, item.storage_place) == ("Juan Pérez", "Patrulla 13")


def test_an_item_is_not_found_after_it_was_handed_on(session: Session, actor: Viewer, case: Case, knife: EvidenceItem) -> None:
    record_custody(session, actor, knife, knife.version, STORED)
    with pytest.raises(Refusal) as refusal:
        edit_item(session, actor, case, knife, knife.version, replace(KNIFE, found_at=at("2026-03-02T09:01")))
    assert refusal.value.field == "found_at"
    edit_item(session, actor, case, knife, knife.version, replace(KNIFE, found_at=at("2026-03-02T09:00")))
    assert knife.custodian == "Bodega"


def test_a_record_older_than_the_corrected_find_can_itself_be_corrected(
    session: Session, actor: Viewer, case: Case, knife: EvidenceItem
) -> None:
    edit_item(session, actor, case, knife, knife.version, replace(KNIFE, found_at=at("2026-03-01T20:30")))
    wrong = CustodyDetails(CustodyKind.CORRECTION, KNIFE.found_at, "Perita", "Banqueta", "El registro 1")
    with pytest.raises(Refusal):
        record_custody(session, actor, knife, knife.version, replace(wrong, at=at("2026-03-01T19:29")))
    assert record_custody(session, actor, knife, knife.version, wrong).number == 3


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"holder": ""}, "holder"),
        ({"place": " "}, "place"),
        ({"at": now() + timedelta(days=2)}, "at"),
        ({"at": at("2026-03-01T19:29")}, "at"),
    ],
)
def test_a_link_needs_holder_place_and_a_time_after_the_find(
    session: Session, actor: Viewer, knife: EvidenceItem, change: dict[str, object], field: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        record_custody(session, actor, knife, knife.version, replace(STORED, **change))  # type: ignore[arg-type]
    assert refusal.value.field == field
    assert len(list_custody(session, actor, knife)) == 1


@pytest.mark.parametrize("attack", ["UPDATE custody_events SET holder = 'X'", "DELETE FROM custody_events"])
def test_the_database_itself_refuses_to_rewrite_custody(
    session: Session, database: Database, knife: EvidenceItem, attack: str
) -> None:
    database.commit(session)
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(attack))
