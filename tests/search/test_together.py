"""Threads and processes at once, and processes that die: nothing lost, nothing wrong."""

import os
import signal
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest

from search import Index, IndexBusy, open_index
from search.storage import Folder
from tests.search.conftest import document, run

EVERYONE = {"all"}


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
    others = [run(code, tmp_path / "index", engine, number) for number in (1, 2)]
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
        other = run(code, tmp_path / "index", engine)
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
        other = run(code, tmp_path / "index", engine)
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
