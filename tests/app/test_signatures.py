from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aggregator.app.signatures import Signatures
from aggregator.match.signature import sign
from aggregator.model import Article, Part, PublishedSource

NOON = datetime(2025, 10, 18, 12, tzinfo=UTC)
WORDS = " ".join(f"word{number}" for number in range(100))


@pytest.fixture
def article() -> Article:
    return Article(
        id="00000000000000a1",
        feed="f",
        title="A bridge opens",
        parts=(Part(language="en", title="A bridge opens", lead=""),),
        summary="<p>A bridge opens.</p>",
        content=f"<p>{WORDS}</p>",
        publisher="f.example",
        published=NOON,
        published_source=PublishedSource.FEED,
        first_seen=NOON,
        content_hash="aa",
    )


def test_the_fullest_text_is_signed_without_its_markup(article, shelf):
    turned = replace(article, summary=article.content, content="", content_hash="bb")
    assert Signatures(shelf)([article]) == [sign(WORDS)]
    assert Signatures(shelf)([turned]) == [sign(WORDS)]


def test_an_article_that_comes_back_without_its_text_is_known(article, shelf):
    signed = Signatures(shelf)([article])

    assert Signatures(shelf)([replace(article, summary="", content="")]) == signed
    assert shelf.writes == 1


def test_an_article_that_says_something_else_has_another_signature(article, shelf):
    sign_all = Signatures(shelf)
    edited = replace(article, content=f"<p>{WORDS} and more of it all</p>", content_hash="bb")

    assert sign_all([article]) != sign_all([edited])


def test_a_short_text_has_none_and_costs_no_row(article, shelf):

    assert Signatures(shelf)([replace(article, content="")]) == [b""]
    assert Signatures(shelf)([]) == []
    assert shelf.writes == 0


def test_signatures_come_in_the_order_of_the_articles(article, shelf):
    short = replace(article, content="", content_hash="bb")

    assert Signatures(shelf)([short, article]) == [b"", sign(WORDS)]
