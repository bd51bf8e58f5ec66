"""Whatever people record, in any order: the projected state is the fold, and what the law forbids is never there."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from investigations.access import OFFICE, Viewer
from investigations.cases.models import Case
from investigations.court.models import Line, LineEvent, LineState
from investigations.court.queries import line_page
from investigations.court.services import annul_event, correct_event, link_suspect, record_event
from investigations.db import Database, Refusal
from investigations.jurisdictions.rules import fold
from tests.conftest import viewer_named
from tests.court.lines import LAW, a_line, a_suspect, day, move

numbers = count(1)
EVENTS = [code for code in LAW.events if code not in ("annulment", "suspect_identified")]


class LineMachine(RuleBasedStateMachine):
    """One line and its people; every rule is one transaction, as a request is."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database = database
        with database.transaction() as session:
            self.actor: Viewer = viewer_named(session, "prosecutor")
            line = a_line(session, self.actor, suspect=False, number=f"NORTE/{next(numbers):06d}/2025")
            self.line_id = line.id
        self.latest = 0

    def _try(self, act: Callable[[Any, Line], object]) -> bool:
        """Do it in a transaction of its own; False when it was refused, and then nothing of it stays."""
        before = self._events()
        try:
            with self.database.transaction() as session:
                act(session, session.get_one(Line, self.line_id))
        except Refusal:
            assert self._events() == before
            return False
        assert len(self._events()) == len(before) + 1
        return True

    def _events(self) -> list[tuple[int, str, int | None]]:
        with self.database.reading() as session:
            rows = session.scalars(select(LineEvent).where(LineEvent.line_id == self.line_id).order_by(LineEvent.number))
            return [(row.number, row.kind, row.corrects) for row in rows]

    def _page(self) -> Any:
        with self.database.reading() as session:
            return line_page(session, OFFICE, session.get_one(Line, self.line_id))

    @rule(data=st.data(), later=st.integers(0, 2))
    def record_what_is_offered(self, data: st.DataObject, later: int) -> None:
        offered = [kind.code for kind in self._page().allowed]
        if offered:
            kind = data.draw(st.sampled_from(offered))
            when = self.latest + later
            assert self._try(lambda session, line: record_event(session, self.actor, line, line.version, move(kind, day(when))))
            self.latest = when

    @rule(kind=st.sampled_from(EVENTS))
    def what_is_not_offered_is_refused_today(self, kind: str) -> None:
        if kind in {closed.code for closed, _why in self._page().closed}:
            when = day(self.latest)
            assert not self._try(lambda session, line: record_event(session, self.actor, line, line.version, move(kind, when)))

    @rule(kind=st.sampled_from(EVENTS), when=st.integers(-2, 20))
    def record_anything_at_any_date(self, kind: str, when: int) -> None:
        if self._try(lambda session, line: record_event(session, self.actor, line, line.version, move(kind, day(when)))):
            self.latest = max(self.latest, when)

    @rule()
    def identify_a_suspect(self) -> None:
        def link(session: Any, line: Line) -> None:
            case = session.get_one(Case, line.case_id)
            party = a_suspect(session, case)
            if link_suspect(session, self.actor, case, case.offences[0], party, day(self.latest)).id != line.id:
                raise Refusal("a new line opened")

        if not self._page().view.party_id:
            self._try(link)

    @precondition(lambda self: len(self._events()) > 1)
    @rule(data=st.data(), kind=st.sampled_from(EVENTS))
    def correct_an_event(self, data: st.DataObject, kind: str) -> None:
        number = data.draw(st.sampled_from([event[0] for event in self._events()]))
        when = day(data.draw(st.integers(-1, self.latest)))
        if self._try(lambda session, line: correct_event(session, self.actor, line, line.version, number, move(kind, when), "Error")):
            assert number in {event[2] for event in self._events()}

    @rule(data=st.data())
    def annul_an_event(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from([event[0] for event in self._events()]))
        self._try(lambda session, line: annul_event(session, self.actor, line, line.version, number, "Error"))

    @invariant()
    def the_projection_is_the_fold(self) -> None:
        with self.database.reading() as session:
            rows = session.scalars(select(LineEvent).where(LineEvent.line_id == self.line_id)).all()
            state = session.get_one(LineState, self.line_id)
            past = [_Past(row) for row in rows]
            now = max(row.recorded_at for row in rows)
            status = fold(LAW, past, now, now)
            assert (state.state, state.stage, state.since) == (status.state, status.stage, status.since)

    @invariant()
    def every_event_in_force_was_possible_where_it_stands(self) -> None:
        view = self._page()
        counting = sorted(
            (event for event in view.events if event.corrected_by is None and not event.annuls),
            key=lambda event: (event.occurred_at, event.number),
        )
        state = None
        for event in counting:
            assert LAW.why_not(state, event.kind, view.view.party_id is not None) is None
            state = LAW.target(state, event.kind)
        assert view.view.state.code == state


class _Past:
    """A row as the fold reads it, of no batch."""

    withdrawn_at = None

    def __init__(self, row: LineEvent) -> None:
        self.number, self.kind, self.corrects = row.number, row.kind, row.corrects
        self.occurred_at, self.recorded_at = row.occurred_at, row.recorded_at


def test_any_history_keeps_the_projection_and_the_law(database: Database) -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        lambda: LineMachine(database),
        settings=settings(max_examples=8, stateful_step_count=12, deadline=None, suppress_health_check=checks),
    )
