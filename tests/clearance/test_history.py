"""From what was recorded about one offence to its spans: every instant meets one answer, the fold's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from investigations.clearance.rules.history import (
    Answer,
    Facts,
    Header,
    Known,
    LineHistory,
    OffenceHistory,
    Span,
    joint,
    spans,
)
from investigations.court.rules import Happening
from investigations.jurisdictions.queries import get_jurisdiction
from investigations.jurisdictions.rules import LineStatus, fold

LAW = get_jurisdiction("mx_cnpp")
START = datetime(2024, 1, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def happening(number: int, kind: str, occurred: float, recorded: float | None = None, **more: object) -> Happening:
    return Happening(number, kind, day(occurred), day(occurred if recorded is None else recorded), **more)  # type: ignore[arg-type]


def history(*lines: list[Happening], headers: list[Header] | None = None) -> OffenceHistory:
    header = Header(Known(day(0)), 1, "16053", "Morelia", day(0), {7: 3})
    return OffenceHistory(7, 9, day(0), headers or [header], [LineHistory(LAW, events) for events in lines])


def found(rows: list[Span], happened_by: datetime, known_at: datetime) -> Facts | None:
    """The one span that two instants meet."""
    met = [
        span.facts
        for span in rows
        if Known(span.known_from, span.known_to).at(known_at)
        and Known(span.facts.happened_from, span.facts.happened_to).at(happened_by)
    ]
    assert len(met) <= 1
    return met[0] if met else None


def test_an_offence_without_lines_is_reported_and_nothing_more() -> None:
    rows = spans(history())
    assert [(row.known_from, row.known_to, row.facts.happened_from, row.facts.happened_to) for row in rows] == [
        (day(0), None, day(0), None)
    ]


def test_a_clearance_recorded_late_is_known_late_and_dated_early() -> None:
    rows = spans(history([happening(1, "denuncia", 0), happening(2, "vinculacion", 10, recorded=30)]))
    assert found(rows, day(20), day(29)).cleared_at is None
    assert found(rows, day(20), day(30)).cleared_at == day(10)
    assert found(rows, day(9), day(40)).cleared_at is None


def test_a_corrected_clearance_counts_until_the_correction_was_recorded() -> None:
    events = [
        happening(1, "denuncia", 0),
        happening(2, "vinculacion", 10),
        happening(3, "annulment", 10, recorded=20, corrects=2),
    ]
    rows = spans(history(events))
    assert found(rows, day(15), day(19)).cleared_at == day(10)
    assert found(rows, day(15), day(20)).cleared_at is None


def test_a_withdrawn_import_counts_only_while_it_stood() -> None:
    events = [happening(1, "denuncia", 0), happening(2, "vinculacion", 1, recorded=5, withdrawn_at=day(8))]
    rows = spans(history(events))
    assert [found(rows, day(6), day(k)).cleared_at for k in (4, 5, 8)] == [None, day(1), None]


def test_a_changed_header_is_known_from_the_change_on() -> None:
    old = Header(Known(day(0), day(5)), 1, "16053", "Morelia", day(0), {7: 3})
    new = Header(Known(day(5)), 2, "16102", "Uruapan", day(-1), {7: 4})
    rows = spans(history([happening(1, "denuncia", 0)], headers=[old, new]))
    before, after = found(rows, day(6), day(4)), found(rows, day(6), day(6))
    assert (before.unit_id, before.code_id, before.reported_at) == (1, 3, day(0))
    assert (after.unit_id, after.code_id, after.municipality_name, after.reported_at) == (2, 4, "Uruapan", day(-1))


def test_an_offence_added_later_was_not_known_before() -> None:
    old = Header(Known(day(0), day(5)), 1, None, None, day(0), {6: 3})
    new = Header(Known(day(5)), 1, None, None, day(0), {6: 3, 7: 4})
    rows = spans(history(headers=[old, new]))
    assert found(rows, day(6), day(4)) is None
    assert found(rows, day(6), day(6)).code_id == 4


def test_events_that_change_nothing_of_the_answer_leave_one_span() -> None:
    names = ["denuncia", "suspect_identified", "suspect_identified"]
    events = [happening(number, kind, number) for number, kind in enumerate(names)]
    assert len(spans(history(events))) == 1


def status(**fields: object) -> LineStatus:
    return LineStatus(**fields)  # type: ignore[arg-type]


CLEARED = {"cleared_at": day(3), "clearance": "clearance_arrest"}


@pytest.mark.parametrize(
    ("lines", "ending"),
    [
        ([{"ending": "unfounded", "ending_at": day(1)}], "unfounded"),
        ([{"ending": "unfounded", "ending_at": day(1)}, {}], None),
        ([{"ending": "unfounded", "ending_at": day(1)}, {"ending": "admin_close", "ending_at": day(2)}], "unfounded"),
        ([{"ending": "unfounded", "ending_at": day(4), **CLEARED}], None),
        ([{"ending": "moved", "ending_at": day(1)}, {"ending": "moved", "ending_at": day(2)}], "moved"),
        ([{"ending": "moved", "ending_at": day(1)}, {"ending": "admin_close", "ending_at": day(2)}], "admin_close"),
        ([{"ending": "moved", "ending_at": day(4), **CLEARED}], None),
        ([{"ending": "merged", "ending_at": day(4), **CLEARED}], "merged"),
        ([{"ending": "merged", "ending_at": day(1)}, {"ending": "moved", "ending_at": day(2)}], "merged"),
        ([{"ending": "admin_close", "ending_at": day(1)}, {"ending": "resolved_alternative", "ending_at": day(2)}], "resolved_alternative"),
        ([], None),
    ],
)  # fmt: skip
def test_the_lines_of_an_offence_make_one_ending(lines: list[dict[str, object]], ending: str | None) -> None:
    from investigations.jurisdictions.rules import Outcome

    def typed(fields: dict[str, object]) -> dict[str, object]:
        return {k: Outcome(v) if k in ("ending", "clearance") else v for k, v in fields.items()}

    answer = joint([status(**typed(fields)) for fields in lines])
    assert answer.ending == ending
    if ending:
        assert answer.ending_at == max(fields["ending_at"] for fields in lines)  # type: ignore[type-var]


def test_the_earliest_clearance_of_any_line_is_the_offences() -> None:
    rows = spans(
        history(
            [happening(1, "denuncia", 0), happening(2, "vinculacion", 9)],
            [happening(1, "denuncia", 0), happening(2, "exceptional_clearance", 4)],
        )
    )
    facts = found(rows, day(20), day(20))
    assert (facts.cleared_at, facts.clearance) == (day(4), "clearance_exceptional")


kinds = st.sampled_from(sorted(LAW.events))
moments = st.integers(0, 40)


@st.composite
def lines_of_events(draw: st.DrawFn) -> list[Happening]:
    events = []
    for number in range(1, draw(st.integers(0, 5)) + 1):
        recorded = draw(moments)
        gone = draw(st.none() | st.integers(1, 20))
        corrects = draw(st.none() | st.integers(1, number - 1)) if number > 1 else None
        events.append(
            Happening(number, draw(kinds), day(draw(moments)), day(recorded), corrects, day(recorded + gone) if gone else None)
        )
    return events


@given(st.lists(lines_of_events(), max_size=3), moments, moments)
@settings(max_examples=200, deadline=None)
def test_every_pair_of_instants_meets_the_answer_of_the_fold(lines: list[list[Happening]], t: int, k: int) -> None:
    facts = found(spans(history(*lines)), day(t), day(k))
    folded = [fold(LAW, events, day(t), day(k)) for events in lines]
    expected = joint([state for state in folded if state.state is not None or state.events_in_force])
    assert facts is not None
    assert Answer(facts.cleared_at, facts.clearance, facts.ending, facts.ending_at) == expected


@given(st.lists(lines_of_events(), max_size=2))
@settings(max_examples=100, deadline=None)
def test_spans_never_overlap_and_are_never_empty(lines: list[list[Happening]]) -> None:
    rows = spans(history(*lines))
    for row in rows:
        assert row.known_to is None or row.known_from < row.known_to
        assert row.facts.happened_to is None or row.facts.happened_from < row.facts.happened_to
    for t in range(0, 42, 3):
        for k in range(0, 62, 3):
            found(rows, day(t), day(k))
