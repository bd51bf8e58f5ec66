"""The cases looked at last, and pages of a list."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from investigations.casefile.rules import RECENT, last_page, remembered

ids = st.sampled_from([f"case-{number}" for number in range(8)])


@given(st.lists(ids, max_size=20))
def test_the_cases_looked_at_last_are_kept_once_each_newest_first(looks: list[str]) -> None:
    seen: list[str] = []
    for look in looks:
        seen = remembered(seen, look)
    newest_first = list(dict.fromkeys(reversed(looks)))
    assert seen == newest_first[:RECENT]


@given(st.integers(0, 10_000))
def test_the_last_page_holds_the_last_case(total: int) -> None:
    pages = last_page(total)
    assert pages >= 1
    assert pages * 25 >= total
    assert (pages - 1) * 25 < max(total, 1)
