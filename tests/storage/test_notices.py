"""What was told stays known, through merges and for as long as the story lives."""

from datetime import timedelta

import pytest

from aggregator.model import Batch, Message, Notice, Watch, Withdrawal

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def watch(samples):
    return Watch(rule="r", since=samples.noon, seen=samples.noon)


def test_what_is_kept_is_kept_together(store, samples, watch):
    message = Message(
        id="m", kind="webhook", target="r", body="b", created=samples.noon, due=samples.noon
    )
    notice = Notice(rule="r", story="urn:uuid:a", at=samples.noon)
    store.notices.keep([watch], [notice], [message])
    assert store.notices.watches() == {"r": watch}
    assert store.notices.rules_of("urn:uuid:a") == {"r"}
    assert store.notices.counts() == {"r": 1}
    assert store.outbox.of("webhook") == [message]


def test_rules_that_are_no_more_watch_no_more(store, samples, watch):
    other = Watch(rule="s", since=samples.noon, seen=samples.noon + HOUR)
    store.notices.keep([watch], [], [])
    store.notices.keep([other], [], [])
    assert store.notices.watches() == {"s": other}


def test_stories_that_changed_since_a_time_are_found(store, samples):
    articles = [samples.article(n) for n in (1, 2)]
    stories = [
        samples.story("a", articles[0]),
        samples.story("b", articles[1], updated=samples.noon + HOUR),
    ]
    store.save(Batch(articles=tuple(articles), stories=tuple(stories)))
    assert {story.id for story in store.notices.changed(samples.noon)} == {
        "urn:uuid:a",
        "urn:uuid:b",
    }
    (story,) = store.notices.changed(samples.noon + HOUR)
    assert (story.id, story.lead_article.content) == ("urn:uuid:b", "")


def test_a_story_has_the_notices_of_all_that_was_merged_into_it(store, samples, watch):
    articles = [samples.article(n) for n in (1, 2, 3)]
    a, b, c = (samples.story(name, article) for name, article in zip("abc", articles, strict=True))
    store.save(Batch(articles=tuple(articles), stories=(a, b, c)))
    store.notices.keep([watch], [Notice(rule="r", story=c.id, at=samples.noon)], [])
    for gone, kept, members in ((c, b, articles[1:]), (b, a, articles)):
        merged = samples.story(kept.id.removeprefix("urn:uuid:"), *members)
        withdrawal = Withdrawal(story=gone.id, survivor=kept.id, at=samples.noon)
        store.save(Batch(stories=(merged,), withdrawals=(withdrawal,)))
    assert store.notices.rules_of(a.id) == {"r"}
    store.pruning.prune(samples.noon - DAY, archiving=False)
    assert store.notices.rules_of(a.id) == {"r"}
    for _ in range(2):  # a withdrawal goes after the one that it leads to
        store.pruning.prune(samples.noon + DAY, archiving=False)
    assert store.notices.counts() == {}
