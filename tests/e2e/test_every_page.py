"""Every page a role can reach, in both languages, on a desk and on a phone: sound, translated, on this host only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request

from .conftest import DESKTOP, PHONE, Enter

pytestmark = pytest.mark.e2e
AXE = (Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ROLES = ["fiscal", "investigador", "directora", "auditora", "administrador"]
STARTS = [
    "/",
    "/cases/new",
    "/search?q=placas",
    "/search?q=xyzzy",
    "/cases/?text=2025",
    "/reports/clearance?measure=cohort&from=2024-01-01&to=2026-01-31",
]
NARROW = {"width": 320, "height": 640}


def shape(url: str) -> str:
    """A page's kind: its address without ids and values, so that one of each kind is looked at."""
    parts = urlsplit(url)
    path = re.sub(r"/[0-9a-f]{16}|/\d+", "/*", parts.path)
    return path + "?" + "&".join(sorted(pair.split("=")[0] for pair in parts.query.split("&") if pair))


def each_page(page: Page) -> Iterator[str]:
    """Go to one page of each kind that this person can reach by links, breadth first; its address, standing on it.

    Where to start may be refused to a role; what a page links to must answer.
    """
    seen: set[str] = set()
    queue = [path for path in STARTS if page.request.get(path).ok]
    while queue:
        path = queue.pop(0)
        if shape(path) in seen or re.search(r"\.(csv|xlsx|json|pdf)|/file", path):
            continue
        answer = page.goto(path)
        assert answer, path
        assert answer.ok, f"{path}: {answer.status}"
        seen.add(shape(path))
        links = page.eval_on_selector_all("a[href^='/']", "found => found.map(a => a.getAttribute('href'))")
        queue += [link.split("#")[0] for link in links if shape(link.split("#")[0]) not in seen]
        yield path


def violations(page: Page) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(
        "tags => axe.run({runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", TAGS
    )["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]


def too_wide(page: Page) -> bool:
    wide: bool = page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"
    )
    return wide


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("language", ["es", "en"])
def test_every_page_is_accessible_and_fits_on_desk_and_phone(enter: Enter, role: str, language: str) -> None:
    page = enter(role, language=language)
    visited: list[str] = []
    strangers: list[str] = []
    faults: list[str] = []

    def watch(request: Request) -> None:
        if urlsplit(request.url).hostname not in ("127.0.0.1", None):
            strangers.append(request.url)

    def listen(said: ConsoleMessage) -> None:
        if said.type == "error":
            faults.append(f"{page.url}: {said.text}")

    page.on("request", watch)
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on("console", listen)
    for path in each_page(page):
        visited.append(path)
        if page.get_attribute("html", "lang") != language:
            faults.append(f"{path}: language is not {language}")
        for size in (DESKTOP, PHONE, NARROW):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            if too_wide(page):
                faults.append(f"{path} at {size['width']}: scrolls sideways")
            if size is not NARROW:
                faults += [f"{path} at {size['width']}: {fault}" for fault in violations(page)]
        page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    assert len(visited) >= 6, visited
    assert faults == []
    assert strangers == []


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_sign_in_page_and_its_errors_are_accessible(enter: Enter, language: str) -> None:
    page = enter(None, language=language)
    assert violations(page) == []
    page.fill("input[name=name]", "nadie")
    page.fill("input[name=password]", "nada de nada")
    page.click("main button[type=submit]")
    assert page.title().startswith("Error: ")
    assert violations(page) == []
