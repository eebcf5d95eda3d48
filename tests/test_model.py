from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model import Article, Member, Part, PublishedSource, Story

NOON = datetime(2025, 10, 18, 12, tzinfo=UTC)


def article(
    name: str, *parts: tuple[str | None, str], length: int = 100, hours: int = 0
) -> Article:
    published = NOON + timedelta(hours=hours)
    return Article(
        id=name,
        feed="f",
        title=parts[0][1],
        parts=tuple(Part(language=language, title=title, lead="") for language, title in parts),
        length=length,
        publisher="p",
        published=published,
        published_source=PublishedSource.FEED,
        first_seen=published,
        content_hash=name,
    )


def story(*articles: Article) -> Story:
    """A story that its first article represents."""
    return Story(
        id="s",
        members=tuple(Member(article=a, match=None) for a in articles),
        representative=articles[0].id,
        created=NOON,
        updated=NOON,
        fingerprint="",
    )


def test_a_story_has_a_title_in_each_language_that_it_is_told_in():
    told = story(
        article("a", ("zh-Hant", "川普拒絕提供戰斧"), ("en", "Trump rebuffs Zelensky")),
        article("b", ("de", "Trump lehnt ab")),
        article("c", ("en", "Zelensky leaves without"), length=9000),
    )
    assert told.titles == {
        "zh-Hant": "川普拒絕提供戰斧",
        "en": "Trump rebuffs Zelensky",
        "de": "Trump lehnt ab",
    }


@pytest.mark.parametrize(
    ("fuller", "hours", "title"), [(4000, 1, "Second"), (101, 1, "First"), (101, -1, "Second")]
)
def test_it_is_that_of_the_fullest_text_and_then_of_the_earliest(fuller, hours, title):
    told = story(
        article("a", ("de", "Erste")),
        article("b", ("en", "First")),
        article("c", ("en", "Second"), length=fuller, hours=hours),
    )
    assert told.titles["en"] == title


def test_a_part_without_a_headline_gives_none():
    told = story(
        article("a", ("zh-Hant", "頭條"), ("en", "")),
        article("b", ("en", "Headline")),
        article("c", (None, "?")),
    )
    assert told.titles == {"zh-Hant": "頭條", "en": "Headline"}


@pytest.mark.parametrize(
    ("languages", "title"),
    [
        ((), "Headline"),
        (("zh-Hant", "en"), "头条"),
        (("de", "en"), "Headline"),
        (("fr",), "Headline"),
    ],
)
def test_readers_get_the_title_that_serves_them_best(languages, title):
    told = story(article("a", ("en", "Headline")), article("b", ("zh-Hans", "头条")))
    assert told.title(languages) == title


def test_a_story_in_no_language_has_the_title_of_its_representative():
    assert story(article("a", (None, "42"))).title(("en",)) == "42"


@pytest.mark.parametrize(
    ("languages", "teller", "title"),
    [(("en",), "c", "Fuller"), ((), "a", "頭條"), (("de",), "a", "頭條")],
)
def test_those_who_lead_it_are_those_whose_title_it_has(languages, teller, title):
    told = story(
        article("a", ("zh-Hant", "頭條")),
        article("b", ("en", "Short")),
        article("c", ("en", "Fuller"), length=9000),
    )
    member, part = told.lead(languages)
    assert (member.article.id, part.title) == (teller, title)
    assert told.title(languages) == title
