"""Names as they are shown and sorted; identifiers as they are compared and checked."""

from __future__ import annotations

import string
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from investigations.people.rules import (
    Doubt,
    doubts,
    full_name,
    identifier_key,
    identifier_valid,
    in_use,
    letters,
    list_name,
    sort_key,
)


@dataclass
class Alias:
    text: str
    withdrawn_at: datetime | None = None


@dataclass
class Named:
    given_names: str = ""
    surname1: str = ""
    surname2: str = ""
    aliases: list[Alias] = field(default_factory=list)


@dataclass
class Number:
    scheme: str
    value: str
    valid: bool | None
    withdrawn_at: datetime | None = None


MARIA = Named("María de la Luz", "Pérez", "Núñez")


def test_a_name_is_shown_as_in_a_list_and_as_in_a_text() -> None:
    assert list_name(MARIA) == "PÉREZ NÚÑEZ, María de la Luz"
    assert full_name(MARIA) == "María de la Luz Pérez Núñez"


@pytest.mark.parametrize(
    ("person", "listed", "full"),
    [
        (Named("Ana", "Ruiz"), "RUIZ, Ana", "Ana Ruiz"),
        (Named("Transportes del Lago SA de CV"), "Transportes del Lago SA de CV", "Transportes del Lago SA de CV"),
        (Named(surname1="Ibáñez"), "IBÁÑEZ", "Ibáñez"),
        (Named(aliases=[Alias("El Güero")]), "«El Güero»", "«El Güero»"),
        (Named(aliases=[Alias("El Flaco", datetime(2026, 1, 1, tzinfo=UTC)), Alias("El Güero")]), "«El Güero»", "«El Güero»"),
        (Named(), "", ""),
    ],
)
def test_a_name_with_parts_missing_has_no_loose_commas(person: Named, listed: str, full: str) -> None:
    assert (list_name(person), full_name(person)) == (listed, full)


def test_names_sort_by_surnames_with_accents_ignored_and_n_tilde_after_n() -> None:
    sorted_well = [
        Named("Abarrotes Lupita"),
        Named("Zoé", "Álvarez"),
        Named("Ana", "Alvarez", "Ruiz"),
        Named("Ángel", "Álvarez", "Ruiz"),
        Named("Berta", "Alvarez", "Ruiz"),
        Named("Luis", "Cano"),
        Named("Luis", "Canseco"),
        Named("Luis", "Canto"),
        Named("Luis", "Canz"),
        Named("Luis", "Cañada"),
        Named("Luis", "Caos"),
        Named("Luis", "De la O"),
    ]
    shuffled = [*sorted_well[1::2], *sorted_well[::2]]
    assert sorted(shuffled, key=sort_key) == sorted_well


names = st.text(alphabet="aábcnñoóuüzAÑ -", min_size=1, max_size=8)


@given(names, names)
def test_the_letter_after_n_is_greater_than_any_word_with_n(left: str, right: str) -> None:
    assert letters("n" + left) < letters("ñ" + right) < letters("o" + left)


@given(names)
def test_accents_and_case_do_not_change_the_order(name: str) -> None:
    plain = name.translate(str.maketrans("áóüÁ", "aouA"))
    assert letters(name) == letters(plain) == letters(name.upper())


CURPS = ["BOXW310820HNERXN09", "GOMC850315HDFRRR07", "MARP800101MDFRTR03", "XEXX010101HNEXXXA4", "PELJ850214HMNRPN07", "GALM030927MMNRPRA9"]
CURP_ALPHABET = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"


@pytest.mark.parametrize("value", [*CURPS, "boxw 310820 hnerxn 09", "BOXW-310820-HNERXN-09"])
def test_a_right_curp_is_right_however_it_is_typed(value: str) -> None:
    assert identifier_valid("curp", value) is True


@pytest.mark.parametrize(
    "value",
    ["BOXW310820HNERXN08", "BOXW310820HNERXN0", "BOXW311320HNERXN09", "BOXW310820HZZRXN09", "BOXW310820KNERXN09", "", "ñ", "²" * 18],
)
def test_a_wrong_curp_is_called_wrong(value: str) -> None:
    assert identifier_valid("curp", value) is False


def with_check_digit(first17: str) -> str:
    """The CURP whose check digit follows domain.md §3.2, computed on its own."""
    total = sum(CURP_ALPHABET.index(sign) * (18 - place) for place, sign in enumerate(first17))
    return first17 + str((10 - total % 10) % 10)


@given(st.sampled_from(CURPS), st.sampled_from("HMX"), st.sampled_from("ÑBCDX"))
def test_sex_x_and_a_consonant_n_tilde_are_as_good_as_others(known: str, sex: str, consonant: str) -> None:
    changed = with_check_digit(known[:10] + sex + known[11:13] + consonant + known[14:17])
    assert identifier_valid("curp", changed) is True
    wrong_digit = changed[:-1] + str((int(changed[-1]) + 1) % 10)
    assert identifier_valid("curp", wrong_digit) is False


@pytest.mark.parametrize("value", ["GODE561231GR8", "MAB9307148T4", "MAB-930714-8T4", "XAXX010101000", "XEXX010101000"])
def test_a_right_rfc_and_the_generic_ones_are_right(value: str) -> None:
    assert identifier_valid("rfc", value) is True


@pytest.mark.parametrize("value", ["GODE561231GR9", "VACE460910SX6", "GODE561331GR8", "GODE", ""])
def test_a_wrong_rfc_is_called_wrong(value: str) -> None:
    assert identifier_valid("rfc", value) is False


def test_an_rfc_without_its_last_three_signs_has_nothing_to_check() -> None:
    assert identifier_valid("rfc", "COMG600703") is None


@pytest.mark.parametrize("value", ["1M8GDM9AXKP042788", "1G4AH59H45G118341", "LJCPCBLCX11000237", "11111111111111111", "1m8gdm9a xkp042788"])
def test_a_right_vehicle_number_is_right(value: str) -> None:
    assert identifier_valid("vin", value) is True


@pytest.mark.parametrize("value", ["1M8GDM9AOKP042788", "1M8GDM9A9KP042788", "1M8GDM9AXKP04278", "IIIIIIIIIIIIIIIII", "", "٣" * 17])
def test_a_wrong_vehicle_number_is_called_wrong(value: str) -> None:
    assert identifier_valid("vin", value) is False


@given(st.sampled_from(["1M8GDM9AXKP042788", "1G4AH59H45G118341"]), st.integers(0, 16), st.sampled_from("0123456789"))
def test_one_digit_mistyped_in_a_vehicle_number_is_noticed(right: str, place: int, digit: str) -> None:
    assume(right[place].isdigit() and right[place] != digit)
    assert identifier_valid("vin", right[:place] + digit + right[place + 1 :]) is False


@pytest.mark.parametrize("scheme", ["phone", "plate", "other"])
def test_kinds_without_a_check_are_never_doubted(scheme: str) -> None:
    assert identifier_valid(scheme, "anything 12") is None


@pytest.mark.parametrize(
    "value",
    ["443 123 4567", "(443) 123-45-67", "+52 443 123 4567", "+52 1 443 123 4567", "044 443 123 4567", "01 443 123 4567", "0052 443 123 4567"],
)
def test_a_mexican_phone_is_the_same_however_it_is_dialled(value: str) -> None:
    assert identifier_key("phone", value) == "4431234567"


def test_a_foreign_phone_keeps_its_country() -> None:
    assert identifier_key("phone", "+1 (312) 555-0100") == "13125550100"
    assert identifier_key("phone", "+44 20 7946 0018") == "442079460018"


def test_plates_are_compared_without_separators_or_small_letters() -> None:
    assert identifier_key("plate", "phg-12-34") == identifier_key("plate", "PHG 1234") == "PHG1234"


@given(st.sampled_from(["curp", "rfc", "phone", "plate", "vin", "other"]), st.text(max_size=30))
def test_any_text_at_all_is_compared_and_checked_without_an_error(scheme: str, value: str) -> None:
    key = identifier_key(scheme, value)
    assert identifier_key(scheme, key) == key or scheme == "phone"
    assert identifier_valid(scheme, value) in (True, False, None)


@given(st.text(alphabet=string.ascii_uppercase + string.digits, min_size=18, max_size=18))
def test_any_eighteen_signs_are_checked_without_an_error(value: str) -> None:
    assert identifier_valid("curp", value) in (True, False)


def test_a_curp_that_says_another_birth_or_sex_is_doubted_softly() -> None:
    number = Number("curp", "PELJ850214HMNRPN07", True)
    assert doubts(number, date(1985, 2, 14), "H") == []
    assert doubts(number, date(1985, 2, 15), "H") == [Doubt.BIRTH_DATE]
    assert doubts(number, None, "M") == [Doubt.SEX]
    assert doubts(number, date(1985, 2, 15), "M") == [Doubt.BIRTH_DATE, Doubt.SEX]
    assert doubts(Number("curp", "GALM030927MMNRPRA9", True), date(2003, 9, 27), "M") == []


def test_a_failed_check_is_the_only_doubt_told() -> None:
    assert doubts(Number("curp", "PELJ850214HMNRPN08", False), date(1985, 2, 15), "M") == [Doubt.CHECK]
    assert doubts(Number("vin", "X", False), None, None) == [Doubt.CHECK]
    assert doubts(Number("curp", "imported as is", None), date(1985, 2, 15), "M") == []


def test_what_was_withdrawn_is_not_in_use() -> None:
    kept, gone = Alias("kept"), Alias("gone", datetime(2026, 1, 1, tzinfo=UTC))
    assert in_use([kept, gone]) == [kept]
