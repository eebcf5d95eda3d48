"""What the store promises, held against both databases."""

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import datetime, timedelta

import pytest

from aggregator.errors import StoreError
from aggregator.model import Article, Batch, Known, Related, Story, Verdict, Withdrawal
from aggregator.storage import open_store

HOUR = timedelta(hours=1)


def ids(things: Iterable[Article | Known | Story]) -> list[str]:
    return [thing.id for thing in things]


class TestSubscriptions:
    def test_a_feed_keeps_the_day_of_its_first_subscription(self, store, dump, samples):
        moved = samples.feed("taipei", shown_url="https://new.example/${TOKEN}")

        store.subscribe([moved], samples.noon + HOUR)
        store.subscribe([moved, samples.feed("berlin")], samples.noon + 2 * HOUR)

        assert dump()["feeds"] == [
            ("berlin", "https://berlin.example/feed", True, samples.noon),
            ("taipei", "https://new.example/${TOKEN}", True, samples.noon),
        ]

    def test_current_feeds_are_told_with_the_day_of_their_first_subscription(self, store, samples):
        store.subscribe([samples.feed("taipei"), samples.feed("bern")], samples.noon + HOUR)
        store.subscribe([samples.feed("taipei"), samples.feed("rome")], samples.noon + 2 * HOUR)

        assert store.subscribed() == {"taipei": samples.noon, "rome": samples.noon + 2 * HOUR}

    def test_a_feed_that_went_keeps_its_state_and_articles(self, store, dump, samples):
        article = samples.article()
        store.save(Batch(states=(samples.state(),), articles=(article,)))

        store.subscribe([samples.feed("berlin")], samples.noon)

        assert [row[:3:2] for row in dump()["feeds"]] == [("berlin", True), ("taipei", False)]
        assert store.states() == {"taipei": samples.state()}
        assert store.find_articles(article.id) == [article]

    def test_the_url_with_its_secret_is_not_stored(self, store, dump, samples):
        store.subscribe([samples.feed(url="https://taipei.example/feed?key=hunter2")], samples.noon)

        assert "hunter2" not in repr(dump())


class TestStates:
    def test_a_feed_never_polled_is_absent(self, store):
        assert store.states() == {}

    def test_the_last_state_counts(self, store, samples):
        store.save(Batch(states=(samples.state(), samples.state("berlin"))))
        later = samples.state(etag=None, failures=3, error="404: look for the feed's new address")

        store.save(Batch(states=(later,)))

        assert store.states() == {"taipei": later, "berlin": samples.state("berlin")}

    def test_a_feed_that_was_never_subscribed_to_has_none(self, store, samples):
        with pytest.raises(StoreError):
            store.save(Batch(states=(samples.state("oslo"),)))


class TestKnown:
    def test_an_article_is_known_by_each_of_its_keys_in_its_feed_alone(self, store, samples):
        article = samples.article(keys=("guid 1", "url 1"))
        store.save(Batch(articles=(article,)))

        known = store.known(
            [("taipei", "guid 1"), ("taipei", "url 1"), ("taipei", "url 2"), ("berlin", "guid 1")]
        )

        shared = {field.name for field in fields(Known)} & {field.name for field in fields(Article)}
        shown = {name: getattr(article, name) for name in shared}
        remembered = Known(**shown, lead=article.parts[0].lead)
        assert known == {("taipei", "guid 1"): remembered, ("taipei", "url 1"): remembered}

    def test_an_article_that_changed_is_known_with_its_versions(self, store, samples):
        article = samples.article(content_hash="2")
        store.save(Batch(articles=(article,), versions=((article.id, ("1", "2")),)))

        assert store.known([("taipei", "guid 1")])["taipei", "guid 1"].versions == ("1", "2")

        store.save(Batch(versions=((article.id, ("1", "2", "1")),)))

        assert store.known([("taipei", "guid 1")])["taipei", "guid 1"].versions == ("1", "2", "1")

    def test_names_learned_later_count_as_well(self, store, samples):
        article = samples.article()
        store.save(Batch(articles=(article,)))

        store.save(Batch(keys=(("taipei", "guid 2", article.id),)))

        assert store.known([("taipei", "guid 2")])["taipei", "guid 2"].id == article.id

    def test_a_name_stays_with_the_article_that_had_it_first(self, store, samples):
        first = samples.article(1, keys=("guid 1", "url /live"))
        second = samples.article(2, keys=("guid 2", "url /live"))
        store.save(Batch(articles=(first,)))

        store.save(Batch(articles=(second,)))

        assert store.known([("taipei", "url /live")])["taipei", "url /live"].id == first.id

    def test_thousands_can_be_asked_for_at_once(self, store, samples):
        articles = tuple(samples.article(number, keys=(f"guid {number}",)) for number in range(700))
        store.save(Batch(articles=articles))

        known = store.known(("taipei", f"guid {number}") for number in range(2000))

        assert sorted(ids(known.values())) == ids(articles)

    def test_feed_and_key_do_not_run_together(self, store, samples):
        store.subscribe([samples.feed("a"), samples.feed("ab")], samples.noon)
        store.save(Batch(articles=(samples.article(feed="a", keys=("bc",)),)))

        assert store.known([("ab", "c")]) == {}


class TestStories:
    def test_the_newest_come_first_and_ties_go_by_id(self, store, samples):
        old, tie, new = (samples.article(n, hours=h) for n, h in ((1, 0), (2, 5), (3, 5)))
        late = samples.article(4, hours=6)
        stories = (
            samples.story("b", tie),
            samples.story("C", new),
            samples.story("a", old),
            samples.story("d", samples.article(5, hours=-9), late),
        )
        store.save(Batch(articles=(old, tie, new, *stories[3].articles), stories=stories))

        assert ids(store.stories()) == ["urn:uuid:d", "urn:uuid:C", "urn:uuid:b", "urn:uuid:a"]
        assert ids(store.stories(limit=2)) == ["urn:uuid:d", "urn:uuid:C"]

    @pytest.mark.parametrize(
        ("since", "until", "found"),
        [
            (None, None, "ab"),
            (0, None, "ab"),
            (8, None, "a"),
            (9, None, ""),
            (None, 0, "a"),
            (None, -1, ""),
            (0, 0, "a"),
            (1, 3, "b"),
            (4, 7, ""),
            (8, 8, "a"),
        ],
    )
    def test_a_window_takes_stories_with_an_article_in_it(
        self, store, samples, since, until, found
    ):
        long = samples.story("a", samples.article(1, hours=0), samples.article(2, hours=8))
        short = samples.story("b", samples.article(3, hours=2))
        store.save(Batch(articles=long.articles + short.articles, stories=(long, short)))

        def moment(hours: int | None) -> datetime | None:
            return None if hours is None else samples.noon + hours * HOUR

        stories = store.stories(since=moment(since), until=moment(until))

        assert ids(stories) == [f"urn:uuid:{name}" for name in found]

    def test_without_content_articles_are_light(self, store, samples):
        story = samples.story("a", samples.article(1), samples.article(2))
        store.save(Batch(articles=story.articles, stories=(story,)))

        (light,) = store.stories(content=False)

        assert store.stories() == [story]
        assert light.articles == tuple(
            replace(article, summary="", content="") for article in story.articles
        )

    def test_a_story_is_replaced_whole(self, store, samples):
        first, second, third = (samples.article(number) for number in (1, 2, 3))
        story = samples.story("a", first, second)
        store.save(Batch(articles=(first, second, third), stories=(story,)))
        after = samples.story("a", third, first, updated=samples.noon + HOUR)

        store.save(Batch(stories=(after,)))

        assert store.stories() == [after]
        assert store.story_of(second.id) is None

    def test_members_change_places_within_a_batch(self, store, samples):
        first, second, third = (samples.article(number) for number in (1, 2, 3))
        store.save(
            Batch(
                articles=(first, second, third),
                stories=(samples.story("a", first, second), samples.story("b", third)),
            )
        )
        after = [samples.story("a", first), samples.story("b", third, second)]

        store.save(Batch(stories=tuple(after)))

        assert store.stories() == after

    def test_an_edit_shows_in_a_story_that_is_not_told_again(self, store, samples):
        first, second = samples.article(1, hours=1), samples.article(2, hours=2)
        stories = (samples.story("a", first), samples.story("b", second))
        store.save(Batch(articles=(first, second), stories=stories))
        edited = replace(first, title="Korrigiert", published=samples.noon + 3 * HOUR)

        store.save(Batch(articles=(edited,)))

        assert store.stories(since=edited.published) == [samples.story("a", edited)]
        assert ids(store.stories()) == ["urn:uuid:a", "urn:uuid:b"]
        assert store.stories(until=first.published) == []

    def test_stories_at_these_urls_are_found_however_old(self, store, samples):
        old = samples.story("a", samples.article(1, hours=-9999), samples.article(2))
        bare = samples.article(3, url=None, guid="https://taipei.example/guid")
        moved = samples.article(4)
        others = (samples.story("b", bare), samples.story("c", moved))
        store.save(Batch(articles=(*old.articles, bare, moved), stories=(old, *others)))
        store.save(Batch(articles=(replace(moved, url="https://taipei.example/new"),)))

        stories = store.stories_at(
            [f"https://taipei.example/{name}" for name in ("1", "2", "guid", "4", "none")]
        )

        assert [story.articles for story in stories] == [
            tuple(replace(article, summary="", content="") for article in old.articles)
        ]
        assert store.stories_at([]) == []

    def test_story_of_tells_where_an_article_stands(self, store, samples):
        story = samples.story("a", samples.article(1), samples.article(2))
        store.save(Batch(articles=(*story.articles, samples.article(3)), stories=(story,)))

        assert store.story_of(samples.article(2).id) == story
        assert store.story_of(samples.article(3).id) is None
        assert store.story_of("no such article") is None


class TestWithdrawals:
    @pytest.fixture
    def merged(self, store, samples):
        """Store two stories, and then that the second was part of the first."""
        first, second = samples.article(1), samples.article(2)
        younger = samples.story("b", second)
        store.save(Batch(articles=(first, second), stories=(samples.story("a", first), younger)))
        older = samples.story("a", first, second)
        withdrawal = Withdrawal(story=younger.id, survivor=older.id, at=samples.noon)
        store.save(Batch(stories=(older,), withdrawals=(withdrawal,)))
        return older, younger

    def test_its_members_move_to_the_survivor(self, store, merged, samples):
        older, _ = merged

        assert store.stories() == [older]
        assert store.story_of(samples.article(2).id) == older

    def test_its_id_never_returns(self, store, merged, dump, samples):
        _, younger = merged
        before = dump()

        with pytest.raises(StoreError, match="urn:uuid:b"):
            store.save(Batch(articles=(samples.article(3),), stories=(younger,)))

        assert dump() == before

    @pytest.mark.usefixtures("merged")
    def test_the_first_withdrawal_counts(self, store, dump, samples):
        before = dump()
        again = Withdrawal(story="urn:uuid:b", survivor="urn:uuid:c", at=samples.noon + HOUR)

        store.save(Batch(withdrawals=(again,)))

        assert dump() == before


class TestFindArticles:
    @pytest.fixture
    def articles(self, store, samples):
        articles = [
            samples.article(1, hours=1, id="feed0123456789ab", guid="beef"),
            samples.article(2, hours=2, id="feed4123456789ab", guid=None, url=None, link=None),
            samples.article(3, hours=3, id="beef0123456789ab", link="https://taipei.example/3"),
        ]
        store.save(Batch(articles=tuple(articles)))
        return articles

    @pytest.mark.parametrize(
        ("name", "found"),
        [
            ("feed0123456789ab", [0]),
            ("FEED0", [0]),
            ("feed", [1, 0]),
            ("fee", []),
            ("feed_", []),
            ("feed0123456789ab0", []),
            ("beef", [2, 0]),
            ("tag:taipei.example,2025:3", [2]),
            ("https://taipei.example/1", [0]),
            ("https://taipei.example/1?utm_source=rss", [0]),
            ("https://taipei.example/3", [2]),
            ("https://taipei.example/", []),
            ("", []),
        ],
    )
    def test_by_id_its_beginning_guid_or_url(self, store, articles, name, found):
        assert store.find_articles(name) == [articles[number] for number in found]

    def test_by_the_url_that_it_had_before_an_edit(self, store, articles):
        moved = replace(articles[0], url="https://taipei.example/new")

        store.save(Batch(articles=(moved,)))

        assert store.find_articles("https://taipei.example/1") == [moved]
        assert store.find_articles("https://taipei.example/new") == [moved]


class TestSave:
    def test_the_same_batch_twice_changes_nothing(self, store, dump, samples):
        first, second, third = (samples.article(number) for number in (1, 2, 3))
        store.save(Batch(articles=(first,), stories=(samples.story("b", first),)))
        match = samples.story("a", first, second).members[1].match
        related = Related(story="urn:uuid:c", match=match)
        batch = Batch(
            states=(samples.state(),),
            articles=(second, third),
            keys=(("taipei", "guid 9", first.id),),
            versions=((first.id, ("0", "1")),),
            muted=((first.id, "word"),),
            digests=(("taipei", ("0f", "1e")),),
            stories=(samples.story("a", second, third, first, related=(related,)),),
            withdrawals=(Withdrawal(story="urn:uuid:b", survivor="urn:uuid:a", at=samples.noon),),
            settled=(store.decisions.add(Verdict.MERGE, [first.id], [second.id], samples.noon),),
        )
        store.save(batch)
        store.keep_vectors({b"text": b"vector"})
        before = dump()

        store.save(batch)
        store.keep_vectors({b"text": b"another"})

        apart = {"archives", "deliveries", "hub_subscriptions", "outbox", "publications"}
        apart |= {"editions", "notices", "watches", "polls", "poll_days"}
        apart |= {"forgotten", "forgotten_keys"}
        assert dump() == before
        assert {table for table, rows in before.items() if not rows} == apart

    def test_the_items_of_a_feeds_last_document_are_remembered(self, store):
        store.save(Batch(digests=(("taipei", ("0f", "1e")),)))
        store.save(Batch(digests=(("taipei", ("1e", "2d")),)))
        assert store.digests(["taipei", "berlin"]) == {"taipei": {"1e", "2d"}}

    def test_vectors_are_kept_by_digest(self, store):
        store.keep_vectors({b"one": b"1", b"two": b"2"})
        assert store.vectors([b"one", b"three"]) == {b"one": b"1"}

    def test_an_empty_batch_is_fine(self, store, dump):
        before = dump()

        store.save(Batch())

        assert dump() == before

    def test_an_article_stands_in_one_live_story(self, store, dump, samples):
        article = samples.article()
        before = dump()
        stories = (samples.story("a", article), samples.story("b", article))

        with pytest.raises(StoreError, match="members"):
            store.save(Batch(articles=(article,), stories=stories))

        assert dump() == before

    def test_a_time_without_a_zone_is_refused(self, store, dump, samples):
        before = dump()
        states = (samples.state("berlin"), samples.state(due=samples.noon.replace(tzinfo=None)))

        with pytest.raises(StoreError, match="offset-naive"):
            store.save(Batch(states=states))

        assert dump() == before

    def test_members_have_to_be_stored_articles(self, store, dump, samples):
        before = dump()

        with pytest.raises(StoreError):
            store.save(
                Batch(states=(samples.state(),), stories=(samples.story("a", samples.article()),))
            )

        assert dump() == before

    def test_what_was_saved_is_there_when_it_is_opened_again(self, store, url, samples):
        story = samples.story("a", samples.article())
        store.save(Batch(articles=story.articles, stories=(story,)))
        store.close()

        with open_store(url) as again:
            assert again.stories() == [story]


class TestDiscard:
    def test_it_works_on_what_is_stored_and_keeps_nothing(self, store, url, dump, samples):
        story = samples.story("a", samples.article(1))
        store.save(Batch(articles=story.articles, stories=(story,)))
        before = dump()

        with open_store(url, discard=True) as dry, dry.lock("a dry run"):
            dry.subscribe([samples.feed("oslo")], samples.noon)
            more = samples.story("b", samples.article(2, feed="oslo", hours=1))
            dry.save(Batch(articles=more.articles, stories=(more,)))
            with pytest.raises(StoreError):
                dry.save(Batch(stories=(samples.story("c", samples.article(3)),)))
            assert dry.stories() == [more, story]

        assert dump() == before

    def test_a_store_that_is_not_there_is_not_made(self, empty_url, samples):
        with open_store(empty_url, discard=True) as dry:
            dry.subscribe([samples.feed()], samples.noon)
            dry.save(Batch(states=(samples.state(),)))
            assert dry.states() == {"taipei": samples.state()}

        with open_store(empty_url, discard=True) as again:
            assert again.states() == {}

    def test_it_does_not_mind_a_run_that_holds_the_store(self, store, url):
        with store.lock("pid 1 on nas"), open_store(url, discard=True) as dry:
            assert dry.stories() == []
