"""Adding, changing and taking out people, on the real database with its ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from investigations.access import OFFICE, Viewer
from investigations.cases.models import Case
from investigations.db import Database, NotFound, Refusal, StaleEdit, now, touched_cases
from investigations.ledger.models import LedgerEvent
from investigations.ledger.queries import case_events, verify
from investigations.people.models import Alias, Identifier, Part, Party, Person, Scheme
from investigations.people.queries import get_party, list_parties, parties_of_cases
from investigations.people.rules import in_use, list_name
from investigations.people.services import Details, add_party, edit_party, withdraw_party
from tests.casework import actions, open_a_case

MARIA = Details(
    part=Part.VICTIM,
    given_names="María de la Luz",
    surname1="Pérez",
    surname2="Núñez",
    sex="M",
    birth_date=date(1991, 3, 27),
    aliases=["La Güera", "Lucha"],
    identifiers=[(Scheme.PHONE, "443 123 4567"), (Scheme.CURP, "PELJ850214HMNRPN08")],
    note="Testigo protegida",
)

Named = Callable[[str], Viewer]


@pytest.fixture
def actor(viewer: Named) -> Viewer:
    return viewer("investigator")


@pytest.fixture
def case(session: Session, actor: Viewer) -> Case:
    return open_a_case(session, actor)


@pytest.fixture
def maria(session: Session, actor: Viewer, case: Case) -> Party:
    return add_party(session, actor, case, MARIA)


def test_a_person_is_added_with_one_event_and_the_ledger_verifies(
    session: Session, database: Database, actor: Viewer, case: Case
) -> None:
    party = add_party(session, actor, case, MARIA)
    database.commit(session)
    assert actions(session, case) == ["case.opened", "person.added"]
    found = get_party(session, actor, case.public_id, party.public_id)
    assert list_name(found.person) == "PÉREZ NÚÑEZ, María de la Luz"
    assert [alias.text for alias in found.person.aliases] == ["La Güera", "Lucha"]
    assert [(row.scheme, row.key, row.valid) for row in found.person.identifiers] == [
        ("phone", "4431234567", None),
        ("curp", "PELJ850214HMNRPN08", False),
    ]
    with database.reading() as fresh:
        assert verify(fresh).ok


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (Details(Part.WITNESS), "given_names"),
        (replace(MARIA, birth_date=now().date() + timedelta(days=2)), "birth_date"),
        (replace(MARIA, identifiers=[(Scheme.PLATE, "---")]), "plate"),
    ],
)
def test_somebody_without_name_or_from_the_future_is_refused(
    session: Session, actor: Viewer, case: Case, wrong: Details, field: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        add_party(session, actor, case, wrong)
    assert refusal.value.field == field
    assert session.scalar(select(func.count()).select_from(Person)) == 0


def test_a_phone_without_digits_is_told_that_digits_are_missing(session: Session, actor: Viewer, case: Case) -> None:
    with pytest.raises(Refusal, match="digits") as refusal:
        add_party(session, actor, case, replace(MARIA, identifiers=[(Scheme.PHONE, "abc")]))
    assert refusal.value.field == "phone"
    assert "letter" not in str(refusal.value)


def test_an_alias_alone_is_name_enough(session: Session, actor: Viewer, case: Case) -> None:
    party = add_party(session, actor, case, Details(Part.SUSPECT, aliases=["El Güero"]))
    assert list_name(party.person) == "«El Güero»"


def test_the_same_form_sent_twice_adds_one_person(session: Session, actor: Viewer, case: Case) -> None:
    first = add_party(session, actor, case, MARIA, once="0123456789abcdef")
    assert add_party(session, actor, case, MARIA, once="0123456789abcdef") is first
    other = add_party(session, actor, open_a_case(session, actor, "NORTE/2/2026"), MARIA, once="0123456789abcdef")
    assert other is not first
    assert other.public_id != first.public_id
    assert actions(session, case) == ["case.opened", "person.added"]


def test_a_change_keeps_before_and_after_and_withdraws_what_was_taken_away(
    session: Session, database: Database, actor: Viewer, case: Case, maria: Party
) -> None:
    version = maria.person.version
    wanted = replace(MARIA, surname2="Muñoz", part=Part.WITNESS, aliases=["Lucha", "Lula"], identifiers=[(Scheme.PHONE, "4431234567")])
    edit_party(session, actor, maria, version, wanted)
    database.commit(session)
    assert maria.person.version == version + 1
    payload = case_events(session, case.id)[0][1]
    assert payload["changes"] == {
        "part": ["victim", "witness"],
        "surname2": ["Núñez", "Muñoz"],
        "aliases": [["La Güera", "Lucha"], ["Lucha", "Lula"]],
        "identifiers": [["phone 443 123 4567", "curp PELJ850214HMNRPN08"], ["phone 4431234567"]],
    }
    assert session.scalar(select(func.count()).select_from(Alias)) == 3
    assert session.scalar(select(func.count()).select_from(Identifier)) == 2
    assert [row.value for row in in_use(maria.person.identifiers)] == ["4431234567"]
    with database.reading() as fresh:
        assert verify(fresh).ok


def test_a_changed_alias_touches_every_case_of_the_person(
    session: Session, database: Database, actor: Viewer, case: Case, maria: Party
) -> None:
    other = open_a_case(session, actor, "NORTE/2/2026")
    also = add_party(session, actor, other, MARIA)
    also.person = maria.person
    session.flush()
    session.info.clear()
    edit_party(session, actor, maria, maria.person.version, replace(MARIA, aliases=["Lula"]))
    assert touched_cases(session) == {case.id, other.id}


@pytest.mark.parametrize("change", [{"aliases": ["Lula"]}, {"note": "Otra nota"}, {"identifiers": []}])
def test_any_change_makes_an_older_form_stale(session: Session, actor: Viewer, maria: Party, change: dict[str, object]) -> None:
    version = maria.person.version
    edit_party(session, actor, maria, version, replace(MARIA, **change))  # type: ignore[arg-type]
    with pytest.raises(StaleEdit):
        edit_party(session, actor, maria, version, replace(MARIA, given_names="Otra"))
    assert maria.person.given_names == "María de la Luz"


def test_the_same_change_sent_twice_is_one_change(session: Session, actor: Viewer, case: Case, maria: Party) -> None:
    version, wanted = maria.person.version, replace(MARIA, surname2="Muñoz")
    edit_party(session, actor, maria, version, wanted)
    edit_party(session, actor, maria, version, wanted)
    assert actions(session, case)[2:] == ["person.edited"]


def test_a_suspect_on_a_line_stays_a_suspect(session: Session, actor: Viewer, case: Case) -> None:
    suspect = add_party(session, actor, case, replace(MARIA, part=Part.SUSPECT))
    with pytest.raises(Refusal) as refusal:
        edit_party(session, actor, suspect, suspect.person.version, MARIA, used=True)
    assert refusal.value.field == "part"
    kept = replace(MARIA, part=Part.SUSPECT, note="Detenido")
    assert edit_party(session, actor, suspect, suspect.person.version, kept, used=True).note == "Detenido"


def test_somebody_taken_out_is_no_longer_listed_but_stays_stored(
    session: Session, database: Database, actor: Viewer, case: Case, maria: Party
) -> None:
    withdraw_party(session, actor, maria, " Capturada dos veces ", in_use=False)
    withdraw_party(session, actor, maria, "Otra vez", in_use=False)
    database.commit(session)
    assert actions(session, case)[2:] == ["party.withdrawn"]
    assert case_events(session, case.id)[0][1]["reason"] == "Capturada dos veces"
    assert list_parties(session, actor, case) == []
    assert parties_of_cases(session, actor, [case.id]) == {}
    with pytest.raises(NotFound):
        get_party(session, actor, case.public_id, maria.public_id)
    assert get_party(session, actor, case.public_id, maria.public_id, withdrawn=True) is maria
    with pytest.raises(Refusal):
        edit_party(session, actor, maria, maria.person.version, replace(MARIA, note="tarde"))


@pytest.mark.parametrize(("reason", "used"), [("  ", False), ("Capturada dos veces", True)])
def test_taking_out_needs_a_reason_and_nobody_on_a_line(
    session: Session, actor: Viewer, maria: Party, reason: str, used: bool
) -> None:
    with pytest.raises(Refusal):
        withdraw_party(session, actor, maria, reason, in_use=used)
    assert maria.withdrawn_at is None


def test_people_are_listed_by_part_and_name(session: Session, actor: Viewer, case: Case) -> None:
    for part, given, surname in [
        (Part.WITNESS, "Ana", "Abad"),
        (Part.SUSPECT, "Luis", "Ñáñez"),
        (Part.SUSPECT, "Luis", "Nuño"),
        (Part.VICTIM, "Eva", "Ochoa"),
        (Part.SUSPECT, "Luis", "Ávila"),
    ]:
        add_party(session, actor, case, Details(part, given, surname))
    assert [one.person.surname1 for one in list_parties(session, actor, case)] == ["Ávila", "Nuño", "Ñáñez", "Ochoa", "Abad"]
    assert [one.person.surname1 for one in list_parties(session, actor, case, Part.VICTIM)] == ["Ochoa"]


def test_strangers_see_nobody(session: Session, viewer: Named, case: Case, maria: Party) -> None:
    for name in ("south-investigator", "south-manager", "auditor", "administrator"):
        stranger = viewer(name)
        assert list_parties(session, stranger, case) == []
        assert parties_of_cases(session, stranger, [case.id]) == {}
        with pytest.raises(NotFound):
            get_party(session, stranger, case.public_id, maria.public_id)


def test_a_party_is_not_found_under_another_case(session: Session, actor: Viewer, maria: Party) -> None:
    other = open_a_case(session, actor, "NORTE/2/2026")
    with pytest.raises(NotFound):
        get_party(session, actor, other.public_id, maria.public_id)


def test_the_people_of_many_cases_are_read_in_three_queries(session: Session, database: Database, actor: Viewer) -> None:
    cases = [open_a_case(session, actor, f"NORTE/{n}/2026") for n in range(5)]
    for case in cases:
        add_party(session, actor, case, MARIA)
    database.commit(session)
    ids = [case.id for case in cases]
    session.expunge_all()
    seen: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *said: seen.append(said[2]) if said[2].startswith("SELECT") else None)
    found = parties_of_cases(session, OFFICE, ids)
    told = [(list_name(one.person), len(one.person.aliases), len(one.person.identifiers)) for ones in found.values() for one in ones]
    assert told == [("PÉREZ NÚÑEZ, María de la Luz", 2, 2)] * 5
    assert len(seen) == 3


def test_every_change_of_a_person_is_an_event_of_its_case(session: Session, case: Case, maria: Party) -> None:
    subjects = session.scalars(select(LedgerEvent.subject).where(LedgerEvent.action == "person.added"))
    assert list(subjects) == [f"parties/{maria.id}"]
