"""The demonstration office: the same seed tells the same stories, lines stand at every stage, and it can be undone."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from investigations.access import OFFICE
from investigations.cases.models import Case
from investigations.court.models import LineState
from investigations.db import now
from investigations.demo.commands import _passphrase
from investigations.demo.queries import loaded, words
from investigations.demo.rules import CaseStory, paths, tell
from investigations.demo.services import ACCOUNTS, load_accounts, load_stories, load_units
from investigations.jurisdictions.queries import get_jurisdiction
from investigations.jurisdictions.rules import fold
from investigations.ledger.queries import verify
from investigations.office import Office

LAW = get_jurisdiction("mx_cnpp")
UNTIL = datetime(2026, 11, 22, 18, tzinfo=UTC)


@pytest.fixture(scope="module")
def stories() -> list[CaseStory]:
    return list(tell(400, 7, UNTIL, LAW, words()))


def test_the_same_seed_tells_the_same_stories(stories: list[CaseStory]) -> None:
    assert list(tell(400, 7, UNTIL, LAW, words())) == stories
    assert list(tell(400, 8, UNTIL, LAW, words())) != stories


def test_there_is_a_path_to_every_state_of_the_law() -> None:
    assert set(paths(LAW)) == set(LAW.states)


def test_people_phones_and_plates_come_back_across_cases(stories: list[CaseStory]) -> None:
    suspects = Counter(story.suspect.name for story in stories if story.suspect)
    assert suspects.most_common(1)[0][1] >= 3
    phones = Counter(story.suspect.phone for story in stories if story.suspect)
    repeated = next(phone for phone, count in phones.most_common() if count > 1)
    assert any(repeated in story.narrative or any(repeated in act.text for act in story.acts) for story in stories)


def test_nothing_lies_in_the_future_and_events_are_in_order(stories: list[CaseStory]) -> None:
    for story in stories:
        moments = [event.occurred_at for event in story.events]
        assert moments == sorted(moments)
        assert all(moment < UNTIL for moment in moments)
        assert story.occurred_at <= story.reported_at < UNTIL


def test_every_text_is_filled(stories: list[CaseStory]) -> None:
    for story in stories:
        for text in (story.narrative, story.place, *(act.text for act in story.acts), *(i.description for i in story.items)):
            assert "{" not in text


def test_the_office_is_loaded_bound_by_the_ledger_and_marked_synthetic(office: Office) -> None:
    with office.database.transaction() as session:
        units = load_units(session, OFFICE, words())
        people = load_accounts(session, OFFICE, units, {name: _passphrase() for name, *_rest in ACCOUNTS})
        stories = tell(60, 7, now(), LAW, words())
        load_stories(session, OFFICE, stories, units, people[:2], LAW.code)
    with office.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Case).where(Case.synthetic)) == 60
        assert verify(session).problems == []
        assert loaded(session) is not None
        states = set(session.scalars(select(LineState.state)))
        assert len(states) >= 12
    assert office.drainer.problem() is None


def test_a_told_line_folds_to_the_state_it_was_told_for() -> None:
    """The first stories visit the law's states one by one; those old enough arrive."""
    from dataclasses import dataclass

    @dataclass
    class Told:
        number: int
        kind: str
        occurred_at: datetime
        recorded_at: datetime
        corrects: None = None
        withdrawn_at: None = None

    wanted = list(paths(LAW))
    arrived = set()
    for story in list(tell(400, 7, UNTIL, LAW, words()))[: len(wanted)]:
        events = [Told(n, e.kind, e.occurred_at, UNTIL) for n, e in enumerate(story.events, 1)]
        arrived.add(fold(LAW, events, UNTIL, UNTIL).state)
    assert len(arrived) >= len(wanted) * 0.8
