"""A PostgreSQL server for the tests: a given one, or one started from the programs on this machine."""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

_numbers = itertools.count(1)


@dataclass
class Postgres:
    """Where the server is; `folder` only when the tests started it."""

    url: str
    folder: Path | None = None
    user: list[str] = field(default_factory=list)

    def _admin(self, statement: str) -> None:
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def _named(self, name: str) -> str:
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def create(self, name: str) -> str:
        name = f"{name}_{os.getpid()}"
        self._admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._admin(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
        return self._named(name)

    def copy(self, template: str) -> str:
        name = f"office_{os.getpid()}_{next(_numbers)}"
        self._admin(f'CREATE DATABASE "{name}" TEMPLATE "{template}_{os.getpid()}"')
        return self._named(name)

    def drop(self, url: str) -> None:
        self._admin(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    def stop(self) -> None:
        if self.folder is not None:
            run(self.user, f"{programs()}/pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")
            shutil.rmtree(self.folder, ignore_errors=True)


def programs() -> Path | None:
    """The folder of the server's programs: on the path, or where Debian keeps them (newest first); None without any."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    return versions[-1].parent if versions else None


def run(user: list[str], *command: str) -> None:
    subprocess.run([*user, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def find_postgres(folder: Path) -> Postgres | None:
    """The server to test on, or None where there is neither an address nor a server program."""
    given = os.environ.get("ESCLARECE_TEST_DATABASE_URL")
    if given:
        url = given.replace("postgresql://", "postgresql+psycopg://").replace("postgres://", "postgresql+psycopg://")
        return Postgres(url)
    found = programs()
    return _start(found, folder) if found else None


def _start(found: Path, folder: Path) -> Postgres:
    """A throw-away cluster on a free loopback port; the server refuses to run as root, so root borrows a user."""
    user: list[str] = []
    if os.getuid() == 0:
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        folder = Path("/var/tmp") / f"esclarece-tests-{os.getpid()}"
        folder.mkdir(mode=0o700)
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    run(user, str(found / "initdb"), "-D", str(data), "-U", "tests", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off -c max_connections=60"
    run(user, str(found / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
    return Postgres(f"postgresql+psycopg://tests@127.0.0.1:{port}/postgres", folder, user)
