"""What may follow what on a line, and what a case's status is when it has several lines."""

from __future__ import annotations

import pytest

from investigations.court.rules import (
    Happening,
    Obstacle,
    Standing,
    case_status,
    closed_steps,
    obstacle,
    steps,
)
from investigations.jurisdictions.queries import get_jurisdiction
from tests.conftest import at
from tests.court.lines import LAW, day


def happening(number: int, kind: str, days: int, corrects: int | None = None) -> Happening:
    return Happening(number, kind, day(days), day(100), corrects)


def found(events: list[Happening], proposed: Happening, has_suspect: bool = True) -> Obstacle | None:
    return obstacle(LAW, events, proposed, had_suspect=has_suspect, has_suspect=has_suspect)


OPENED = happening(1, "denuncia", 0)
HELD = happening(2, "detencion_flagrancia", 1)
BEFORE_JUDGE = happening(3, "puesta_a_disposicion", 2)


def test_an_event_is_judged_where_its_date_puts_it() -> None:
    assert found([OPENED], happening(2, "detencion_flagrancia", 1)) is None
    assert found([OPENED, HELD], happening(3, "detencion_flagrancia", 2)) is not None
    late = happening(3, "archivo_temporal", 0)  # before the arrest the file could still be shelved
    wrong = found([OPENED, HELD], late)
    assert wrong is not None
    assert wrong.number == 2  # but then the arrest could not have followed


def test_an_event_that_needs_a_person_is_refused_while_there_is_none() -> None:
    wrong = found([OPENED], HELD, has_suspect=False)
    assert wrong is not None
    assert wrong.number is None
    assert "persona identificada" in wrong.reason.es


def test_a_correction_must_leave_the_later_events_in_order() -> None:
    good = happening(4, "caso_urgente", 1, corrects=2)
    assert found([OPENED, HELD, BEFORE_JUDGE], good) is None
    bad = found([OPENED, HELD, BEFORE_JUDGE], happening(4, "archivo_temporal", 1, corrects=2))
    assert bad is not None
    assert bad.number == 3


def test_an_annulment_may_not_pull_the_ground_from_under_later_events() -> None:
    wrong = found([OPENED, HELD, BEFORE_JUDGE], happening(4, "annulment", 50, corrects=2))
    assert wrong is not None
    assert wrong.number == 3
    assert found([OPENED, HELD], happening(3, "annulment", 50, corrects=2)) is None


def test_steps_that_an_imported_history_skips_stay_as_they_are() -> None:
    skipped = [OPENED, happening(2, "sentencia", 3)]  # no trial was ever recorded
    assert found(skipped, happening(3, "apelacion", 4)) is None


@pytest.mark.parametrize("state", list(LAW.states))
@pytest.mark.parametrize("has_suspect", [True, False])
def test_every_event_is_either_offered_or_its_absence_explained(state: str, has_suspect: bool) -> None:
    offered = {kind.code for kind in steps(LAW, state, has_suspect)}
    explained = {kind.code for kind, _why in closed_steps(LAW, state, has_suspect)}
    assert offered.isdisjoint(explained)
    assert offered | explained == set(LAW.events) - {"annulment", "suspect_identified"}


def standing(*states: str) -> str | None:
    status = case_status(LAW, [Standing(state, day(number)) for number, state in enumerate(states)])
    return status.code if status else None


def test_a_case_stands_where_its_line_furthest_along_stands() -> None:
    assert standing() is None
    assert standing("I1") == "I1"
    assert standing("IC", "I1") == "IC"
    assert standing("E1", "T2", "CI") == "T2"


def test_a_shelved_or_paused_line_never_hides_that_another_is_worked_on() -> None:
    assert standing("I1", "AT") == "I1"
    assert standing("I1", "SC") == "I1"
    assert standing("AT", "IM") == "IM"
    assert standing("X-SO", "AT") == "AT"


def test_when_every_line_has_ended_the_last_ending_is_the_cases() -> None:
    assert standing("X-SO", "F-CO") == "F-CO"
    assert standing("F-CO", "X-NE") == "X-NE"


def test_a_state_of_another_law_says_nothing() -> None:
    assert case_status(get_jurisdiction("us_generic"), [Standing("I1", at("2026-01-01"))]) is None
