"""Nobody finds, counts or infers what they may not see."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import Index
from tests.search.conftest import document

TOKENS = ("unit-1", "unit-2", "user-9")
WORDS = ("robo", "casa", "cuchillo", "año")
MANY = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_an_empty_scope_finds_nothing(index: Index) -> None:
    index.put([document("case-1", "robo"), document("case-2", "robo", scope=())])
    for text in ("robo", "-casa", "kind:case", "ro*"):
        results = index.find(text, ())
        assert (results.total, results.hits, results.by_kind, results.facets) == (0, [], {}, {})


def test_a_document_without_scope_is_found_by_nobody(index: Index) -> None:
    index.put([document("case-2", "robo", scope=())])
    assert index.find("robo", {"all", ""}).total == 0


def test_one_shared_token_is_enough(index: Index) -> None:
    index.put(
        [
            document("case-1", "robo", scope=("unit-1", "user-9")),
            document("case-2", "robo", scope=("unit-2",)),
        ]
    )
    assert [hit.id for hit in index.find("robo", {"user-9", "unit-3"}).hits] == ["case-1"]


def test_a_token_is_not_matched_by_a_part_of_it(index: Index) -> None:
    index.put([document("case-1", "robo", scope=("unit-12",))])
    assert index.find("robo", {"unit-1", "unit"}).total == 0


def test_visible_is_asked_about_every_matching_case_once_and_obeyed(index: Index) -> None:
    index.put(document(f"case-{n}", "robo", facets={"unit": str(n)}) for n in range(40))
    asked: list[set[int]] = []

    def visible(cases: set[int]) -> set[int]:
        asked.append(set(cases))
        return {3, 4, 999}

    results = index.find("robo", {"all"}, visible=visible, limit=1)
    assert asked == [set(range(40))]
    assert results.total == 2
    assert results.by_kind == {"case": 2}
    assert results.facets == {"unit": {"3": 1, "4": 1}}


def test_visible_cannot_bring_back_what_the_scope_left_out(index: Index) -> None:
    index.put([document("case-1", "robo", scope=("unit-1",)), document("case-2", "robo", scope=("unit-2",))])
    results = index.find("robo", {"unit-1"}, visible=lambda cases: {1, 2})
    assert [hit.id for hit in results.hits] == ["case-1"]


def test_a_hidden_document_with_all_words_answers_as_if_it_were_not_there(index: Index) -> None:
    index.put([document("case-1", "cuchillo")])
    absent = index.find("cuchillo zarzuela", {"all"}, visible=lambda cases: cases & {1})
    index.put(
        [document("case-2", "cuchillo zarzuela"), document("case-3", "cuchillo zarzuela", scope=("sealed",))]
    )
    hidden = index.find("cuchillo zarzuela", {"all"}, visible=lambda cases: cases & {1})
    assert (hidden.total, hidden.notes, hidden.by_kind) == (absent.total, absent.notes, absent.by_kind)
    assert [hit.id for hit in hidden.hits] == ["case-1"]


def test_an_error_of_the_callers_question_reaches_the_caller(index: Index) -> None:
    index.put([document("case-1", "robo")])

    def broken(_: set[int]) -> set[int]:
        raise ZeroDivisionError

    try:
        index.find("robo", {"all"}, visible=broken)
    except ZeroDivisionError:
        return
    raise AssertionError("the caller never learnt of its own error")


DOCUMENTS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join),
        st.sets(st.sampled_from(TOKENS)),
        st.integers(1, 4),
    ),
    max_size=8,
)
QUERIES = st.lists(
    st.sampled_from([*WORDS, "-", "OR", "ca*", '"robo casa"', "kind:case", "zzz"]), max_size=5
).map(" ".join)


@MANY
@given(
    kept=DOCUMENTS, text=QUERIES, scope=st.sets(st.sampled_from(TOKENS)), allowed=st.sets(st.integers(1, 4))
)
def test_nothing_outside_scope_and_sight_is_ever_found_or_counted(
    index: Index, kept: list[tuple[str, set[str], int]], text: str, scope: set[str], allowed: set[int]
) -> None:
    documents = {
        f"case-{n}": document(
            f"case-{n}", title, case_id=case, scope=tuple(tokens), facets={"unit": str(case)}
        )
        for n, (title, tokens, case) in enumerate(kept)
    }
    index.remove(set(index.ids()) - set(documents))
    index.put(documents.values())
    results = index.find(text, scope, visible=lambda cases: cases & allowed, limit=100)
    for hit in results.hits:
        assert scope & set(documents[hit.id].scope)
        assert hit.case_id in allowed
    assert results.total == len(results.hits) == sum(results.by_kind.values())
    assert set(results.facets.get("unit", {})) <= {str(case) for case in allowed}


@MANY
@given(kept=DOCUMENTS, word=st.sampled_from(WORDS), scope=st.sets(st.sampled_from(TOKENS)))
def test_one_word_finds_exactly_the_documents_in_scope_that_hold_it(
    index: Index, kept: list[tuple[str, set[str], int]], word: str, scope: set[str]
) -> None:
    documents = [
        document(f"case-{n}", title, scope=tuple(tokens)) for n, (title, tokens, _) in enumerate(kept)
    ]
    index.remove(set(index.ids()) - {each.id for each in documents})
    index.put(documents)
    expected = {each.id for each in documents if word in each.title.split() and scope & set(each.scope)}
    assert {hit.id for hit in index.find(word, scope, limit=100).hits} == expected
