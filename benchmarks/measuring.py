"""The bench: an office in a folder, and lines that put budget, result and raw engine side by side."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from investigations import create_app
from investigations.access import Viewer
from investigations.accounts.queries import user_named, viewer_of
from investigations.config import Settings

PASSWORD = "medir sin prisa 2026"


def percentile(values: Iterable[float], share: float = 0.95) -> float:
    """The value below which `share` of the measurements lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@dataclass
class Bench:
    """One office under measurement."""

    home: Path
    files: list[Path]
    _app: Flask | None = field(default=None)

    def title(self) -> None:
        cores = len(os.sched_getaffinity(0))
        print(
            f"{platform.machine()}, {cores} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
        )
        print(f"{'what':<44}{'budget':>12}{'result':>14}   raw engine in this run", flush=True)

    def line(self, what: str, budget: str, result: str, raw: str = "") -> None:
        print(f"{what:<44}{budget:>12}{result:>14}   {raw}", flush=True)

    def command(self, *arguments: str, stdin: str = "") -> str:
        """One `esclarece` command on this office; its standard output."""
        program = str(Path(sys.executable).parent / "esclarece")
        environment = {**os.environ, "ESCLARECE_HOME": str(self.home), "ESCLARECE_JURISDICTION": "us_generic"}
        done = subprocess.run(
            [program, *arguments], env=environment, input=stdin, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    @property
    def database_path(self) -> Path:
        return self.home / "esclarece.db"

    @property
    def app(self) -> Flask:
        if self._app is None:
            os.environ["ESCLARECE_HOME"] = str(self.home)
            os.environ["ESCLARECE_JURISDICTION"] = "us_generic"
            self._app = create_app(Settings.from_env())
        return self._app

    def client(self) -> FlaskClient:
        """A manager at the root of the office, signed in by the form."""
        client = self.app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        page = client.get("/sign-in").text
        token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        client.post("/sign-in", data={"name": "bench", "password": PASSWORD, "csrf_token": token})
        return client

    def viewer(self) -> Viewer:
        with self.app.extensions["database"].reading() as session:
            user = user_named(session, "bench")
            assert user is not None
            return viewer_of(session, user)

    def times(self, client: FlaskClient, paths: Iterable[str]) -> list[float]:
        """Server time of each page in milliseconds; every one must answer 200."""
        taken = []
        for path in paths:
            start = time.perf_counter()
            answer = client.get(path)
            taken.append((time.perf_counter() - start) * 1000)
            assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return taken

    def sql(self, statements: Iterable[str]) -> float:
        """95th percentile in milliseconds of plain SQL on the same file."""
        with sqlite3.connect(self.database_path) as raw:
            return percentile([seconds(lambda s=s: raw.execute(s).fetchall()) * 1000 for s in statements])  # type: ignore[misc]


def middle(values: list[float]) -> float:
    return statistics.median(values)
