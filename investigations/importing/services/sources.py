"""Source files: comma-separated UTF-8 text, as it is or compressed, read row by row and never whole.

A file that cannot be read as such is refused, with its name; a row that is wrong is the planner's affair.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import hashlib
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol, cast

from flask_babel import lazy_gettext as _l

from ...db import Refusal
from ..rules.cells import tidy

LIMIT = 2 * 1024**3
"""Unpacked bytes that one file may have."""

_PACKED = (zlib.error, lzma.LZMAError, EOFError, zipfile.BadZipFile, gzip.BadGzipFile)


class _Reader(Protocol):
    """What the standard library's CSV reader offers."""

    @property
    def line_num(self) -> int: ...
    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its name as reports show it, its header, and the SHA-256 of its bytes as they lie on the disk."""

    path: Path
    name: str
    columns: tuple[str, ...]
    sha256: str

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row with the physical line on which it starts, blank lines left aside. Raises Refusal."""
        with _reader(self.path, self.name) as reader:
            next(reader)
            line = reader.line_num + 1
            for cells in reader:
                if cells:
                    yield line, cells
                line = reader.line_num + 1

    def places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.columns)}

    def require(self, wanted: Sequence[str]) -> None:
        """Raises Refusal naming the columns that are missing."""
        missing = [name for name in wanted if name not in self.columns]
        if missing:
            raise Refusal(
                _l("%(file)s: missing columns: %(columns)s. Nothing was changed.", file=self.name, columns=", ".join(missing))
            )


def open_sources(paths: Sequence[Path]) -> list[Source]:
    """The files, each with its header. Raises Refusal for what is no such file, or is named twice."""
    names = [path.name for path in paths]
    sources: list[Source] = []
    for path in paths:
        name = path.name if names.count(path.name) == 1 else str(path)
        source = Source(path, name, _header(path, name), _digest(path))
        if any(source.sha256 == other.sha256 for other in sources):
            raise Refusal(_l("%(file)s is given twice. Nothing was changed.", file=name))
        sources.append(source)
    return sources


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _header(path: Path, name: str) -> tuple[str, ...]:
    with _reader(path, name) as reader:
        cells: list[str] = next(reader, [])
    try:
        columns = tuple(tidy(cell) for cell in cells)
    except ValueError:
        raise _bad(name, _l("the first line is not a line of column names")) from None
    if len(columns) == 1 and any(sign in columns[0] for sign in ";\t|"):
        raise _bad(name, _l("the columns are not separated by commas: save it as CSV with commas"))
    if not any(columns):
        raise _bad(name, _l("it is empty"))
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        raise _bad(name, _l("the column %(column)s is there twice", column=twice[0] or "''"))
    return columns


def _bad(name: str, why: object) -> Refusal:
    return Refusal(_l("%(file)s cannot be imported: %(why)s. Nothing was changed.", file=name, why=why))


@contextmanager
def _reader(path: Path, name: str) -> Iterator[_Reader]:
    """A CSV reader over the unpacked text; every way in which it can fail becomes a Refusal that names the file."""
    with path.open("rb") as raw:
        text = io.TextIOWrapper(_capped(raw, name), encoding="utf-8-sig", newline="")
        reader = csv.reader(text, strict=True)
        try:
            yield reader
        except UnicodeDecodeError as error:
            line = _first_not_utf8(path, name)
            raise _bad(name, _l("line %(line)s is not UTF-8 text: save it as CSV UTF-8", line=line)) from error
        except csv.Error as error:
            why = _l("at line %(line)s: %(why)s", line=max(reader.line_num, 1), why=error)
            raise _bad(name, why) from error
        except _PACKED as error:
            raise _bad(name, _l("the compressed file is damaged")) from error


def _capped(raw: IO[bytes], name: str) -> io.BufferedReader:
    return io.BufferedReader(cast("io.RawIOBase", _Capped(_unpacked(raw, name), name)), 1 << 16)


def _first_not_utf8(path: Path, name: str) -> int:
    """The line of a file, known not to be UTF-8, where that begins."""
    with path.open("rb") as raw:
        for number, line in enumerate(_capped(raw, name), start=1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return number
    return 1


def _unpacked(raw: IO[bytes], name: str) -> IO[bytes]:
    """The bytes inside, by what the first bytes say and not by the name."""
    start = raw.read(10)
    raw.seek(0)
    if start.startswith(b"\xfd7zXZ\x00"):
        return cast("IO[bytes]", lzma.LZMAFile(raw))
    if start.startswith(b"\x1f\x8b"):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=raw))
    if start.startswith(b"BZh") and start[4:10] == b"1AY&SY":
        return cast("IO[bytes]", bz2.BZ2File(raw))
    if start.startswith(b"PK\x03\x04"):
        return _only_member(raw, name)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _bad(name, _l("it is UTF-16 text: save it as CSV UTF-8"))
    return raw


def _only_member(raw: IO[bytes], name: str) -> IO[bytes]:
    try:
        archive = zipfile.ZipFile(raw)
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) != 1:
            raise _bad(name, _l("the archive must hold one file and holds %(count)s", count=len(members)))
        return archive.open(members[0])
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise _bad(name, _l("the compressed file is damaged")) from error


class _Capped(io.RawIOBase):
    """Bytes up to the limit; beyond it the file is refused, so that a small file cannot unpack without end."""

    def __init__(self, inside: IO[bytes], name: str) -> None:
        self._inside, self._name, self._left = inside, name, LIMIT

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = self._inside.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise _bad(self._name, _l("unpacked it is larger than %(size)s GB", size=LIMIT // 1024**3))
        buffer[: len(data)] = data
        return len(data)
