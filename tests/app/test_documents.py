from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.app.documents import Documents
from aggregator.match.features import prepare
from aggregator.match.signature import sign
from aggregator.model import Article, Part, PublishedSource

NOON = datetime(2025, 10, 18, 12, tzinfo=UTC)
WORDS = " ".join(f"word{number}" for number in range(100))


@pytest.fixture
def article() -> Article:
    return Article(
        id="00000000000000a1",
        feed="f",
        title="A bridge opens on 17 October for 100 billion",
        parts=(
            Part(language="en", title="A bridge opens on 17 October", lead="It cost 100 billion."),
            Part(language="zh-Hant", title="大橋10月17日啟用", lead="耗資1000億。"),
        ),
        summary="<p>A bridge opens.</p>",
        publisher="f.example",
        published=NOON,
        published_source=PublishedSource.FEED,
        first_seen=NOON,
        content_hash="aa",
    )


def test_what_is_kept_is_what_was_prepared(article, shelf):
    first = Documents(shelf)([article])
    again = Documents(shelf)([replace(article, summary="", content="")])

    assert first == again == [prepare(article)]
    assert shelf.found == len(shelf.kept) == 1


def test_an_edited_article_is_prepared_anew(article, shelf):
    documents = Documents(shelf)
    documents([article])
    edited = replace(article, parts=(replace(article.parts[0], title="A bridge closes"),))
    later = replace(article, published=NOON + timedelta(days=30))

    assert documents([edited, later]) == [prepare(edited), prepare(later)]


@pytest.mark.parametrize("damage", [b"", b"\0", b"x\x9c\x03\0\0\0\0\x01", b"null"])
def test_what_cannot_be_read_is_prepared_anew(article, shelf, damage):
    Documents(shelf)([article])
    shelf.kept = dict.fromkeys(shelf.kept, damage)

    assert Documents(shelf)([article]) == [prepare(article)]


def test_what_cannot_be_written_is_not_kept(article, shelf):
    strange = replace(article, guid="\ud800")

    assert Documents(shelf)([strange]) == [prepare(strange)]
    assert shelf.kept == {}


def test_documents_come_in_order_each_with_its_signature(article, shelf):
    long = replace(article, id="00000000000000b2", content=f"<p>{WORDS}</p>", content_hash="bb")

    first = Documents(shelf)([long, article])
    again = Documents(shelf)([article, replace(long, summary="", content="")])

    assert first == again[::-1] == [prepare(long, sign(WORDS)), prepare(article)]
