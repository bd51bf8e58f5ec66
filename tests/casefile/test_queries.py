"""Lists of cases: what each filter takes, in which order, and only what the viewer sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from investigations.access import Viewer
from investigations.casefile.queries import (
    case_frame,
    cases_viewed,
    count_cases,
    count_stages,
    find_cases,
    jurisdictions_in_use,
    list_offence_groups,
    my_cases,
)
from investigations.casefile.rules import Filters
from investigations.cases.models import ActKind, Case, Confidentiality
from investigations.cases.queries import get_case, list_units, offence_choices
from investigations.cases.services import Header, add_number, open_case, record_act
from investigations.court.services import open_line
from investigations.db import Database
from tests.conftest import at, unit_named
from tests.court.lines import a_suspect, step

Who = Callable[[str], Viewer]
REPORTED = at("2026-03-02T15:00")


def make(session: Session, actor: Viewer, number: str, **changes: object) -> Case:
    """A case with a line whose author is not known, reported on 2 March unless told otherwise."""
    codes = [choice.id for choice in offence_choices(session, "mx_cnpp")]
    header = Header(
        number=number, unit_id=unit_named(session, number.split("/")[0]).id, code_ids=codes[:1], occurred_at=None, place="",
        municipality="16053", municipality_name="Morelia", reported_at=REPORTED, narrative="",
    )  # fmt: skip
    case = open_case(session, actor, replace(header, **changes), jurisdiction="mx_cnpp")  # type: ignore[arg-type]
    for offence in case.offences:
        open_line(session, actor, case, offence, occurred_at=case.reported_at or case.opened_at)
    return case


@pytest.fixture
def office_of_cases(database: Database, session: Session, viewer: Who) -> Session:
    """Five cases of north, one of them sealed, and one of south."""
    actor = viewer("investigator")
    robbery = next(c.id for c in offence_choices(session, "mx_cnpp") if c.group.es == "Robo")
    make(session, actor, "NORTE/000001/2026")
    make(session, actor, "NORTE/000012/2026", code_ids=[robbery], municipality="16102", municipality_name="Uruapan")
    make(session, actor, "NORTE/000123/2026", reported_at=REPORTED + timedelta(days=10))
    make(session, viewer("prosecutor"), "NORTE/000777/2026", confidentiality=Confidentiality.SEALED)
    moved = make(session, viewer("prosecutor"), "NORTE/000500/2026", reported_at=REPORTED - timedelta(days=10))
    make(session, viewer("south-investigator"), "SUR/000001/2026")
    party = a_suspect(session, moved)
    line = open_line(session, actor, moved, moved.offences[0], party, occurred_at=REPORTED)
    step(session, actor, line, "detencion_flagrancia", 1)
    step(session, actor, line, "puesta_a_disposicion", 2)
    add_number(session, actor, moved, "court", "Causa penal 44/2026")
    database.commit(session)
    return session


def numbers(session: Session, viewer: Viewer, **chosen: object) -> list[str]:
    filters = Filters(**chosen)  # type: ignore[arg-type]
    rows = find_cases(session, viewer, filters)
    assert count_cases(session, viewer, filters) == len(rows)
    return [row.number.removesuffix("/2026") for row in rows]


def test_the_last_reported_comes_first(office_of_cases: Session, viewer: Who) -> None:
    found = numbers(office_of_cases, viewer("investigator"))
    assert found == ["NORTE/000123", "NORTE/000012", "NORTE/000001", "NORTE/000500"]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"text": "123"}, {"NORTE/000123"}),
        ({"text": "000123 2026"}, {"NORTE/000123"}),
        ({"text": "causa penal 44"}, {"NORTE/000500"}),
        ({"text": "—"}, set()),
        ({"municipality": "16102"}, {"NORTE/000012"}),
        ({"municipality": "Uruapan"}, {"NORTE/000012"}),
        ({"offence": "robo"}, {"NORTE/000012"}),
        ({"offence": "homicidio"}, {"NORTE/000001", "NORTE/000123", "NORTE/000500"}),
        ({"stage": "complementaria"}, {"NORTE/000500"}),
        ({"state": "AI"}, {"NORTE/000500"}),
        ({"state": "I1", "stage": "complementaria"}, {"NORTE/000500"}),
        ({"since": REPORTED + timedelta(days=1)}, {"NORTE/000123"}),
        ({"until": REPORTED}, {"NORTE/000500"}),
        ({"confidentiality": "sealed"}, set()),
        ({"mine": True}, {"NORTE/000001", "NORTE/000012", "NORTE/000123"}),
        ({"unit": "0000000000000000"}, set()),
    ],
)
def test_each_filter_takes_what_it_says(
    office_of_cases: Session, viewer: Who, chosen: dict[str, object], expected: set[str]
) -> None:
    assert set(numbers(office_of_cases, viewer("investigator"), **chosen)) == expected


def test_nobody_sees_or_counts_what_is_not_theirs(office_of_cases: Session, viewer: Who) -> None:
    south = viewer("south-investigator")
    assert numbers(office_of_cases, south) == ["SUR/000001"]
    assert [count.cases for count in count_stages(office_of_cases, south)] == [1]
    assert "NORTE/000777" in numbers(office_of_cases, viewer("prosecutor"))
    assert "NORTE/000777" not in numbers(office_of_cases, viewer("manager"))
    assert numbers(office_of_cases, viewer("auditor")) == []


def test_a_row_says_where_the_case_stands(office_of_cases: Session, viewer: Who) -> None:
    rows = {row.number: row for row in find_cases(office_of_cases, viewer("prosecutor"), Filters())}
    moved = rows["NORTE/000500/2026"]
    assert moved.status is not None
    assert moved.status.code == "AI"
    assert (moved.unit, moved.municipality) == ("Unidad Norte", "Morelia")
    assert rows["NORTE/000012/2026"].offences[0].es.startswith("Robo")


def test_counts_by_stage_are_the_lists_behind_them(office_of_cases: Session, viewer: Who) -> None:
    for name in ("investigator", "prosecutor", "manager"):
        looker = viewer(name)
        units = {unit.public_id for unit in list_units(office_of_cases, looker)}
        counts = count_stages(office_of_cases, looker)
        assert counts
        for count in counts:
            assert count.unit_id in units
            assert count.cases == len(numbers(office_of_cases, looker, stage=count.stage, unit=count.unit_id))
        for own in count_stages(office_of_cases, looker, mine=True):
            assert own.cases == len(numbers(office_of_cases, looker, stage=own.stage, unit=own.unit_id, mine=True))


def test_my_cases_come_in_the_order_in_which_anybody_touched_them(
    database: Database, office_of_cases: Session, viewer: Who
) -> None:
    actor = viewer("investigator")
    first = find_cases(office_of_cases, actor, Filters(text="NORTE 1 2026"))[0]
    assert my_cases(office_of_cases, actor, 10)[0].number != first.number
    prosecutor = viewer("prosecutor")
    office_of_cases.rollback()
    with database.transaction() as later:
        case = get_case(later, actor, first.public_id)
        record_act(later, prosecutor, case, kind=ActKind.NOTE, happened_at=REPORTED, text="Tocada")
    assert my_cases(office_of_cases, actor, 10)[0].number == first.number
    assert len(my_cases(office_of_cases, actor, 2)) == 2


def test_cases_looked_at_keep_their_order_and_go_with_sight(office_of_cases: Session, viewer: Who) -> None:
    ids = [row.public_id for row in find_cases(office_of_cases, viewer("prosecutor"), Filters())][::-1]
    assert [row.public_id for row in cases_viewed(office_of_cases, viewer("prosecutor"), ids)] == ids
    assert len(cases_viewed(office_of_cases, viewer("investigator"), ids)) == len(ids) - 1


def test_the_same_type_of_offence_of_two_catalogues_is_offered_once(session: Session) -> None:
    codes = [group.code for group in list_offence_groups(session)]
    assert len(codes) == len(set(codes))
    assert "robo" in codes


def test_another_jurisdiction_is_offered_only_when_one_of_its_cases_is_seen(office_of_cases: Session, viewer: Who) -> None:
    assert [law.code for law in jurisdictions_in_use(office_of_cases, viewer("prosecutor"), "mx_cnpp")] == ["mx_cnpp"]
    assert [law.code for law in jurisdictions_in_use(office_of_cases, viewer("prosecutor"), "us_generic")] == ["us_generic", "mx_cnpp"]


def test_the_head_of_a_case_counts_what_stands_under_each_tab(office_of_cases: Session, viewer: Who) -> None:
    row = find_cases(office_of_cases, viewer("prosecutor"), Filters(text="500"))[0]
    case = get_case(office_of_cases, viewer("prosecutor"), row.public_id)
    frame = case_frame(office_of_cases, viewer("prosecutor"), case)
    assert frame.counts == {"acts": 0, "people": 1, "evidence": 0, "court": 2}
    assert frame.assigned == ["Persona prosecutor"]
