import re
import sqlite3
from contextlib import closing
from html.parser import HTMLParser
from urllib.parse import quote

import pytest

from aggregator.web.pages import cursor, place

TALKS = "/stories/00000000-0000-4000-8000-000000000001"
RAID = "/stories/00000000-0000-4000-8000-000000000002"
LETTER = "/stories/00000000-0000-4000-8000-000000000003"
PAGES = [
    *("/", "/search?q=tomahawk", "/search?q=nowhere", TALKS, RAID, "/feeds", "/feeds/harbour"),
    *(
        "/feeds/paid",
        "/feeds/formosa",
        "/status",
        "/subscribe",
        "/owner",
        "/nothing",
        "/?language=fr",
    ),
]
HTML = {"Accept": "text/html"}
PUBLISHERS = {"Harbour", "Times", "script", "alert", "tomahawk", "nowhere", "serve", "token"}
QUOTED = {"And", "more", "of", "it", "stories", "nothing", "owner"}
"""Names, words and addresses, which stay as they are in any language."""


class Elements(HTMLParser):
    """Collects start tags and what they say."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_pages_hold_nothing_that_runs_or_asks_another_server(site, path, language):
    answer = site.ask(path, **HTML, Accept_Language=language)

    assert answer.headers["content-type"].startswith("text/html")
    for tag, attributes in Elements(answer.text).found:
        assert tag not in {"script", "style", "iframe", "object", "img"}
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        if tag in {"link", "form"} or "src" in attributes:
            address = attributes.get("href") or attributes.get("action") or attributes.get("src")
            assert str(address).startswith("/")
        assert not str(attributes.get("href", "")).startswith("javascript:")


class Words(HTMLParser):
    """Collects what a page says in the interface's own language, and in no other."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._others = [False]
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag not in VOID:
            is_other = said.get("lang", "zh-Hant") != "zh-Hant"
            self._others.append(self._others[-1] or is_other or tag in NAMES)
        self.found += [said[name] for name in ("aria-label", "placeholder") if said.get(name)]

    def handle_endtag(self, tag):
        if tag not in VOID:
            self._others.pop()

    def handle_data(self, data):
        if not self._others[-1]:
            self.found.append(data)


VOID = {"br", "circle", "hr", "input", "line", "link", "meta", "path", "polyline", "rect"}
NAMES = {"bdi", "code", "title"}
ALLOWED = {"Atom", "RSS", "JSON", "OPML", "UTC", "HTTP", "News", "of", "the", "world"}


@pytest.mark.parametrize("path", [*PAGES, "/decisions"])
@pytest.mark.parametrize("owner", [False, True])
def test_in_chinese_no_english_is_left_but_names(site, path, owner):
    headers = {"Authorization": "Bearer a token that nobody guesses"} if owner else {}
    text = site.ask(path, **HTML, **headers, Accept_Language="zh-TW").text

    said = " ".join(Words(text.replace("Zelensky leaves without Tomahawks", "")).found)

    assert '<html lang="zh-Hant">' in text
    assert re.search("[\u4e00-\u9fff]", said)
    assert set(re.findall("[A-Za-z]{2,}", said)) - ALLOWED - PUBLISHERS - QUOTED == set()


@pytest.mark.parametrize("path", [*PAGES, LETTER, "/api/v1/stories", "/api/v1/feeds"])
def test_what_is_private_shows_nowhere(site, path):
    text = site.ask(path, **HTML).text

    for secret in ("secret newsletter", "letterbox", "Hidden Letters", "secret.example", "k3y-in"):
        assert secret not in text


def test_the_front_page_leads_with_what_most_publishers_tell(site):
    text = site.ask("/").text

    assert text.index("Zelensky leaves without Tomahawks") < text.index("raid the Louvre")
    assert "2 publishers" in text
    assert "2 languages" in text


def test_a_story_is_told_in_the_language_of_who_asks(site):
    text = site.ask("/", Accept_Language="zh-TW,zh;q=0.9,en;q=0.1").text

    assert '<html lang="zh-Hant">' in text
    assert re.search(r'<h3[^>]*><a [^>]*lang="zh-Hant" dir="ltr">川普拒絕', text)
    assert "2 家媒體" in text


def test_the_language_that_was_chosen_is_kept(site):
    chosen = site.ask("/feeds?ui=zh-Hant", Accept_Language="en")

    assert "消息來源" in chosen.text
    cookie = chosen.headers["set-cookie"].partition(";")[0]
    assert "消息來源" in site.ask("/feeds", Cookie=cookie, Accept_Language="en").text


@pytest.mark.parametrize(
    ("query", "shown", "not_shown"),
    [
        ("language=zh-Hant", "川普拒絕", "Louvre"),
        ("category=World", "Louvre", "不"),
        ("language=fr", "No story answers", "Louvre"),
        ("page=99", "Front page", "Louvre"),
        ("page=-1", "Louvre", "不"),
    ],
)
def test_the_front_page_is_filtered(site, query, shown, not_shown):
    text = site.ask(f"/?{query}").text

    assert shown in text
    assert not_shown not in text


def test_a_story_says_who_reported_when_and_why_each_is_here(site):
    text = site.ask(TALKS).text

    assert "names in common: tomahawk" in text
    assert "began the story" in text
    assert text.count("<circle") == 2
    assert "Harbour Times was first" in text


def test_what_a_feed_says_is_text_and_no_markup(site):
    text = site.ask(RAID).text

    assert "&lt;img src=x" in text
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize("path", ["/stories/x", LETTER, "/stories/" + "0" * 32, "/nothing"])
def test_what_is_not_there_is_said_in_words(site, path):
    answer = site.ask(path, **HTML)

    assert answer.status == 404
    assert "There is nothing here" in answer.text


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("tomahawk", True),
        ("戰斧", True),
        ("战斧", True),
        ("川", True),
        ('"without Tomahawks"', True),
        ("tomahawk -zelensky", False),
        ("newsletter", False),
        ("nowhere", False),
    ],
)
def test_stories_are_found_by_words_of_any_script(site, words, found):
    text = site.ask(f"/search?q={quote(words)}").text

    assert (TALKS in text) is found
    assert ("No story has these words" in text) is not found


def test_the_feeds_page_says_what_is_wrong_and_names_no_credential(site):
    text = site.ask("/feeds").text

    assert "Failed 3 times in a row" in text
    assert "the server answered 404: nothing is there" in text
    assert "https://paid.example" not in text


def test_the_state_of_the_whole_counts_only_what_others_may_see(site):
    text = site.ask("/status").text

    assert re.search(r"<dt>Articles</dt><dd>3</dd>", text)
    assert re.search(r"<dt>Stories</dt><dd>2</dd>", text)


@pytest.mark.parametrize(
    "path",
    ["/", "/healthz", "/api/v1/stories", "/api/v1/feeds", "/api/v1/stream", "/api/v1/openapi.json"],
)
def test_head_is_answered_without_a_body(site, path):
    answer = site.ask(path, "HEAD")

    assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize("text", [None, "", "x", "-", "ff-", "z-z", f"{'f' * 40}-{'0' * 32}"])
def test_a_cursor_of_nobodys_is_the_beginning(text):
    assert place(text) is None


def test_a_cursor_leads_back_to_its_story(aggregator):
    story = aggregator.stories(limit=1)[0]

    found = place(cursor(story))

    assert found
    assert (found.last, found.story) == (story.last, story.id)


def test_a_withdrawn_story_leads_to_where_it_lives_on(site):
    answer = site.ask("/stories/00000000-0000-4000-8000-000000000004")

    assert (answer.status, answer.headers["location"]) == (308, TALKS)


def test_a_page_of_a_category_offers_the_feed_of_its_view(site):
    links = [a for tag, a in Elements(site.ask("/?category=World").text).found if tag == "link"]
    feeds = [a["href"] for a in links if a.get("rel") == "alternate"]

    assert feeds[:4] == [
        "/views/world/feed.atom",
        "/views/world/feed.rss",
        "/views/world/feed.json",
        "/feed.atom",
    ]
    assert "/views/world/feed.atom" in site.ask("/subscribe").text
    assert "/views/world/" not in site.ask("/?category=World&language=en").text


def test_a_feed_has_a_page_with_its_history(site):
    text = site.ask("/feeds/harbour").text

    assert "2 new articles" in text
    assert "HTTP 304" in text
    assert "0.3 sec" in text
    assert "Poll it now" not in text


@pytest.mark.parametrize("name", ["secret", "nothing", "%00"])
def test_a_feed_that_is_private_has_none(site, name):
    assert site.ask(f"/feeds/{name}", **HTML).status == 404


def test_the_history_of_polls_leaves_private_ones_out(site):
    text = site.ask("/status").text

    assert re.search(r"<td>3</td><td>1</td><td>1</td><td>1</td><td>2</td>", text)


def test_a_broken_store_is_said_without_telling_where_it_is(own_site):
    with closing(sqlite3.connect(own_site.folder.parent / "aggregator.db")) as database:
        database.execute("ALTER TABLE feed_states RENAME TO broken")

    answer = own_site.ask("/feeds", **HTML)

    assert answer.status == 503
    assert "aggregate doctor says why" in answer.text
    assert "aggregator.db" not in answer.text
    assert "feed_states" not in answer.text
