"""Killing the server in the middle of writing loses nothing that was acknowledged, and the index is right after."""

from __future__ import annotations

import os
import random
import re
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from sqlite3 import connect

import pytest

from .conftest import LiveOffice

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
KILLS = int(os.environ.get("ESCLARECE_KILLS", "6"))
WRITERS = 3


class Writer:
    """A client that records acts as fast as it may and remembers those that were acknowledged."""

    def __init__(self, office: LiveOffice, name: str) -> None:
        self.office, self.name = office, name
        self.acknowledged: list[str] = []
        self.sent = 0
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.opener.addheaders = [("Sec-Fetch-Site", "same-origin")]

    def get(self, path: str) -> str:
        with self.opener.open(self.office.url + path, timeout=20) as answer:
            text: str = answer.read().decode()
        return text

    def post(self, path: str, **values: str) -> str:
        data = urllib.parse.urlencode(values).encode()
        with self.opener.open(self.office.url + path, data, timeout=20) as answer:
            url: str = answer.geturl()
        return url

    def sign_in(self) -> None:
        token = hidden(self.get("/sign-in"), "csrf_token")
        self.post(
            "/sign-in", name="investigador", password=self.office.passwords["investigador"], csrf_token=token
        )

    def write(self, path: str, stop: threading.Event) -> None:
        """Record one act after another until told to stop or the server dies."""
        while not stop.is_set():
            text = f"marca-{self.name}-{self.sent}"
            self.sent += 1
            try:
                page = self.get(path)
                values = {name: hidden(page, name) for name in ("csrf_token", "once")}
                values |= dict(re.findall(r'name="(happened_at-[a-z]+)"[^>]*value="([^"]*)"', page))
                url = self.post(path, **values, kind="note", text=text)
            except (OSError, HTTPException):
                return  # the server died under this request: nothing was acknowledged
            if not url.endswith("/new"):
                self.acknowledged.append(text)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found, f"no {name} in the page"
    return found.group(1)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[LiveOffice]:
    made = LiveOffice(tmp_path)
    made.run("init")
    made.run("demo", "--cases", "40", "--seed", "3")
    made.start()
    yield made
    made.kill()


def test_no_acknowledged_change_is_lost_by_killing_the_server(office: LiveOffice) -> None:
    rng = random.Random(11)
    writers = [Writer(office, str(number)) for number in range(WRITERS)]
    for writer in writers:
        writer.sign_in()
    case = re.search(r"/cases/[0-9a-f]{16}", writers[0].get("/cases/"))
    assert case
    for _ in range(KILLS):
        stop = threading.Event()
        threads = [
            threading.Thread(target=writer.write, args=(f"{case.group()}/acts/new", stop))
            for writer in writers
        ]
        for thread in threads:
            thread.start()
        wait_for_one_more(writers)
        time.sleep(rng.uniform(0, 0.4))
        office.kill()
        stop.set()
        for thread in threads:
            thread.join()
        office.start()
    acknowledged = [text for writer in writers for text in writer.acknowledged]
    stored = stored_marks(office)
    print(f"{KILLS} kills, {len(acknowledged)} acknowledged, {len(stored)} stored")
    assert len(acknowledged) >= KILLS
    assert sorted(set(acknowledged) - set(stored)) == []
    assert len(stored) == len(set(stored))
    assert "agrees" in wait_for_index(office)
    office.run("ledger", "verify")


def wait_for_one_more(writers: list[Writer]) -> None:
    """Until something was acknowledged in this round, so that every kill has something to lose."""
    before = sum(len(writer.acknowledged) for writer in writers)
    for _ in range(400):
        if sum(len(writer.acknowledged) for writer in writers) > before:
            return
        time.sleep(0.05)


def stored_marks(office: LiveOffice) -> list[str]:
    with connect(office.home / "esclarece.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [text for (text,) in database.execute("SELECT text FROM acts WHERE text LIKE 'marca-%'")]


def wait_for_index(office: LiveOffice) -> str:
    """The index check, once the drainer has had its time."""
    for _ in range(40):
        try:
            return office.run("index", "check")
        except AssertionError:
            time.sleep(0.5)
    return office.run("index", "check")
