from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest

from aggregator.app.mutes import muting
from aggregator.cluster import Clusterer
from aggregator.match import Matcher
from aggregator.model import Batch, Feed, Mute, ParsedFeed, Request, Respite, Response
from aggregator.parse import parse
from aggregator.pipeline import BATCH, Pipeline, Progress, Step, Taken
from aggregator.storage import SqlStore, open_store

NOON = datetime(2025, 10, 18, 12, tzinfo=UTC)


Answer = bytes | int | Respite | BaseException | Callable[[], bytes]


class Web:
    """A fetcher that answers from a table.

    A function in it is called for its answer, and an exception raised in its place.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[Request] = []
        self.mutes: tuple[Mute, ...] = ()
        self.alone: frozenset[str] = frozenset()
        self.now = NOON

    def fetch(self, requests: Sequence[Request]) -> Iterator[Response]:
        self.asked += requests
        for request in requests:
            answer = self.answers[request.feed]
            if isinstance(answer, BaseException):
                raise answer
            body = answer if isinstance(answer, bytes) else answer() if callable(answer) else b""
            yield Response(
                feed=request.feed,
                url=request.url,
                final_url=request.url,
                status=answer if isinstance(answer, int) else 200 if body else 0,
                body=body,
                at=self.now,
                spared=answer if isinstance(answer, Respite) else None,
            )


def rss(*items: tuple[str, str], ago: timedelta = timedelta(hours=1)) -> bytes:
    """A feed of (guid, title) items."""
    date = (NOON - ago).strftime("%a, %d %b %Y %H:%M:%S +0000")
    told = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{title}</title>"
        f"<link>https://example.org/{guid}</link><pubDate>{date}</pubDate></item>"
        for guid, title in items
    )
    return f"<rss version='2.0'><channel><title>t</title>{told}</channel></rss>".encode()


@pytest.fixture
def store() -> Iterator[SqlStore]:
    with open_store("sqlite://") as store:
        yield store


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def parsed() -> list[str]:
    """The feeds whose documents reached the parser."""
    return []


@pytest.fixture
def make(store: SqlStore, web: Web, parsed: list[str]):
    """Make a pipeline for the feeds that answer."""

    def noted(response: Response, seen: AbstractSet[str]) -> ParsedFeed:
        parsed.append(response.feed)
        return parse(response, seen)

    ids = (f"urn:uuid:{n}" for n in count())

    def make() -> Pipeline:
        feeds = [
            Feed(
                id=name,
                url=f"https://{name}.example/feed",
                shown_url=f"https://{name}.example/feed",
                name=name,
                mutes=web.mutes,
            )
            for name in web.answers
        ]
        return Pipeline(
            feeds=feeds,
            store=store,
            fetcher=web,
            parse=noted,
            clusterer=Clusterer(
                Matcher(), draw_id=lambda: next(ids), priorities={}, alone=web.alone
            ),
            clock=lambda: web.now,
            random=Random(1),
            mute=muting(feeds),
            redact=lambda text: text.replace("secret", "***"),
        )

    return make


@pytest.fixture
def run(make):
    def run(**options: Any) -> list[Taken]:
        return list(make().run(**options))

    return run


def test_what_is_stored_is_told_and_the_next_run_finds_nothing_new(run, web, store):
    web.answers = {"a": rss(("1", "Glacier festival opens in Bern"))}
    (taken,) = run()
    assert [(p.new, p.changed, p.entries) for p in taken.polled] == [(1, 0, 1)]
    assert [story.id for story in store.stories()] == [story.id for story in taken.stories]
    web.now += timedelta(hours=3)
    (again,) = run()
    assert (again.polled[0].new, again.polled[0].changed, again.stories) == (0, 0, ())


def test_what_came_of_each_poll_is_kept(run, web, store):
    web.answers = {"a": rss(("1", "One"), ("2", "Two")), "b": 404}
    run()
    web.now += timedelta(hours=2)
    run()

    latest = store.polls.latest()

    unchanged, first = latest["a"]
    assert (first.at, first.status, first.new, first.waited) == (NOON, 200, 2, timedelta())
    assert (unchanged.at, unchanged.new, unchanged.waited) == (web.now, 0, timedelta(hours=1))
    assert latest["b"][0].error == store.states()["b"].error
    (day,) = store.polls.days(web.now, days=1)
    assert (day.polls, day.news, day.unchanged, day.failed) == (4, 1, 1, 2)


def test_an_unchanged_document_does_not_reach_the_parser(run, web, parsed):
    web.answers = {"a": rss(("1", "One")), "b": rss(("1", "One"))}
    run()
    web.now += timedelta(hours=3)
    web.answers["b"] = rss(("1", "One"), ("2", "Two"))
    run()
    assert sorted(parsed) == ["a", "b", "b"]


@pytest.mark.parametrize("alone", [frozenset(), frozenset("a")])
@pytest.mark.parametrize("is_daemon", [False, True])
def test_an_edit_in_place_changes_the_article_and_keeps_its_story(
    make, web, store, alone, is_daemon
):
    web.alone = alone
    web.answers = {"a": rss(("1", "Glacier festival opens in Bern"))}
    pipeline = make()
    (first,) = pipeline.run()
    web.now += timedelta(hours=3)
    web.answers = {"a": rss(("1", "Glacier festival opens in Basel"))}
    (second,) = (pipeline if is_daemon else make()).run()
    (story,) = store.stories()
    assert story.id == first.stories[0].id
    assert second.polled[0].changed == 1
    assert story.lead_article.title == "Glacier festival opens in Basel"
    assert story.updated == web.now
    assert story.created == NOON


def test_two_versions_in_turn_move_their_story_no_longer(run, web, store):
    updated = []
    for title in ["Festival opens in Bern", "A festival for Bern"] * 4:
        web.answers = {"a": rss(("1", title))}
        run()
        (story,) = store.stories()
        updated.append(story.updated)
        web.now += timedelta(hours=3)
    assert len(set(updated)) == 3
    assert len(set(updated[2:])) == 1


def test_what_is_muted_stands_in_no_story_and_is_new_once(run, web, store):
    web.mutes = (Mute(words="festival"),)
    web.answers = {"a": rss(("1", "Glacier festival opens in Bern"), ("2", "Dam breaks"))}
    (taken,) = run()
    assert [(p.new, p.muted, p.changed) for p in taken.polled] == [(1, 1, 0)]
    assert [story.lead_article.title for story in store.stories()] == ["Dam breaks"]
    web.now += timedelta(hours=3)
    web.answers = {"a": rss(("1", "Glacier festival opens in Bern"))}
    (again,) = run()
    assert [(p.new, p.muted, p.changed) for p in again.polled] == [(0, 0, 0)]


def test_what_is_muted_no_longer_comes_though_its_feed_has_it_no_more(run, web, store):
    web.mutes = (Mute(words="festival"), Mute(words="glacier"))
    web.answers = {"a": rss(("1", "Glacier festival"), ("2", "Rock festival"))}
    run()
    web.now += timedelta(hours=3)
    web.mutes = (Mute(words="glacier"),)
    web.answers = {"a": rss(("3", "Dam breaks"))}
    lifted, polled = run()
    assert [story.lead_article.title for story in lifted.stories] == ["Rock festival"]
    assert [p.new for p in polled.polled] == [1]
    assert store.muted.counts() == {("a", "glacier"): 1}
    web.now += timedelta(hours=3)
    assert [taken.stories for taken in run()] == [()]


def test_an_edit_may_take_the_muted_words_out(run, web, store):
    web.mutes = (Mute(words="festival"),)
    for number, title in enumerate(["Festival opens", "Festival opens late", "Show opens late"]):
        assert len(store.stories()) == 0, number
        web.answers = {"a": rss(("1", title))}
        run()
        web.now += timedelta(hours=3)
    (story,) = store.stories()
    assert story.lead_article.title == "Show opens late"
    assert store.muted.counts() == {}


def test_an_edit_mutes_nothing_that_readers_know(run, web, store):
    web.mutes = (Mute(words="festival"),)
    for title in ("Show opens late", "Festival opens late"):
        web.answers = {"a": rss(("1", title))}
        run()
        web.now += timedelta(hours=3)
    (story,) = store.stories()
    assert story.lead_article.title == "Festival opens late"


def test_only_items_with_new_bytes_are_read_again(run, web):
    web.answers = {"a": rss(("1", "One day"), ("2", "Another day"))}
    assert run()[0].polled[0].entries == 2
    web.now += timedelta(hours=3)
    web.answers = {
        "a": rss(("3", "A third day"), ("1", "One day"), ("2", "Another day, corrected"))
    }
    (polled,) = run()[0].polled
    assert (polled.entries, polled.new, polled.changed) == (2, 1, 1)


def test_a_known_address_joins_its_story_however_old_that_is(run, web, store):
    web.answers = {"a": rss(("1", "Glacier festival opens in Bern"), ago=timedelta(days=90))}
    run()
    web.now += timedelta(hours=3)
    web.answers["b"] = rss(("1", "Ganz anderer Titel"))
    run()
    (story,) = store.stories()
    assert {article.feed for article in story.articles} == {"a", "b"}


def test_one_feed_that_cannot_be_read_costs_no_other(run, web, store):
    web.answers = {"page": b"<!doctype html><title>x</title>", "down": 503, "a": rss(("1", "One"))}
    (taken,) = run()
    errors = {p.feed.id: p.state.error for p in taken.polled}
    assert errors["page"]
    assert errors["down"]
    assert errors["a"] is None
    assert len(store.stories()) == 1


def test_an_interrupt_stores_what_has_come(run, web, store):
    web.answers = {"a": rss(("1", "One")), "b": KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt):
        run()
    assert len(store.stories()) == 1
    assert set(store.states()) == {"a"}


def test_an_interrupt_before_anything_came_stores_nothing(run, web, store):
    web.answers = {"a": KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt):
        run()
    assert store.states() == {}


def test_a_large_poll_is_stored_batch_by_batch_and_watched(run, web, store):
    web.answers = {f"f{n}": rss((f"{n}", f"Number {n}")) for n in range(BATCH + 1)}
    seen: list[Progress] = []
    taken = run(watch=seen.append)
    assert [len(t.polled) for t in taken] == [BATCH, 1]
    assert seen[-1] == Progress(Step.ANSWERS, BATCH + 1, BATCH + 1)
    assert len(store.states()) == BATCH + 1


def test_large_bodies_make_small_batches(run, web, monkeypatch):
    body = rss(("1", "One"))
    monkeypatch.setattr("aggregator.pipeline.batches.BATCH_BYTES", 2 * len(body))
    web.answers = dict.fromkeys("abcde", body)
    assert [len(taken.polled) for taken in run()] == [2, 2, 1]


def test_a_flood_is_stored_part_by_part_and_read_again_after_an_interrupt(
    run, web, store, monkeypatch
):
    monkeypatch.setattr("aggregator.pipeline.telling.BATCH_ARTICLES", 2)
    web.answers = {"a": rss(*((str(n), f"Number {n} of its kind") for n in range(5)))}
    saved = store.save
    batches: list[Batch] = []

    def failing(batch):
        if len(batches) == 1:
            raise KeyboardInterrupt
        batches.append(batch)
        saved(batch)

    monkeypatch.setattr(store, "save", failing)
    with pytest.raises(KeyboardInterrupt):
        run()
    assert sum(len(story.articles) for story in store.stories()) == 2
    assert store.states() == {}
    monkeypatch.setattr(store, "save", saved)
    *parts, last = run()
    assert [len(part.stories) for part in (*parts, last)] == [2, 1]
    assert [taken.polled for taken in parts] == [()]
    assert last.polled[0].new == 3
    assert sum(len(story.articles) for story in store.stories()) == 5


def test_nobody_waits_for_the_slowest(run, web):
    def late() -> bytes:
        web.now += timedelta(seconds=10)
        return rss(("1", "Late"))

    web.answers = {"a": rss(("1", "One")), "b": late, "c": late, "d": rss(("1", "Four"))}
    polled = [[p.feed.id for p in taken.polled] for taken in run()]
    assert polled == [["a", "b"], ["c", "d"]]


def test_what_was_put_off_is_told_and_nothing_is_noted_of_it(run, web, store):
    web.answers = {"a": rss(("1", "One")), "b": Respite.LATE, "c": Respite.SILENT}
    (taken,) = run(tick=timedelta(minutes=1))
    assert [p.spared for p in taken.polled] == [None, Respite.LATE, Respite.SILENT]
    assert not any(p.failed for p in taken.polled)
    states = store.states()
    assert (states["b"].due, states["b"].checked) == (None, None)
    assert (states["c"].due, states["c"].checked) == (NOON + timedelta(hours=1), None)


def test_a_round_that_another_follows_asks_for_half_of_the_time(run, web):
    web.answers = {"a": rss(("1", "One"))}
    run(tick=timedelta(minutes=1))
    run(force=True)
    assert [request.patience for request in web.asked] == [timedelta(seconds=30), None]


def flood(articles: int) -> bytes:
    return rss(*((str(n), f"Number {n} of its kind") for n in range(articles)))


def test_others_do_not_wait_for_a_flood_of_articles(run, web, store, monkeypatch):
    monkeypatch.setattr("aggregator.pipeline.telling.BATCH_ARTICLES", 2)
    monkeypatch.setattr("aggregator.pipeline.rounds.LARGE", len(flood(5)))
    web.answers = {"a": flood(5), "b": rss(("other", "One"))}
    seen: list[Progress] = []
    taken = run(watch=seen.append)
    assert [[p.feed.id for p in t.polled] for t in taken] == [["b"], [], [], [], ["a"]]
    assert [t.pause for t in taken] == [False, True, False, False, False]
    assert seen[2:] == [Progress(Step.ARTICLES, 2, 5), Progress(Step.ARTICLES, 4, 5)]
    assert len(store.stories()) == 6


def test_large_documents_wait_only_while_there_is_room(run, web, monkeypatch):
    body = rss(("1", "One"))
    monkeypatch.setattr("aggregator.pipeline.rounds.LARGE", len(body))
    monkeypatch.setattr("aggregator.pipeline.rounds.WAITING_BYTES", 2 * len(body))
    monkeypatch.setattr("aggregator.pipeline.batches.BATCH_BYTES", 1)
    web.answers = dict.fromkeys("abcd", body) | {"e": 404}
    assert [p.feed.id for t in run() for p in t.polled] == ["a", "b", "e", "c", "d"]


class TestAFloodThatOutlastsItsRound:
    @pytest.fixture
    def pipeline(self, make, web, monkeypatch) -> Pipeline:
        monkeypatch.setattr("aggregator.pipeline.telling.BATCH_ARTICLES", 2)
        monkeypatch.setattr("aggregator.pipeline.rounds.LARGE", len(flood(5)))
        web.answers = {"a": flood(5), "b": rss(("other", "One"))}
        made: Pipeline = make()
        return made

    def tick(self, pipeline: Pipeline, web: Web) -> list[Taken]:
        def watch(progress: Progress) -> None:
            if progress.step is Step.ARTICLES:
                web.now += timedelta(minutes=1)

        return list(pipeline.run(tick=timedelta(minutes=1), watch=watch))

    def test_it_goes_on_in_the_next_ones(self, pipeline, web, store, parsed):
        polled = [[p.feed.id for t in self.tick(pipeline, web) for p in t.polled] for _ in "123"]
        assert polled == [["b"], [], ["a"]]
        assert parsed == ["b", "a"]
        assert [request.feed for request in web.asked] == ["a", "b"]
        assert len(store.stories()) == 6
        assert store.states()["a"].succeeded == NOON

    def test_one_that_nobody_goes_on_with_is_asked_for_again(self, pipeline, web, store, make):
        self.tick(pipeline, web)
        assert len(store.stories()) == 3
        assert set(store.states()) == {"b"}
        list(make().run())
        assert len(store.stories()) == 6

    def test_what_its_hub_brings_comes_after_it(self, pipeline, web, store):
        self.tick(pipeline, web)
        url = "https://a.example/feed"
        pushed = Response(
            feed="a", url=url, final_url=url, status=200, body=flood(5), at=web.now, pushed=True
        )
        taken = list(pipeline.take([pushed]))
        assert [sum(p.new for p in t.polled) for t in taken] == [0, 5, 0]
        assert len(store.stories()) == 6


def test_no_secret_reaches_the_store(store):
    class Failing(Web):
        def fetch(self, requests: Sequence[Request]) -> Iterator[Response]:
            for response in super().fetch(requests):
                yield replace(response, status=0, failure="no secret.example here")

    failing = Failing()
    failing.answers = {"a": 200}
    run_failing = Pipeline(
        feeds=[Feed(id="a", url="https://a/", shown_url="https://a/", name="a")],
        store=store,
        fetcher=failing,
        parse=parse,
        clusterer=Clusterer(Matcher(), draw_id=str, priorities={}),
        clock=lambda: NOON,
        random=Random(1),
        redact=lambda text: text.replace("secret", "***"),
    )
    (taken,) = run_failing.run()
    assert taken.polled[0].state.error == "no ***.example here"
    assert store.states()["a"].error == "no ***.example here"


def test_what_a_feed_says_of_itself_moves_no_cursor(run, web, store):
    web.answers = {
        "a": "<html><title>Sorry\x9b2J\u202e</title><p>No feed</p></html>".encode(),
        "b": "<rss><channel><item><title>a & \x9b2J b</title></item></channel></rss>".encode(),
    }
    (taken,) = run()
    page, damaged = taken.polled
    told = (str(page.state.error), *damaged.problems, str(store.states()["a"].error))
    assert "Sorry" in told[0]
    assert damaged.problems
    assert all(text.isprintable() for text in told)


def test_what_is_not_due_is_asked_only_by_force(run, web):
    web.answers = {"a": rss(("1", "One"))}
    run()
    assert run() == []
    assert len(run(force=True)) == 1


def test_the_examples_give_the_same_stories_in_any_order(run, web, store):
    folder = Path(__file__).parents[2] / "examples/feeds"
    files = {path.stem: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    web.answers = dict(sorted(files.items()))
    run()
    forward = {frozenset(a.id for a in story.articles) for story in store.stories()}
    with open_store("sqlite://") as other:
        web.answers = dict(sorted(files.items(), reverse=True))
        feeds = [
            Feed(id=n, url=f"https://{n}/", shown_url=f"https://{n}/", name=n) for n in web.answers
        ]
        ids = (str(n) for n in count())
        pipeline = Pipeline(
            feeds=feeds,
            store=other,
            fetcher=web,
            parse=parse,
            clusterer=Clusterer(Matcher(), draw_id=lambda: next(ids), priorities={}),
            clock=lambda: NOON,
            random=Random(2),
        )
        list(pipeline.run())
        backward = {frozenset(a.id for a in story.articles) for story in other.stories()}
    assert forward == backward
