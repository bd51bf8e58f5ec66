"""Two requests at the same instant: one line moves once, one form leaves one act, whoever comes first."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from investigations.access import Viewer
from investigations.cases.models import Act, ActKind
from investigations.cases.queries import get_case
from investigations.cases.services import record_act
from investigations.court.models import Line, LineEvent
from investigations.court.services import record_event
from investigations.db import Database, StaleEdit
from investigations.ledger.queries import verify
from tests.casework import open_for_the_web
from tests.court.lines import OPENED, a_line, day, move

Who = Callable[[str], Viewer]
RACERS = 4


def race(database: Database, act: Callable[[Session, int], object]) -> list[str]:
    """Everybody does it in a transaction of their own, started together; how each one ended."""
    start = threading.Barrier(RACERS)
    ends: list[str] = []

    def run(place: int) -> None:
        start.wait()
        try:
            with database.transaction() as session:
                act(session, place)
            ends.append("done")
        except StaleEdit:
            ends.append("stale")

    threads = [threading.Thread(target=run, args=(place,)) for place in range(RACERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(ends)


def test_of_several_moves_from_the_same_page_one_is_recorded(database: Database, session: Session, viewer: Who) -> None:
    actor = viewer("prosecutor")
    line = a_line(session, actor)
    database.commit(session)
    seen = line.version

    def act(own: Session, place: int) -> None:
        record_event(own, actor, own.get_one(Line, line.id), seen, move("detencion_flagrancia", day(1 + place)))

    assert race(database, act) == ["done", *["stale"] * (RACERS - 1)]
    with database.reading() as reader:
        assert len(reader.scalars(select(LineEvent).where(LineEvent.line_id == line.id)).all()) == 2
        assert verify(reader).ok


def test_the_same_act_sent_by_two_impatient_taps_is_there_once(database: Database, session: Session, viewer: Who) -> None:
    case, actor = open_for_the_web(database), viewer("investigator")
    session.rollback()

    def act(own: Session, _place: int) -> None:
        record_act(own, actor, get_case(own, actor, case), kind=ActKind.NOTE, happened_at=OPENED, text="Una", once="tap")

    assert race(database, act) == ["done"] * RACERS
    with database.reading() as reader:
        assert [found.number for found in reader.scalars(select(Act))] == [1]
        assert verify(reader).ok
