"""Case numbers, telephones, plates: found whole, by pieces, with or without separators."""

from datetime import timedelta

import pytest

from search import Index
from tests.search.conftest import WHEN, Find, document

NUMBER = "UAT-01/000123/2026"


@pytest.mark.parametrize(
    "asked",
    [
        NUMBER,
        "uat-01/000123/2026",
        "123 2026",
        "2026 123",
        "000123/2026",
        "123/2026",
        "uat01000123",
        "UAT010001232026",
        "UAT 01 000123 2026",
        "uat 1 123 2026",
        "UAT-1/123/2026",
        "01/000123",
        "UAT-01/0001",
        "numero:123/2026",
    ],
)
def test_a_case_number_is_found_whole_and_by_pieces(index: Index, found: Find, asked: str) -> None:
    index.put(
        [
            document("case-1", f"{NUMBER} Robo", identifiers=(NUMBER,)),
            document("case-2", "UAT-01/000224/2025", identifiers=("UAT-01/000224/2025",)),
        ]
    )
    assert found(asked)[0] == "case-1"


@pytest.mark.parametrize("asked", ["12", "12/2026", "1230/2026", "uat02000123", "UAT-01/0001/2026"])
def test_another_number_is_not_a_piece(index: Index, found: Find, asked: str) -> None:
    index.put(
        [
            document("case-1", "Robo", identifiers=(NUMBER,)),
            document("case-9", "x", identifiers=("X-045123/26",)),
        ]
    )
    assert found(asked) == []
    assert found("123/26") == []


@pytest.mark.parametrize("typed", ["443 123 4567", "4431234567", "(443) 123-4567", "443.123.4567"])
@pytest.mark.parametrize(
    "asked", ["4431234567", "443 123 4567", "443-123-4567", "1234567", "123-4567", "4567", "3123"]
)
def test_a_telephone_is_found_however_it_is_typed(index: Index, found: Find, typed: str, asked: str) -> None:
    index.put(
        [
            document("person-1", "Testigo", identifiers=(typed,)),
            document("person-2", identifiers=("555 999 0000",)),
        ]
    )
    assert found(asked) == ["person-1"]


@pytest.mark.parametrize("asked", ["phg1234", "PHG-12-34", "phg 12 34", "PHG 1234", "phg-1234"])
def test_a_plate_is_found_with_and_without_hyphens(index: Index, found: Find, asked: str) -> None:
    index.put(
        [document("evidence-1", "Automóvil", identifiers=("PHG-12-34",)), document("evidence-2", "PHX-12-99")]
    )
    assert found(asked) == ["evidence-1"]


@pytest.mark.parametrize("asked", ["PELJ850214HMNRPN07", "pelj85*", "PELJ*", "-jacinta PELJ850214HMNRPN07"])
def test_a_curp_in_a_text_is_never_found(index: Index, found: Find, asked: str) -> None:
    index.put([document("act-1", "pelj850214hmnrpn07", "Jacinta, clave PELJ850214HMNRPN07 vive")])
    assert found(asked) == []
    assert found("jacinta") == ["act-1"]


def test_a_whole_identifier_comes_first(index: Index, found: Find) -> None:
    index.put(
        [
            document(
                "case-1", "acumulada a 123/2026 y otra vez 123/2026", "123/2026", identifiers=("77/2020",)
            ),
            document("case-2", "Robo", identifiers=("123/2026",), when=WHEN - timedelta(days=900)),
            document("case-3", "Robo", identifiers=("UAT-9/123/2026",)),
        ]
    )
    assert found("123/2026")[0] == "case-2"
    assert found("00123/2026")[0] == "case-2"
    assert found("123 2026")[0] == "case-2"
