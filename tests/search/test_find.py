"""What a person finds: words, forms, names, numbers, fields, order, counts, pages."""

from datetime import timedelta

import pytest

from search import Index, Note
from tests.search.conftest import WHEN, Find, document

NUMBER = "UAT-01/000123/2026"


def test_all_words_are_needed_in_any_order(index: Index, found: Find) -> None:
    index.put([document("case-1", "Robo", "vehículo blanco en Morelia"), document("case-2", "Robo de casa")])
    assert found("morelia vehículo robo") == ["case-1"]


def test_a_full_name_is_found_by_some_of_it_in_any_order_without_accents(index: Index, found: Find) -> None:
    index.put([document("person-7", "María de la Luz Pérez Núñez"), document("person-8", "María Pérez Soto")])
    assert found("nunez perez maria") == ["person-7"]
    assert found("PÉREZ NÚÑEZ, María de la Luz") == ["person-7"]


def test_the_form_as_written_comes_before_the_one_without_accents(index: Index, found: Find) -> None:
    index.put(
        [
            document("case-1", "ano ano ano", "ano ano"),
            document("case-2", "Informe", "durante un año de trabajo"),
            document("case-3", "ano", "ano"),
        ]
    )
    assert found("año")[0] == "case-2"
    assert set(found("año")) == {"case-1", "case-2", "case-3"}
    assert found("ano")[-1] == "case-2"


def test_decomposed_accents_are_the_same_letters(index: Index, found: Find) -> None:
    index.put([document("case-1", "Iba\u0301n\u0303ez")])
    assert found("ibáñez") == ["case-1"]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("investigación", "investigaciones"),
        ("investigaciones", "investigacion"),
        ("lesiones", "lesión"),
        ("robaron", "robo"),
        ("vehículos", "vehiculo"),
        ("detenido", "detenida"),
        ("robberies", "robbery"),
        ("shooting", "shoot"),
    ],
)
def test_spanish_and_english_endings_do_not_matter(
    index: Index, found: Find, written: str, asked: str
) -> None:
    index.put([document("case-1", body=f"Texto: {written}.")])
    assert found(asked) == ["case-1"]


def test_the_word_itself_comes_before_its_relatives(index: Index, found: Find) -> None:
    index.put([document("case-1", body="robaron robaron robaron"), document("case-2", body="hubo robo ahí")])
    assert found("robo") == ["case-2", "case-1"]


def test_small_words_need_not_be_there_but_can_be_asked_for_alone(index: Index, found: Find) -> None:
    index.put([document("case-1", "Robo vehículo"), document("case-2", "Robo de vehículo")])
    assert set(found("robo de vehículo")) == {"case-1", "case-2"}
    assert found("de") == ["case-2"]


def test_a_phrase_stands_together(index: Index, found: Find) -> None:
    index.put(
        [
            document("case-1", body="portaba un arma de fuego corta"),
            document("case-2", body="fuego; y un arma blanca de cocina"),
            document("case-3", "arma de", "fuego"),
        ]
    )
    assert found('"arma de fuego"') == ["case-1"]
    assert found('"ARMA DE FUEGO"') == ["case-1"]


def test_a_phrase_forgives_accents_and_repeated_words(index: Index, found: Find) -> None:
    index.put([document("case-1", body="vía vía pública"), document("case-2", body="publica vía")])
    assert found('"via publica"') == ["case-1"]


def test_denied_words_phrases_and_fields_are_left_out(index: Index, found: Find) -> None:
    index.put(
        [
            document("case-1", "Robo simple"),
            document("case-2", "Robo en grado de tentativa"),
            document("person-3", "Robo"),
        ]
    )
    assert set(found("robo -tentativa")) == {"case-1", "person-3"}
    assert set(found('robo -"grado de tentativa" -kind:person')) == {"case-1"}
    assert set(found("-tentativa")) == {"case-1", "person-3"}


def test_or_takes_either(index: Index, found: Find) -> None:
    index.put(
        [
            document("case-1", "robo Morelia"),
            document("case-2", "asalto Morelia"),
            document("case-3", "asalto"),
        ]
    )
    assert set(found("robo OR asalto morelia")) == {"case-1", "case-2"}


def test_a_prefix_takes_every_word_that_begins_so(index: Index, found: Find) -> None:
    index.put(
        [document("case-1", "extorsión"), document("case-2", "extorsionador"), document("case-3", "externo")]
    )
    assert set(found("extors*")) == {"case-1", "case-2"}
    assert set(found("EXTÓRS*")) == {"case-1", "case-2"}


def test_a_prefix_of_too_many_words_is_cut_with_a_note(index: Index) -> None:
    index.put([document("case-1", body=" ".join(f"aa{n}x" for n in range(900)))])
    results = index.find("aa*", {"all"})
    assert (results.total, results.notes) == (1, [Note.prefix_limited])


def test_fields_narrow_to_title_number_kind_unit_and_offence(index: Index, found: Find) -> None:
    facets = {"unit": "7", "offence": "Robo a transeúnte"}
    index.put(
        [
            document("case-1", "Asalto", "robo", identifiers=(NUMBER,), facets=facets),
            document("person-2", "Robo Gómez", "123", facets={"unit": "8", "offence": "Lesiones"}),
        ]
    )
    assert found("titulo:robo") == ["person-2"]
    assert found("numero:123") == ["case-1"]
    assert found("numero:uat") == ["case-1"]
    assert found("tipo:persona") == ["person-2"]
    assert found("unidad:7") == ["case-1"]
    assert found("delito:robos") == ["case-1"]
    assert found('delito:"robo a transeunte"') == ["case-1"]
    assert found("delito:transe*") == ["case-1"]
    assert found("titulo:transeunte") == []


def test_when_nothing_has_all_words_what_has_most_is_shown_with_a_note(index: Index) -> None:
    index.put(
        [
            document("case-1", "cuchillo"),
            document("case-2", "cuchillo teléfono"),
            document("case-3", "teléfono cuchillo prohibida"),
        ]
    )
    results = index.find("cuchillo teléfono zarzuela -prohibida", {"all"})
    assert [hit.id for hit in results.hits] == ["case-2"]
    assert (results.total, results.notes) == (1, [Note.some_words_only])


def test_fields_are_never_given_up_for_more_results(index: Index) -> None:
    index.put([document("case-1", "cuchillo teléfono"), document("person-2", "cuchillo")])
    assert [hit.id for hit in index.find("cuchillo teléfono zarzuela tipo:persona", {"all"}).hits] == [
        "person-2"
    ]


def test_broken_syntax_still_finds(index: Index) -> None:
    index.put([document("case-1", "robo de casa")])
    results = index.find('"robo de casa', {"all"})
    assert [hit.id for hit in results.hits] == ["case-1"]
    assert results.notes == [Note.broken_syntax]


def test_kinds_and_filters_narrow_and_counts_follow(index: Index) -> None:
    index.put(
        document(f"{kind}-{n}", "robo", facets={"unit": str(n % 2), "offence": "Robo"})
        for n, kind in enumerate(["case", "case", "case", "person", "act"])
    )
    everything = index.find("robo", {"all"}, limit=1)
    assert (everything.total, len(everything.hits)) == (5, 1)
    assert everything.by_kind == {"case": 3, "person": 1, "act": 1}
    assert everything.facets == {"unit": {"0": 3, "1": 2}, "offence": {"Robo": 5}}
    narrow = index.find("robo", {"all"}, kinds=("case", "act"), filters={"unit": "0"})
    assert {hit.id for hit in narrow.hits} == {"case-0", "case-2", "act-4"}
    assert narrow.total == sum(narrow.by_kind.values()) == narrow.facets["unit"]["0"] == 3
    assert index.find("robo", {"all"}, filters={"unit": "none"}).total == 0


def test_the_newest_can_come_first(index: Index, found: Find) -> None:
    index.put(document(f"case-{n}", "robo " * n, when=WHEN - timedelta(days=n)) for n in (2, 1, 3))
    assert found("robo", sort="newest") == ["case-1", "case-2", "case-3"]


def test_of_equals_the_newer_comes_first(index: Index, found: Find) -> None:
    index.put(document(f"case-{n}", "robo", when=WHEN - timedelta(days=n)) for n in (2, 1, 3))
    assert found("robo") == ["case-1", "case-2", "case-3"]


def test_pages_follow_each_other_without_gap_or_repeat(index: Index, found: Find) -> None:
    index.put(document(f"case-{n}", "robo") for n in range(25))
    pages = [found("robo", limit=10, offset=offset) for offset in (0, 10, 20, 30)]
    assert [len(page) for page in pages] == [10, 10, 5, 0]
    assert len({id_ for page in pages for id_ in page}) == 25


def test_a_title_that_has_the_words_comes_before_a_body_that_has_them(index: Index, found: Find) -> None:
    index.put([document("case-1", "Asunto", "Pérez"), document("person-2", "Pérez", "asunto")])
    assert found("pérez") == ["person-2", "case-1"]


def test_a_hit_brings_back_what_was_put(index: Index) -> None:
    index.put([document("case-5", "Robo ñandú", "x", case_id=77, facets={"unit": "á"})])
    (hit,) = index.find("robo", {"all"}).hits
    assert (hit.id, hit.kind, hit.case_id, hit.title) == ("case-5", "case", 77, "Robo ñandú")
    assert (hit.when, hit.facets) == (WHEN, {"unit": "á"})
