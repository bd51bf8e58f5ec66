"""The index on disk: idempotent, one writer, rebuilt beside itself, switched in one step, honest when broken."""

import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from search import Document, Index, IndexBusy, IndexUnavailable, fingerprint, open_index
from search.storage import Folder
from tests.search.conftest import WHEN, Find, document

ROOT = Path(__file__).parents[2]
EVERYONE = {"all"}


def _generation(index: Path) -> Path:
    found = Folder(index, "whoosh").current()
    assert found
    return found


def _run(code: str, *arguments: object) -> subprocess.Popen[bytes]:
    """Another process with the test's own `document` at hand."""
    head = "import sys, time\nfrom pathlib import Path\nfrom search import *\nfrom tests.search.conftest import *\n"
    return subprocess.Popen(
        [sys.executable, "-c", head + code, *map(str, arguments)], cwd=ROOT, stdout=subprocess.PIPE
    )


def test_putting_again_changes_nothing(index: Index, found: Find) -> None:
    for _ in range(3):
        index.put([document("case-1", "robo"), document("case-1", "robo")])
    assert index.count() == 1
    assert found("robo") == ["case-1"]


def test_putting_replaces_what_had_the_same_id(index: Index, found: Find) -> None:
    index.put([document("case-1", "robo")])
    index.put([document("case-1", "asalto")])
    assert (found("robo"), found("asalto")) == ([], ["case-1"])


def test_of_two_with_the_same_id_in_one_put_the_last_stays(index: Index, found: Find) -> None:
    index.put([document("case-1", "robo"), document("case-1", "asalto")])
    assert (found("robo"), found("asalto")) == ([], ["case-1"])


def test_removing_takes_out_and_passes_over_what_is_not_there(index: Index, found: Find) -> None:
    index.remove(["case-9"])
    index.put([document("case-1", "robo"), document("case-2", "robo")])
    index.remove(["case-1", "case-9"])
    assert (found("robo"), index.count()) == (["case-2"], 1)


def test_many_small_changes_leave_the_same_as_one_large(index: Index, found: Find) -> None:
    for n in range(60):
        index.put([document(f"case-{n % 20}", "robo", f"vez {n}")])
    assert index.count() == 20
    assert found('"vez 41"') == ["case-1"]
    assert found('"vez 1"') == []
    assert index.check().ok


def test_the_same_seed_before_every_put_harms_nothing(index: Index) -> None:
    for n in range(12):
        random.seed(7)
        index.put([document(f"case-{n}", "robo")])
        assert index.find("robo", EVERYONE).total == n + 1


def test_ids_tell_what_is_kept_and_whether_it_is_current(index: Index) -> None:
    one, two = document("case-1", "robo"), document("case-2", "robo")
    index.put([one, two])
    index.remove(["case-2"])
    assert index.ids() == {"case-1": fingerprint(one)}
    changes = [
        document("case-1", "robó"),
        document("case-1", "robo", scope=("all", "more")),
        document("case-1", "robo", facets={"unit": "7"}),
        document("case-1", "robo", identifiers=("1",)),
    ]
    assert len({fingerprint(each) for each in [one, *changes]}) == 5


def test_a_time_without_zone_is_refused_before_anything_is_written(index: Index) -> None:
    with pytest.raises(ValueError, match="time zone"):
        index.put([document("case-1", "robo"), document("case-2", "robo", when=WHEN.replace(tzinfo=None))])
    assert index.count() == 0


def test_an_index_that_was_never_built_finds_nothing_and_says_so(tmp_path: Path, engine: str) -> None:
    index = open_index(tmp_path / "none" / "yet", engine)
    assert index.find("robo", EVERYONE).total == index.count() == 0
    assert index.ids() == {}
    assert not index.check().ok


def test_an_unknown_engine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unknown"):
        open_index(tmp_path, "lucene")


def test_the_folder_is_for_its_owner_only(tmp_path: Path, engine: str) -> None:
    (tmp_path / "index").mkdir(mode=0o777)
    index = open_index(tmp_path / "index", engine)
    index.put([document("case-1", "robo")])
    assert stat.S_IMODE((tmp_path / "index").stat().st_mode) == 0o700


def test_a_folder_that_others_can_write_is_not_read(tmp_path: Path, engine: str) -> None:
    index = open_index(tmp_path / "index", engine)
    index.put([document("case-1", "robo")])
    (tmp_path / "index").chmod(0o777)
    with pytest.raises(IndexUnavailable, match="open to others"):
        index.find("robo", EVERYONE)
    assert not index.check().ok


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


def test_threads_that_put_and_find_at_once_get_right_answers(index: Index) -> None:
    errors: list[BaseException] = []

    def work(me: int) -> None:
        try:
            for n in range(8):
                index.put([document(f"case-{me}00{n}", f"robo palabra{me}")])
                assert index.find(f"palabra{me}", EVERYONE).total == n + 1
                assert index.find('"robo palabra1"', EVERYONE).total <= 8
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(me,)) for me in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert index.count() == 32


def test_threads_that_read_a_cold_index_at_once_get_right_answers(
    index: Index, tmp_path: Path, engine: str
) -> None:
    words = [f"palabra{n}" for n in range(30)]
    index.rebuild(document(f"case-{n}", body=" ".join(words)) for n in range(700))
    wrong: list[object] = []

    def read(cold: Index) -> None:
        try:
            for first, second in pairwise(words):
                total = cold.find(f'"{first} {second}" {words[0]}', EVERYONE, limit=2).total
                wrong.extend([total] if total != 700 else [])
        except Exception as error:
            wrong.append(error)

    cold = open_index(tmp_path / "index", engine)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    threads = [threading.Thread(target=read, args=(cold,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(before)
    assert wrong == []


def test_two_processes_that_put_lose_nothing(index: Index, tmp_path: Path, engine: str) -> None:
    code = """
index = open_index(Path(sys.argv[1]), sys.argv[2])
for n in range(12):
    index.put([document(f"case-{sys.argv[3]}{n:02}", "robo")])
"""
    others = [_run(code, tmp_path / "index", engine, number) for number in (1, 2)]
    assert [other.wait(60) for other in others] == [0, 0]
    assert index.find("robo", EVERYONE).total == 24
    assert index.check().ok


def test_a_writer_that_waits_too_long_is_told_so(tmp_path: Path, engine: str) -> None:
    path = tmp_path / "index"
    open_index(path, engine).put([document("case-1", "robo")])
    with Folder(path, engine).writing(), pytest.raises(IndexBusy):
        open_index(path, engine, timeout=0.05).put([document("case-2", "robo")])
    with Folder(path, engine).rebuilding(), pytest.raises(IndexBusy):
        open_index(path, engine, timeout=0.05).rebuild([])


def test_a_search_waits_for_no_writer(index: Index, tmp_path: Path, engine: str) -> None:
    index.put([document("case-1", "robo")])
    with Folder(tmp_path / "index", engine).writing():
        assert index.find("robo", EVERYONE).total == 1


def test_a_rebuild_killed_at_any_moment_leaves_one_whole_index(
    index: Index, tmp_path: Path, engine: str
) -> None:
    index.rebuild(document(f"case-{n}", "robo viejo") for n in range(30))
    code = """
index = open_index(Path(sys.argv[1]), sys.argv[2])
print("ready", flush=True)
while True:
    index.rebuild(document(f"case-{n}", "robo nuevo") for n in range(300))
"""
    for pause in (0.02, 0.11, 0.23, 0.31):
        other = _run(code, tmp_path / "index", engine)
        assert other.stdout
        other.stdout.readline()
        time.sleep(pause)
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        assert index.find("robo", EVERYONE).total in (30, 300)
        assert index.check().ok
    index.put([document("case-1000", "robo")])
    assert index.count() in (31, 301)


def test_a_put_killed_at_any_moment_leaves_a_sound_index(index: Index, tmp_path: Path, engine: str) -> None:
    index.put([document("case-0", "robo")])
    code = """
index = open_index(Path(sys.argv[1]), sys.argv[2])
print("ready", flush=True)
for n in range(10_000):
    index.put([document(f"case-{n}", "robo")])
    print(n, flush=True)
"""
    for pause in (0.31, 0.44, 0.57):
        other = _run(code, tmp_path / "index", engine)
        assert other.stdout
        other.stdout.readline()
        time.sleep(pause)
        os.kill(other.pid, signal.SIGKILL)
        kept = [int(line) for line in other.communicate()[0].split()]
        assert kept
        assert {f"case-{n}" for n in kept} <= set(index.ids())
        assert index.check().ok
    index.put([document("case-77777", "robo")])
    assert "case-77777" in index.ids()


def test_old_generations_are_removed_once_no_reader_can_be_opening_them(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        index.rebuild([document("case-1", "robo")])
    assert len(list((tmp_path / "index").glob("generation-*"))) == 3
    monkeypatch.setattr("search.storage.GRACE_SECONDS", -1)
    index.put([document("case-1", "robo")])
    assert [path.name for path in (tmp_path / "index").glob("generation-*")] == [
        _generation(tmp_path / "index").name
    ]
    assert index.check().ok


def _no_pointer_target(path: Path) -> None:
    shutil.rmtree(_generation(path))


def _torn_pointer(path: Path) -> None:
    (path / "current").write_text('{"generation": "generation-')


def _foreign_pointer(path: Path) -> None:
    (path / "current").write_text('{"generation": "../../etc", "engine": "whoosh", "format": 1}')


def _older_format(path: Path) -> None:
    pointer = path / "current"
    pointer.write_text(pointer.read_text().replace('"format": ', '"format": 9'))


def _largest_file(path: Path) -> Path:
    return max(_generation(path).iterdir(), key=lambda file: file.stat().st_size)


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
    for file in _generation(path).glob("*.toc"):
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
