"""Every macro in a real browser: accessible, no wider than the screen, and its small scripts do what they say."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from tests.kitchen import build

from .conftest import DESKTOP, PHONE

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("browser")]
AXE = (Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SAMPLES = ["/", "/case", "/list", "/charts", "/conflict", "/empty", "/form", "/fail/404", "/?as=nobody"]
NARROW = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, build(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport=DESKTOP, base_url=address)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def faults_of(page: Page) -> list[str]:
    """What axe finds, and whether the page must be scrolled sideways."""
    page.evaluate(AXE)
    found = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", TAGS)["violations"]
    faults = [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        faults.append("scrolls sideways")
    return faults


@pytest.mark.parametrize("size", [DESKTOP, NARROW], ids=["desk", "narrow"])
def test_every_macro_is_accessible_and_asks_no_other_host(page: Page, size: dict[str, int]) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    hosts: set[str | None] = set()
    said: list[str] = []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if "404" not in message.text else None)
    faults = {path: found for path in SAMPLES if page.goto(path) and (found := faults_of(page))}
    assert faults == {}
    assert said == []
    assert hosts == {"127.0.0.1"}


def test_a_form_sent_empty_is_accessible_and_its_links_reach_the_fields(page: Page) -> None:
    page.goto("/form")
    page.click("main button[type=submit] >> text=Guardar")
    page.wait_for_function("document.activeElement.className == 'govuk-error-summary'")
    assert page.title().startswith("Error: ")
    assert faults_of(page) == []
    for index in range(page.locator(".govuk-error-summary__list a").count()):
        link = page.locator(".govuk-error-summary__list a").nth(index)
        link.click()
        assert "#" + page.evaluate("document.activeElement.id") == link.get_attribute("href")


def test_a_slash_reaches_the_search_box_but_not_while_typing_nor_when_switched_off(page: Page) -> None:
    page.goto("/form")
    page.wait_for_function("document.querySelector('[data-govuk-service-navigation-init]')")
    page.focus("#narrative")
    page.keyboard.type("1/2")
    assert page.input_value("#narrative") == "1/2"
    page.locator("h1").click()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "header-search"
    page.goto("/form?shortcuts=off")
    page.wait_for_function("document.querySelector('[data-govuk-service-navigation-init]')")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "header-search"


def test_filters_are_folded_on_a_phone_and_open_without_scripts(browser: Browser, address: str) -> None:
    for scripts, shown in ((True, False), (False, True)):
        context = browser.new_context(viewport=PHONE, base_url=address, java_script_enabled=scripts)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto("/list")
        page.locator(".app-filter__form").wait_for(state="visible" if shown else "hidden")
        assert page.locator(".app-filter__form").is_visible() is shown
        context.close()


def test_printing_hides_what_is_not_for_paper_and_names_who_printed(page: Page) -> None:
    page.goto("/case")
    page.emulate_media(media="print")
    for hidden in (
        ".app-header",
        ".govuk-service-navigation",
        ".app-identity__actions",
        ".app-sub-navigation",
    ):
        assert not page.locator(hidden).is_visible(), hidden
    assert page.locator(".app-print-note").is_visible()
    assert "María de la Luz Pérez Núñez" in page.locator(".app-print-note").inner_text()
