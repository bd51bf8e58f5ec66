"""The whole main job in a browser: on a phone, without JavaScript, in both languages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Dialog, Page, expect

from .conftest import PHONE, Enter, LiveOffice

pytestmark = [pytest.mark.e2e]
NUMBER = "MOR/990{}/2026"


def open_case(page: Page, number: str) -> str:
    """Open a case by its form; gives its address."""
    page.goto("/cases/new")
    page.fill("input[name=number]", number)
    offence = page.locator("select[name^=offence]").first
    offence.select_option(label="Theft in a business, with violence", timeout=2000) if has(page, "Theft in a business, with violence") else offence.select_option(index=5)
    page.fill("[name=place]", "Calle del Ensayo 5")
    page.fill("[name=municipality]", "morelia")
    page.fill("textarea[name=narrative]", "Se llevaron un violonchelo y huyeron hacia el norte.")
    page.click("main form button[type=submit]:has-text('Open'), main form button[type=submit]:has-text('Abrir')")
    page.wait_for_url(re.compile(r"/cases/[0-9a-f]{16}$"))
    return re.sub(r"^https?://[^/]+", "", page.url)


def has(page: Page, label: str) -> bool:
    return page.locator(f"option:text-is('{label}')").count() > 0


@pytest.mark.parametrize("scripts", [False, True])
def test_from_a_report_of_a_crime_to_a_report_of_clearance(enter: Enter, scripts: bool) -> None:
    page = enter("fiscal", size=PHONE, language="en", scripts=scripts)
    number = NUMBER.format(int(scripts))
    case = open_case(page, number)
    expect(page.locator("main")).to_contain_text(number)

    page.goto(f"{case}/people/new")
    page.check("input[name=part][value=suspect]")
    page.fill("[name=given_names]", "Nicanor")
    page.fill("[name=surname1]", "Ñáñez")
    page.fill("[name=surname2]", "Prueba")
    page.click("main form button[type=submit]")
    expect(page.locator("main")).to_contain_text("ÑÁÑEZ PRUEBA, Nicanor")

    page.goto(f"{case}/evidence/new")
    page.fill("[name=label]", "I-77")
    page.select_option("select[name=kind]", "other")
    page.fill("textarea[name=description]", "Estuche de violonchelo abandonado")
    page.check("input[name=origin][value=located]")
    page.fill("[name=found_place]", "Calle del Ensayo 5")
    page.click("main form button[type=submit]")
    expect(page.locator("main")).to_contain_text("I-77")

    page.goto(f"{case}/court/link")
    page.select_option("select[name=party]", label="ÑÁÑEZ PRUEBA, Nicanor")
    page.click("main form button[type=submit]")
    page.goto(f"{case}/court")
    page.locator("main table a").first.click()
    for event in ("detencion_flagrancia", "puesta_a_disposicion", "vinculacion"):
        line = page.url.split("#")[0].split("?")[0]
        page.goto(f"{line}/events/new?kind={event}")
        if page.locator("select[name=decided_by] option").count() > 1 and not page.input_value("select[name=decided_by]"):
            page.select_option("select[name=decided_by]", index=1)
        page.click("main form button[type=submit]")
        page.click("main button[name=confirmed]")
        page.wait_for_url(re.compile(r"/court/[0-9a-f]{16}"))
    expect(page.locator("main")).to_contain_text("Supplementary investigation")

    page.fill("#header-search", "nanez nicanor")
    page.press("#header-search", "Enter")
    expect(page.locator("#found-person")).to_be_visible()
    page.fill("#header-search", number.lower().replace("/", " "))
    page.press("#header-search", "Enter")
    page.wait_for_url(re.compile(re.escape(case)))

    page.goto("/reports/clearance?measure=ucr&from=2026-01-01&to=2030-12-31&by=offence")
    cleared = page.locator("main table").first.locator("tr").last.locator("a").nth(3)
    shown = int(cleared.inner_text())
    assert shown >= 1
    cleared.click()
    expect(page.locator("main")).to_contain_text(number)


def test_leaving_a_page_with_typed_text_asks_first_and_saving_does_not(enter: Enter) -> None:
    page = enter("investigador", size=PHONE)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.locator("main a[href$='/acts/new']").first.click()
    page.fill("textarea[name=text]", "Se tocó en tres domicilios")
    page.click("button[name=language]")
    assert asked == ["beforeunload"]
    assert page.input_value("textarea[name=text]") == "Se tocó en tres domicilios"
    page.click("main button[type=submit]")
    page.wait_for_selector("text=Se tocó en tres domicilios")
    assert asked == ["beforeunload"]


def test_text_sent_after_the_session_ended_is_saved_after_signing_in_again(enter: Enter, live: LiveOffice) -> None:
    page = enter("investigador", size=PHONE, scripts=False)
    page.locator("main a[href$='/acts/new']").first.click()
    page.fill("textarea[name=text]", "Texto largo que no debe perderse, con ñ y «comillas»")
    page.context.clear_cookies(name="sid")
    page.click("main button[type=submit]")
    page.fill("input[name=name]", "investigador")
    page.fill("input[name=password]", live.passwords["investigador"])
    page.click("main button[type=submit]")
    page.click("main button[type=submit]")
    page.wait_for_selector(".app-timeline >> text=Texto largo que no debe perderse, con ñ y «comillas»")


def test_an_act_is_three_taps_from_home_and_confirmed_where_it_stands(enter: Enter) -> None:
    page = enter("investigador", size=PHONE)
    page.goto("/")
    page.locator("main a[href$='/acts/new']").first.click()  # one tap
    page.fill("textarea[name=text]", "Se entrevistó a la encargada de la tienda de música.")
    page.click("main form button[type=submit]")  # two taps
    page.wait_for_url(re.compile(r"/acts"))
    entry = page.locator("li:has-text('tienda de música')").first
    expect(entry).to_be_in_viewport()
    expect(entry.locator("[role=status]")).to_be_visible()


def test_the_slash_key_goes_to_the_box_but_not_while_writing(enter: Enter) -> None:
    page = enter("fiscal")
    page.goto("/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "header-search"
    page.goto("/cases/new")
    page.locator("textarea[name=narrative]").focus()
    page.keyboard.press("/")
    assert page.input_value("textarea[name=narrative]") == "/"


def test_two_people_editing_lose_nothing(enter: Enter) -> None:
    first, second = enter("fiscal", language="en"), enter("investigador", language="en")
    case = open_case(first, "MOR/9905/2026")
    first.goto(f"{case}/assignments")
    second.goto(f"{case}/edit")
    first.goto(f"{case}/edit")
    for page, words in ((first, "Versión de la fiscal"), (second, "Versión del investigador")):
        page.fill("textarea[name=narrative]", words)
    first.click("main form button[type=submit]:has-text('Save')")
    answer = second.expect_response(lambda response: response.request.method == "POST")
    with answer as caught:
        second.click("main form button[type=submit]:has-text('Save')")
    assert caught.value.status == 409
    text = second.locator("main").inner_text() + " ".join(second.locator("main textarea").all_inner_texts())
    assert "Versión de la fiscal" in text
    assert any("Versión del investigador" in value for value in [*second.locator("main textarea").evaluate_all("e => e.map(a => a.value)"), text])
    second.click("main form button[type=submit]")
    second.goto(case)
    expect(second.locator("main")).to_contain_text("Versión del investigador")
    second.goto(f"{case}/history")
    expect(second.locator("main")).to_contain_text("Versión de la fiscal")


def test_the_language_changes_anywhere_and_stays(enter: Enter) -> None:
    page = enter("fiscal")
    page.goto("/cases/?text=MOR")
    page.click("button[name=language]")
    page.wait_for_url(re.compile(r"/cases/\?text=MOR"))
    assert page.get_attribute("html", "lang") == "en"
    page.goto("/reports/clearance")
    assert page.get_attribute("html", "lang") == "en"
    page.click("button[name=language]")


def test_a_copied_cookie_dies_with_the_sign_out(enter: Enter) -> None:
    page = enter("fiscal")
    copied = page.context.cookies()
    page.click("header form[action$='sign-out'] button")
    page.context.add_cookies(copied)  # type: ignore[arg-type]
    page.goto("/cases/")
    assert "/sign-in" in page.url
