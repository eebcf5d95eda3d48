from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis.strategies import text
from sqlalchemy import text as sql

from aggregator.model import Batch, Part
from aggregator.storage.search import index_all, understand


@pytest.fixture
def told(store, samples):
    """Return a function that tells a story with this title, and returns its id."""
    numbers = iter(range(1, 1000))

    def told(title: str, *, lead: str = "", **changes):
        number = next(numbers)
        parts = (Part(language=None, title=title, lead=lead),)
        article = samples.article(number, hours=number, title=title, parts=parts, **changes)
        story = samples.story(str(number), article)
        store.save(Batch(articles=(article,), stories=(story,)))
        return story.id

    return told


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Zelensky leaves without Tomahawks", "tomahawk"),
        ("Zelensky leaves without Tomahawks", "LEAVES zelensky"),
        ("Zelensky leaves without Tomahawks", '"leaves without"'),
        ("Zelensky leaves without Tomahawks", '"leaves without'),
        ("Zelenskyj: Präsident ohne Marschflugkörper", "prasident"),
        ("Протесты в Москве", "протест"),
        ("川普拒絕提供戰斧巡航導彈", "戰斧"),
        ("川普拒絕提供戰斧巡航導彈", "战斧"),
        ("川普拒絕提供戰斧巡航導彈", "彈"),
        ("川普拒絕提供戰斧巡航導彈", "川"),
        ("川普拒絕提供戰斧巡航導彈", "提供戰斧巡航"),
        ("川普拒絕提供戰斧巡航導彈", "川普 導彈"),
        ("新型 C919 客機", "c919"),
        ("ゼレンスキー大統領", "ゼレンスキー"),
        ("พายุเข้าฝั่ง", "พายุ"),
        ("한국은행이 금리를 동결", "한국은행"),
    ],
)
def test_words_find_their_story(store, told, title, words):
    told("Something else altogether 別的事情")
    story = told(title)

    assert store.search.stories(words) == [story]


@pytest.mark.parametrize(
    "words",
    [
        "nowhere",
        '"without leaves"',
        "zelensky -tomahawks",
        '"tomahawk"',
        "斧戰",
        "戰斧導彈",
        "",
        "-zelensky",
        '"',
        "* OR NOT",
        "'); DROP TABLE searchable; --",
        "NEAR(zelensky tomahawks) zelensky:",
    ],
)
def test_words_that_are_not_there_find_nothing(store, told, words):
    told("Zelensky leaves without Tomahawks")
    told("川普拒絕提供戰斧巡航導彈")

    assert store.search.stories(words) == []


def test_leads_publishers_authors_and_categories_are_searched(store, told):
    story = told("Title", lead="a lead", publisher="Nature", authors=("Ann",), categories=("Rain",))

    for words in ("lead", "nature", "ann", "rain", "title rain"):
        assert store.search.stories(words) == [story]


@pytest.mark.parametrize("words", ["drawbridge", "吊橋", '"the drawbridge stuck"', "overture"])
def test_the_whole_text_is_searched_and_no_markup(store, told, words):
    story = told(
        "Title",
        summary="<p>An <em>overture</em> of sorts.</p>",
        content='<p class="harbour">Then the <a href="https://hidden.example/">draw</a>bridge '
        "stuck.</p><p>吊橋卡住了</p>",
    )

    assert store.search.stories(words) == [story]
    assert store.search.stories("harbour") == store.search.stories("hidden") == []


def test_of_a_text_without_end_the_beginning_is_searched(store, told):
    story = told("Title", content=f"<p>first {'again ' * 30_000} last</p>")

    assert store.search.stories("first again") == [story]
    assert store.search.stories("last") == []


def test_a_text_of_endless_words_is_stored_all_the_same(store, told):
    letters = [chr(0x10330 + number) for number in range(20)]  # Gothic: four bytes each
    words = (a + b + c + "\U00010330" * 57 for a in letters for b in letters for c in letters)
    story = told("Title", content=" ".join(words))

    assert store.search.stories("title") == [story]


def test_the_newest_come_first_page_by_page(store, told, samples):
    stories = [told("Rain again") for _ in range(5)][::-1]

    assert store.search.stories("rain", limit=2) == stories[:2]
    after = (samples.noon + timedelta(hours=4), stories[1])
    assert store.search.stories("rain", limit=2, after=after) == stories[2:4]


def test_hidden_feeds_answer_for_nothing(store, told):
    told("Rain", feed="berlin")

    assert store.search.stories("rain", hidden=["berlin"]) == []
    assert store.search.stories("rain", hidden=["taipei"]) != []


def test_what_is_no_longer_subscribed_to_answers_for_nothing(store, told, samples):
    told("Rain", feed="berlin")
    store.subscribe([samples.feed("taipei")], samples.noon)

    assert store.search.stories("rain") == []


def test_an_edit_is_found_by_its_new_words_alone(store, samples):
    before = samples.article(1, title="Rain", parts=())
    after = samples.article(1, title="Sunshine", parts=())
    store.save(Batch(articles=(before,), stories=(samples.story("1", before),)))
    store.save(Batch(articles=(after,)))

    assert store.search.stories("rain") == []
    assert store.search.stories("sunshine") == ["urn:uuid:1"]


def test_an_article_that_goes_takes_its_words_along(store, told):
    told("Rain")
    with store._backend.write() as connection:
        connection.execute(sql("DELETE FROM searchable"))

    assert store.search.stories("rain") == []


def test_articles_of_before_are_indexed_by_the_migration(store, told):
    story = told("Rain")
    with store._backend.write() as connection:
        connection.execute(sql("DELETE FROM searchable"))
        index_all(connection)

    assert store.search.stories("rain") == [story]


@given(text(max_size=60))
def test_any_query_is_understood(words):
    for clause in understand(words):
        assert clause.terms
        assert all(term and not set(term) & set("\"' *") for term in clause.terms)


@pytest.mark.parametrize("words", ['"\0', "a" * 500, "ü\ud800", "\u202e戰", "🚀", "\\' & | ! <->"])
def test_no_query_upsets_a_database(store, told, words):
    told("Rain")

    assert store.search.stories(words) == []
