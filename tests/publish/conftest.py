from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

import pytest

from aggregator.config import Publish, View
from aggregator.model import (
    Article,
    Feed,
    Level,
    Match,
    Member,
    Part,
    PublishedSource,
    Story,
)
from aggregator.publish import select

NOON = datetime(2025, 10, 17, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=400)


@pytest.fixture(scope="session")
def noon():
    return NOON


@pytest.fixture(scope="session")
def make_feed():
    def make(name="daily", **given):
        url = f"https://{name}.example/feed.xml"
        given.setdefault("url", url)
        given.setdefault("shown_url", given["url"])
        return Feed(**{"id": name, "name": name.title(), **given})

    return make


@pytest.fixture(scope="session")
def make_article():
    def make(name="one", title="A title", lead="", *, feed="daily", language="en", **given):
        link = given.pop("link", f"https://{feed}.example/{name}")
        return Article(
            **{
                "id": name,
                "feed": feed,
                "url": link,
                "link": link,
                "title": title,
                "language": language,
                "parts": (Part(language=language, title=title, lead=lead),),
                "publisher": feed.title(),
                "published": NOON,
                "published_source": PublishedSource.FEED,
                "first_seen": NOON,
                "content_hash": "",
                **given,
            }
        )

    return make


@pytest.fixture(scope="session")
def make_story():
    def make(*articles, **given):
        founder, *others = articles
        matches = [
            Match(
                a=founder.id,
                b=other.id,
                level=Level.EVENT,
                probability=0.9,
                reasons=("both name the White House",),
            )
            for other in others
        ]
        return Story(
            **{
                "id": uuid5(NAMESPACE_URL, founder.id).urn,
                "members": tuple(map(_member, articles, [None, *matches])),
                "representative": founder.id,
                "created": NOON,
                "updated": NOON + timedelta(hours=1),
                "fingerprint": "",
                **given,
            }
        )

    return make


def _member(article: Article, match: Match | None) -> Member:
    return Member(article=article, match=match)


@pytest.fixture(scope="session")
def make_edition(make_feed):
    """Publish these stories, of public feeds unless feeds are given."""

    def make(*stories, feeds=None, view=None, languages=(), now=LATER, **settings):
        names = sorted({article.feed for story in stories for article in story.articles})
        return select(
            stories,
            [make_feed(name) for name in names] if feeds is None else feeds,
            Publish(title="Merged").model_copy(update=settings),
            None if view is None else View(**{"name": "part", **view}),
            now=now,
            languages=languages,
        )

    return make


@pytest.fixture(scope="session")
def coverage_in_three_languages(make_story, make_article):
    """A story with its representative in Chinese, told in English twice and in Arabic once."""
    return make_story(
        make_article(
            "zh",
            "川普會見澤連斯基",
            "兩人在白宮會談。",
            feed="zhongyang",
            language="zh-Hant",
            authors=("林小明",),
            categories=("國際", "World"),
        ),
        make_article(
            "en2", "Trump meets Zelenskyy", feed="guardian", published=NOON + timedelta(hours=2)
        ),
        make_article(
            "en1",
            "Zelensky at the White House",
            feed="bbc",
            published=NOON + timedelta(hours=1),
            categories=("world", "Politics"),
        ),
        make_article("ar", "ترامب يلتقي زيلينسكي", feed="jazeera", language="ar"),
    )
