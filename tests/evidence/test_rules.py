"""Labels as they are compared, and the custody records that tell of an earlier time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from investigations.evidence.rules import CustodyKind, is_disposed, label_key, late_entries, latest

START = datetime(2026, 9, 3, 16, tzinfo=UTC)


@dataclass
class Link:
    kind: str
    at: datetime


def link(hours: int, kind: CustodyKind = CustodyKind.HANDOVER) -> Link:
    return Link(kind, START + timedelta(hours=hours))


def test_a_label_is_the_same_with_other_spaces_case_or_accents() -> None:
    assert label_key(" Indicio  3-a") == label_key("índicio 3-A")
    assert label_key("I-1") != label_key("I-11")


def test_a_link_that_tells_of_an_earlier_time_is_marked() -> None:
    assert late_entries([link(0), link(5), link(3), link(4), link(6)]) == [False, False, True, True, False]


def test_two_records_of_one_minute_are_in_order_whatever_their_seconds() -> None:
    first, second = Link(CustodyKind.STORAGE, START + timedelta(seconds=40)), link(0)
    assert late_entries([first, second]) == [False, False]
    assert latest([first, second]) is second


@given(st.lists(st.integers(0, 20), min_size=1))
def test_the_latest_record_is_the_last_recorded_of_the_latest_hour(hours: list[int]) -> None:
    chain = [link(hour) for hour in hours]
    found = chain.index(next(one for one in chain if one is latest(chain)))
    assert chain[found].at == max(one.at for one in chain)
    assert latest(chain) is [one for one in chain if one.at == chain[found].at][-1]


def test_an_item_is_disposed_of_from_the_minute_of_its_release() -> None:
    chain = [link(0), link(5, CustodyKind.RELEASE)]
    assert [is_disposed(chain, link(hours).at) for hours in (4, 5, 6)] == [False, True, True]


def test_a_correction_is_never_marked_and_does_not_move_time() -> None:
    chain = [link(2), link(1, CustodyKind.CORRECTION), link(9, CustodyKind.CORRECTION), link(3)]
    assert late_entries(chain) == [False, False, False, False]


@given(st.lists(st.integers(0, 50)))
def test_links_in_order_of_time_are_never_marked(hours: list[int]) -> None:
    assert not any(late_entries([link(hour) for hour in sorted(hours)]))
