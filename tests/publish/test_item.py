from datetime import timedelta

import pytest

from aggregator.model import Enclosure, Level, Part
from aggregator.publish.item import CATEGORIES, REPORTS, TITLE, Rendering, items


@pytest.fixture
def item_of(make_edition):
    def make(story, **given):
        (item,) = items(make_edition(story, **given))
        return item

    return make


def test_the_representative_gives_the_words(item_of, coverage_in_three_languages):
    item = item_of(coverage_in_three_languages)
    assert item.lead.title == "川普會見澤連斯基"
    assert item.lead.language == "zh-Hant"
    assert item.excerpt == "兩人在白宮會談。"
    assert item.authors == ("林小明",)
    assert item.feed.id == "zhongyang"


def test_the_others_stand_by_language_the_earliest_first(item_of, coverage_in_three_languages):
    also = item_of(coverage_in_three_languages).also
    assert [(c.language, [r.publisher for r in c.reports]) for c in also] == [
        ("en", ["Bbc", "Guardian"]),
        ("ar", ["Jazeera"]),
    ]
    assert also[0].reports[0].level is Level.EVENT
    assert also[0].reports[0].reasons == ("both name the White House",)


def test_the_languages_nearest_to_the_lead_come_first(item_of, make_story, make_article):
    story = make_story(
        make_article("lead", language="zh-Hant"),
        *(make_article(f"e{n}", feed=f"e{n}") for n in range(3)),
        make_article("hans", language="zh-Hans"),
        make_article("unknown", language=None),
        make_article("hant", language="zh-Hant"),
    )
    assert [c.language for c in item_of(story).also] == ["zh-Hant", "zh-Hans", "en", None]


def test_a_preferred_language_is_told_in_where_the_story_has_it(
    item_of, coverage_in_three_languages
):
    item = item_of(coverage_in_three_languages, languages=("fr", "en"))
    assert item.lead.title == "Zelensky at the White House"
    assert [coverage.language for coverage in item.also] == ["en", "ar", "zh-Hant"]
    assert item_of(coverage_in_three_languages, languages=("fr",)).lead.language == "zh-Hant"


def test_a_bilingual_article_is_told_in_its_preferred_part(item_of, make_story, make_article):
    article = make_article(
        parts=(
            Part(language="zh-Hant", title="白宮會談", lead="兩人會談。"),
            Part(language="en", title="White House talks", lead="They talked."),
        )
    )
    item = item_of(make_story(article), languages=("en",))
    assert (item.lead.title, item.excerpt) == ("White House talks", "They talked.")
    assert item.renderings == (
        Rendering(language="zh-Hant", title="白宮會談", excerpt="兩人會談。"),
    )
    assert item.also == ()


def test_categories_are_the_union_ours_first(item_of, make_feed, coverage_in_three_languages):
    feeds = [make_feed(a.feed) for a in coverage_in_three_languages.articles]
    assert item_of(coverage_in_three_languages).categories == ("國際", "World", "Politics")
    feeds[0] = make_feed(feeds[0].id, category="Asia")
    assert item_of(coverage_in_three_languages, feeds=feeds).categories[0] == "Asia"


def test_categories_do_not_grow_without_end(item_of, make_story, make_article):
    story = make_story(make_article(categories=tuple(map(str, range(CATEGORIES + 1)))))
    assert len(item_of(story).categories) == CATEGORIES


def test_an_item_that_came_by_two_feeds_is_listed_once(item_of, make_story, make_article):
    same = {"publisher": "Agency", "link": "https://agency.example/1"}
    story = make_story(
        make_article("lead"), make_article("a", feed="a", **same), make_article("b", **same)
    )
    assert len(item_of(story).reports) == 1
    assert item_of(make_story(make_article("a", **same), make_article("b", **same))).also == ()


def test_a_large_story_names_every_publisher_before_any_twice(
    item_of, make_story, make_article, noon
):
    at = [noon + timedelta(minutes=minute) for minute in range(200)]
    chatty = [make_article(f"c{n}", feed="chatty", published=at[n]) for n in range(REPORTS)]
    others = [make_article(f"o{n}", feed=f"o{n}", published=at[100 + n]) for n in range(20)]
    item = item_of(make_story(make_article("lead"), *chatty, *others))
    assert len(item.reports) == REPORTS
    assert item.unlisted == 20
    assert {f"O{n}" for n in range(20)} <= {report.publisher for report in item.reports}
    times = [report.published for report in item.reports]
    assert times == sorted(times)


def test_a_title_is_never_empty(item_of, make_story, make_article):
    assert item_of(make_story(make_article(title="", lead="Only text"))).lead.title == "Only text"
    assert item_of(make_story(make_article(title="\x01"))).lead.title == "Daily"
    assert item_of(make_story(make_article(title="", publisher="\x01"))).lead.title == "daily"


def test_an_excerpt_does_not_repeat_the_title(item_of, make_story, make_article):
    assert item_of(make_story(make_article(title="Words", lead="Words"))).excerpt == ""


def test_long_texts_are_cut(item_of, make_story, make_article):
    item = item_of(make_story(make_article(title="word " * 500, lead="word " * 500)))
    assert len(item.lead.title) <= TITLE
    assert len(item.excerpt) <= 500


def test_the_publisher_signs_where_no_author_is_named(item_of, make_story, make_article):
    assert item_of(make_story(make_article(authors=(" ",)))).authors == ("Daily",)


def test_no_picture_of_the_readers_own_network_is_offered(item_of, make_story, make_article):
    assert item_of(make_story(make_article(image="http://localhost/a.png"))).image is None
    shown = "https://cdn.example/a.png"
    assert item_of(make_story(make_article(image=shown))).image == shown


def test_only_web_addresses_and_sound_enclosures_are_offered(item_of, make_story, make_article):
    article = make_article(
        link="javascript:alert(1)",
        image="data:image/png,x",
        enclosures=(
            Enclosure(url="https://a.example/1.mp3", type="audio/mpeg", length=7),
            Enclosure(url="https://a.example/2.mp3", type='audio"><b>', length=-1),
            Enclosure(url="file:///etc/passwd", type="audio/mpeg"),
            Enclosure(url="http://192.168.1.1/4.mp3", type="audio/mpeg"),
        ),
    )
    item = item_of(make_story(article))
    assert item.lead.link is None
    assert item.image is None
    assert item.enclosures == (
        Enclosure(url="https://a.example/1.mp3", type="audio/mpeg", length=7),
        Enclosure(url="https://a.example/2.mp3"),
    )
