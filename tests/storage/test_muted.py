import pytest

from aggregator.errors import StoreError
from aggregator.model import Batch


def test_muted_articles_are_counted_by_feed_and_rule(store, samples):
    articles = tuple(samples.article(number) for number in range(3))
    store.save(
        Batch(articles=articles, muted=tuple((a.id, f"rule {a.id[-1] > '0'}") for a in articles))
    )

    assert store.muted.counts() == {("taipei", "rule True"): 2, ("taipei", "rule False"): 1}
    assert list(store.muted.articles("taipei", "rule True")) == list(articles[1:])
    assert store.muted.articles("berlin", "rule True") == []


def test_a_rule_takes_anothers_place_and_none_lifts_it(store, samples):
    article = samples.article()
    store.save(Batch(articles=(article,), muted=((article.id, "one"),)))

    store.save(Batch(muted=((article.id, "two"),)))
    assert store.muted.counts() == {("taipei", "two"): 1}

    store.save(Batch(muted=((article.id, None),)))
    assert store.muted.counts() == {}


def test_which_of_many_are_muted(store, samples):
    articles = tuple(samples.article(number) for number in range(700))
    store.save(Batch(articles=articles, muted=tuple((a.id, "word") for a in articles[::2])))

    assert store.muted.among(a.id for a in articles) == {a.id for a in articles[::2]}
    assert store.muted.among(()) == set()


def test_what_is_not_stored_cannot_be_muted(store):
    with pytest.raises(StoreError):
        store.save(Batch(muted=(("0" * 16, "word"),)))
