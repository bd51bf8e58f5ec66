"""A rebuild happens beside the present index and takes its place in one step, whatever else goes on."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from search import Document, Index, open_index
from tests.search.conftest import Find, document, generation

EVERYONE = {"all"}


def test_a_rebuild_replaces_everything_and_reports_progress(index: Index, found: Find) -> None:
    index.put([document("case-1", "robo"), document("case-2", "robo")])
    told: list[int] = []
    assert (
        index.rebuild((document(f"case-{n}", "asalto") for n in range(2, 1_203)), progress=told.append)
        == 1_201
    )
    assert told == [500, 1_000, 1_201]
    assert (found("robo"), index.count()) == ([], 1_201)
    assert index.check() == type(index.check())(ok=True, documents=1_201)


def test_a_rebuild_counts_an_id_once_and_keeps_its_last_document(index: Index, found: Find) -> None:
    assert index.rebuild([document("case-1", "robo"), document("case-2"), document("case-1", "asalto")]) == 2
    assert (found("robo"), found("asalto"), index.count()) == ([], ["case-1"], 2)


def test_a_rebuild_of_nothing_leaves_an_empty_sound_index(index: Index) -> None:
    index.put([document("case-1", "robo")])
    assert index.rebuild([]) == index.count() == 0
    assert index.check().ok


def test_a_rebuild_that_fails_leaves_the_old_index(index: Index, tmp_path: Path, found: Find) -> None:
    index.put([document("case-1", "robo")])

    def failing() -> Iterator[Document]:
        yield document("case-2", "asalto")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        index.rebuild(failing())
    assert (found("robo"), found("asalto")) == (["case-1"], [])
    assert len(list((tmp_path / "index").glob("generation-*"))) == 1


def test_what_changes_during_a_rebuild_is_in_the_new_index_too(
    index: Index, tmp_path: Path, engine: str
) -> None:
    index.put([document("case-1", "robo"), document("case-2", "robo")])
    other = open_index(tmp_path / "index", engine)

    def reading() -> Iterator[Document]:
        yield document("case-1", "robo viejo")
        yield document("case-2", "robo")
        other.put([document("case-1", "robo nuevo", identifiers=("7/7",), facets={"unit": "ñ"})])
        other.remove(["case-2"])
        other.put([document("case-3", "robo")])
        assert [hit.id for hit in index.find("nuevo", EVERYONE).hits] == ["case-1"]

    index.rebuild(reading())
    assert set(index.ids()) == {"case-1", "case-3"}
    assert index.find("nuevo", EVERYONE).hits[0].facets == {"unit": "ñ"}
    assert index.find("viejo", EVERYONE).total == 0


def test_readers_follow_a_rebuild_by_themselves(index: Index, tmp_path: Path, engine: str) -> None:
    reader = open_index(tmp_path / "index", engine)
    index.rebuild([document("case-1", "robo")])
    assert reader.find("robo", EVERYONE).total == 1
    index.rebuild([document("case-1", "asalto")])
    assert reader.find("robo", EVERYONE).total == 0
    assert reader.find("asalto", EVERYONE).total == 1


def test_a_reader_at_work_meets_no_half_built_index(index: Index) -> None:
    index.rebuild(document(f"case-{n}", "robo") for n in range(50))
    seen: set[int] = set()
    errors: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                seen.add(index.find("robo", EVERYONE).total)
            except Exception as error:
                errors.append(error)
                return

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for size in (60, 70, 80):
        index.rebuild(document(f"case-{n}", "robo") for n in range(size))
        index.put([document("case-0", "robo")])
    done.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert seen <= {50, 60, 70, 80}


def test_old_generations_are_removed_once_no_reader_can_be_opening_them(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        index.rebuild([document("case-1", "robo")])
    assert len(list((tmp_path / "index").glob("generation-*"))) == 3
    monkeypatch.setattr("search.storage.GRACE_SECONDS", -1)
    index.put([document("case-1", "robo")])
    assert [path.name for path in (tmp_path / "index").glob("generation-*")] == [
        generation(tmp_path / "index").name
    ]
    assert index.check().ok
