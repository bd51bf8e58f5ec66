"""The folder of an index: generations side by side, a pointer to the present one, and who may write.

writer.lock, rebuild.lock     locks of the operating system: they end with the process that holds them
current                       names the present generation and the format it was written in
generation-…                  one index each
changes                       what was put or removed while a rebuild was under way
"""

import fcntl
import json
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from search.analysis import FORMAT
from search.contract import IndexBusy, IndexUnavailable

PREFIX = "generation-"
GRACE_SECONDS = 60.0
_PAUSE = 0.02


@dataclass(frozen=True)
class Folder:
    """One folder that holds one index; `engine` is written into the pointer, so that none reads another's."""

    path: Path
    engine: str
    timeout: float = 10.0

    def prepare(self) -> None:
        """Make the folder, for its owner only. Raises OSError when it belongs to somebody else."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)

    def current(self) -> Path | None:
        """The present generation, None when nothing was ever written. Raises IndexUnavailable."""
        self._trust()
        try:
            pointer = json.loads((self.path / "current").read_text("utf-8"))
            name, written = str(pointer["generation"]), (pointer["engine"], pointer["format"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise IndexUnavailable(f"the pointer cannot be read: {error}") from error
        if written != (self.engine, FORMAT):
            raise IndexUnavailable(f"written by {written}, not by {(self.engine, FORMAT)}")
        if "/" in name or not name.startswith(PREFIX):
            raise IndexUnavailable(f"the pointer names {name!r}")
        return self.path / name

    def _trust(self) -> None:
        """Reading an index may run what it holds: read none that others than its owner can write."""
        try:
            about = self.path.stat()
        except FileNotFoundError:
            return
        except OSError as error:
            raise IndexUnavailable(f"the folder cannot be used: {error}") from error
        if about.st_mode & 0o022 or os.geteuid() not in (about.st_uid, 0):
            raise IndexUnavailable("the folder is open to others: it must belong to its user alone (0700)")

    def begin(self) -> Path:
        """A new, empty generation, which nobody reads yet."""
        path = self.path / f"{PREFIX}{uuid.uuid4().hex[:12]}"
        path.mkdir(mode=0o700)
        return path

    def switch(self, generation: Path) -> None:
        """Make a generation the present one: all of it reaches the disk first, then one rename."""
        for file in generation.iterdir():
            _to_disk(file)
        _to_disk(generation)
        pointer = {"generation": generation.name, "engine": self.engine, "format": FORMAT}
        temporary = self.path / "current.new"
        temporary.write_text(json.dumps(pointer), "utf-8")
        _to_disk(temporary)
        temporary.replace(self.path / "current")
        _to_disk(self.path)

    def sweep(self) -> None:
        """Remove generations that no reader can still be opening: all but the present one, after a while."""
        present = self.current()
        pointer = self.path / "current"
        if present is None or time.time() - pointer.stat().st_mtime < GRACE_SECONDS:
            return
        for path in self.path.glob(f"{PREFIX}*"):
            if path != present:
                shutil.rmtree(path, ignore_errors=True)

    @contextmanager
    def writing(self) -> Iterator[bool]:
        """Be the only writer; gives whether a rebuild is under way. Raises IndexBusy after the timeout."""
        with self._locked("writer.lock", self.timeout):
            yield not self._is_free("rebuild.lock")

    @contextmanager
    def rebuilding(self) -> Iterator[None]:
        """Be the only rebuild. Raises IndexBusy after the timeout."""
        with self._locked("rebuild.lock", self.timeout):
            yield

    @property
    def changes(self) -> Path:
        """The file that gathers what changes while a rebuild is under way."""
        return self.path / "changes"

    def _is_free(self, name: str) -> bool:
        try:
            with self._locked(name, 0):
                return True
        except IndexBusy:
            return False

    @contextmanager
    def _locked(self, name: str, timeout: float) -> Iterator[None]:
        handle = os.open(self.path / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _acquire(handle, name, time.monotonic() + timeout)
            yield
        finally:
            os.close(handle)


def _acquire(handle: int, name: str, until: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise IndexBusy(f"{name} is held by another") from None
            time.sleep(_PAUSE)
        else:
            return


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
