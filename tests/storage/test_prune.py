"""What is old goes, what it belongs to goes with it, and what a feed still carries stays known."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.model import (
    Batch,
    Delivery,
    Level,
    Match,
    Message,
    PublishedSource,
    Related,
    Told,
    Verdict,
    Withdrawal,
)
from aggregator.storage.prune import Pruned, Pruning

DAY = timedelta(days=1)


@pytest.fixture
def old(store, samples):
    """A story of two articles, last reported on and changed at noon."""
    first, second = samples.article(1), samples.article(2, hours=-1)
    story = samples.story("a", first, second)
    store.save(Batch(articles=(first, second), stories=(story,), muted=((second.id, "word"),)))
    return story


@pytest.fixture
def left(dump) -> Callable[[], set[str]]:
    """Return which tables hold something."""
    return lambda: {table for table, rows in dump().items() if rows}


def test_an_old_story_goes_with_all_that_was_of_it(store, samples, old, left):
    store.save(Batch(versions=((old.representative, ("1", "2")),)))
    assert store.pruning.prune(samples.noon + DAY, archiving=True) == Pruned(stories=1, articles=2)
    assert left() == {"changed_stories", "feeds", "forgotten", "forgotten_keys"}
    assert store.stories() == []
    assert store.search.stories("川普") == []
    assert store.upkeep.damage() == []


@pytest.mark.usefixtures("old")
def test_what_its_feed_brings_again_is_known_and_forgotten(store, samples):
    article = samples.article(1)
    store.pruning.prune(samples.noon + DAY, archiving=True)
    known = store.known([("taipei", key) for key in article.keys] + [("taipei", "new")])
    assert set(known) == {("taipei", key) for key in article.keys}
    one = known["taipei", "guid 1"]
    assert (one.id, one.published, one.title, one.url, one.forgotten) == (
        *(article.id, article.published, article.title, article.url),
        True,
    )


@pytest.mark.parametrize(("carried", "kept"), [(1, 5), (4, 8)])
def test_what_is_left_of_articles_does_not_grow_without_end(store, samples, dump, carried, kept):
    pruning = Pruning(store._backend, forgotten=5)

    def pass_by(numbers: range) -> None:
        articles = tuple(samples.article(n, hours=n / 60) for n in numbers)
        muted = tuple((article.id, "word") for article in articles)
        store.save(Batch(articles=articles, muted=muted))
        pruning.prune(samples.noon + DAY, archiving=True)

    digests = tuple(f"{n:04x}" for n in range(carried))
    store.save(Batch(digests=(("taipei", digests),)))
    pass_by(range(1, 11))
    assert len(dump()["forgotten"]) == 10
    pass_by(range(11, 12))
    assert len(dump()["forgotten"]) == kept
    first = 12 - kept
    guids = {n: ("taipei", f"guid {n}") for n in (first - 1, first, 11)}
    assert set(store.known(guids.values())) == {guids[first], guids[11]}
    keys = len(samples.article(1).keys)
    assert len(dump()["forgotten_keys"]) == keys * kept


def test_a_decision_goes_with_what_it_is_about(store, samples, old):
    other = samples.article(3, hours=48)
    story = samples.story("b", other)
    store.save(Batch(articles=(other,), stories=(story,)))
    names = [article.id for article in old.articles]
    store.decisions.add(Verdict.SPLIT, names[:1], names[1:], samples.noon)
    store.decisions.add(Verdict.MERGE, [other.id], names, samples.noon)
    lasting = store.decisions.add(Verdict.MERGE, [other.id], [other.id, names[0]], samples.noon)
    store.pruning.prune(samples.noon, archiving=True)
    assert len(store.decisions.all()) == 3
    store.pruning.prune(samples.noon + DAY, archiving=True)
    assert store.decisions.all() == (lasting,)


@pytest.mark.parametrize("what", ["reported on", "changed", "spared"])
def test_a_story_stays_whole(store, samples, what):
    first, second = samples.article(1), samples.article(2)
    story = samples.story("a", first, second)
    if what == "reported on":
        second = replace(second, published=samples.noon + 2 * DAY)
        story = samples.story("a", first, second)
    if what == "changed":
        story = replace(story, updated=samples.noon + 2 * DAY)
    store.save(Batch(articles=(first, second), stories=(story,)))
    spared = [story.id] * (what == "spared")
    assert not store.pruning.prune(samples.noon + DAY, spared=spared, archiving=True)
    assert store.stories() == [story]


@pytest.mark.parametrize(("archiving", "stays"), [(True, True), (False, False)])
def test_what_waits_for_an_archive_stays(store, samples, old, archiving, stays):
    told = Told(story=old.id, digest="d", seen=old.updated, updated=old.updated)
    store.publications.keep({"": [told]}, buried={})
    store.pruning.prune(samples.noon + DAY, archiving=archiving)
    assert bool(store.stories()) is stays
    archived = replace(told, archived=told.updated)
    store.publications.keep({"": [archived]}, buried={})
    store.pruning.prune(samples.noon + DAY, archiving=True)
    assert store.stories() == []


def test_other_stories_are_left_alone(store, samples, old, dump):
    other = samples.article(3, hours=48)
    match = Match(a=other.id, b=old.representative, level=Level.EVENT, probability=0.3, reasons=())
    story = samples.story("b", other, related=(Related(story=old.id, match=match),))
    store.save(Batch(articles=(other,), stories=(story,)))
    store.pruning.prune(samples.noon + DAY, archiving=True)
    assert [found.id for found in store.stories()] == [story.id]
    assert store.stories()[0].related == ()
    assert len(dump()["searchable"]) == 1


def test_muted_articles_grow_old_as_well(store, samples):
    article = samples.article(1)
    store.save(Batch(articles=(article,), muted=((article.id, "word"),)))
    assert not store.pruning.prune(samples.noon, archiving=True)
    assert store.pruning.prune(samples.noon + DAY, archiving=True) == Pruned(articles=1)
    assert store.known([("taipei", "guid 1")])["taipei", "guid 1"].forgotten


def test_more_than_one_transaction_takes_and_no_more_than_asked_for(store, samples):
    articles = [samples.article(number + 1) for number in range(450)]
    stories = tuple(samples.story(f"{n}", article) for n, article in enumerate(articles))
    store.save(Batch(articles=tuple(articles), stories=stories))
    some = store.pruning.prune(samples.noon + DAY, archiving=True, most=100)
    assert some.stories == 200
    assert store.pruning.prune(samples.noon + DAY, archiving=True).stories == 250


def test_where_withdrawn_stories_went_is_told_as_long_as_that_is_there(store, samples, old, dump):
    gone = [("y", "z"), ("z", "a")]
    store.save(
        Batch(
            withdrawals=tuple(
                Withdrawal(story=f"urn:uuid:{a}", survivor=f"urn:uuid:{b}", at=samples.noon)
                for a, b in gone
            )
        )
    )
    store.pruning.prune(samples.noon + DAY, spared=[old.id], archiving=True)
    assert len(dump()["withdrawals"]) == 2
    store.pruning.prune(samples.noon + DAY, archiving=True)
    store.pruning.prune(samples.noon + DAY, archiving=True)
    assert dump()["withdrawals"] == []


@pytest.mark.usefixtures("old")
def test_a_feed_goes_when_nothing_is_left_of_it(store, samples, left):
    store.save(Batch(states=(samples.state(),), digests=(("taipei", ("0f",)),)))
    store.subscribe([], samples.noon)
    assert store.pruning.prune(samples.noon, archiving=True).feeds == 1  # berlin never had any
    assert store.pruning.prune(samples.noon + DAY, archiving=True).feeds == 1
    assert left() == {"changed_stories"}


def test_what_nobody_takes_is_given_up(store, samples, left):
    message = Message(
        id="1", kind="k", target="t", body="b", created=samples.noon, due=samples.noon
    )
    store.outbox.put([message])
    delivery = Delivery(
        number=0, feed="taipei", topic="t", received=samples.noon, type="x", body=b""
    )
    store.pushes.receive(delivery, "token", 9)
    assert not store.pruning.prune(samples.noon, archiving=True)
    assert store.pruning.prune(samples.noon + DAY, archiving=True).messages == 2
    assert left() == {"feeds"}


def test_the_oldest_vectors_go_first(store, samples):
    names = [bytes([number]) for number in range(5)]
    store.keep_vectors(dict.fromkeys(names, b""))
    pruning = Pruning(store._backend, vectors=3)
    assert pruning.prune(samples.noon, archiving=True) == Pruned(vectors=2)
    assert set(store.vectors(names)) == set(names[2:])


def test_the_newest_date_is_one_that_a_feed_gives(store, samples):
    assert store.pruning.newest() is None
    later = samples.article(
        2, published=samples.noon + DAY, published_source=PublishedSource.FIRST_SEEN
    )
    store.save(Batch(articles=(samples.article(1), later)))
    assert store.pruning.newest() == samples.noon


def test_the_end_of_so_many_stories(store, samples):
    articles = [samples.article(n, hours=n) for n in (1, 2, 3)]
    stories = tuple(samples.story(f"{n}", article) for n, article in enumerate(articles))
    store.save(Batch(articles=tuple(articles), stories=stories))
    assert store.pruning.end_of(2) == articles[1].published
    assert store.pruning.end_of(4) is None
