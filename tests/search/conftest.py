"""One index for every test here, once for each engine: a second engine is one more name in ENGINES."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from search import Document, Index, open_index
from search.storage import Folder

ROOT = Path(__file__).parents[2]
ENGINES = ("whoosh",)
WHEN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def index(tmp_path: Path, engine: str) -> Index:
    return open_index(tmp_path / "index", engine)


def document(id_: str, title: str = "", body: str = "", **more: object) -> Document:
    """A case that everybody may see, unless told otherwise."""
    number = int("".join(filter(str.isdigit, id_)) or 0)
    given: dict[str, object] = {
        "id": id_,
        "kind": id_.split("-")[0],
        "case_id": number,
        "title": title,
        "body": body,
        "when": WHEN,
        "scope": ("all",),
        **more,
    }
    return Document(**given)  # type: ignore[arg-type]


Find = Callable[..., list[str]]


@pytest.fixture
def found(index: Index) -> Find:
    """The ids found for a text, in order, by somebody who may see everything."""

    def find(text: str, **more: object) -> list[str]:
        return [hit.id for hit in index.find(text, {"all"}, **more).hits]  # type: ignore[arg-type]

    return find


def generation(index: Path) -> Path:
    found = Folder(index, "whoosh").current()
    assert found
    return found


def run(code: str, *arguments: object) -> subprocess.Popen[bytes]:
    """Another process with the test's own `document` at hand."""
    head = "import sys, time\nfrom pathlib import Path\nfrom search import *\nfrom tests.search.conftest import *\n"
    return subprocess.Popen(
        [sys.executable, "-c", head + code, *map(str, arguments)], cwd=ROOT, stdout=subprocess.PIPE
    )
