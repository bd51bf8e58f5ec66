"""Cases are opened, changed, numbered and assigned; acts are recorded once; the catalogue is loaded once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from investigations.access import OFFICE, Viewer
from investigations.accounts.models import User
from investigations.cases.models import (
    Act,
    ActKind,
    Case,
    CaseNumber,
    CaseRevision,
    Confidentiality,
    OffenceCode,
)
from investigations.cases.queries import (
    get_case,
    keeps_sight,
    list_acts,
    list_assigned,
    offence_choices,
    visible_to,
)
from investigations.cases.services import (
    Header,
    add_number,
    assign_case,
    edit_case,
    end_assignment,
    load_catalogues,
    open_case,
    record_act,
)
from investigations.db import Database, NotFound, Refusal, StaleEdit
from investigations.jurisdictions.queries import offence_catalogue, offence_schemes
from investigations.ledger.queries import verify
from tests.casework import actions, open_a_case
from tests.conftest import at, unit_named

Who = Callable[[str], Viewer]


def header_of(case: Case, **changes: object) -> Header:
    """What stands in the case, with some of it changed."""
    stands = Header(
        number=case.number,
        unit_id=case.unit_id,
        code_ids=[offence.code_id for offence in case.offences],
        occurred_at=case.occurred_at,
        place=case.place,
        municipality=case.municipality,
        municipality_name=case.municipality_name,
        reported_at=case.reported_at,
        narrative=case.narrative,
        confidentiality=Confidentiality(case.confidentiality),
    )
    return replace(stands, **changes)  # type: ignore[arg-type]


def refused(act: Callable[[], object]) -> str | None:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.field


def test_the_catalogues_are_loaded_once_and_a_second_time_changes_nothing(session: Session) -> None:
    wanted = sum(len(offence_catalogue(scheme)) for scheme in offence_schemes())
    assert session.scalar(select(func.count()).select_from(OffenceCode)) == wanted
    before = verify(session).head.size
    assert load_catalogues(session, OFFICE) == 0
    assert verify(session).head.size == before


def test_an_entry_that_is_missing_is_added_with_one_event(session: Session) -> None:
    gone = session.scalars(select(OffenceCode).order_by(OffenceCode.id.desc()).limit(1)).one()
    gone.code = "renamed-by-hand"
    size = verify(session).head.size
    assert load_catalogues(session, OFFICE) == 1
    assert verify(session).head.size == size + 1


def test_offences_stand_under_their_type_and_apply_on_their_days(session: Session) -> None:
    choices = offence_choices(session, "mx_cnpp")
    first = choices[0]
    assert first.group.es == "Homicidio"
    assert first.applies_on(date(2026, 5, 1))
    assert not first.applies_on(date(2025, 5, 1))
    older = [choice for choice in choices if choice.valid_to is not None]
    assert older
    assert choices.index(older[0]) > choices.index(first)
    assert all(choice.applies_on(date(2025, 5, 1)) for choice in older)


def test_a_header_is_changed_with_what_was_and_what_is(database: Database, session: Session, viewer: Who) -> None:
    actor = viewer("investigator")
    case = open_a_case(session, actor)
    database.commit(session)
    changed = header_of(case, place="Av. Acueducto 10", confidentiality=Confidentiality.ORDINARY)
    edit_case(session, actor, case, case.version, changed)
    database.commit(session)
    revision = session.scalars(select(CaseRevision)).one()
    assert revision.state["place"] == "Av. Madero 1250"
    assert case.place == "Av. Acueducto 10"
    assert actions(session, case) == ["case.opened", "case.edited"]


def test_a_stale_header_is_refused_and_nothing_is_lost(database: Database, session: Session, viewer: Who) -> None:
    actor = viewer("investigator")
    case = open_a_case(session, actor)
    database.commit(session)
    seen = case.version
    with database.writing() as other:
        theirs = get_case(other, actor, case.public_id)
        edit_case(other, actor, theirs, theirs.version, header_of(theirs, place="Suyo"))
        database.commit(other)
    with database.writing() as late:
        mine = get_case(late, actor, case.public_id)
        with pytest.raises(StaleEdit):
            edit_case(late, actor, mine, seen, header_of(mine, place="Mío"))
        assert mine.place == "Suyo"
        late.rollback()


def test_the_same_edit_sent_twice_is_one_edit(session: Session, viewer: Who) -> None:
    actor = viewer("investigator")
    case = open_a_case(session, actor)
    version, changed = case.version, header_of(case, place="Av. Acueducto 10", number="NORTE/000009/2026")
    edit_case(session, actor, case, version, changed)
    edit_case(session, actor, case, version, changed)
    assert actions(session, case) == ["case.opened", "case.edited"]


def test_a_case_may_go_back_to_a_number_that_it_had(session: Session, viewer: Who) -> None:
    actor = viewer("investigator")
    case = open_a_case(session, actor)
    for number in ("NORTE/000009/2026", "NORTE/000001/2026"):
        edit_case(session, actor, case, case.version, header_of(case, number=number))
    assert case.number == "NORTE/000001/2026"
    rows = session.scalars(select(CaseNumber.value).where(CaseNumber.case_id == case.id)).all()
    assert sorted(rows) == ["NORTE/000001/2026", "NORTE/000009/2026"]


def test_the_same_form_sent_twice_opens_one_case(session: Session, viewer: Who) -> None:
    actor, token = viewer("investigator"), "0123456789abcdef"
    case = open_a_case(session, actor)
    header = header_of(case, number="NORTE/000002/2026")
    opened = open_case(session, actor, header, jurisdiction="mx_cnpp", once=token)
    later = replace(header, reported_at=at("2026-03-02T15:00:31"))  # seconds are not part of the form
    assert open_case(session, actor, later, jurisdiction="mx_cnpp", once=token) is opened
    assert actions(session, opened) == ["case.opened"]


def test_a_form_sent_again_with_other_words_is_not_taken_for_the_first(session: Session, viewer: Who) -> None:
    actor, token = viewer("investigator"), "0123456789abcdef"
    header = header_of(open_a_case(session, actor), number="NORTE/000002/2026")
    first = open_case(session, actor, header, jurisdiction="mx_cnpp", once=token)
    again = replace(header, narrative="Otra")
    assert refused(lambda: open_case(session, actor, again, jurisdiction="mx_cnpp", once=token)) == "number"
    other = open_case(session, actor, replace(again, number="NORTE/000003/2026"), jurisdiction="mx_cnpp", once=token)
    assert other.public_id != first.public_id


def test_a_token_of_a_case_that_is_not_seen_gives_nothing_away(session: Session, viewer: Who) -> None:
    theirs = open_a_case(session, viewer("investigator"))
    stranger = viewer("south-investigator")
    copied = header_of(theirs)
    assert refused(lambda: open_case(session, stranger, copied, jurisdiction="mx_cnpp", once=theirs.public_id)) == "number"


def test_nobody_shuts_themselves_out_of_a_case(session: Session, viewer: Who) -> None:
    owner, colleague = viewer("investigator"), viewer("prosecutor")
    case = open_a_case(session, owner)
    sealed = header_of(case, confidentiality=Confidentiality.SEALED)
    assert refused(lambda: edit_case(session, colleague, case, case.version, sealed)) == "confidentiality"
    away = header_of(case, unit_id=unit_named(session, "SUR").id)
    assert refused(lambda: edit_case(session, colleague, case, case.version, away)) == "confidentiality"
    edit_case(session, owner, case, case.version, sealed)  # whoever is assigned keeps sight


@pytest.mark.parametrize("level", list(Confidentiality))
@pytest.mark.parametrize("name", ["investigator", "prosecutor", "manager", "south-investigator", "auditor"])
def test_keeping_sight_is_the_same_rule_as_seeing(session: Session, viewer: Who, name: str, level: Confidentiality) -> None:
    case = open_a_case(session, viewer("prosecutor"), confidentiality=level)
    looker = viewer(name)
    sees = session.scalar(select(Case.id).where(Case.id == case.id, visible_to(looker))) is not None
    assigned = name == "prosecutor"
    assert keeps_sight(looker, case.unit_id, level, assigned) is sees


def test_a_further_number_is_kept_and_found_taken(session: Session, viewer: Who) -> None:
    actor = viewer("investigator")
    case, other = open_a_case(session, actor), open_a_case(session, actor, "NORTE/000002/2026")
    add_number(session, actor, case, "court", "Causa 123/2026")
    assert refused(lambda: add_number(session, actor, other, "court", "causa  0123-2026")) == "value"
    with pytest.raises(Refusal, match="This case already has this number"):
        add_number(session, actor, case, "appeal", "Causa 123/2026")
    assert refused(lambda: add_number(session, actor, other, "court", "—")) == "value"


def test_the_same_number_sent_twice_is_added_once(session: Session, viewer: Who) -> None:
    actor = viewer("investigator")
    case = open_a_case(session, actor)
    first = add_number(session, actor, case, "court", "Causa 123/2026")
    assert add_number(session, actor, case, "court", "Causa 123/2026") is first
    assert actions(session, case) == ["case.opened", "case.number_added"]


def test_people_are_put_on_a_case_and_taken_off_with_a_reason(session: Session, viewer: Who) -> None:
    owner, manager = viewer("investigator"), viewer("manager")
    case = open_a_case(session, owner)
    prosecutor = session.scalars(select(User).where(User.name == "prosecutor")).one()
    assign_case(session, manager, case, prosecutor, "Turno")
    assert [user.name for _a, user in list_assigned(session, manager, case)] == ["investigator", "prosecutor"]
    assert refused(lambda: assign_case(session, manager, case, prosecutor, "Otra vez")) == "user"
    assert refused(lambda: end_assignment(session, manager, case, prosecutor, "")) == "reason"
    end_assignment(session, manager, case, prosecutor, "Cambio de adscripción")
    assert [user.name for _a, user in list_assigned(session, manager, case)] == ["investigator"]
    auditor = session.scalars(select(User).where(User.name == "auditor")).one()
    assert refused(lambda: assign_case(session, manager, case, auditor, "No")) == "user"


def act(session: Session, actor: Viewer, case: Case, **more: object) -> Act:
    said: dict[str, object] = {"kind": ActKind.NOTE, "happened_at": at("2026-03-03T10:00"), "text": "Nota"}
    return record_act(session, actor, case, **(said | more))  # type: ignore[arg-type]


def test_the_same_form_sent_twice_leaves_one_act(database: Database, session: Session, viewer: Who) -> None:
    actor = viewer("investigator")
    case = open_a_case(session, actor)
    first = act(session, actor, case, once="abc")
    database.commit(session)
    with database.writing() as later:
        again = act(later, actor, get_case(later, actor, case.public_id), once="abc")
        database.commit(later)
        assert again.id == first.id
        assert len(list_acts(later, actor, case)) == 1
        assert actions(later, case).count("act.recorded") == 1


def test_acts_are_listed_newest_first_and_corrections_name_their_act(session: Session, viewer: Who) -> None:
    actor = viewer("investigator")
    case = open_a_case(session, actor)
    act(session, actor, case, happened_at=at("2026-03-05T10:00"))
    act(session, actor, case, happened_at=at("2026-03-03T10:00"), corrects=1)
    assert [found.number for found in list_acts(session, actor, case)] == [1, 2]
    assert refused(lambda: act(session, actor, case, corrects=3)) == "corrects"
    assert refused(lambda: act(session, actor, case, text=" \n ")) == "text"
    assert refused(lambda: act(session, actor, case, happened_at=datetime(2126, 1, 1, tzinfo=UTC))) == "happened_at"


def test_a_case_of_another_unit_is_not_there(session: Session, viewer: Who) -> None:
    case = open_a_case(session, viewer("investigator"))
    with pytest.raises(NotFound):
        get_case(session, viewer("south-prosecutor"), case.public_id)
    assert list_acts(session, viewer("south-prosecutor"), case) == []
