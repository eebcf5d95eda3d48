"""Merging and splitting by hand, over a store, with a run that holds it or without."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.app import Aggregator
from aggregator.app import decisions as app
from aggregator.config_file import read_config
from aggregator.errors import DecisionError, NotFoundError
from aggregator.model import Verdict
from aggregator.parse import parse
from aggregator.storage import open_store

NOON = datetime(2025, 10, 18, 12, tzinfo=UTC)
TITLES = {
    "harbour": ["Ferries stop for the storm on Friday", "Museum of clocks opens its doors"],
    "mirror": ["Ferries stop for the storm on Friday", "Choir sings in Ghent"],
    "wire": ["Bridge closed to lorries until spring"],
}


def rss(titles: list[str]) -> str:
    items = "".join(
        f"<item><guid isPermaLink='false'>{n}</guid><title>{title}</title>"
        f"<link>https://{title.split()[0].lower()}.example/{n}</link>"
        "<pubDate>Sat, 18 Oct 2025 09:00:00 +0000</pubDate></item>"
        for n, title in enumerate(titles)
    )
    return f"<rss version='2.0'><channel><title>t</title>{items}</channel></rss>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, titles in TITLES.items():
        (tmp_path / f"{name}.xml").write_text(rss(titles), encoding="utf-8")
    (tmp_path / "feeds.yaml").write_text(
        "version: 1\nencoder: none\nrules: [{feeds: [wire, harbour], merge: never}]\nfeeds:\n"
        + "".join(f"  - {{url: 'file:{name}.xml', id: {name}}}\n" for name in TITLES),
        encoding="utf-8",
    )
    return tmp_path


@pytest.fixture
def aggregate(folder: Path) -> Iterator[Callable[[], Aggregator]]:
    """Open one program after the other, or beside the other, on one store."""
    opened: list[Aggregator] = []

    def aggregate() -> Aggregator:
        config = read_config(folder / "feeds.yaml")
        store = open_store(config.store)
        later = NOON + timedelta(minutes=len(opened))
        opened.append(Aggregator(config, store, clock=lambda: later, parse=parse))
        return opened[-1]

    yield aggregate
    for one in opened:
        one.close()


@pytest.fixture
def first(aggregate: Callable[[], Aggregator]) -> Aggregator:
    aggregator = aggregate()
    aggregator.run_once()
    return aggregator


def ids(aggregator: Aggregator) -> dict[str, str]:
    """Article ids by feed and the first word of the title."""
    articles = (article for story in aggregator.stories() for article in story.articles)
    return {f"{a.feed} {a.title.split()[0]}": a.id for a in articles}


def together(aggregator: Aggregator) -> set[frozenset[str]]:
    """The stories of several articles, by feed and the first word of the title."""
    names = {article: name for name, article in ids(aggregator).items()}
    stories = (frozenset(names[a.id] for a in s.articles) for s in aggregator.stories())
    return {story for story in stories if len(story) > 1}


FERRIES = frozenset({"harbour Ferries", "mirror Ferries"})


def test_stories_are_merged_at_once_and_stay_so(first, aggregate):
    assert together(first) == {FERRIES}
    named = ids(first)
    older, younger = (
        first.store.story_of(named[name]).id for name in ("harbour Ferries", "mirror Choir")
    )
    decided = app.merge(first, named["mirror Choir"], older)
    assert (decided.held_by, decided.overruled) == (None, None)
    survivor = min(older, younger, key=lambda name: name != decided.stories[0].id)
    assert [story.id for story in decided.stories] == [survivor]
    whole = {FERRIES | {"mirror Choir"}}
    assert together(first) == whole
    later = aggregate()
    later.run_once(force=True)
    assert together(later) == whole
    (gone,) = {older, younger} - {survivor}
    assert app.merge(later, gone, named["wire Bridge"]).stories[0].id == survivor


def test_an_article_leaves_its_story_with_the_same_item_of_other_feeds(first):
    named = ids(first)
    app.merge(first, named["harbour Ferries"], named["mirror Choir"])
    decided = app.split(first, [named["harbour Ferries"]])
    assert together(first) == {FERRIES}
    assert len(decided.stories) == 2
    with pytest.raises(DecisionError, match="nothing else"):
        app.split(first, [named["harbour Ferries"]])


def test_several_articles_leave_together(first):
    named = ids(first)
    app.merge(first, named["harbour Ferries"], named["mirror Choir"])
    app.merge(first, named["harbour Ferries"], named["harbour Museum"])
    app.split(first, [named["mirror Choir"], named["harbour Museum"]])
    assert together(first) == {FERRIES, frozenset({"mirror Choir", "harbour Museum"})}


def test_articles_of_several_stories_do_not_leave_at_once(first):
    named = ids(first)
    with pytest.raises(DecisionError, match="one story at a time"):
        app.split(first, [named["harbour Ferries"], named["mirror Choir"]])


def test_whoever_holds_the_store_carries_it_out(first, aggregate):
    named = ids(first)
    beside = aggregate()
    with first.exclusive():
        decided = app.merge(beside, named["mirror Choir"], named["harbour Museum"])
        assert "holds it" in str(decided.held_by)
        assert together(first) == {FERRIES}
        summary = first.run_once()
        assert len(summary.found.articles) == 1
        assert together(first) == {FERRIES, frozenset({"mirror Choir", "harbour Museum"})}
        app.undo(beside, decided.decision.number)
        first.run_once()
        assert together(first) == {FERRIES}


def test_another_thread_of_the_holder_waits_for_nobody(first):
    named = ids(first)
    with first.exclusive(), ThreadPoolExecutor() as threads:
        pair = named["mirror Choir"], named["harbour Museum"]
        decided = threads.submit(app.merge, first, *pair).result()
    assert "another thread" in str(decided.held_by)
    first.run_once()
    assert frozenset({"mirror Choir", "harbour Museum"}) in together(first)


def test_what_was_undone_before_it_was_carried_out_never_was(first, aggregate):
    named = ids(first)
    beside = aggregate()
    with first.exclusive():
        decided = app.merge(beside, named["mirror Choir"], named["harbour Museum"])
        app.undo(beside, decided.decision.number)
        first.run_once()
    assert together(first) == {FERRIES}
    (listed,) = app.decisions(first)
    assert listed.decision.settled


def test_an_undone_decision_cannot_be_undone(first):
    named = ids(first)
    number = app.merge(first, named["mirror Choir"], named["harbour Museum"]).decision.number
    app.undo(first, number)
    for unknown in (number, number + 1):
        with pytest.raises(NotFoundError, match="aggregate decisions"):
            app.undo(first, unknown)


def test_decisions_are_listed_with_titles_the_newest_first(first):
    named = ids(first)
    app.merge(first, named["mirror Choir"], named["harbour Museum"])
    app.split(first, [named["mirror Choir"]])
    newest, oldest = app.decisions(first)
    assert newest.decision.verdict is Verdict.SPLIT
    assert newest.articles == ("Choir sings in Ghent",)
    assert oldest.others == ("Museum of clocks opens its doors",)
    record = app.decision_record(newest.decision)
    assert (record["verdict"], record["undone"]) == ("split", None)


def test_a_decision_goes_before_a_rule_and_says_so(first):
    named = ids(first)
    decided = app.merge(first, named["wire Bridge"], named["harbour Museum"])
    assert decided.overruled == "a rule never merges harbour and wire"
    assert frozenset({"wire Bridge", "harbour Museum"}) in together(first)


def test_what_is_one_story_may_be_said_to_stay_one(first):
    named = ids(first)
    decided = app.merge(first, named["harbour Ferries"], named["mirror Ferries"])
    assert decided.decision.others == ()
    app.undo(first, decided.decision.number)
    assert together(first) == {FERRIES}


@pytest.mark.parametrize("name", ["0" * 16, "urn:uuid:00000000", "nonsense", ""])
def test_an_unknown_name_is_told_with_what_to_do(first, name):
    named = ids(first)
    with pytest.raises(NotFoundError, match="aggregate stories lists them"):
        app.merge(first, named["wire Bridge"], name)
    with pytest.raises(NotFoundError, match="aggregate show STORY lists"):
        app.split(first, [name])


def test_an_article_is_not_merged_with_itself(first):
    named = ids(first)
    story = first.store.story_of(named["wire Bridge"]).id
    for other in (named["wire Bridge"], named["wire Bridge"][:6], story):
        with pytest.raises(DecisionError, match="one and the same"):
            app.merge(first, named["wire Bridge"], other)
    with pytest.raises(DecisionError, match="one and the same"):
        app.merge(first, named["harbour Ferries"], named["harbour Ferries"])


def test_explain_says_what_was_decided(first):
    named = ids(first)
    pair = named["harbour Ferries"], named["mirror Choir"]
    app.merge(first, *pair)
    lines = [*first.explain(*pair).lines()]
    assert "That goes before all else: merged by hand on 2025-10-18 (decision 1)." in lines
    assert any(line.endswith("(event):") for line in lines)
    app.split(first, [pair[1]])
    lines = [*first.explain(*pair).lines()]
    assert "They are not one story." in lines
    assert "That goes before all else: kept apart by hand on 2025-10-18 (decision 2)." in lines
    lines = [*first.explain(named["harbour Museum"], named["wire Bridge"]).lines()]
    assert "That goes before all else: a rule never merges harbour and wire." in lines
