"""What a browser makes of sanitized markup: the last word on whether it runs anything."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from aggregator.normalize.text import sanitize

BASE = "https://example.org/dir/page"
CHROMIUM = Path("/usr/bin/chromium")
PAYLOADS = [
    payload.encode("utf-8", "replace").decode()
    for payload in json.loads(Path(__file__).with_name("payloads.json").read_text(encoding="utf-8"))
]
PROVOKE = """(html) => {
    window.ran = [];
    window.alert = () => window.ran.push('alert');
    const place = document.getElementById('place');
    place.innerHTML = html;
    place.innerHTML = place.innerHTML;  // what a mutation waits for
    for (const element of document.querySelectorAll('*')) {
        for (const name of element.getAttributeNames())
            if (name.startsWith('on')) window.ran.push(name);
        if (element.href && !/^(https?|mailto):/.test(element.href)) window.ran.push(element.href);
        for (const event of ['mouseover', 'focus', 'error', 'load', 'toggle'])
            element.dispatchEvent(new Event(event));
    }
    return window.ran;
}"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        page = browser.new_page()
        page.route("**/*", lambda route: route.abort())
        page.set_content("<!doctype html><body><div id=place></div>")
        yield page
        browser.close()


def test_the_provocation_works(page):
    assert page.evaluate(PROVOKE, "<p onmouseover=alert()>x</p>") == ["onmouseover", "alert"]


def test_no_payload_runs_in_a_browser(page):
    ran = {payload: page.evaluate(PROVOKE, sanitize(payload, BASE)) for payload in PAYLOADS}

    assert [payload for payload, what in ran.items() if what] == []


def test_no_payload_runs_where_a_whole_page_is_made_of_it(page):
    everything = "".join(f"<article>{sanitize(payload, BASE)}</article>" for payload in PAYLOADS)
    page.set_content(f"<!doctype html><body><div id=place></div>{everything}")

    assert page.evaluate(PROVOKE, "") == []
    assert page.locator("body > article").count() == len(PAYLOADS)
