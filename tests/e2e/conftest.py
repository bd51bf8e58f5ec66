"""A real office: the installed command serving a demonstration, and a real browser in front of it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass
class LiveOffice:
    """A served office in a folder of its own; `start` and `kill` as often as a test likes."""

    home: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "ESCLARECE_HOME": str(self.home), "ESCLARECE_DATABASE_URL": ""}

    def run(self, *arguments: str, stdin: str = "") -> str:
        """One `esclarece` command; its standard output."""
        command = [str(Path(sys.executable).parent / "esclarece"), *arguments]
        done = subprocess.run(
            command, env=self.environment, input=stdin, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{arguments}: {done.stderr}"
        return done.stdout

    def start(self) -> None:
        command = [str(Path(sys.executable).parent / "esclarece"), "serve", "--port", str(self.port)]
        log = (self.home / "serve.log").open("ab")
        self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{self.url}/sign-in", timeout=1)
                return
            except OSError:
                assert self.process.poll() is None, (self.home / "serve.log").read_text()
                time.sleep(0.05)
        raise AssertionError("the office does not answer")

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        assert self.process is not None
        self.process.send_signal(how)
        self.process.wait(timeout=20)

    @property
    def passwords(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.home / "demo_accounts.json").read_text())
        return found


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveOffice]:
    office = LiveOffice(tmp_path_factory.mktemp("live"))
    office.run("init")
    office.run("demo", "--cases", "120", "--seed", "7")
    office.start()
    yield office
    office.kill(signal.SIGTERM)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


Enter = Callable[..., Page]


@pytest.fixture
def enter(live: LiveOffice, browser: Browser) -> Iterator[Enter]:
    """Sign in as a demonstration account by the page itself: `enter("fiscal", size=PHONE, language="en")`."""
    contexts: list[BrowserContext] = []

    def open_page(
        name: str | None, *, size: dict[str, int] = DESKTOP, language: str = "es", scripts: bool = True
    ) -> Page:
        context = browser.new_context(
            viewport=size, java_script_enabled=scripts, locale="es-MX", base_url=live.url
        )  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.goto("/sign-in")
        if name is not None:
            page.fill("input[name=name]", name)
            page.fill("input[name=password]", live.passwords[name])
            page.click("main button[type=submit]")
            page.wait_for_url(lambda url: "/sign-in" not in url)
        if (language == "en" and page.get_attribute("html", "lang") != "en") or (
            language == "es" and page.get_attribute("html", "lang") != "es"
        ):
            page.click("button[name=language]")
        return page

    yield open_page
    for context in contexts:
        context.close()
