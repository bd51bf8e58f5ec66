"""Whatever is typed or kept: an answer, soon, and never an error."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import Index
from tests.search.conftest import document

NUMBER = "UAT-01/000123/2026"


@pytest.mark.parametrize("text", ["", "  ", "*", "¿?", '""'])
def test_a_text_without_words_finds_nothing(index: Index, text: str) -> None:
    index.put([document("case-1", "robo")])
    assert index.find(text, {"all"}).total == 0


@pytest.mark.parametrize(
    "text",
    [
        "palabra " * 10_000,
        "x" * 100_000,
        "* " * 9_000,
        "a* " * 9_000,
        "1 " * 50_000,
        '"a b" ' * 5_000,
        "ro* " * 999,
    ],
)
def test_an_endless_text_is_answered_soon(index: Index, text: str) -> None:
    index.put(document(f"case-{n}", "a b robo 1 palabra") for n in range(200))
    begun = time.perf_counter()
    index.find(text, {"all"})
    assert time.perf_counter() - begun < 1.0


TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(["robo", "OR", "-", '"', "*", "titulo:", "123/2026", "año", "ro*", " "]), max_size=12
    ).map("".join),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
def test_no_text_is_an_error(index: Index, text: str) -> None:
    if not index.count():
        index.put([document("case-1", "robo año 123", "casa", identifiers=(NUMBER,))])
    assert index.find(text, {"all"}).total <= 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.text(max_size=80), title=st.text(max_size=20), number=st.text(max_size=12))
def test_any_document_can_be_kept_and_comes_back_as_it_was(
    index: Index, body: str, title: str, number: str
) -> None:
    index.put([document("case-1", f"{title} ancla", body, identifiers=(number,), facets={"unit": number})])
    (hit,) = index.find("ancla", {"all"}).hits
    assert hit.facets == {"unit": number}
    assert hit.title == f"{title} ancla"
