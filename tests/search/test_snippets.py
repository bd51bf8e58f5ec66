"""The snippet shows why a document was found, as plain text in pieces."""

from search import Index, Snippet
from tests.search.conftest import document


def _snippet(index: Index, text: str) -> Snippet:
    return index.find(text, {"all"}).hits[0].snippet


def _marked(snippet: Snippet) -> list[str]:
    return [text for text, matched in snippet if matched]


def test_every_form_that_matched_is_marked_as_it_was_written(index: Index) -> None:
    index.put([document("case-1", "Asunto", "El vehículo y otros VEHICULOS; ninguna vez el veh.")])
    assert _marked(_snippet(index, "vehiculo")) == ["vehículo", "VEHICULOS"]


def test_prefixes_phrases_and_numbers_are_marked(index: Index) -> None:
    index.put([document("case-1", body="extorsión con arma blanca, folio 000123 <b>")])
    assert _marked(_snippet(index, 'extors* "arma blanca" 123')) == ["extorsión", "arma", "blanca", "000123"]


def test_denied_and_small_words_are_not_marked(index: Index) -> None:
    index.put([document("case-1", body="robo de casa en la noche")])
    assert _marked(_snippet(index, "robo de -asalto")) == ["robo"]


def test_the_pieces_together_are_the_text_itself_without_markup(index: Index) -> None:
    body = 'Dijo <script>alert("robo")</script> & se fue'
    index.put([document("case-1", body=body)])
    assert "".join(text for text, _ in _snippet(index, "robo")) == body


def test_of_a_long_text_the_stretch_with_most_matches_is_shown(index: Index) -> None:
    body = "cuchillo " + "relleno " * 400 + "el cuchillo y el teléfono juntos " + "relleno " * 400
    index.put([document("act-1", body=body)])
    snippet = _snippet(index, "cuchillo teléfono")
    assert _marked(snippet) == ["cuchillo", "teléfono"]
    assert (snippet[0], snippet[-1]) == (("… ", False), (" …", False))
    assert len("".join(text for text, _ in snippet)) < 300


def test_without_a_match_in_the_body_its_beginning_is_shown(index: Index) -> None:
    index.put([document("person-1", "Pérez", "imputado en la carpeta")])
    assert _snippet(index, "pérez") == (("imputado en la carpeta", False),)


def test_without_a_body_there_is_no_snippet(index: Index) -> None:
    index.put([document("person-1", "Ana Pérez"), document("person-2", "Ana Núñez", " \n ")])
    assert _snippet(index, "pérez") == _snippet(index, "núñez") == ()


def test_a_word_longer_than_a_snippet_is_no_trouble(index: Index) -> None:
    index.put([document("act-1", "robo", "x" * 5_000 + " robo " + "y" * 5_000)])
    assert _marked(_snippet(index, "robo")) == ["robo"]
    assert _snippet(index, "xxx*")
    assert _snippet(index, "x" * 5_000)
