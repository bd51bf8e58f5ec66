"""Damage is found, said, and mended by a rebuild."""

import os
import shutil
from pathlib import Path

import pytest

from search import IndexUnavailable, open_index
from search.analysis import FORMAT
from tests.search.conftest import document, generation

EVERYONE = {"all"}


def _no_pointer_target(path: Path) -> None:
    shutil.rmtree(generation(path))


def _torn_pointer(path: Path) -> None:
    (path / "current").write_text('{"generation": "generation-')


def _foreign_pointer(path: Path) -> None:
    (path / "current").write_text(f'{{"generation": "../../etc", "engine": "whoosh", "format": {FORMAT}}}')


def _older_format(path: Path) -> None:
    pointer = path / "current"
    pointer.write_text(pointer.read_text().replace('"format": ', '"format": 9'))


def _largest_file(path: Path) -> Path:
    return max(generation(path).iterdir(), key=lambda file: file.stat().st_size)


def _file_cut_short(path: Path) -> None:
    file = _largest_file(path)
    content = file.read_bytes()
    file.unlink()
    file.write_bytes(content[: len(content) // 2])


def _file_overwritten(path: Path) -> None:
    file = _largest_file(path)
    size = file.stat().st_size
    file.unlink()
    file.write_bytes(os.urandom(size))


def _file_gone(path: Path) -> None:
    _largest_file(path).unlink()


def _contents_torn(path: Path) -> None:
    for file in generation(path).glob("*.toc"):
        file.write_bytes(file.read_bytes()[:40])


DAMAGE = [
    _no_pointer_target,
    _torn_pointer,
    _foreign_pointer,
    _older_format,
    _file_cut_short,
    _file_overwritten,
    _file_gone,
    _contents_torn,
]


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_found_said_and_mended_by_a_rebuild(
    tmp_path: Path, engine: str, damage: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.index.PAUSE", 0)
    path = tmp_path / "index"
    open_index(path, engine).put(document(f"case-{n}", "robo", "palabra " * n) for n in range(80))
    assert callable(damage)
    damage(path)
    index = open_index(path, engine)
    health = index.check()
    assert not health.ok
    assert health.problem
    with pytest.raises(IndexUnavailable):
        index.find("robo", EVERYONE)
    assert index.rebuild([document("case-1", "robo")]) == 1
    assert index.check().ok
    assert index.find("robo", EVERYONE).total == 1


def test_a_file_that_vanishes_for_a_moment_is_tried_again(
    tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_index(tmp_path / "index", engine).put([document("case-1", "robo")])
    index = open_index(tmp_path / "index", engine)
    file = _largest_file(tmp_path / "index")
    aside = tmp_path / "aside"
    file.rename(aside)
    monkeypatch.setattr("search.index.time.sleep", lambda _: aside.rename(file) if aside.exists() else None)
    assert index.find("robo", EVERYONE).total == 1
