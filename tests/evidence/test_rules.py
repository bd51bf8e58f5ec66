"""Labels as they are compared, and the custody records that tell of an earlier time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from investigations.evidence.rules import CustodyKind, label_key, late_entries

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


def test_a_correction_is_never_marked_and_does_not_move_time() -> None:
    chain = [link(2), link(1, CustodyKind.CORRECTION), link(9, CustodyKind.CORRECTION), link(3)]
    assert late_entries(chain) == [False, False, False, False]


@given(st.lists(st.integers(0, 50)))
def test_links_in_order_of_time_are_never_marked(hours: list[int]) -> None:
    assert not any(late_entries([link(hour) for hour in sorted(hours)]))
