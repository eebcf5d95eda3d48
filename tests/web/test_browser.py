"""The pages in Chromium: nothing complains, everything is reached by keyboard, axe finds nothing.

axe-core is npm's; ``AXE`` names its axe.min.js.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(os.environ.get("AXE", "node_modules/axe-core/axe.min.js"))
TALKS = "/stories/00000000-0000-4000-8000-000000000001"
PAGES = [
    *("/", "/search?q=tomahawk", TALKS, "/feeds", "/feeds/paid", "/status", "/subscribe", "/owner"),
    *("/?language=fr", "/nothing", "/decisions"),
]
OPEN = "document.querySelectorAll('details').forEach(it => it.open = true)"
FOLLOW = """() => {
    window.reached = new Set();
    document.addEventListener("focusin", (event) => window.reached.add(event.target));
}"""
TOKEN = "a token that nobody guesses"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def page(browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(300_000)  # milliseconds: a busy machine takes its time
    yield context.new_page()
    context.close()


def test_nothing_complains_and_nothing_leaves_for_another_server(site, page):
    told: list[str] = []
    asked: list[str] = []
    page.on("console", lambda m: None if "status of 40" in m.text else told.append(m.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))

    for path in PAGES:
        page.goto(site.url.rstrip("/") + path)

    assert told == []
    assert len(asked) >= len(PAGES)
    assert all(url.startswith(site.url) for url in asked)


@pytest.mark.parametrize(
    ("scheme", "width", "locale"),
    [("light", 1280, "en"), ("dark", 390, "en"), ("light", 390, "zh-TW"), ("dark", 1280, "zh-TW")],
)
def test_axe_finds_nothing(site, browser, scheme, width, locale):
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm install axe-core, and AXE=…/axe.min.js")
    # Playwright's own script is no page's: the policy that forbids them all is set aside.
    context = browser.new_context(
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
        locale=locale,
        extra_http_headers={"Authorization": f"Bearer {TOKEN}"},
        bypass_csp=True,
    )
    page = context.new_page()
    for path in PAGES:
        page.goto(site.url.rstrip("/") + path)
        page.evaluate(OPEN)
        page.add_script_tag(path=AXE)
        found = page.evaluate("axe.run().then(result => result.violations)")
        assert [(v["id"], v["nodes"][0]["html"]) for v in found] == [], path
    context.close()


def test_a_story_is_found_and_opened_by_keyboard_alone(site, page):
    page.goto(site.url)
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the content"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("tomahawk")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/search"))
    for _ in range(30):
        page.keyboard.press("Tab")
        if TALKS in (page.locator(":focus").get_attribute("href") or ""):
            break
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/stories/"))

    assert page.locator("h1").inner_text() == "Zelensky leaves without Tomahawks"


def test_what_has_the_focus_shows_it(site, page):
    page.goto(site.url)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")

    outline = page.locator(":focus").evaluate("it => getComputedStyle(it).outlineStyle")

    assert outline == "solid"


def test_no_page_is_wider_than_a_small_phone(site, page):
    page.set_viewport_size({"width": 320, "height": 640})
    for path in PAGES:
        page.goto(site.url.rstrip("/") + path)
        page.evaluate(OPEN)

        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_it_works_without_javascript(site, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url)
    page.get_by_role("link", name="Zelensky leaves without Tomahawks").click()

    assert page.get_by_role("heading", name="Who reported when").is_visible()
    context.close()


def test_every_control_is_reached_by_keyboard_alone(site, page):
    page.set_extra_http_headers({"Authorization": f"Bearer {TOKEN}"})
    for path in PAGES:
        page.goto(site.url.rstrip("/") + path)
        wanted = page.locator("a, button, input:not([hidden]), summary").count()
        page.evaluate(FOLLOW)
        for _ in range(wanted + 1):
            page.keyboard.press("Tab")

        assert page.evaluate("window.reached.size") >= wanted, path


def test_the_owner_splits_by_a_form(site, page):
    page.goto(site.url + "owner")
    page.get_by_label("Token").fill("a token that nobody guesses")
    page.get_by_role("button", name="Enter").click()
    page.wait_for_url(site.url)
    page.goto(site.url.rstrip("/") + TALKS)

    assert page.get_by_role("checkbox").count() == 2
    assert page.get_by_role("button", name="Merge with this story").is_visible()
