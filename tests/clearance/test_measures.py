"""The arithmetic of both measures, against hand-made vectors and against pandas and lifelines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from investigations.clearance.rules.measures import (
    Followed,
    Survival,
    add_up,
    cells,
    figures,
    follow,
    months,
    percent,
    tally,
)
from investigations.clearance.rules.questions import HORIZONS, Group, Measure, OffenceRow, Question, ReportRow

from .cook import frame, offence_rows

ZONE = "America/Mexico_City"
YEAR = (date(2019, 1, 1), date(2019, 12, 31))
LATE = datetime(2021, 6, 30, 18, tzinfo=UTC)


def ask(measure: Measure, *by: Group, start: date = YEAR[0], end: date = YEAR[1], as_of: datetime = LATE) -> Question:
    return Question(measure, start, end, as_of, as_of, ZONE, by)


def offence(number: int = 1, reported: date | None = date(2019, 3, 1), cleared: date | None = None, **more: object) -> OffenceRow:
    kind = more.pop("clearance", "clearance_arrest" if cleared else None)
    return OffenceRow(number, number, "u1", "o1", "m1", reported, cleared, kind, **more)  # type: ignore[arg-type]


def total(question: Question, rows: list[OffenceRow]) -> ReportRow:
    sums = add_up(question, rows)
    return figures(question, sums.total, sums.total_survival, (), ())


def by_key(question: Question, rows: list[OffenceRow]) -> dict[tuple[str, ...], ReportRow]:
    sums = add_up(question, rows)
    return {key: figures(question, counts, sums.survival[key], key, key) for key, counts in sums.by_key.items()}


@pytest.mark.parametrize(
    ("numerator", "denominator", "written"),
    [(13, 16, "81.2"), (18, 32, "56.2"), (20, 19, "105.3"), (0, 7, "0.0"), (2, 1, "200.0"), (3, 0, None), (0, 0, None)],
)
def test_a_rate_has_one_decimal_half_to_even_and_no_cap(numerator: int, denominator: int, written: str | None) -> None:
    assert percent(numerator, denominator) == written


def test_a_clearance_counts_in_its_own_period_whatever_the_year_of_the_crime() -> None:
    december, january = date(2018, 12, 31), date(2019, 1, 2)
    rows = [offence(1, december, january), offence(2, december, january), offence(3, date(2019, 1, 1))]
    row = total(ask(Measure.UCR), rows)
    assert (row.reported, row.cleared, row.rate) == (1, 2, "200.0")  # domain.md §5.2: 200 %, none of the year's solved
    assert total(ask(Measure.UCR, start=date(2018, 1, 1), end=december), rows).cleared == 0


def test_unfounded_offences_leave_the_denominator_and_are_told() -> None:
    sums = add_up(ask(Measure.UCR), [offence(1), offence(2, ending="unfounded"), offence(3, cleared=date(2019, 5, 1))])
    assert dict(sums.total) == {
        "reported": 3, "actual": 2, "unfounded": 1, "left_out_unfounded": 1, "cleared": 1, "cleared_by_arrest": 1
    }  # fmt: skip


def test_arrest_and_exceptional_clearances_are_apart_and_add_up() -> None:
    row = total(
        ask(Measure.UCR),
        [offence(1, cleared=date(2019, 4, 1)), offence(2, cleared=date(2019, 4, 1), clearance="clearance_exceptional")],
    )
    assert (row.cleared, row.cleared_by_arrest, row.cleared_exceptional, row.rate) == (2, 1, 1, "100.0")


@pytest.mark.parametrize("ending", ["moved", "merged"])
def test_what_left_the_office_is_not_counted_but_told(ending: str) -> None:
    sums = add_up(ask(Measure.UCR), [offence(ending=ending, ending_on=date(2019, 4, 1))])
    assert dict(sums.total) == {f"left_out_{ending}": 1}


def test_an_offence_without_report_date_is_left_out_even_when_cleared() -> None:
    for measure in Measure:
        sums = add_up(ask(measure), [offence(reported=None, cleared=date(2019, 4, 1))])
        assert dict(sums.total) == {"left_out_no_report_date": 1}


def test_shelving_and_alternative_resolutions_are_no_clearance_and_leave_nothing_out() -> None:
    for ending in ("admin_close", "resolved_alternative"):
        row = total(ask(Measure.UCR), [offence(ending=ending, ending_on=date(2019, 4, 1))])
        assert (row.reported, row.actual, row.cleared, row.rate) == (1, 1, 0, "0.0")


def test_no_offences_no_rate() -> None:
    assert total(ask(Measure.UCR), []).rate is None
    assert [horizon.cleared_share for horizon in total(ask(Measure.COHORT), []).horizons] == [None] * 4


def test_by_month_reports_and_clearances_fall_in_their_own_months_and_no_month_is_missing() -> None:
    question = ask(Measure.UCR, Group.MONTH, end=date(2019, 4, 15))
    rows = by_key(question, [offence(1, date(2019, 1, 5), date(2019, 4, 2)), offence(2, date(2019, 3, 31))])
    assert sorted(rows) == [("2019-01",), ("2019-02",), ("2019-03",), ("2019-04",)]
    assert [(rows[(m,)].reported, rows[(m,)].cleared) for m in months(*YEAR) if (m,) in rows] == [(1, 0), (0, 0), (1, 0), (0, 1)]


VECTOR = [(3, 1), (10, 1), (10, 1), (20, 0), (45, 1), (60, 0), (60, 0), (90, 1), (120, 0), (120, 0)]


def test_the_worked_example_of_the_cohort_is_met() -> None:
    survival = Survival()
    for days, cleared in VECTOR:
        survival.add(Followed(days, bool(cleared)))
    shares = {day: 100 * (under - over) / under for day, over, under in survival.steps()}
    assert {day: round(share, 2) for day, share in shares.items()} == {3: 10.0, 10: 30.0, 45: 41.67, 90: 61.11}
    at_90 = next(horizon for horizon in survival.horizons() if horizon.days == 90)
    assert (at_90.at_risk, at_90.cleared_within, at_90.percent) == (3, 5, "61.1")


def test_days_are_local_calendar_days_up_to_the_as_of_day() -> None:
    question = ask(Measure.COHORT, as_of=datetime(2019, 3, 31, 5, 59, tzinfo=UTC))  # still the 30th in the office
    assert follow(question, offence(), date(2019, 3, 1)).days == 29


def test_a_transfer_ends_observation_and_shelving_does_not() -> None:
    question = ask(Measure.COHORT, as_of=datetime(2019, 3, 31, 18, tzinfo=UTC))
    moved = offence(ending="moved", ending_on=date(2019, 3, 11))
    shelved = offence(ending="admin_close", ending_on=date(2019, 3, 11))
    assert follow(question, moved, date(2019, 3, 1)) == Followed(10, False)
    assert follow(question, shelved, date(2019, 3, 1)) == Followed(30, False)


def test_a_clearance_before_the_report_is_day_zero_and_told() -> None:
    sums = add_up(ask(Measure.COHORT), [offence(cleared=date(2019, 2, 20)), offence(2)])
    assert sums.total["negative_interval"] == 1
    assert sums.total_survival.curve()[0] == (0, 0.5)


def test_unfounded_and_merged_offences_are_no_members_of_the_cohort() -> None:
    rows = [offence(1), offence(2, ending="unfounded"), offence(3, ending="merged"), offence(4, ending="moved", ending_on=date(2019, 4, 1))]
    sums = add_up(ask(Measure.COHORT), rows)
    assert (sums.total["actual"], sums.total_survival.left_on.total()) == (2, 2)
    assert (sums.total["left_out_unfounded"], sums.total["left_out_merged"], sums.total["left_out_moved"]) == (1, 1, 0)


days = st.integers(0, 900)
OFFENCES = st.builds(
    lambda number, start, wait, unit, kind, ending: OffenceRow(
        number, number, unit, "o", "m",
        date(2018, 6, 1) + timedelta(days=start),
        date(2018, 6, 1) + timedelta(days=start + wait) if wait is not None and ending != "unfounded" else None,
        kind if wait is not None and ending != "unfounded" else None,
        ending,
        date(2018, 6, 1) + timedelta(days=start + 1) if ending else None,
    ),
    st.integers(), days, st.none() | st.integers(0, 400), st.sampled_from(["a", "b", "c"]),
    st.sampled_from(["clearance_arrest", "clearance_exceptional"]), st.sampled_from([None, None, "unfounded", "admin_close"]),
)  # fmt: skip


@given(st.lists(OFFENCES, max_size=60))
@settings(max_examples=60, deadline=None)
def test_every_number_is_the_length_of_the_list_behind_it(rows: list[OffenceRow]) -> None:
    for measure in Measure:
        question = ask(measure, Group.UNIT)
        sums = add_up(question, rows)
        for name in cells(measure):
            behind = [row for row in rows if any(cell == name for _key, cell in tally(question, row))]
            assert len(behind) == sums.total[name]
        for key, row in by_key(question, rows).items():
            for horizon in row.horizons:
                assert horizon.at_risk == sums.by_key[key][f"at_risk_{horizon.days}"]
                assert horizon.cleared_within == sums.by_key[key][f"cleared_within_{horizon.days}"]


def ucr_by_pandas(rows: list[OffenceRow]) -> dict[tuple[str, ...], tuple[int, ...]]:
    """Reported, unfounded, cleared, by arrest, exceptional of each unit: an independent computation."""
    data = pd.DataFrame(
        [(r.unit, r.reported_on, r.cleared_on, r.clearance, r.ending) for r in rows],
        columns=["unit", "reported", "cleared", "kind", "ending"],
    )
    for column in ("reported", "cleared"):
        data[column] = pd.to_datetime(data[column])
    first, last = pd.Timestamp(YEAR[0]), pd.Timestamp(YEAR[1])
    reported = data[data["reported"].between(first, last)]
    cleared = data[data["cleared"].between(first, last) & data["ending"].ne("unfounded")]
    found = pd.DataFrame(
        {
            "reported": reported.groupby("unit").size(),
            "unfounded": reported[reported["ending"].eq("unfounded")].groupby("unit").size(),
            "cleared": cleared.groupby("unit").size(),
            "arrest": cleared[cleared["kind"].eq("clearance_arrest")].groupby("unit").size(),
            "exceptional": cleared[cleared["kind"].eq("clearance_exceptional")].groupby("unit").size(),
        }
    )
    return {(str(unit),): tuple(int(n) for n in line) for unit, line in zip(found.index, found.fillna(0).to_numpy(), strict=True)}


def ucr_by_us(rows: list[OffenceRow]) -> dict[tuple[str, ...], tuple[int, ...]]:
    return {
        key: (r.reported, r.unfounded, r.cleared, r.cleared_by_arrest, r.cleared_exceptional)
        for key, r in by_key(ask(Measure.UCR, Group.UNIT), rows).items()
    }


@given(st.lists(OFFENCES, min_size=1, max_size=80))
@settings(max_examples=40, deadline=None)
def test_ucr_equals_pandas_on_generated_offences(rows: list[OffenceRow]) -> None:
    assert ucr_by_us(rows) == ucr_by_pandas(rows)


def test_ucr_equals_pandas_on_the_real_extract() -> None:
    rows = offence_rows(frame(), date(2021, 6, 30))
    assert ucr_by_us(rows) == ucr_by_pandas(rows)
    assert total(ask(Measure.UCR), rows).reported == 483


def cohort_by_lifelines(rows: list[OffenceRow], last: date) -> list[float]:
    members = [r for r in rows if r.ending != "unfounded" and r.reported_on and YEAR[0] <= r.reported_on <= min(YEAR[1], last)]
    waits = [max(((r.cleared_on or last) - r.reported_on).days, 0) for r in members if r.reported_on]
    fitter = KaplanMeierFitter().fit(waits, [r.cleared_on is not None for r in members])
    return [1 - float(fitter.predict(days)) for days in HORIZONS]


@given(st.lists(OFFENCES, min_size=1, max_size=80), st.integers(0, 700))
@settings(max_examples=40, deadline=None)
def test_cohort_equals_lifelines_on_generated_offences(rows: list[OffenceRow], wait: int) -> None:
    last = YEAR[1] + timedelta(days=wait)
    as_of = datetime(last.year, last.month, last.day, 18, tzinfo=UTC)
    known = [r if r.cleared_on is None or r.cleared_on <= last else OffenceRow(r.offence_id, r.case_id, r.unit, "o", "m", r.reported_on, ending=r.ending) for r in rows]
    row = total(ask(Measure.COHORT, as_of=as_of), known)
    if row.actual:
        assert [h.cleared_share for h in row.horizons] == pytest.approx(cohort_by_lifelines(known, last), abs=1e-9)


@pytest.mark.parametrize("last", [date(2019, 7, 15), date(2019, 12, 31), date(2021, 6, 30)])
def test_cohort_equals_lifelines_on_the_real_extract(last: date) -> None:
    rows = offence_rows(frame(), last)
    row = total(ask(Measure.COHORT, as_of=datetime(last.year, last.month, last.day, 18, tzinfo=UTC)), rows)
    assert [h.cleared_share for h in row.horizons] == pytest.approx(cohort_by_lifelines(rows, last), abs=1e-9)
