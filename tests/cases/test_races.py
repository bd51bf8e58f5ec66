"""The same form sent several times at the same instant: one case, one number, one edit, whoever comes first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from investigations.access import Viewer
from investigations.cases.models import Case, CaseNumber
from investigations.cases.queries import get_case, list_offence_codes
from investigations.cases.services import add_number, edit_case, open_case
from investigations.db import Database, Refusal
from investigations.ledger.queries import verify
from tests.cases.test_services import header_of
from tests.casework import actions, open_a_case, open_for_the_web
from tests.court.test_races import RACERS, race

Who = Callable[[str], Viewer]


def test_one_form_opens_one_case(database: Database, session: Session, viewer: Who) -> None:
    actor = viewer("investigator")
    header = replace(header_of(open_a_case(session, actor)), number="NORTE/000002/2026")
    session.rollback()

    def act(own: Session, _place: int) -> None:
        open_case(own, actor, header, jurisdiction="mx_cnpp", once="0123456789abcdef")

    assert race(database, act) == ["done"] * RACERS
    with database.reading() as reader:
        case = reader.scalars(select(Case)).one()
        assert case.public_id == "0123456789abcdef"
        assert actions(reader, case) == ["case.opened"]
        assert verify(reader).ok


def test_a_number_is_given_to_one_of_several_cases(database: Database, session: Session, viewer: Who) -> None:
    actor = viewer("investigator")
    header = header_of(open_a_case(session, actor))
    session.rollback()
    refused: list[int] = []

    def act(own: Session, place: int) -> None:
        try:
            open_case(own, actor, replace(header, narrative=f"Caso {place}"), jurisdiction="mx_cnpp")
        except Refusal:
            refused.append(place)

    race(database, act)
    assert len(refused) == RACERS - 1
    with database.reading() as reader:
        assert len(reader.scalars(select(Case)).all()) == 1


def test_one_number_is_added_once(database: Database, session: Session, viewer: Who) -> None:
    case_id, actor = open_for_the_web(database), viewer("investigator")
    session.rollback()

    def act(own: Session, _place: int) -> None:
        add_number(own, actor, get_case(own, actor, case_id), "court", "Causa 12/2026")

    assert race(database, act) == ["done"] * RACERS
    with database.reading() as reader:
        assert len(reader.scalars(select(CaseNumber).where(CaseNumber.scheme == "court")).all()) == 1
        assert actions(reader, reader.scalars(select(Case)).one()) == ["case.opened", "case.number_added"]


def test_one_edit_is_stored_once(database: Database, session: Session, viewer: Who) -> None:
    case_id, actor = open_for_the_web(database), viewer("investigator")
    case = get_case(session, actor, case_id)
    codes = [code.id for code in list_offence_codes(session)[1:3]]
    version, header = case.version, header_of(case, place="Otro", number="NORTE/000009/2026", code_ids=codes)
    session.rollback()

    def act(own: Session, _place: int) -> None:
        mine = get_case(own, actor, case_id)
        shown = list(mine.offences)  # as a page holds them that was drawn before the others saved
        edit_case(own, actor, mine, version, header)
        assert shown[0].code_id == codes[0]

    assert race(database, act) == ["done"] * RACERS
    with database.reading() as reader:
        assert actions(reader, reader.scalars(select(Case)).one()) == ["case.opened", "case.edited"]
        assert verify(reader).ok
