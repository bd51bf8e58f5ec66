"""Source files: what is read, and what is refused with its name."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from investigations.db import Refusal
from investigations.importing.services import sources
from investigations.importing.services.sources import open_sources

TEXT = "a,b\n1,ñ\n2,\"x\ny\"\n\n3,z\n"
ROWS = [(2, ["1", "ñ"]), (3, ["2", "x\ny"]), (6, ["3", "z"])]


def zipped(data: bytes, *names: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in names:
                archive.writestr(name, data)

    return write


def read_all(path: Path) -> None:
    for source in open_sources([path]):
        list(source.rows())


def plainly(data: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(data)

    return write


@pytest.mark.parametrize(
    "write",
    [
        plainly(TEXT.encode()),
        plainly(TEXT.encode("utf-8-sig")),
        plainly(TEXT.replace("\n", "\r\n").encode()),
        plainly(gzip.compress(TEXT.encode())),
        plainly(bz2.compress(TEXT.encode())),
        plainly(lzma.compress(TEXT.encode())),
        zipped(TEXT.encode(), "inside.csv"),
    ],
)
def test_rows_come_with_the_physical_line_on_which_they_start(tmp_path: Path, write: Callable[[Path], None]) -> None:
    write(tmp_path / "file")
    (source,) = open_sources([tmp_path / "file"])
    assert source.columns == ("a", "b")
    assert [(line, [cell.replace("\r", "") for cell in cells]) for line, cells in source.rows()] == ROWS


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"a;b\n1;2\n", "not separated by commas"),
        (b"a,b,a\n", "column a is there twice"),
        ("a,b\n".encode("utf-16"), "UTF-16"),
        (b"a,b\n1,2\n" * 5000 + b"1,\xf1\n", "line 10001 is not UTF-8"),
        (b'a,b\n1,"x\n', "at line"),
        (b'a,b\n1,"x"y\n', "at line 2"),
        (gzip.compress(b"a,b\n1,2\n" * 9000)[:-10], "damaged"),
        (lzma.compress(b"a,b\n1,2\n" * 9000)[:60], "damaged"),
        (b"PK\x03\x04 no archive", "damaged"),
        (b"a,b\n1," + b"x" * 200_000 + b"\n", "at line 2"),
    ],
)
def test_a_file_that_is_no_such_text_is_refused_with_its_name(tmp_path: Path, data: bytes, why: str) -> None:
    (tmp_path / "bad.csv").write_bytes(data)
    with pytest.raises(Refusal, match=rf"bad\.csv cannot be imported: .*{why}"):
        read_all(tmp_path / "bad.csv")


def test_an_archive_of_several_files_is_refused(tmp_path: Path) -> None:
    zipped(b"a,b\n", "one.csv", "two.csv")(tmp_path / "two.zip")
    with pytest.raises(Refusal, match="must hold one file and holds 2"):
        open_sources([tmp_path / "two.zip"])


def test_a_file_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "LIMIT", 1_000_000)
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 1_000_000))
    with pytest.raises(Refusal, match="larger than"):
        read_all(tmp_path / "bomb.gz")


def test_the_same_file_given_twice_is_refused(tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text(TEXT)
    with pytest.raises(Refusal, match=r"two\.csv is given twice"):
        open_sources([tmp_path / "one.csv", tmp_path / "two.csv"])


def test_files_of_one_name_are_told_apart_in_the_report(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.csv").write_text(TEXT + folder)
    names = [source.name for source in open_sources([tmp_path / "one" / "x.csv", tmp_path / "two" / "x.csv"])]
    assert len(set(names)) == 2
