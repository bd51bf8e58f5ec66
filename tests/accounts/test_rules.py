"""Names, passwords, local addresses and limits: pure rules."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from investigations.access import Role
from investigations.accounts.rules import (
    Weakness,
    as_typed,
    attempt_key,
    idle_limit,
    name_key,
    safe_next,
    sound_name,
    weakness,
)


@pytest.mark.parametrize(
    "password",
    [
        "tres gatos en la barda",
        "correct horse battery staple",
        "  blanks around are kept  ",
        "839201748365",
        "xkdvbqptmwza",
        "ñandú vuela sobre el lago",
        "todo-en-minusculas-y-largo",
        "a" + "b1ñ" * 40,
    ],
)
def test_a_long_password_is_taken_whatever_it_is_made_of(password: str) -> None:
    assert weakness(password, ("maria.torres", "María Torres")) is None


@pytest.mark.parametrize(
    ("password", "because"),
    [
        ("once letras", Weakness.SHORT),
        ("x" * 129, Weakness.LONG),
        ("aaaaaaaaaaaa", Weakness.COMMON),
        ("123123123123", Weakness.COMMON),
        ("123456789012", Weakness.COMMON),
        ("987654321098", Weakness.COMMON),
        ("abcdefghijkl", Weakness.COMMON),
        ("qwertyuiopas", Weakness.COMMON),
        ("Contraseña123456", Weakness.COMMON),
        ("P@ssw0rd2026!", Weakness.COMMON),
        ("Esclarece2026", Weakness.COMMON),
        ("FiscaliaMichoacan1", Weakness.COMMON),
        ("administrador", Weakness.COMMON),
        ("mariatorres2026", Weakness.COMMON),
        ("Torres.Maria.1987", Weakness.COMMON),
    ],
)
def test_a_password_that_is_short_long_or_easy_to_guess_is_not_taken(password: str, because: Weakness) -> None:
    assert weakness(password, ("maria.torres", "María Torres")) is because


def test_a_password_counts_its_characters_once_composed() -> None:
    decomposed = "n\u0303" * 11
    assert len(decomposed) == 22
    assert weakness(decomposed) is Weakness.SHORT
    assert as_typed("contrasen\u0303a") == "contraseña"
    assert as_typed("  not trimmed ") == "  not trimmed "


@pytest.mark.parametrize("target", ["/", "/cases/?page=2", "/cases/ab12#acts", "/search?q=a%20b", "/búsqueda"])
def test_a_path_of_our_own_is_gone_on_to(target: str) -> None:
    assert safe_next(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "cases/",
        "//elsewhere.test/",
        "/\\elsewhere.test",
        "\\\\elsewhere.test",
        "https://elsewhere.test/",
        "javascript:alert(1)",
        "/%2Felsewhere.test",
        "%2F%2Felsewhere.test",
        "/%5Celsewhere.test",
        "/cases/\r\nLocation: x",
        "/cases/%0d%0aLocation:%20x",
        "/\u202ecases",
        "/\t/elsewhere.test",
    ],
)
def test_an_address_elsewhere_is_not_gone_on_to(target: str | None) -> None:
    assert safe_next(target) is None


@given(st.text(max_size=40))
def test_whatever_is_gone_on_to_is_a_path_and_not_a_host(target: str) -> None:
    kept = safe_next(target)
    assert kept is None or (kept.startswith("/") and not kept.startswith(("//", "/\\")))


def test_account_names_are_compared_without_case_and_outer_blanks() -> None:
    assert name_key("  María.TORRES ") == "maría.torres"
    assert attempt_key("Maria ") == attempt_key("maria")
    assert attempt_key("maria") != attempt_key("mario")
    assert "maria" not in attempt_key("maria")


@pytest.mark.parametrize(("name", "sound"), [("ab", False), ("a.b", True), ("peña", True), ("a b", False), ("a\x00b", False), (".ab", False), ("x" * 80, True), ("x" * 81, False)])
def test_an_account_name_is_three_to_eighty_plain_characters(name: str, sound: bool) -> None:
    assert sound_name(name) is sound


def test_an_administrator_may_rest_a_quarter_of_an_hour_and_never_longer_than_the_office() -> None:
    assert idle_limit(Role.PROSECUTOR, 30) == timedelta(minutes=30)
    assert idle_limit(Role.ADMINISTRATOR, 30) == timedelta(minutes=15)
    assert idle_limit(Role.ADMINISTRATOR, 10) == timedelta(minutes=10)


def test_passwords_are_hashed_with_argon2id_at_full_effort() -> None:
    """The suite itself signs in with a light hasher, so the real parameters are read in a process of their own."""
    code = "from investigations.accounts.services.passwords import hash_password; print(hash_password('una cualquiera'))"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert made.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
