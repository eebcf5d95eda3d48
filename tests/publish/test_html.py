import hashlib
import re
from base64 import b64encode
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from aggregator.config import View
from aggregator.model import Level, Match, Part, PublishedSource, Related
from aggregator.publish import render
from aggregator.publish.html import content
from aggregator.publish.item import items

VOID = {"meta", "link", "br", "img"}


class Page(HTMLParser):
    """Reads a page as elements, and fails where one is not closed in turn."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.feed(document)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        assert len(attrs) == len(given)
        self.elements.append((tag, given))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def page_of(make_edition):
    def make(*stories, **given):
        return Page(render(make_edition(*stories, **given))["index.html"].decode())

    return make


def test_every_report_is_linked_in_its_language_and_direction(page_of, coverage_in_three_languages):
    page = page_of(coverage_in_three_languages)
    assert [(a["href"], a["lang"], a["dir"]) for a in page.all("a") if "lang" in a] == [
        ("https://zhongyang.example/zh", "zh-Hant", "ltr"),
        ("https://bbc.example/en1", "en", "ltr"),
        ("https://guardian.example/en2", "en", "ltr"),
        ("https://jazeera.example/ar", "ar", "rtl"),
    ]
    text = " ".join(" ".join(page.texts).split())
    for words in ("4 publishers, 3 languages", "Guardian", "العربية", "both name the White House"):
        assert words in text


def test_the_reason_is_told_though_the_founder_is_not_the_lead(page_of, make_story, make_article):
    story = make_story(make_article("a"), make_article("b"), representative="b")
    assert any("both name the White House" in text for text in page_of(story).texts)


def test_where_no_reason_can_be_told_none_is_promised(page_of, make_story, make_article, make_feed):
    story = make_story(make_article("hidden", feed="hidden"), make_article("a"), make_article("b"))
    assert not page_of(story, feeds=[make_feed()]).all("details")


def test_it_leads_to_the_feeds_and_runs_nothing(page_of, coverage_in_three_languages):
    page = page_of(coverage_in_three_languages, base_url="https://n.example/")
    names = {"feed.atom", "feed.rss", "feed.json", "feeds.opml"}
    assert names <= {a["href"] for a in page.all("a")}
    assert [link["href"] for link in page.all("link") if link["rel"] == "alternate"] == [
        "feed.atom",
        "feed.rss",
        "feed.json",
    ]
    assert not page.all("script")
    assert not any(name.startswith("on") for _, given in page.elements for name in given)
    loads = [given["src"] for _, given in page.elements if "src" in given]
    assert loads == []
    (policy,) = (m["content"] for m in page.all("meta") if "http-equiv" in m)
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


def test_the_style_is_the_one_that_the_policy_allows(make_edition):
    page = render(make_edition())["index.html"].decode()
    (style,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    assert b64encode(hashlib.sha256(style.encode()).digest()).decode() in page
    assert "http" not in style
    assert "@import" not in style


def test_it_has_landmarks_headings_and_a_way_past_the_masthead(
    page_of, coverage_in_three_languages
):
    page = page_of(coverage_in_three_languages)
    tags = [tag for tag, _ in page.elements]
    for landmark in ("header", "nav", "main", "footer", "h1", "title"):
        assert tags.count(landmark) == 1
    assert page.all("html")[0]["lang"] == "en"
    assert page.all("a")[0]["href"] == "#" + page.all("main")[0]["id"]
    assert [tag for tag in tags if re.fullmatch("h[1-6]", tag)] == ["h1", "h2", "h3"]
    ids = [given["id"] for _, given in page.elements if "id" in given]
    assert len(ids) == len(set(ids))


def test_stories_stand_under_their_day(page_of, make_story, make_article, noon):
    page = page_of(
        make_story(make_article("a")),
        make_story(make_article("b", published=noon - timedelta(days=1))),
        make_story(make_article("c", published=noon - timedelta(hours=1))),
    )
    assert [section["aria-label"] for section in page.all("section")] == [
        "Friday, 17 October 2025",
        "Thursday, 16 October 2025",
    ]


def test_a_bilingual_article_is_quoted_in_both_languages(
    page_of, make_story, make_article, make_edition
):
    parts = (
        Part(language="zh-Hant", title="白宮會談", lead="兩人會談。"),
        Part(language="en", title="White House talks", lead="They talked."),
        Part(language="de", title="", lead="Sie sprachen."),
    )
    story = make_story(make_article(parts=parts))
    (item,) = items(make_edition(story))
    for page in (page_of(story), Page(content(item))):
        assert {"兩人會談。", "White House talks", " They talked.", "Sie sprachen."} <= set(
            page.texts
        )
        assert {"zh-Hant", "en", "de"} <= {p.get("lang") for p in page.all("p")}


def test_a_date_that_is_only_our_first_sight_says_so(page_of, make_story, make_article):
    undated = make_article(published_source=PublishedSource.FIRST_SEEN)
    assert " seen " in page_of(make_story(undated)).texts
    assert " seen " not in page_of(make_story(make_article())).texts


def test_an_empty_page_says_so(page_of):
    assert "No stories yet." in page_of().texts


def test_more_reports_than_are_listed_are_counted(page_of, make_story, make_article, make_edition):
    story = make_story(*(make_article(f"a{n}", feed=f"f{n}") for n in range(60)))
    assert "and 9 more reports" in page_of(story).texts
    (item,) = items(make_edition(story))
    assert "And 9 more." in content(item)


HOSTILE = [
    "</title><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "]]><script>alert(1)</script>",
    "<!--",
    "</style><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "{{ 7 * 7 }}{% raw %}",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_nothing_that_a_feed_says_becomes_markup(
    *, page_of, make_edition, make_story, make_article, make_feed, words
):
    given = {"lead": words + " ", "publisher": words, "authors": (words,), "categories": (words,)}
    story = make_story(make_article("a", words, **given), make_article("b", words, **given))
    feeds = [make_feed(category=words)]
    plain = make_story(make_article("a", "T"), make_article("b", "T"))
    hostile = page_of(story, feeds=feeds, title=words)
    assert {tag for tag, _ in hostile.elements} <= {tag for tag, _ in page_of(plain).elements} | {
        "p"
    }
    assert hostile.texts.count(words) >= 3
    (item,) = items(make_edition(story))
    assert {tag for tag, _ in Page(content(item)).elements} <= {
        "p",
        "b",
        "ul",
        "li",
        "a",
        "span",
        "time",
    }


def test_a_text_cannot_turn_the_page_around(page_of, make_story, make_article):
    page = page_of(make_story(make_article(title="abc\u202edef", publisher="\u2067x")))
    assert not any(c in text for text in page.texts for c in "\u202e\u2067")


VIEWS = {"views": [View(name="asia", title="Asien & mehr"), View(name="many")], "title": "All"}


@pytest.mark.parametrize(
    ("view", "up"), [(None, ""), ({"name": "asia", "title": "Asien & mehr"}, "../../")]
)
def test_the_views_lead_to_one_another(make_edition, view, up):
    files = render(make_edition(view=view, **VIEWS))
    (name,) = (name for name in files if name.endswith("index.html"))
    page = Page(files[name].decode())
    addresses = [a["href"] for a in page.all("a") if a.get("href", "").endswith("index.html")]
    assert addresses == [
        *(f"{up}index.html", f"{up}views/asia/index.html", f"{up}views/many/index.html")
    ]
    (here,) = (a["href"] for a in page.all("a") if "aria-current" in a)
    assert here == (f"{up}views/asia/index.html" if view else "index.html")
    assert "Asien & mehr" in page.texts


def test_robots_and_licence_are_told_where_they_are_set(make_edition):
    page = Page(render(make_edition())["index.html"].decode())
    assert not any(meta.get("name") == "robots" for meta in page.all("meta"))
    given = {"robots": "noindex", "license": "https://l.example/", "rights": "Of their publishers"}
    page = Page(render(make_edition(**given))["index.html"].decode())
    assert {"name": "robots", "content": "noindex"} in page.all("meta")
    assert {"rel": "license", "href": "https://l.example/"} in page.all("link")
    assert "Of their publishers" in page.texts


def test_a_story_leads_to_what_it_follows_up(page_of, make_story, make_article):
    earlier = make_story(make_article("x", "The day before"))
    match = Match(a="y", b="x", level=Level.EVENT, probability=0.6, reasons=())
    story = make_story(
        make_article("y", feed="other"), related=(Related(story=earlier.id, match=match),)
    )
    page = page_of(earlier, story)
    ids = {article["id"] for article in page.all("article")}
    (link,) = (a["href"] for a in page.all("a") if a["href"].startswith("#story-"))
    assert link.removeprefix("#") in ids
