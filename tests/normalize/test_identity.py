from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Article, Content, Entry, Feed, Known, ParsedFeed, PublishedSource
from aggregator.normalize import Resolution, identify, normalize
from aggregator.normalize.identity import Clues, article_id, keys

FEED = Feed(id="f", url="https://example.org/feed", shown_url="https://example.org/feed", name="F")
DAY = datetime(2025, 10, 17, tzinfo=UTC)
LONG = "a text that says enough to be told from every other text in the world of texts"


def clues(
    guid: str | None = None, url: str | None = None, title: str = "", text: str = "", date: str = ""
) -> Clues:
    return Clues(guid, url, title, text, date)


def article(number: int = 1, **changed: object) -> Article:
    """A draft as normalize makes it, of an item with everything."""
    fields: dict[str, object] = {
        "guid": f"tag:example.org,2025:{number}",
        "link": f"https://example.org/story-{number}",
        "title": Content(value=f"Headline {number}", html=True),
        "summary": Content(value=f"{LONG} {number}", html=True),
        "published": "Fri, 17 Oct 2025 08:00:00 GMT",
    }
    return drafts(Entry(**(fields | changed)))[0]  # type: ignore[arg-type]  # fields of many types


def drafts(
    *entries: Entry, now: datetime = DAY + timedelta(hours=9), seen: int | None = None
) -> tuple[Article, ...]:
    """Drafts of a document in which so many items came again as they were."""
    digests = () if seen is None else tuple(map(str, range(seen + len(entries))))
    document = ParsedFeed(
        format="rss20", entries=entries, link="https://example.org/", digests=digests
    )
    return normalize(FEED, document, response_url=FEED.url, now=now)


def remembered(*articles: Article) -> dict[str, Known]:
    return {
        key: Known(
            id=item.id,
            content_hash=item.content_hash,
            first_seen=item.first_seen,
            published=item.published,
            published_source=item.published_source,
            title=item.title,
            lead=item.parts[0].lead,
            url=item.url,
        )
        for item in articles
        for key in item.keys
    }


# ------------------------------------------------------------------ names of one document


def test_an_item_has_its_guid_its_address_and_its_text_for_names():
    (names,) = keys([clues(guid="1", url="https://e.org/a", title="T", text=LONG, date="2025")])

    assert [name.partition(":")[0] for name in names] == ["guid", "url", "text"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.org/a", "https://example.org/a"),
        ("https://example.org/a", "https://EXAMPLE.org/a/"),
        ("https://example.org/a?p=7&utm_id=1", "https://www.example.org/a?utm_id=2&p=7"),
    ],
)
def test_spellings_of_a_guid_are_one_name(one, other):
    assert keys([clues(guid=one)])[0][0] == keys([clues(guid=other)])[0][0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1", "2"),
        ("tag:example.org,2025:a", "tag:example.org,2025:A"),
        ("https://example.org/log#v1", "https://example.org/log#v2"),
        ("x" * 5000 + "1", "x" * 5000 + "2"),
    ],
)
def test_different_guids_are_different_names(one, other):
    assert keys([clues(guid=one)])[0][0] != keys([clues(guid=other)])[0][0]


def test_a_name_is_never_long():
    (names,) = keys([clues(guid="g" * 10_000, url="https://e.org/" + "u" * 7000, title="t" * 500)])

    assert all(len(name) < 300 for name in names)


def test_a_guid_given_to_items_with_different_links_names_none():
    names = keys([clues(guid="42", url=f"https://e.org/{n}", title=f"T {n}") for n in range(5)])

    assert all(name[0].startswith("url:") for name in names)
    assert len({name[0] for name in names}) == 5


def test_a_guid_given_to_items_without_links_names_none_unless_they_say_the_same():
    apart = keys([clues(guid="42", title="One"), clues(guid="42", title="Two")])
    same = keys([clues(guid="42", title="One"), clues(guid="42", title="One")])

    assert not {name[0] for name in apart} & {"guid:42"}
    assert {name[0] for name in same} == {"guid:42"}


def test_an_address_shared_by_different_items_names_none():
    names = keys([clues(url="https://e.org/log", title=f"Version {n}") for n in range(3)])

    assert len({name[0] for name in names}) == 3
    assert all(name[0].startswith("text:") for name in names)


def test_an_address_shared_by_one_item_given_twice_names_it():
    names = keys([clues(guid=guid, url="https://e.org/a", title="T") for guid in ("1", "2")])

    assert names[0][1] == names[1][1] == "url:e.org/a"


def test_a_short_text_is_no_name_beside_others():
    (dated,) = keys([clues(url="https://e.org/a", title="Live updates", date="2025-10-17")])
    (undated,) = keys([clues(url="https://e.org/a", title="Live updates")])

    assert len(dated) == len(undated) == 1


def test_a_headline_of_few_characters_that_say_much_is_a_name():
    (dated,) = keys([clues(guid="1", title="川普會見澤連斯基", date="2025-10-17")])

    assert len(dated) == 2


def test_an_undated_text_is_no_name_beside_a_guid():
    (names,) = keys([clues(guid="1", url="https://e.org/a", title="T", text=LONG)])

    assert len(names) == 2


def test_an_undated_item_without_a_link_is_known_by_its_text_whatever_its_guid():
    one, other = keys([clues(guid="1", text=LONG)]), keys([clues(guid="2", text=LONG)])

    assert one[0][1] == other[0][1]


def test_a_text_shared_by_items_that_differ_in_guid_and_address_names_none():
    names = keys(
        [clues(guid=n, url=f"https://e.org/{n}", title=LONG, date="2025") for n in ("1", "2")]
    )

    assert all(len(name) == 2 for name in names)


@given(
    st.lists(
        st.builds(
            Clues,
            guid=st.sampled_from([None, "1", "2"]),
            url=st.sampled_from([None, "https://e.org/a", "https://e.org/b"]),
            title=st.sampled_from(["", "One", "Two"]),
            text=st.sampled_from(["", LONG, LONG + " too"]),
            date=st.sampled_from(["", "2025"]),
        )
    )
)
def test_every_item_has_a_name(items):
    names = keys(items)

    assert len(names) == len(items)
    assert all(names)


def test_an_id_is_of_its_feed():
    assert article_id("a", "guid:1") != article_id("b", "guid:1")
    assert len(article_id("a", "guid:1")) == 16


# ------------------------------------------------------------------ against the store


def test_what_nobody_knows_is_new():
    first, second = article(1), article(2)

    found = identify([first, second], {})

    assert (found.new, found.changed, found.unchanged, found.learned) == (
        (first, second),
        (),
        (),
        (),
    )


def test_what_came_again_as_it_was_is_unchanged():
    first = article()

    found = identify([article()], remembered(first))

    assert (found.new, found.changed, found.unchanged, found.learned) == ((), (), (first.id,), ())


@pytest.mark.parametrize(
    "changed",
    [
        {"published": "Sat, 18 Oct 2025 20:00:00 GMT"},
        {"updated": "Sat, 18 Oct 2025 20:00:00 GMT"},
        {"link": "http://www.example.org/story-1/?utm_source=rss&sid=17#top"},
        {"categories": ("World",), "authors": ("Ann",)},
        {"guid": "drawn anew"},
        {"guid": None},
        {"summary": Content(value=f"<p>{LONG}   <b>1</b></p>", html=True)},
    ],
)
def test_dates_tracking_markup_and_names_are_no_change(changed):
    first = article()

    found = identify([article(**changed)], remembered(first))

    assert (found.new, found.changed, found.unchanged) == ((), (), (first.id,))


@pytest.mark.parametrize(
    "changed",
    [
        {"title": Content(value="Headline 1, corrected", html=True)},
        {"summary": Content(value=f"{LONG}, corrected", html=True)},
        {"link": "https://example.org/another-story"},
    ],
)
def test_an_item_edited_in_place_is_the_same_article_changed(changed):
    first = article()

    found = identify(
        [article(**changed, published="Sat, 18 Oct 2025 07:00 GMT")], remembered(first)
    )

    assert (found.new, found.unchanged) == ((), ())
    (edited,) = found.changed
    assert edited.id == first.id
    assert edited.first_seen == first.first_seen
    assert edited.published == first.published
    assert edited.content_hash != first.content_hash


def test_a_date_that_was_missing_is_taken_when_it_comes():
    undated = article(published=None)
    dated = article(title=Content(value="Headline 1, dated", html=True))

    (edited,) = identify([dated], remembered(undated)).changed

    assert undated.published_source is PublishedSource.FIRST_SEEN
    assert (edited.published, edited.published_source) == (dated.published, PublishedSource.FEED)


def test_an_item_republished_under_a_new_guid_with_its_link_is_the_same_article():
    first = article()
    again = article(guid="another", published="Sat, 18 Oct 2025 08:00:00 GMT")

    found = identify([again], remembered(first))

    assert found.unchanged == (first.id,)
    assert found.learned == (("guid:another", first.id),)


def test_an_item_given_twice_in_a_document_counts_once():
    entry = Entry(
        guid="1", link="https://example.org/a", title=Content(value="T", html=True), summary=None
    )

    found = identify(drafts(entry, replace(entry, guid="2")), {})

    (only,) = found.new
    assert only.guid == "1"
    assert found.learned == (("guid:2", only.id),)


@pytest.mark.parametrize("newest_first", [True, False])
def test_of_an_item_republished_in_one_document_the_later_edition_counts(newest_first):
    old = Entry(
        guid="1",
        link="https://example.org/train",
        title=Content(value="More trains in autumn", html=True),
        summary=Content(value="Tickets at once.", html=True),
        published="Fri, 17 Oct 2025 06:00:00 GMT",
    )
    new = replace(
        old,
        guid="1-r2",
        title=Content(value="More trains in autumn: tickets from eight", html=True),
        summary=Content(value="Tickets from eight o'clock.", html=True),
        published="Fri, 17 Oct 2025 07:00:00 GMT",
    )

    found = identify(drafts(*((new, old) if newest_first else (old, new))), {})

    (only,) = found.new
    assert only.guid == "1-r2"
    assert ("guid:1", only.id) in found.learned


def test_posts_on_one_page_are_articles_of_their_own():
    posts = (
        "Minister speaks in parliament",
        "Opposition leaves the chamber",
        "Vote 1 of 3",
        "Vote 2 of 3",
    )
    page = "https://example.org/live"

    found = identify(
        drafts(
            *(
                Entry(guid=str(n), link=page, title=Content(value=post, html=True))
                for n, post in enumerate(posts)
            )
        ),
        {},
    )

    assert [item.title for item in found.new] == list(posts)


UPDATES = (
    "The minister opens the session with an apology to all who had to wait.",
    "Opposition members leave the chamber, and nobody knows for how long.",
    "A vote on the amendment is called: the count goes on into the night.",
)


def post(number: int) -> Entry:
    """A post of a live blog: one page, one title, words of its own."""
    return Entry(
        guid=f"post-{number}",
        link="https://example.org/live",
        title=Content(value="Parliament live", html=True),
        summary=Content(value=UPDATES[number], html=True),
        published=f"Fri, 17 Oct 2025 0{number}:00:00 GMT",
    )


def test_posts_under_one_title_are_articles_of_their_own():
    found = identify(drafts(*map(post, range(3))), {})

    assert [item.guid for item in found.new] == ["post-0", "post-1", "post-2"]


def test_posts_under_one_title_that_come_poll_by_poll_are_too():
    memory = Memory()
    for number in range(3):
        found = memory.take(drafts(post(number)))
        assert [item.guid for item in found.new] == [f"post-{number}"]
    edited = replace(post(1), summary=Content(value=UPDATES[1] + " They return.", html=True))
    (changed,) = memory.take(drafts(edited)).changed
    assert changed.id == article_id("f", "guid:post-1")


def drawn(poll: int, *numbers: int) -> tuple[Entry, ...]:
    """Items whose guid, address and date their feed draws anew at each poll."""
    return tuple(
        Entry(
            guid=f"{poll}-{number}",
            link=f"https://example.org/read/{poll}-{number}",
            title=Content(value=f"Headline {number}", html=True),
            summary=Content(value=f"{LONG} {number}", html=True),
            published=f"Fri, 17 Oct 2025 0{poll}:00:00 GMT",
        )
        for number in numbers
    )


def test_a_feed_that_draws_all_names_anew_makes_no_new_articles():
    memory = Memory()
    assert len(memory.take(drafts(*drawn(1, 1, 2, 3), seen=0)).new) == 3
    again = memory.take(drafts(*drawn(2, 1, 2, 3), seen=0))
    assert (again.new, again.changed, len(again.unchanged)) == ((), (), 3)
    (new,) = memory.take(drafts(*drawn(3, 2, 3, 4), seen=0)).new
    assert new.title == "Headline 4"
    (new,) = memory.take(drafts(*drawn(4, 3, 4, 5), seen=0)).new
    assert new.title == "Headline 5"


@pytest.mark.parametrize("others", [{"seen": 2}, {}])
def test_a_notice_that_is_repeated_beside_others_is_news(others):
    memory = Memory()
    memory.take(drafts(*drawn(1, 1, 2, 3), seen=0))

    assert len(memory.take(drafts(*drawn(2, 1), **others)).new) == 1


def test_one_of_many_that_says_what_was_said_before_is_news():
    memory = Memory()
    memory.take(drafts(*drawn(1, 1, 2, 3), seen=0))

    assert len(memory.take(drafts(*drawn(2, 1, 7, 8), seen=0)).new) == 3


def test_words_that_a_feed_lists_twice_at_once_are_two_items():
    memory = Memory()
    assert len(memory.take(drafts(*drawn(1, 1), *drawn(2, 1), seen=0)).new) == 2
    assert len(memory.take(drafts(*drawn(3, 1), *drawn(4, 1), seen=0)).new) == 2


def test_a_known_item_given_twice_counts_once():
    first = article()

    found = identify([first, first], remembered(first))

    assert found.unchanged == (first.id,)


def test_an_item_without_a_lasting_name_is_known_by_its_text():
    first = article(guid=None, link="https://example.org/read?visitor=1")

    found = identify(
        [article(guid=None, link="https://example.org/read?visitor=2")], remembered(first)
    )

    assert found.unchanged == (first.id,)


def test_a_site_that_moves_with_all_its_names_makes_no_new_articles():
    old = [article(n) for n in range(3)]
    moved = [article(n, guid=f"new-{n}", link=f"https://new.example/{n}/x") for n in range(3)]

    found = identify(moved, remembered(*old))

    assert found.new == ()
    assert [item.id for item in found.changed] == [item.id for item in old]


def test_names_that_are_new_on_every_known_item_are_not_collected():
    old = [article(n) for n in range(3)]

    found = identify([article(n, guid=f"random-{n}") for n in range(3)], remembered(*old))

    assert len(found.unchanged) == 3
    assert found.learned == ()


def test_a_guid_that_a_feed_gives_to_every_item_is_found_out_from_poll_to_poll():
    first = article(1, guid="feed-42")
    second = article(2, guid="feed-42", published="Sat, 18 Oct 2025 08:00:00 GMT")

    found = identify([second], remembered(first))

    (other,) = found.new
    assert other.id != first.id
    assert "guid:feed-42" not in other.keys
    assert identify([second], remembered(first, other)).unchanged == (other.id,)


def test_a_link_to_one_page_for_every_item_is_found_out_from_poll_to_poll():
    page = "https://example.org/today"
    first = article(1, link=page)
    second = article(2, link=page, published="Sat, 18 Oct 2025 08:00:00 GMT")

    (other,) = identify([second], remembered(first)).new

    assert other.id != first.id


def test_a_title_rewritten_beyond_recognition_stays_with_its_guid_and_link():
    first = article()
    rewritten = article(
        title=Content(value="Something else entirely, 5 dead", html=True),
        published="Sat, 18 Oct 2025 08:00:00 GMT",
    )

    assert identify([rewritten], remembered(first)).changed[0].id == first.id


def test_a_link_renamed_with_its_title_stays_with_its_guid():
    first = article()
    renamed = article(
        title=Content(value="Headline 1 as it was meant", html=True),
        link="https://example.org/headline-as-it-was-meant",
        published="Fri, 17 Oct 2025 08:20:00 GMT",
    )

    assert identify([renamed], remembered(first)).changed[0].id == first.id


def test_an_edit_that_is_taken_back_is_an_edit():
    store = Memory()

    told = [store.poll(article(title=Content(value=title, html=True))) for title in "ABA"]

    assert told == ["new", "changed", "changed"]
    assert [item.title for item in store.articles.values()] == ["A"]


def test_what_was_forgotten_is_no_news_whatever_is_said_of_it():
    known = {key: replace(one, forgotten=True) for key, one in remembered(article(1)).items()}
    edited = article(1, title=Content(value="Headline 1, edited", html=True), guid="another")

    result = identify([edited, article(2)], known)

    assert [item.title for item in result.new] == ["Headline 2"]
    assert (result.changed, result.learned) == ((), ())
    assert result.unchanged == (article(1).id,)


def test_two_versions_in_turn_come_to_rest():
    store = Memory()

    told = [store.poll(article(title=Content(value=title, html=True))) for title in "ABABABAB"]

    assert told == ["new", "changed", "changed", *["unchanged"] * 5]


def test_what_is_written_after_versions_in_turn_is_an_edit():
    store = Memory()
    for title in "ABABAB":
        store.poll(article(title=Content(value=title, html=True)))

    assert store.poll(article(title=Content(value="C", html=True))) == "changed"
    assert [item.title for item in store.articles.values()] == ["C"]


class Memory:
    """What a store remembers of one feed."""

    def __init__(self) -> None:
        self.articles: dict[str, Article] = {}
        self.owners: dict[str, str] = {}
        self.versions: dict[str, tuple[str, ...]] = {}

    def poll(self, *found: Article) -> str:
        """Take a document's drafts; return what came of the last of them."""
        result = self.take(found)
        return "new" if result.new else "changed" if result.changed else "unchanged"

    def take(self, found: Sequence[Article]) -> Resolution:
        """Take a document's drafts; return what they are."""
        known = {
            key: replace(record, versions=self.versions.get(identity, ()))
            for key, identity in self.owners.items()
            for record in [remembered(self.articles[identity])[self.articles[identity].keys[0]]]
        }
        result = identify(found, known)
        for item in result.new + result.changed:
            self.articles[item.id] = item
            for key in item.keys:
                self.owners.setdefault(key, item.id)
        for key, identity in result.learned:
            self.owners.setdefault(key, identity)
        self.versions |= dict(result.versions)
        return result


TITLES = ("Minister resigns over budget", "部長因預算案請辭", "Live updates", "")
POLL = st.fixed_dictionaries(
    {
        "title": st.sampled_from(TITLES),
        "text": st.sampled_from([LONG, f"{LONG}, corrected", ""]),
        "scheme": st.sampled_from(["http", "https"]),
        "tracking": st.integers(min_value=0, max_value=10**9),
        "day": st.integers(min_value=1, max_value=28),
    }
)


def told(
    poll: dict[str, object],
    *,
    guid: str | None = "https://example.org/?p=7",
    path: str | None = "/story",
    dated: bool = True,
) -> Article:
    """A version of one item, as the wrong server of a feed would give it."""
    link = f"{poll['scheme']}://example.org{path}?utm_id={poll['tracking']}" if path else None
    return article(
        guid=guid and guid.replace("https", str(poll["scheme"])),
        link=link,
        title=Content(value=str(poll["title"]), html=True),
        summary=Content(value=str(poll["text"]), html=True),
        published=f"{poll['day']:02} Sep 2025 08:00:00 GMT" if dated else None,
    )


@given(st.lists(POLL, min_size=1, max_size=40), st.booleans())
def test_versions_of_an_item_with_a_guid_and_an_address_are_one_article(polls, dated):
    store = Memory()

    for poll in polls:
        store.poll(told(poll, dated=dated))

    assert len(store.articles) == 1


@given(st.lists(POLL, min_size=1, max_size=40))
def test_versions_of_an_item_with_a_guid_alone_are_one_article(polls):
    store = Memory()

    for poll in polls:
        store.poll(told(poll | {"text": LONG}, path=None))

    assert len(store.articles) == 1


@given(st.lists(POLL, min_size=1, max_size=40))
def test_versions_of_an_item_with_an_address_alone_are_one_article(polls):
    store = Memory()

    for poll in polls:
        store.poll(told(poll, guid=None))

    assert len(store.articles) == 1


@given(st.lists(st.sampled_from("ABCDEF"), min_size=80, max_size=120))
def test_a_feed_that_tells_a_few_versions_for_ever_comes_to_rest(titles):
    store = Memory()

    told = [store.poll(article(title=Content(value=title, html=True))) for title in titles]

    assert told.count("changed") <= len(set(titles))


@given(st.lists(st.tuples(POLL, POLL), min_size=1, max_size=20))
def test_two_items_under_one_guid_stay_two(polls):
    store = Memory()

    for one, other in polls:
        store.poll(
            *drafts(
                *(
                    Entry(
                        guid="7",
                        link=f"https://example.org/{path}?utm_id={poll['tracking']}",
                        title=Content(value=str(poll["title"]), html=True),
                        summary=Content(value=f"{path}: {poll['text']}", html=True),
                    )
                    for path, poll in (("one", one), ("two", other))
                )
            )
        )

    assert len(store.articles) == 2


@given(
    st.lists(st.integers(min_value=0, max_value=5), unique=True),
    st.permutations(range(6)),
)
def test_what_is_new_does_not_depend_on_the_order(known_numbers, order):
    items = {number: article(number) for number in range(6)}
    store = remembered(*(items[number] for number in known_numbers))

    found = identify([items[number] for number in order], store)

    assert {item.id for item in found.new} == {
        items[number].id for number in range(6) if number not in known_numbers
    }
    assert set(found.unchanged) == {items[number].id for number in known_numbers}


@given(st.permutations(range(4)))
def test_identifying_twice_finds_nothing_new(order):
    items = [article(number) for number in order]
    found = identify(items, {})

    again = identify(items, remembered(*found.new))

    assert (again.new, again.changed, again.learned) == ((), (), ())
