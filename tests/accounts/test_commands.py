"""`esclarece user` and `esclarece unit`: exit codes and words."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from investigations.config import Settings

ROOT = Path(__file__).resolve().parents[2]
LONG = "cuatro palabras sin relación\n"


@pytest.fixture
def esclarece(settings: Settings):  # type: ignore[no-untyped-def]
    """The command itself, on this test's office."""

    def run(*words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ, "ESCLARECE_HOME": str(settings.home), "ESCLARECE_DATABASE_URL": settings.database_url,
            "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8",
        }  # fmt: skip
        code = "from investigations.cli import main; main()"
        return subprocess.run(
            [sys.executable, "-c", code, *words], env=environment, input=typed, text=True, capture_output=True
        )

    return run


def test_a_user_is_added_listed_and_disabled(esclarece) -> None:  # type: ignore[no-untyped-def]
    added = esclarece(
        "user", "add", "J.Olvera", "--role", "investigator", "--unit", "sur", "--full-name", "Juana Olvera",
        "--password-stdin", typed=LONG,
    )  # fmt: skip
    assert (added.returncode, added.stderr) == (0, "")
    assert "j.olvera\tinvestigator\tUnidad Sur\tactive\tJuana Olvera" in esclarece("user", "list").stdout
    assert esclarece("user", "disable", "j.olvera").returncode == 0
    assert "j.olvera\tinvestigator\tUnidad Sur\tdisabled" in esclarece("user", "list").stdout
    again = esclarece("user", "disable", "j.olvera")
    assert again.returncode == 2
    assert "already disabled" in again.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("user", "add", "nueva", "--role", "investigator", "--unit", "OESTE", "--password-stdin"), "CENTRO, NORTE, SUR"),
        (("user", "add", "nueva", "--role", "investigator", "--password-stdin"), "needs a unit"),
        (("user", "add", "nueva", "--role", "king", "--unit", "SUR", "--password-stdin"), "investigator"),
        (("user", "add", "prosecutor", "--role", "auditor", "--unit", "SUR", "--password-stdin"), "taken"),
        (("user", "add", "nueva", "--role", "auditor", "--unit", "SUR"), "--password-stdin"),
        (("user", "disable", "nobody"), "nobody"),
        (("unit", "add", "SUR", "Otra"), "taken"),
        (("unit", "add", "", "Otra"), "one line"),
        (("unit", "add", "ZZ", "Otra\ny otra"), "one line"),
        (("unit", "add", "ESTE", "Otra", "--parent", "OESTE"), "CENTRO, NORTE, SUR"),
    ],
)
def test_what_the_user_did_wrong_is_said_on_standard_error_with_exit_code_2(esclarece, words: tuple[str, ...], said: str) -> None:  # type: ignore[no-untyped-def]
    answer = esclarece(*words, typed=LONG)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert said in answer.stderr


def test_a_weak_password_is_refused_and_not_repeated(esclarece) -> None:  # type: ignore[no-untyped-def]
    answer = esclarece("user", "add", "nueva", "--role", "auditor", "--password-stdin", typed="corta\n")
    assert answer.returncode == 2
    assert "12" in answer.stderr
    assert "corta" not in answer.stderr


def test_units_are_added_and_listed(esclarece) -> None:  # type: ignore[no-untyped-def]
    assert esclarece("unit", "add", "ESTE", "Unidad Este", "--parent", "centro").returncode == 0
    assert "ESTE\tUnidad Este\tCENTRO" in esclarece("unit", "list").stdout
