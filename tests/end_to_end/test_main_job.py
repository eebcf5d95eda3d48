"""The main job, on the examples: what expected.json says by hand is what comes out."""

import json
import shutil
from itertools import combinations
from pathlib import Path
from typing import Any

import feedparser
import pytest

from aggregator.normalize.url import canonical

EXPECTED: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "examples/expected.json").read_text("utf-8")
)
STORY_OF = {name: key for key, story in EXPECTED["stories"].items() for name in story["articles"]}


def name_of(article: dict[str, Any]) -> tuple[str, str | None]:
    """What expected.json calls it: by guid, or else by link."""
    return article["feed"], article["guid"] or canonical(article["url"])


def named(name: str) -> tuple[str, str | None]:
    feed, _, guid = name.partition("#")
    return feed, (canonical(guid) or guid) if feed in WITHOUT_GUIDS else guid


WITHOUT_GUIDS = {"xinlu", "old-mill-bulletin"}


@pytest.fixture(scope="module")
def stories(first_run) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = first_run.stories()
    return found


@pytest.fixture(scope="module")
def articles(stories) -> dict[str, tuple[str, dict[str, Any]]]:
    """By the names of expected.json: the story that each article stands in, and the article."""
    placed = {
        name_of(article): (story["id"], article)
        for story in stories
        for article in story["articles"]
    }
    for pair in EXPECTED["items"]:  # what one feed published twice may be stored once
        a, b = map(named, pair)
        if a[0] == b[0]:
            placed.setdefault(a, placed.get(b) or placed[a])
            placed.setdefault(b, placed[a])
    return {name: placed[named(name)] for name in STORY_OF}


def languages(article: dict[str, Any]) -> set[str]:
    """Both scripts of Chinese are one language to a reader."""
    return {(part["language"] or "").partition("-")[0] for part in article["parts"]}


def test_every_item_is_in_a_story(stories, articles):
    assert sum(len(story["articles"]) for story in stories) == len(
        {article["id"] for _, article in articles.values()}
    )


def test_what_belongs_together_within_a_language_is_together(articles):
    missed = [
        (a, b)
        for story in EXPECTED["stories"].values()
        for a, b in combinations(story["articles"], 2)
        if languages(articles[a][1]) & languages(articles[b][1])
        if articles[a][0] != articles[b][0]
    ]
    assert missed == []


def test_no_near_miss_is_merged(articles):
    placed: dict[str, set[str]] = {}
    for name, (story, _) in articles.items():
        placed.setdefault(story, set()).add(STORY_OF[name])
    merged = {story: keys for story, keys in placed.items() if len(keys) > 1}
    assert merged == {}


def test_the_meeting_is_one_story_in_six_languages(articles):
    meeting = EXPECTED["stories"]["white-house-1017"]["articles"]
    assert len({articles[name][0] for name in meeting}) == 1
    told = set().union(*(languages(articles[name][1]) for name in meeting))
    assert {"zh", "en", "de", "es", "ja"} <= told


@pytest.mark.parametrize(("level", "key"), [("copy", "copies"), ("item", "items")])
def test_copies_and_items_are_told_apart_from_events(articles, level: str, key: str):
    levels = {article["id"]: article["level"] for _, article in articles.values()}
    for a, b in EXPECTED[key]:
        if articles[a][1]["id"] != articles[b][1]["id"]:
            pair = {levels[articles[a][1]["id"]], levels[articles[b][1]["id"]]}
            assert level in pair, (a, b, pair)


def test_each_article_says_why_it_is_there(stories):
    for story in stories:
        founder, *others = story["articles"]
        assert founder["level"] is founder["probability"] is None
        for article in others:
            assert article["level"] in {"item", "copy", "event"}
            assert 0 < article["probability"] <= 1
            assert article["reason"]


def test_stories_come_newest_first_and_can_be_asked_for_in_part(first_run, stories):
    lasts = [story["last"] for story in stories]
    assert lasts == sorted(lasts, reverse=True)
    assert first_run.stories("--limit", "3") == stories[:3]
    since = [story for story in stories if story["last"] >= "2025-10-19T00:00:00Z"]
    assert 0 < len(since) < len(stories)
    assert first_run.stories("--since", "2025-10-19T00:00:00Z") == since


def test_the_published_files_tell_the_stories(first_run, stories):
    files = first_run.published()
    assert set(files) == {"feed.atom", "feed.rss", "feed.json", "feeds.opml", "index.html"}
    ids = {story["id"] for story in stories}
    for name in ("feed.atom", "feed.rss"):
        feed = feedparser.parse(files[name])
        assert not feed.bozo
        assert {entry.id for entry in feed.entries} <= ids
        assert len({entry.id for entry in feed.entries}) == len(feed.entries) > len(ids) / 2
    assert {item["id"] for item in json.loads(files["feed.json"])["items"]} <= ids


def test_a_second_run_changes_nothing(examples):
    stories, files = examples.stories(), examples.published()
    summary = examples.once()
    assert [polled for polled in summary["polled"] if polled["new"] or polled["changed"]] == []
    assert summary["published"] == []
    assert examples.stories() == stories
    assert examples.published() == files


def test_a_later_poll_brings_what_is_new_and_keeps_every_story(examples):
    update = EXPECTED["update"]
    before = {story["id"]: story for story in examples.stories()}
    by_guid = {a["guid"]: a["id"] for story in before.values() for a in story["articles"]}
    shutil.copy(examples.path / update["file"], examples.path / update["replaces"])
    summary = examples.once()
    polled = {polled["feed"]: polled for polled in summary["polled"]}["harbour-times"]
    assert (polled["new"], polled["changed"]) == (len(update["new"]), len(update["edited"]))
    after = {story["id"]: story for story in examples.stories()}
    assert set(before) <= set(after)
    now = {a["guid"]: a["id"] for story in after.values() for a in story["articles"]}
    (edited,) = (name.partition("#")[2] for name in update["edited"])
    assert now[edited] == by_guid[edited]
    ((kept, again),) = update["republished"]
    assert by_guid[kept.partition("#")[2]] in now.values()
    assert again.partition("#")[2] not in set(now) - set(by_guid) or (
        now[again.partition("#")[2]] == by_guid[kept.partition("#")[2]]
    )
    assert "feed.atom" in summary["published"]


def test_explain_tells_why(examples, articles):
    a, b = EXPECTED["copies"][0]
    done = examples.run("explain", articles[a][1]["id"], articles[b][1]["id"][:8])
    assert done.returncode == 0
    assert "one story" in done.stdout
    apart = examples.run(
        "explain",
        articles[EXPECTED["stories"]["white-house-1017"]["articles"][0]][1]["id"],
        articles[EXPECTED["stories"]["tomahawks-considered-1012"]["articles"][0]][1]["id"],
    )
    assert apart.returncode == 0
    assert "not one story" in apart.stdout


def test_explain_of_what_is_not_there_says_so(examples):
    done = examples.run("explain", "ffffffffffff", "https://nowhere.example/")
    assert done.returncode == 2
    assert "ffffffffffff" in done.stderr
