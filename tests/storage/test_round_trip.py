"""Whatever the model can say comes back as it was said."""

from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.model import (
    Article,
    Batch,
    Enclosure,
    Feed,
    FeedState,
    Level,
    Match,
    Member,
    Part,
    PublishedSource,
    Story,
)
from aggregator.phrase import Phrase
from aggregator.storage import open_store

FEED = Feed(id="taipei", url="https://taipei.example", shown_url="https://taipei.example", name="")

texts = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), max_size=30
) | st.sampled_from(
    [
        "川普拒絕戰斧",
        "特朗普拒绝",
        "ترامب يرفض",
        "トランプ氏",
        "Зеленський",
        "e\N{COMBINING ACUTE ACCENT}",
        "🚀👩‍🚀🇹🇼",
    ]
)
moments = st.datetimes(timezones=st.just(UTC))
spans = st.timedeltas(timedelta(0), timedelta(days=36500))
counts = st.integers(0, 2**31 - 1)
tuples = st.lists(texts, max_size=3).map(tuple)
phrases = st.recursive(
    texts.map(Phrase),
    lambda inner: st.builds(
        lambda value, number: Phrase("said of {value} {number}", value=value, number=number),
        inner | texts,
        st.integers() | st.floats(allow_nan=False),
    ),
    max_leaves=3,
)


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | strategy


states = st.builds(
    FeedState,
    feed=st.just(FEED.id),
    url=maybe(texts),
    moved_to=maybe(texts),
    redirect_to=maybe(texts),
    redirect_sightings=counts,
    redirect_since=maybe(moments),
    etag=maybe(texts),
    last_modified=maybe(texts),
    body_hash=maybe(texts),
    lifetime=maybe(spans),
    ttl=maybe(spans),
    skip_hours=st.frozensets(st.integers(0, 23)),
    skip_days=st.frozensets(st.integers(0, 6)),
    rhythm=maybe(spans),
    checked=maybe(moments),
    succeeded=maybe(moments),
    changed=maybe(moments),
    due=maybe(moments),
    not_before=maybe(moments),
    rule=maybe(phrases),
    failures=counts,
    error=maybe(phrases),
    gone=st.booleans(),
)
parts = st.builds(Part, language=maybe(texts), title=texts, lead=texts)
enclosures = st.builds(Enclosure, url=texts, type=maybe(texts), length=maybe(st.integers(0, 2**70)))
articles = st.builds(
    Article,
    id=st.integers(0, 2**64 - 1).map("{:016x}".format),
    feed=st.just(FEED.id),
    keys=tuples,
    guid=maybe(texts),
    url=maybe(texts),
    link=maybe(texts),
    title=texts,
    language=maybe(texts),
    parts=st.lists(parts, min_size=1, max_size=2).map(tuple),
    length=counts,
    summary=texts,
    content=texts,
    authors=tuples,
    categories=tuples,
    enclosures=st.lists(enclosures, max_size=2).map(tuple),
    image=maybe(texts),
    publisher=texts,
    published=moments,
    published_source=st.sampled_from(PublishedSource),
    updated=maybe(moments),
    first_seen=moments,
    content_hash=texts,
)
matches = st.builds(
    Match,
    a=texts,
    b=texts,
    level=st.sampled_from(Level),
    probability=st.floats(0, 1),
    reasons=st.lists(phrases, max_size=3).map(tuple),
)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    told = draw(st.lists(articles, min_size=1, max_size=4, unique_by=lambda a: a.id))
    return Story(
        id=draw(texts),
        members=tuple(Member(article=article, match=draw(maybe(matches))) for article in told),
        representative=draw(st.sampled_from(told)).id,
        created=draw(moments),
        updated=draw(moments),
        fingerprint=draw(texts),
    )


# Each example is a dry run on the store, which stays as it is: so the fixture may be shared.
each_example = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@each_example
@given(state=states, story=stories())
def test_whatever_is_saved_comes_back_equal(url, state, story):
    with open_store(url, discard=True) as store:
        store.subscribe([FEED], story.created)
        batch = Batch(states=(state,), articles=story.articles, stories=(story,))
        for _ in range(2):
            store.save(batch)

            assert store.states() == {FEED.id: state}
            assert store.stories() == [story]
            assert store.stories(since=story.last, until=story.last) == [story]
            for article in story.articles:
                assert store.story_of(article.id) == story
                assert article in store.find_articles(article.guid or article.id)
                for key in article.keys:
                    assert store.known([(FEED.id, key)])


@each_example
@given(state=states, match=matches)
def test_what_was_said_can_still_be_told_in_another_language(url, samples, state, match):
    def shouted(text: str | None) -> str | None:
        return text and Phrase.of(text).told(lambda template: f"!{template}")

    founder, article = samples.article(1), samples.article(2)
    story = samples.story("a", founder, article)
    story = replace(story, members=(story.members[0], Member(article=article, match=match)))
    with open_store(url, discard=True) as store:
        store.subscribe([FEED], story.created)
        store.save(Batch(states=(state,), articles=story.articles, stories=(story,)))

        (stored,) = store.stories()
        assert shouted(store.states()[FEED.id].error) == shouted(state.error)
        assert shouted(store.states()[FEED.id].rule) == shouted(state.rule)
        assert stored.members[1].match
        assert list(map(shouted, stored.members[1].match.reasons)) == list(
            map(shouted, match.reasons)
        )


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("a\0b", "a\ufffdb"),
        ("\ud800", "\ufffd"),
        ("x\udcffy\ud83d", "x\ufffdy\ufffd"),
        ("\ud83d\ude80", "🚀"),
    ],
)
def test_what_no_database_can_hold_disturbs_nothing(store, samples, dirty, clean):
    state = samples.state(etag=dirty, error=dirty)
    article = samples.article(
        guid=dirty,
        keys=(dirty,),
        title=dirty,
        content=dirty,
        authors=(dirty,),
        parts=(Part(language="en", title=dirty, lead=dirty),),
    )
    store.save(Batch(states=(state,), articles=(article,)))

    assert store.states() == {"taipei": replace(state, etag=clean, error=clean)}
    (stored,) = store.find_articles(dirty)
    assert (stored.guid, stored.title, stored.content) == (clean, clean, clean)
    assert store.known([("taipei", dirty)])["taipei", dirty].id == article.id


def test_texts_may_be_long(store, samples):
    long = "https://taipei.example/" + "很長" * 100_000
    article = samples.article(guid=long, url=long, link=long, keys=(long,), title=long)
    store.save(Batch(articles=(article,)))

    assert store.find_articles(long) == [article]
    assert store.known([("taipei", long)])
