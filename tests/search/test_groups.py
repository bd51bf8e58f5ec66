"""Plates, telephones and numbers inside texts: found whichever way they and the question are cut into groups."""

import time
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from search import Index, Note
from search.groups import apart, joined, stretches
from search.words import tokens
from tests.search.conftest import Find, document

PLATES = ("PKT662F", "pkt662f", "PKT-662-F", "PKT 662 F", "pkt 662 f", "PKT662-F", "PKT.662.F", "PKT/662/F")
PHONES = (
    "4525553949",
    "452 555 3949",
    "452-555-3949",
    "(452) 555-39-49",
    "45 2555 3949",
    "452.55.53.949",
    "452 5553949",
)
FOLIOS = ("NORTE/000123/2026", "norte0001232026", "NORTE-000123-2026", "NORTE 0001232026")
VINS = ("3VWFE21C04M000001", "3VW FE21C0 4M000001", "3VW-FE21C04M-000001")


@pytest.mark.parametrize("ways", [PLATES, PHONES, FOLIOS, VINS], ids=lambda ways: ways[0])
def test_an_identifier_in_a_text_is_found_whichever_way_both_are_grouped(
    index: Index, found: Find, ways: tuple[str, ...]
) -> None:
    index.put(
        document(f"act-{n}", "Acta", f"Se asentó {way}, según el testigo.") for n, way in enumerate(ways)
    )
    index.put(
        [document("act-99", "Acta", "Se asentó PKX-662-G, 452 555 3940, SUR/000123/2026, 3VWFE21C04M000002.")]
    )
    everyone = {f"act-{n}" for n in range(len(ways))}
    for way in ways:
        assert set(found(way)) == everyone, way
        assert set(found(f"testigo {way}")) == everyone, way


@pytest.mark.parametrize("asked", ["PHG1234", "phg12-34", "PHG-1234"])
def test_a_plate_of_two_numbers_is_found_joined(index: Index, found: Find, asked: str) -> None:
    index.put(
        [document("act-1", body="el auto PHG-12-34 huyó"), document("act-2", body="el auto PHG-12-35 huyó")]
    )
    assert found(asked) == ["act-1"]


@pytest.mark.parametrize(
    "asked", ["5553949", "pkt662", "PKT66*", "452555394*", "DEL123A", "glock19", "+52 452 555 3949"]
)
def test_a_part_at_its_edge_is_found_too(index: Index, found: Find, asked: str) -> None:
    index.put(
        [
            document(
                "act-1", "Auto PKT-662-F", "Tel. +52 452 555 3949, placas PKT-662-F y DEL-123-A; Glock 19"
            ),
            document("act-2", "Acta"),
        ]
    )
    assert found(asked) == ["act-1"]


@pytest.mark.parametrize(
    "asked", ["35", "1234", "12032026x", "1015", "1203", "123", "123x", "casas3", "a15", "3949452"]
)
def test_numbers_of_another_kind_are_not_run_together(index: Index, found: Find, asked: str) -> None:
    body = "Entre 10-15 personas, a 3.5 km, entre 12-34, 12 y 34, a 15 pasos, el 12/03/2026 a las 18:30, en 3 casas; 3949."
    index.put([document("act-1", body=body), document("act-2", body="452 (555) 3949")])
    assert found(asked) == []


@pytest.mark.parametrize(
    ("typed", "written"), [("3.5", "35"), ("12-34", "1234"), ("12 34", "1234"), ("18:30", "1830")]
)
def test_short_numbers_typed_apart_are_not_one_number(
    index: Index, found: Find, typed: str, written: str
) -> None:
    index.put([document("act-1", body=f"folio {written}")])
    assert found(typed) == []


def test_phrases_denials_and_the_way_of_writing_stay_right(index: Index, found: Find) -> None:
    index.put(
        [
            document("act-1", body="con placas PKT-662-F color rojo"),
            document("act-2", body="con placas PKT662F color azul"),
            document("act-3", body="con placas ABC-123-D; antes PKT y 662"),
        ]
    )
    assert set(found('"placas PKT662F"')) == {"act-1", "act-2"}
    assert set(found('"PKT-662-F"')) == {"act-1", "act-2"}
    assert found('"placas PKT662F color rojo"') == ["act-1"]
    assert found("placas -PKT662F") == ["act-3"]
    assert found("placas -pkt-662-f") == ["act-3"]
    assert found("pkt662f")[0] == "act-2"


def test_a_joined_identifier_counts_when_only_some_words_are_there(index: Index) -> None:
    index.put([document("act-1", body="placas PKT-662-F"), document("act-2", body="placas ajenas")])
    results = index.find("placas PKT662F zarzuela", {"all"})
    assert ([hit.id for hit in results.hits], results.notes) == (["act-1"], [Note.some_words_only])


@pytest.mark.parametrize(
    ("written", "asked", "marked"),
    [
        ("PKT-662-F", "pkt662f", "PKT-662-F"),
        ("PKT662F", "pkt 662 f", "PKT662F"),
        ("(452) 555 39-49", "4525553949", "452) 555 39-49"),
        ("4525553949", "452 555 3949", "4525553949"),
        ("NORTE/000123/2026", "norte0001232026", "NORTE/000123/2026"),
        ("PKT-662-F", "pkt66*", "PKT-662"),
    ],
)
def test_the_snippet_marks_what_was_found(index: Index, written: str, asked: str, marked: str) -> None:
    index.put([document("act-1", body="relleno " * 400 + f"con {written}; fin " + "relleno " * 400)])
    (hit,) = index.find(asked, {"all"}).hits
    text = "".join(piece for piece, _ in hit.snippet)
    first, last = (
        (place for place, (_, match) in enumerate(hit.snippet) if match),
        [p for p, m in hit.snippet if m],
    )
    assert f"con {written}; fin" in text
    assert "".join(piece for piece, _ in hit.snippet[next(first) :]).startswith(marked)
    assert marked.endswith(last[-1])


GROUPS = st.lists(
    st.one_of(st.text("ABCXYZ", min_size=1, max_size=3), st.text("0123456789", min_size=1, max_size=6)),
    min_size=2,
    max_size=5,
)


SEPARATORS = st.sampled_from(["", "-", "/", ".", " "])


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(groups=GROUPS, typed=SEPARATORS, written=SEPARATORS)
def test_separators_never_matter_to_an_identifier(
    index: Index, groups: list[str], typed: str, written: str
) -> None:
    """Except of letters with blanks between them, which are words."""
    words = any(left.isalpha() and right.isalpha() for left, right in pairwise(groups))
    assume(joined(groups) is not None and not (words and written == " "))
    index.put([document("act-1", body=f"Consta {written.join(groups)} aquí")])
    assert [hit.id for hit in index.find(typed.join(groups), {"all"}).hits] == ["act-1"]


@given(st.text("aB1ñ² -/.()\n", max_size=60))
def test_every_stretch_is_a_piece_of_the_text_run_together(text: str) -> None:
    for start, end, form in stretches(text):
        assert form == joined(tokens(text[start:end]))
        assert len(tokens(text[start:end])) > 1


@pytest.mark.parametrize("piece", ["a1", "1-", "1 ", "a-", "ab 1 ", "12 34, ", "a", "((1) "])
def test_an_endless_text_is_looked_through_soon(piece: str) -> None:
    begun = time.perf_counter()
    for text in (piece * 50_000, "x" * 30 + piece * 50_000):
        assert sum(1 for _ in stretches(text)) >= 0
    assert time.perf_counter() - begun < 5.0


def test_a_word_is_cut_where_letters_and_digits_meet() -> None:
    assert apart(["robo", "glock19", "pkt662f", "4525553949"]) == [
        "robo",
        "glock",
        "19",
        "pkt",
        "662",
        "f",
        "4525553949",
    ]
