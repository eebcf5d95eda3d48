import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import (
    Article,
    Content,
    Enclosure,
    Entry,
    Feed,
    ParsedFeed,
    PublishedSource,
)
from aggregator.normalize import normalize

URL = "https://example.org/feed.xml"
FEED = Feed(id="f", url=URL, shown_url=URL, name="The Feed")
NOW = datetime(2025, 10, 17, 12, tzinfo=UTC)

texts = st.text(st.characters(exclude_categories=()), max_size=40)
contents = st.builds(
    Content,
    value=st.one_of(texts, st.sampled_from(["<p>x</p>", "<a href='y'>z</a>", "javascript:x"])),
    html=st.booleans(),
    language=st.one_of(st.none(), texts),
    base=st.one_of(st.none(), texts),
)
entries = st.builds(
    Entry,
    guid=st.one_of(st.none(), texts),
    guid_is_link=st.booleans(),
    link=st.one_of(st.none(), texts),
    title=st.one_of(st.none(), contents),
    summary=st.one_of(st.none(), contents),
    content=st.lists(contents, max_size=2).map(tuple),
    authors=st.lists(texts, max_size=2).map(tuple),
    categories=st.lists(texts, max_size=2).map(tuple),
    enclosures=st.lists(
        st.builds(Enclosure, url=texts, type=st.one_of(st.none(), texts), length=st.integers()),
        max_size=2,
    ).map(tuple),
    image=st.one_of(st.none(), texts),
    published=st.one_of(st.none(), texts),
    updated=st.one_of(st.none(), texts),
    source_title=st.one_of(st.none(), texts),
    source_url=st.one_of(st.none(), texts),
)


def html(value: str, **more: str) -> Content:
    return Content(value=value, html=True, **more)


def plain(value: str) -> Content:
    return Content(value=value, html=False)


def document(*given: Entry, **more: Any) -> ParsedFeed:
    return ParsedFeed(format="rss20", entries=given, **more)


def articles(*given: Entry, feed: Feed = FEED, **more: Any) -> tuple[Article, ...]:
    return normalize(feed, document(*given, **more), response_url=URL, now=NOW)


def article(feed: Feed = FEED, document_language: str | None = None, **fields: Any) -> Article:
    (made,) = articles(Entry(**fields), feed=feed, language=document_language)
    return made


@given(st.lists(entries, max_size=4))
def test_whatever_a_feed_says_makes_articles_with_keys_or_nothing(given_entries):
    made = articles(*given_entries)

    assert len(made) <= len(given_entries)
    for item in made:
        assert item.keys
        assert item.parts
        assert item.publisher
        assert item.published <= NOW
    assert made == articles(*given_entries)


def test_an_article_has_all_that_its_entry_says():
    made = article(
        guid=" tag:example.org,2025:1\n",
        link="/story?utm_source=rss",
        title=html("Ministers <b>agree</b> &amp; sign"),
        summary=html("<p>The ministers have agreed on the law.</p>"),
        content=(html("<p>The ministers have agreed on the law. It was late.</p>"),),
        authors=("Ann <b>Lee</b>", "Ann Lee", ""),
        categories=("World", "R&amp;D", "<img src=x onerror=alert(1)>"),
        enclosures=(
            Enclosure(url="/a.mp3", type="Audio/MPEG", length=123),
            Enclosure(url="/a.mp3", type="audio/mpeg", length=123),
            Enclosure(url="javascript:alert(1)", type="x", length=1),
            Enclosure(url="/b.mp4", type="", length=-1),
        ),
        image="/i.png",
        published="Fri, 17 Oct 2025 08:30:00 GMT",
        updated="2025-10-17T09:00:00Z",
    )

    assert made == Article(
        id=made.id,
        feed="f",
        keys=made.keys,
        guid="tag:example.org,2025:1",
        url="https://example.org/story",
        link="https://example.org/story?utm_source=rss",
        title="Ministers agree & sign",
        language="en",
        parts=made.parts,
        summary="<p>The ministers have agreed on the law.</p>",
        content="<p>The ministers have agreed on the law. It was late.</p>",
        length=50,
        authors=("Ann Lee",),
        categories=("World", "R&D"),
        enclosures=(
            Enclosure(url="https://example.org/a.mp3", type="audio/mpeg", length=123),
            Enclosure(url="https://example.org/b.mp4", type=None, length=None),
        ),
        image="https://example.org/i.png",
        publisher="example.org",
        published=datetime(2025, 10, 17, 8, 30, tzinfo=UTC),
        published_source=PublishedSource.FEED,
        updated=datetime(2025, 10, 17, 9, tzinfo=UTC),
        first_seen=NOW,
        content_hash=made.content_hash,
    )
    assert made.parts[0].lead == "The ministers have agreed on the law. It was late."


@pytest.mark.parametrize(
    "entry",
    [
        Entry(),
        Entry(guid="1"),
        Entry(title=html(" "), summary=html("<script>alert(1)</script>"), link="javascript:x"),
        Entry(published="Fri, 17 Oct 2025 08:30:00 GMT", authors=("Ann",)),
    ],
)
def test_an_empty_entry_is_dropped(entry):
    full = Entry(guid="2", title=html("full"))

    assert [made.title for made in articles(entry, full)] == ["full"]


def test_an_entry_that_breaks_costs_that_entry_and_is_logged(caplog):
    broken = Entry(guid="1", title=cast("Content", 42))

    with caplog.at_level(logging.ERROR):
        made = articles(Entry(title=html("one")), broken, Entry(title=html("two")))

    assert [item.title for item in made] == ["one", "two"]
    assert "f: entry 1" in caplog.text


def test_a_title_is_made_from_the_text():
    made = article(summary=html("<p>Dogs bark at night. Cats do not.</p>"))

    assert made.title == made.parts[0].title == "Dogs bark at night."


def test_a_picture_alone_is_an_article_without_title():
    made = article(guid="1", summary=html('<img src="/p.png">'))

    assert (made.title, made.image) == ("", "https://example.org/p.png")


def test_the_first_picture_of_the_text_stands_in():
    made = article(title=html("T"), content=(html('<p>x<img src="/a.png?x=1&amp;y=2"></p>'),))

    assert made.image == "https://example.org/a.png?x=1&y=2"


def test_an_icon_is_no_picture_of_an_article():
    icons = '<img src="/i.png" width="16" height="16"><img height="24px" src="/j.png">'
    made = article(title=html("T"), summary=html(f'{icons}<img src="/p.png" width="600">'))

    assert made.image == "https://example.org/p.png"


def test_files_and_pictures_without_a_word_are_articles_of_their_own():
    made = articles(
        *(Entry(enclosures=(Enclosure(url=f"/{n}.mp3"),)) for n in range(2)),
        *(Entry(summary=html(f'<img src="/{n}.png">')) for n in range(2)),
    )

    assert len({item.id for item in made}) == 4


def test_markup_is_taken_before_plain_text():
    made = article(content=(plain("plain text, and longer too"), html("<b>markup</b>")))

    assert made.content == "<b>markup</b>"


def test_plain_text_becomes_markup():
    assert (
        article(content=(plain("5 < 6\n\nand so on"),)).content == "<p>5 &lt; 6</p><p>and so on</p>"
    )


def test_a_lead_has_the_summary_and_then_the_content():
    made = article(title=html("T"), summary=html("In short."), content=(html("<p>At length.</p>"),))

    assert made.parts[0].lead == "In short. At length."


def test_a_lead_has_the_beginning_once():
    made = article(
        title=html("T"), summary=html("One two [&#8230;]"), content=(html("<p>One two three</p>"),)
    )

    assert made.parts[0].lead == "One two three"


def test_a_lead_does_not_repeat_the_title():
    made = article(
        title=html("Ministers agree - Example"),
        summary=html('<a href="x">Ministers agree - Example</a>&nbsp;<font>Example</font><p>More.'),
    )

    assert made.parts[0].lead == "More."


@pytest.mark.parametrize(
    ("fields", "link"),
    [
        ({"link": " https://example.org/a b \n"}, "https://example.org/a%20b"),
        ({"guid": "https://example.org/a", "guid_is_link": True}, "https://example.org/a"),
        ({"guid": "https://example.org/a", "guid_is_link": False}, None),
        ({"guid": "not a url", "guid_is_link": True}, None),
        ({"guid": "javascript:alert(1)", "guid_is_link": True}, None),
        (
            {"link": "", "guid": "https://example.org/a", "guid_is_link": True},
            "https://example.org/a",
        ),
        ({"link": "javascript:alert(1)"}, None),
    ],
)
def test_a_link_is_the_entrys_or_a_guid_that_says_it_is_one(fields, link):
    assert article(title=html("T"), **fields).link == link


@pytest.mark.parametrize(
    ("base", "link", "content_base", "resolved"),
    [
        (None, None, None, "https://example.org/x"),
        (None, "https://site.example/blog/", None, "https://site.example/blog/x"),
        ("https://base.example/dir/", "https://site.example/", None, "https://base.example/dir/x"),
        ("https://base.example/dir/", None, "sub/", "https://base.example/dir/sub/x"),
        ("https://base.example/dir/", None, "javascript:x//", "https://base.example/dir/x"),
        ("javascript:alert(1)//", None, None, "https://example.org/x"),
    ],
)
def test_relative_links_resolve_against_the_nearest_base(base, link, content_base, resolved):
    entry = Entry(
        title=html("T"), content=(Content(value='<img src="x">', html=True, base=content_base),)
    )

    (made,) = articles(entry, base=base, link=link)

    assert f'src="{resolved}"' in made.content


def test_the_secret_in_a_feeds_address_stays_out_of_its_articles():
    entry = Entry(title=html("T"), summary=html('<a href="#part">x</a>'))

    (made,) = normalize(
        FEED, document(entry), response_url="https://ann:pw@example.org/feed?token=secret", now=NOW
    )

    assert "secret" not in str(made)
    assert "pw" not in str(made)


def test_a_publisher_is_the_feeds_else_the_items_source_else_its_domain_else_the_feeds_name():
    bare = Entry(title=html("T"))
    linked = replace(bare, link="https://news.example.co.uk/a")
    sourced = replace(linked, source_title="A &amp; B")

    made = articles(sourced, linked, bare)
    (own,) = articles(sourced, feed=replace(FEED, publisher="P"))

    assert [item.publisher for item in made] == ["A & B", "example.co.uk", "The Feed"]
    assert own.publisher == "P"


@pytest.mark.parametrize(
    ("title", "source", "headline"),
    [
        ("Quake in Chile - A &amp; B", "A & B", "Quake in Chile"),
        ("Quake in Chile - C", "A & B", "Quake in Chile - C"),
        ("A & B", "A & B", "A & B"),
        ("Quake - ", "", "Quake -"),
        ("Quake - B", None, "Quake - B"),
    ],
)
def test_a_source_behind_its_title_is_no_part_of_it(title, source, headline):
    (made,) = articles(Entry(title=html(title), source_title=source))
    assert made.title == headline


@pytest.mark.parametrize(
    ("own", "configured", "documents", "language"),
    [
        (None, None, "pt-BR", "pt"),
        (None, "it", "pt-BR", "it"),
        ("fr", "it", "pt-BR", "fr"),
        ("pt-BR", "it", "pt-BR", "it"),
    ],
)
def test_an_entrys_own_language_comes_before_the_users_word_and_the_documents(
    own, configured, documents, language
):
    made = article(
        replace(FEED, language=configured),
        document_language=documents,
        title=Content(value="Venezia Roma Milano", html=True, language=own),
    )

    assert made.language == language


def test_a_bilingual_entry_has_two_parts():
    chinese = "市議會星期四晚上以三十一票對二十票通過預算案，十年來首次調高房屋稅，市長表示歡迎。"
    english = (
        "The city council passed its budget on Thursday evening by 31 votes to 20, raising the tax"
        " on houses for the first time in ten years."
    )
    made = article(
        title=html("市議會通過年度預算"), content=(html(f"<p>{chinese}</p><p>{english}</p>"),)
    )

    assert [(part.language, part.title) for part in made.parts] == [
        ("zh-Hant", "市議會通過年度預算"),
        ("en", ""),
    ]
    assert made.language == "zh-Hant"


def test_the_formats_of_one_feed_give_articles_of_one_content():
    told = "The ministers have agreed on the law."
    rss = article(guid="1", link="http://example.org/a", title=html("T"), summary=html(told))
    atom = article(
        guid="1",
        link="https://example.org/a/",
        title=plain("T"),
        content=(html(f"<p>{told}</p>"),),
        authors=("Ann",),
        updated="2025-10-17T08:00:00Z",
    )

    assert rss.content_hash == atom.content_hash
    assert rss.id == atom.id


@pytest.mark.parametrize("guid", [None, "", " \n", "\ud800"])
def test_an_empty_guid_is_none(guid):
    made = article(guid=guid, link="/a", title=html("T"))

    assert made.guid is None
    assert made.keys[0].startswith("url:")


def test_blanks_around_a_guid_are_none_of_it():
    assert article(guid=" a\n b ", title=html("T")).keys[0] == "guid:a b"


def test_a_language_that_is_none_is_not_believed():
    title = Content(value="Venezia Roma Milano", html=True, language="italiano")

    assert article(title=title, document_language="it").language == "it"


def test_the_front_page_is_no_identity():
    made = articles(
        *(Entry(title=html(f"Item {n}"), link="https://example.org/") for n in range(3)),
        Entry(title=html("Item 4"), link="https://example.org/blog/index.html"),
        link="https://example.org/blog",
    )

    assert all(key.startswith("text:") for item in made for key in item.keys)
    assert len({item.id for item in made}) == 4
    assert {item.url for item in made} == {None}
    assert made[0].link == "https://example.org/"


def test_a_page_that_several_items_link_to_is_no_items_address():
    made = articles(
        *(Entry(guid=str(n), title=html(f"Version {n}"), link="/changes") for n in range(3)),
        Entry(guid="3", title=html("Version 3"), link="/changes/3"),
    )

    assert [item.url for item in made] == [None, None, None, "https://example.org/changes/3"]
    assert made[0].link == "https://example.org/changes"


def test_a_guid_of_megabytes_is_kept_short():
    made = article(guid="g" * 1_000_000, title=html("T"))

    assert made.guid is not None
    assert len(made.guid) == 1000
