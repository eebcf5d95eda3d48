"""People have the last word: merge, split, decisions."""

import json
import subprocess
from typing import Any


def named(folder) -> dict[str, Any]:
    """The stories by the beginnings of their titles."""
    return {story["title"][:16]: story for story in folder.stories()}


def test_a_person_merges_what_the_model_kept_apart(examples):
    told = named(examples)
    one, other = told["Trump says he ma"], told["Trump and Putin "]
    merged = examples.run("merge", one["articles"][0]["id"], other["id"])
    assert merged.returncode == 0, merged.stderr
    assert "Decision 1: done" in merged.stdout

    after = {story["id"]: story for story in examples.stories()}
    (survivor,) = {one["id"], other["id"]} & after.keys()
    articles = after[survivor]["articles"]
    assert len(articles) == len(one["articles"]) + len(other["articles"])
    assert sum("merged by hand on" in article["reason"] for article in articles) == 1

    examples.once("--force")
    published = json.loads(examples.published()["feed.json"])["items"]
    assert {survivor} == {one["id"], other["id"]} & {item["id"] for item in published}
    assert len({story["id"] for story in examples.stories()}) == len(after)

    explained = examples.run("explain", one["articles"][0]["id"], other["articles"][0]["id"])
    assert "They are one story." in explained.stdout
    assert "merged by hand on" in explained.stdout
    names = [one["articles"][0]["id"], other["articles"][0]["id"]]
    told = json.loads(examples.run("explain", *names, "--json").stdout)
    assert ([told["a"], told["b"]], told["is_one_story"]) == (names, True)
    assert told["lines"] == explained.stdout.splitlines()


def test_a_person_splits_and_takes_it_back(examples):
    story = named(examples)["Thieves raid Lou"]
    article = story["articles"][1]["id"]
    done = examples.run("split", article, "--json")
    assert done.returncode == 0, done.stderr
    decision = json.loads(done.stdout)
    assert (decision["verdict"], decision["articles"]) == ("split", [article])
    assert sorted(len(told["articles"]) for told in decision["stories"]) == [
        1,
        len(story["articles"]) - 1,
    ]
    listed = examples.run("decisions")
    assert " split " in listed.stdout
    undone = examples.run("decisions", "--undo", str(decision["number"]))
    assert "is taken back" in undone.stdout
    (again,) = (s for s in examples.stories() if article in {a["id"] for a in s["articles"]})
    assert len(again["articles"]) == len(story["articles"])


def test_what_cannot_be_is_said_in_words(first_run):
    article = first_run.stories("--limit", "1")[0]["articles"][0]["id"]
    for words, said in [
        (("merge", article, article), "one and the same"),
        (("merge", article, "nonsense"), "aggregate stories lists them"),
        (("split", article), "nothing else"),
        (("decisions", "--undo", "7"), "no decision 7"),
    ]:
        done = first_run.run(*words)
        assert done.returncode == 2
        assert said in done.stderr
    assert "Nothing was merged" in first_run.run("decisions").stdout


def test_a_story_knows_what_it_follows_up(first_run):
    told = named(first_run)
    (related,) = told["Zelenskiy leaves"]["related"]
    assert related["id"] == told["Trump and Putin "]["id"]
    assert related["reason"]


def test_titles_are_in_the_readers_language(examples):
    text = (examples.path / "feeds.yaml").read_text("utf-8")
    examples.configure(text + "\nlanguages: [zh-Hant, en]\n")
    told = examples.stories()
    assert all(story["title"] in story["titles"].values() for story in told if story["titles"])
    assert all(
        story["title"] == story["titles"]["zh-Hant"]
        for story in told
        if "zh-Hant" in story["titles"]
    )
    assert (
        "鄭麗文當選國民黨主席"
        in subprocess.run(
            examples.command("stories"),
            cwd=examples.path,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    )
