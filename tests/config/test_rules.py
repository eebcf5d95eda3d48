"""What the configuration says of which items are one story, and whose words stand for it."""

from pathlib import Path

import pytest

from aggregator.config import Config, load
from aggregator.errors import ConfigError
from aggregator.model import Criterion, Rule

FEEDS = """version: 1
feeds:
  - {url: file:a.xml, id: wire}
  - {url: file:b.xml, id: mirror}
  - {url: file:c.xml, id: podcast, dedup: off}
"""

CONTRADICTION = """rules: [{feeds: [wire, mirror], merge: always},
  {feeds: [mirror, wire], merge: never}]"""


def read(more: str) -> Config:
    return load(FEEDS + more, directory=Path("/srv/news"), environment={})


def problems(more: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        read(more)
    return caught.value.problems


def test_nothing_is_said_unless_it_is_written():
    config = read("")
    assert (config.languages, config.rules) == ((), ())
    assert config.representative == tuple(Criterion)


def test_items_of_a_feed_with_dedup_off_are_alone():
    assert read("").alone == {"podcast"}


def test_the_reader_says_their_languages_and_what_counts_first():
    config = read("languages: [zh-Hant, en]\nrepresentative: [priority, fullest]")
    assert config.languages == ("zh-Hant", "en")
    assert config.representative == (Criterion.PRIORITY, Criterion.FULLEST)


def test_rules_are_about_pairs_of_feeds():
    config = read(
        "rules:\n- {feeds: [wire, mirror], merge: always}\n- {feeds: [wire], merge: never}"
    )
    assert config.rules == (
        Rule(feeds=("wire", "mirror"), always=True),
        Rule(feeds=("wire",), always=False),
    )


def test_a_rule_of_several_feeds_is_about_every_two():
    pairs = Rule(feeds=("a", "b", "c"), always=False).pairs
    assert pairs == {frozenset("ab"), frozenset("bc"), frozenset("ac")}


@pytest.mark.parametrize(
    ("more", "line", "words"),
    [
        ("rules: [{feeds: [wire, miror], merge: never}]", 6, "did you mean mirror?"),
        ("rules: [{feeds: [], merge: never}]", 6, "rules[0].feeds: name one at least"),
        ("rules: [{feeds: [wire], merge: sometimes}]", 6, "rules[0].merge: "),
        ("rules:\n- {feeds: [wire, podcast], merge: always}", 7, "podcast has dedup: off"),
        (CONTRADICTION, 7, "the rule of line 6 says always of these; drop one"),
        ("representative: [newest]", 6, "representative[0]: "),
        ("languages: [traditional_chinese]", 6, "languages[0]: "),
    ],
)
def test_what_cannot_be_meant_is_said_with_its_line(more, line, words):
    (problem,) = problems(more)
    assert problem.startswith(f"feeds.yaml:{line}: ")
    assert words in problem


def test_dedup_is_written_on_or_off():
    text = FEEDS.replace("dedup: off", "dedup: false")
    with pytest.raises(ConfigError, match=r"feeds\[2\]\.dedup: "):
        load(text, directory=Path("/srv/news"), environment={})
