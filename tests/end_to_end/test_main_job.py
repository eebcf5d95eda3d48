"""The main job, on the examples: what expected.json says by hand is what comes out."""

import json
import shutil
from itertools import combinations
from pathlib import Path
from typing import Any

import feedparser
import pytest

EXPECTED: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "examples/expected.json").read_text("utf-8")
)
STORY_OF = {name: key for key, story in EXPECTED["stories"].items() for name in story["articles"]}


def names(article: dict[str, Any]) -> set[str]:
    return {f"{article['feed']}#{article[key]}" for key in ("guid", "link", "url") if article[key]}


@pytest.fixture(scope="module")
def stories(first_run) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = first_run.stories()
    return found


@pytest.fixture(scope="module")
def articles(stories) -> dict[str, tuple[str, dict[str, Any]]]:
    """By the names of expected.json: the story that each article stands in, and the article."""
    placed = {}
    for story in stories:
        for article in story["articles"]:
            for name in names(article):
                placed[name] = (story["id"], article)
    for kept, again in EXPECTED["items"]:  # published twice in one feed: stored once
        if kept.split("#")[0] == again.split("#")[0]:
            placed.setdefault(again, placed.get(kept) or placed[again])
            placed.setdefault(kept, placed[again])
    return placed


def languages(article: dict[str, Any]) -> set[str]:
    """Both scripts of Chinese are one language to a reader."""
    return {(part["language"] or "").partition("-")[0] for part in article["parts"]}


def test_every_item_is_in_a_story(articles):
    assert set(STORY_OF) <= set(articles)


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
        if name in STORY_OF:
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
