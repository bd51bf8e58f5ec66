"""The language of the box: any text is read, operators as promised, broken ones as plain words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import Note
from search.language import MAX_TERMS, Either, Field, InField, Phrase, Prefix, Query, Word, parse


def test_words_are_all_wanted() -> None:
    assert parse("robo vehículo") == Query((Word("robo"), Word("vehículo")))


def test_quotes_of_any_shape_make_a_phrase() -> None:
    for text in ('"arma de fuego"', "“arma de fuego”", "«arma de fuego»"):
        assert parse(text) == Query((Phrase("arma de fuego"),))


def test_a_minus_before_a_term_denies_it() -> None:
    query = parse('robo -tentativa -"en grado" -tipo:persona')
    denied = (Word("tentativa"), Phrase("en grado"), InField(Field.kind, Word("person")))
    assert query == Query((Word("robo"),), denied)


def test_a_minus_inside_a_number_denies_nothing() -> None:
    assert parse("PHG-12-34") == Query((Word("PHG-12-34"),))


def test_or_joins_its_neighbours_only() -> None:
    query = parse("robo OR asalto OR hurto Morelia")
    assert query == Query((Either((Word("robo"), Word("asalto"), Word("hurto"))), Word("Morelia")))


def test_or_is_an_ordinary_word_in_lower_case() -> None:
    assert parse("robo or asalto").must == (Word("robo"), Word("or"), Word("asalto"))


def test_a_star_asks_for_words_that_begin_so() -> None:
    assert parse("extors*") == Query((Prefix("extors"),))


@pytest.mark.parametrize("text", ["*", "a*", "**", "robo *"])
def test_a_star_after_nearly_nothing_is_left_out_with_a_note(text: str) -> None:
    query = parse(text)
    assert query.notes == (Note.prefix_too_short,)
    assert not any(isinstance(part, Prefix) for part in query.must)


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("title:robo", Field.heading, "robo"),
        ("título:robo", Field.heading, "robo"),
        ("numero:123/2026", Field.number, "123/2026"),
        ("Número:123/2026", Field.number, "123/2026"),
        ("tipo:personas", Field.kind, "person"),
        ("tipo:actuaciones", Field.kind, "act"),
        ("kind:evidence", Field.kind, "evidence"),
        ("unidad:7", Field.unit, "7"),
        ("delito:robo", Field.offence, "robo"),
    ],
)
def test_fields_answer_to_their_names_in_both_languages(text: str, field: Field, value: str) -> None:
    assert parse(text) == Query((InField(field, Word(value)),))


def test_a_field_takes_a_phrase_and_a_prefix() -> None:
    assert parse('delito:"robo a casa" titulo:lesi*').must == (
        InField(Field.offence, Phrase("robo a casa")),
        InField(Field.heading, Prefix("lesi")),
    )


@pytest.mark.parametrize(
    "text",
    ['robo "casa', "OR robo", "robo OR", "robo OR OR casa", "fecha:ayer robo", "ro*bo", "titulo: robo"],
)
def test_broken_syntax_is_read_as_plain_words_with_a_note(text: str) -> None:
    query = parse(text)
    assert query.notes == (Note.broken_syntax,)
    assert all(isinstance(part, Word) for part in query.must)
    assert any("rob" in str(part) or "ro" in str(part) for part in query.must)


@pytest.mark.parametrize(
    "text", ["10:30", "http://example.org", "Víctima: Juan", "Pérez - Núñez", "(443) 123"]
)
def test_ordinary_punctuation_is_no_mistake(text: str) -> None:
    assert parse(text).notes == ()


@pytest.mark.parametrize("text", ["", "   ", "- - -", '""', "¿?", "/", "\x00"])
def test_nothing_to_look_for_is_an_empty_query(text: str) -> None:
    assert parse(text).must == parse(text).must_not == ()


@pytest.mark.parametrize(
    "text", ["palabra " * 10_000, "x" * 100_000, "a* " * 10_000, '"' * 9_999, "a OR " * 5_000]
)
def test_an_endless_text_is_cut_with_a_note(text: str) -> None:
    query = parse(text)
    assert Note.shortened in query.notes
    assert _terms(query) <= MAX_TERMS


@pytest.mark.parametrize("curp", ["PELJ850214HMNRPN07", "galm030927mmnrpra9", "XEXX010101XNEXXXA4"])
@pytest.mark.parametrize("text", ["{}", "robo {}", "({})", '"robo {}"', "-{}", "robo,{};", "{} {}"])
def test_a_curp_is_left_out_with_a_note(curp: str, text: str) -> None:
    query = parse(text.replace("{}", curp))
    assert query.notes == (Note.curp_not_searched,)
    assert query.must_not == ()
    assert [part.text for part in query.must if isinstance(part, Word | Phrase)] == ["robo"] * (
        "robo" in text
    )


@pytest.mark.parametrize(
    "text", ["3VWFE21C04M000001", "PELJ850214HR7", "xPELJ850214HMNRPN07", "PELJ850214HMNRPN0*"]
)
def test_what_only_resembles_a_curp_is_searched(text: str) -> None:
    assert Note.curp_not_searched not in parse(text).notes
    assert parse(text).must


def _terms(query: Query) -> int:
    return sum(len(part.terms) if isinstance(part, Either) else 1 for part in query.must)


PIECES = st.lists(
    st.sampled_from(
        [
            "robo",
            "OR",
            "-",
            '"',
            "*",
            ":",
            "titulo:",
            "x*",
            "-a",
            "Ñ",
            "\u0301",
            "443-1",
            "(",
            " ",
            "\n",
            "“",
            "kind:",
            "—",
        ]
    )
).map("".join)


@given(st.one_of(st.text(), PIECES))
def test_any_text_at_all_is_read_within_bounds(text: str) -> None:
    query = parse(text)
    assert _terms(query) <= MAX_TERMS
    assert len(query.must_not) <= MAX_TERMS
    assert len(set(query.notes)) == len(query.notes)
