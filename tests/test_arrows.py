"""House rules 1 and 2: the same rooms everywhere, imports only downwards; planted violations are seen."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted([*ROOT.glob("investigations/**/*.py"), *ROOT.glob("search/**/*.py")])
ROOMS = {"__init__", "rules", "models", "queries", "services", "forms", "printing", "views", "commands"}
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}


def features() -> list[Path]:
    return sorted(path.parent for path in ROOT.glob("investigations/*/__init__.py"))


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--config", str(ROOT / ".importlinter"), "--no-cache"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, env={"PYTHONPATH": str(root), "PATH": ""})


def test_every_feature_has_only_the_known_rooms() -> None:
    strange = [
        str(path.relative_to(ROOT))
        for feature in features()
        for path in feature.glob("*.py")
        if path.stem not in ROOMS
    ]
    assert strange == []


def test_no_module_is_named_for_nothing_in_particular() -> None:
    assert [path.name for path in SOURCES if path.stem in FORBIDDEN_NAMES] == []


def test_imports_point_only_downwards() -> None:
    answer = lint(ROOT)
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("investigations/cases/services/work.py", "from ...court import models"),
        ("investigations/people/services.py", "from ..evidence import models"),
        ("investigations/cases/models.py", "from . import services"),
        ("investigations/cases/services/work.py", "import flask"),
        ("investigations/cases/views.py", "import sqlalchemy"),
        ("investigations/cases/queries.py", "import whoosh"),
        ("investigations/cases/views.py", "import weasyprint"),
        ("search/language.py", "import investigations.db"),
        ("investigations/cases/helpers.py", ""),
    ],
)
def test_a_planted_arrow_against_the_rules_is_seen(tmp_path: Path, file: str, line: str) -> None:
    for package in ("investigations", "search"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "*.csv", "*.po"))
    target = tmp_path / file
    target.write_text((target.read_text() if target.exists() else "") + f"\n{line}\n")
    answer = lint(tmp_path)
    assert answer.returncode != 0, answer.stdout
    assert "BROKEN" in answer.stdout or "not covered" in answer.stdout + answer.stderr
