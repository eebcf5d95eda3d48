from datetime import UTC, datetime
from typing import Any

import pytest

from aggregator.app.mutes import muting
from aggregator.model import Article, Feed, Mute, Part, PublishedSource


def article(
    title: str = "", *, text: str = "", lead: str = "", second: str = "", **changed
) -> Article:
    fields: dict[str, Any] = {
        "id": "1",
        "feed": "f",
        "title": title,
        "parts": (
            Part(language=None, title=title, lead=lead),
            Part(language=None, title=second, lead=""),
        ),
        "summary": text,
        "publisher": "F",
        "published": datetime(2025, 10, 17, tzinfo=UTC),
        "published_source": PublishedSource.FEED,
        "first_seen": datetime(2025, 10, 17, tzinfo=UTC),
        "content_hash": "",
    }
    return Article(**(fields | changed))


def is_muted(words: str, told: Article, *, title_only: bool = False) -> bool:
    mute = Mute(words=words, title_only=title_only)
    feed = Feed(id="f", url="u", shown_url="u", name="F", mutes=(mute,))
    return muting([feed])(told) == mute


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("premier league", "Arsenal lead the Premier League"),
        ("Premier-League", "premier league: Arsenal lead"),
        ("café", "CAFE opens"),
        ("cafe\u0301", "A CAFÉ opens"),
        ("AI", "ＡＩ takes over"),
        ("AI", "AI晶片需求大增"),
        ("straße", "Sperrung der STRASSE"),
        ("川普", "美國總統川普宣布"),
        ("维权", "維權人士被捕"),
        ("維權", "维权人士被捕"),
        ("iPhone 手機", "蘋果 iPhone 手機漲價"),
        ("サッカー", "日本サッカー協会"),
        ("選挙", "参院選挙の結果"),
        ("ฟุตบอล", "ข่าวฟุตบอลวันนี้"),
        ("손흥민", "손흥민이 두 골을 넣었다"),
        ("спорт", "Новости: СПОРТ"),
        ("C", "Vitamin C helps"),
        ("🎧", "🎧 Episode 7"),
        ("C++", "Modern c++ in practice"),
        ("2026", "The 2026 budget"),
    ],
)
def test_words_are_found_however_they_are_written(words, title):
    assert is_muted(words, article(title))


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("cat", "A catalogue of errors"),
        ("cat", "The concatenation"),
        ("C#", "Vitamin C helps"),
        ("premier league", "The premier of a league"),
        ("premier league", "League premier"),
        ("AI", "RAI and TAIWAN"),
        ("國會", "在美國，會場"),
        ("흥민", "손흥민이 두 골을 넣었다"),
        ("\u0301", "anything"),
        ("🎧", "Episode 7"),
        ("20", "The 2026 budget"),
    ],
)
def test_what_only_looks_like_them_is_not_muted(words, title):
    assert not is_muted(words, article(title))


def test_texts_and_categories_count_unless_titles_alone_are_asked_for():
    in_text = article("Quiet", text="<p>Paid by a <b>spon</b>sor</p>")
    in_category = article("Quiet", categories=("Sponsor",))
    in_content = article("Quiet", content="<p>first</p><p>sponsor</p>")
    in_lead = article("Quiet", lead="Sponsor")

    for told in (in_text, in_category, in_content, in_lead):
        assert is_muted("sponsor", told)
        assert not is_muted("sponsor", told, title_only=True)


def test_the_second_headline_of_a_bilingual_article_is_a_title():
    assert is_muted("tomahawk", article("戰斧", second="No Tomahawk"), title_only=True)


def test_a_phrase_does_not_run_from_one_text_into_the_next():
    assert not is_muted("league tables", article("Premier league", text="Tables turned"))


def test_the_addresses_of_links_are_no_text():
    assert not is_muted("sponsor", article(text='<a href="https://sponsor.example/">x</a>'))


def test_each_feed_has_its_own():
    feeds = [
        Feed(id="f", url="u", shown_url="u", name="F"),
        Feed(id="g", url="v", shown_url="v", name="G", mutes=(Mute(words="quiet"),)),
    ]

    assert muting(feeds)(article("Quiet")) is None
    assert muting(feeds)(article("Quiet", feed="g")) == Mute(words="quiet")
