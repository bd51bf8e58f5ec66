"""What must hold for the fold and for the allowed moves whatever the history."""

from dataclasses import replace
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from investigations.jurisdictions.queries import get_jurisdiction
from investigations.jurisdictions.rules import Jurisdiction, LineStatus, StateKind, fold, in_force, trajectory

from .acts import FOREVER, Act, day

MX = get_jurisdiction("mx_cnpp")
US = get_jurisdiction("us_generic")
laws = st.sampled_from([MX, US])
days = st.integers(0, 12)
moments = days.map(day)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Jurisdiction, list[Act]]:
    """Any acts of one jurisdiction in any order, late, corrected, annulled or withdrawn again."""
    law = draw(laws)
    kinds = draw(st.lists(st.sampled_from(list(law.events)), max_size=9))
    acts = []
    for number, kind in enumerate(kinds, start=1):
        earlier = st.none() if number == 1 else st.one_of(st.none(), st.integers(1, number - 1))
        corrects = draw(earlier)
        acts.append(Act(number, kind, draw(days), draw(days), corrects, draw(st.one_of(st.none(), days))))
    return law, acts


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_acts_are_handed_in_does_not_matter(
    given_history: tuple[Jurisdiction, list[Act]], chance: object
) -> None:
    law, acts = given_history
    shuffled = list(acts)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert trajectory(law, shuffled, FOREVER) == trajectory(law, acts, FOREVER)


@given(histories(), moments, moments)
def test_what_is_learnt_later_never_changes_what_was_known(
    given_history: tuple[Jurisdiction, list[Act]], by: datetime, known: datetime
) -> None:
    law, acts = given_history
    then = [
        act if act.withdrawn_at is None or act.withdrawn_at <= known else replace(act, gone=None)
        for act in acts
        if act.recorded_at <= known
    ]
    assert fold(law, acts, by, known) == fold(law, then, by, FOREVER)


@given(histories(), moments)
def test_the_last_step_of_the_trajectory_is_the_fold_without_limit(
    given_history: tuple[Jurisdiction, list[Act]], known: datetime
) -> None:
    law, acts = given_history
    path = trajectory(law, acts, known)
    assert fold(law, acts, FOREVER, known) == (path[-1] if path else LineStatus())
    assert len(path) == len(in_force(acts, known))


@given(histories(), moments, moments)
def test_the_fold_is_the_last_step_that_had_happened(
    given_history: tuple[Jurisdiction, list[Act]], by: datetime, known: datetime
) -> None:
    law, acts = given_history
    counted = in_force(acts, known)
    steps = [s for act, s in zip(counted, trajectory(law, acts, known), strict=True) if act.occurred_at <= by]
    assert fold(law, acts, by, known) == (steps[-1] if steps else LineStatus())


@given(histories())
def test_a_status_never_contradicts_itself(given_history: tuple[Jurisdiction, list[Act]]) -> None:
    law, acts = given_history
    cleared: datetime | None = None
    for status in trajectory(law, acts, FOREVER):
        assert status.stage == (law.states[status.state].stage if status.state else None)
        assert (status.clearance is None) == (status.cleared_at is None)
        assert status.clearance is None or status.clearance.clears
        assert status.ending is None or (not status.ending.clears and status.ending_at == status.since)
        assert cleared is None or status.cleared_at == cleared
        cleared = status.cleared_at


@given(laws, st.data(), st.booleans())
def test_an_event_is_allowed_exactly_when_there_is_no_reason_against_it(
    law: Jurisdiction, data: st.DataObject, has_suspect: bool
) -> None:
    state = data.draw(st.sampled_from([None, *law.states, "nowhere"]))
    allowed = [kind.code for kind in law.allowed(state, has_suspect)]
    assert allowed == [code for code in law.events if law.why_not(state, code, has_suspect) is None]
    assert law.why_not(state, "no_such_event", has_suspect) is not None


@given(laws, st.data())
def test_a_walk_of_allowed_moves_always_stands_in_a_state_of_the_file(
    law: Jurisdiction, data: st.DataObject
) -> None:
    state: str | None = None
    for _ in range(20):
        moves = law.allowed(state)
        assert moves, f"nothing may follow {state}"
        state = law.target(state, data.draw(st.sampled_from(moves)).code)
        assert state in law.states


@given(laws, st.data())
def test_the_target_is_a_state_from_anywhere(law: Jurisdiction, data: st.DataObject) -> None:
    state = data.draw(st.sampled_from([None, *law.states]))
    event = data.draw(st.sampled_from(list(law.events)))
    assert law.target(state, event) in law.states


@given(laws, st.data())
def test_an_ending_that_can_be_overturned_has_a_way_back(law: Jurisdiction, data: st.DataObject) -> None:
    endings = [code for code, state in law.states.items() if state.kind is StateKind.REVIEWABLE]
    state = data.draw(st.sampled_from(endings))
    after = {law.states[law.target(state, kind.code)].kind for kind in law.allowed(state)}
    assert StateKind.OPEN in after
