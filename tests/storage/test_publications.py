from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.model import ArchivePage, Batch, Message, Told, Tombstone, Withdrawal

HOUR = timedelta(hours=1)


@pytest.fixture
def told(samples):
    def told(name: str, **changes) -> Told:
        one = Told(
            story=f"urn:uuid:{name}", digest="d", seen=samples.noon, updated=samples.noon + HOUR
        )
        return replace(one, **changes)

    return told


@pytest.fixture
def stored(store, samples):
    """Store stories of these names, each with one article of its own."""

    def stored(*names: str) -> None:
        articles = [samples.article(number + 1) for number in range(len(names))]
        stories = [samples.story(n, a) for n, a in zip(names, articles, strict=True)]
        store.save(Batch(articles=tuple(articles), stories=tuple(stories)))

    return stored


def test_a_view_remembers_what_it_told(store, told):
    store.publications.keep({"": [told("a")], "views/x/": [told("a", digest="e")]}, buried={})
    assert store.publications.told("", ["urn:uuid:a", "urn:uuid:b"]) == {"urn:uuid:a": told("a")}
    assert store.publications.told("views/x/", ["urn:uuid:a"])["urn:uuid:a"].digest == "e"
    assert store.publications.told("views/y/", ["urn:uuid:a"]) == {}


def test_more_names_than_a_query_takes(store, told):
    store.publications.keep({"": [told(str(n)) for n in range(1200)]}, buried={})
    assert len(store.publications.told("", [f"urn:uuid:{n}" for n in range(1300)])) == 1200


def test_what_no_archive_has_as_it_is_is_unarchived(store, samples, told, stored):
    stored("never", "as it is", "older", "changed since", "gone")
    at = samples.noon + HOUR
    rows = [
        told("never"),
        told("as it is", archived=at),
        told("older", archived=samples.noon),
        told("changed since", archived=at, seen=samples.noon - HOUR),
        told("not stored"),
    ]
    store.publications.keep({"": rows, "other": [told("gone")]}, buried={})
    assert set(store.publications.unarchived("")) == {
        *("urn:uuid:never", "urn:uuid:older", "urn:uuid:changed since")
    }


def test_only_what_was_told_has_a_tombstone_with_its_last_survivor(store, samples, told, stored):
    stored("a", "b", "c", "d")
    store.publications.keep({"": [told("a"), told("b")]}, buried={})
    gone = [("a", "b", 1), ("b", "c", 2), ("d", "c", 3)]
    store.save(
        Batch(
            withdrawals=tuple(
                Withdrawal(
                    story=f"urn:uuid:{story}",
                    survivor=f"urn:uuid:{survivor}",
                    at=samples.noon + hours * HOUR,
                )
                for story, survivor, hours in gone
            )
        )
    )
    a, b = (
        Tombstone(story=f"urn:uuid:{name}", survivor="urn:uuid:c", at=samples.noon + hours * HOUR)
        for name, hours in (("a", 1), ("b", 2))
    )
    assert store.publications.withdrawn("", samples.noon) == [b, a]
    assert store.publications.withdrawn("views/x/", samples.noon) == []
    store.publications.keep({}, buried={"": [a]})
    assert store.publications.withdrawn("", samples.noon) == [b, replace(a, is_archived=True)]
    assert store.publications.withdrawn("", samples.noon + 9 * HOUR) == [b]


def test_archives_are_numbered_and_kept(store, samples):
    pages = [
        ArchivePage(view="", number=number, updated=samples.noon, entries=b"<\x00\xff>")
        for number in (1, 2)
    ]
    store.publications.keep({}, pages=pages, buried={})
    assert store.publications.archives("") == 2
    assert store.publications.archives("views/x/") == 0
    assert store.publications.archive("", 2) == pages[1]


def test_views_that_are_no_more_are_forgotten(store, samples, told):
    page = ArchivePage(view="old", number=1, updated=samples.noon, entries=b"")
    store.publications.keep({"": [told("a")], "old": [told("a")]}, pages=[page], buried={})
    store.publications.forget_others(["", "new"])
    assert store.publications.told("old", ["urn:uuid:a"]) == {}
    assert store.publications.archives("old") == 0
    assert store.publications.told("", ["urn:uuid:a"]) != {}


def test_whom_to_tell_is_kept_with_what_was_told(store, samples):
    message = Message(
        id="1", kind="k", target="t", body="b", created=samples.noon, due=samples.noon
    )
    store.publications.keep({}, buried={}, messages=[message])
    assert store.outbox.due("k", samples.noon) == [message]
