"""What is told to be a copy, and in which words, where whole texts are known."""

from collections.abc import Sequence
from random import Random

import pytest

from aggregator.match import Matcher
from aggregator.match.features import Document, prepare
from aggregator.match.signature import sign
from aggregator.model import Article, Level

LATIN = "abcdefghijklmnopqrstuvwxyz"


def text(seed: int, length: int = 200) -> str:
    random = Random(seed)
    return " ".join("".join(random.choices(LATIN, k=6)) for _ in range(length))


def edited(told: str, share: float) -> str:
    random = Random(9)
    return " ".join("edited" if random.random() < share else word for word in told.split())


def matcher(*told: tuple[Article, str]) -> Matcher:
    """Return a matcher that knows articles with their whole texts."""
    texts = {article.id: text for article, text in told}

    def documents(articles: Sequence[Article]) -> list[Document]:
        return [prepare(article, sign(texts[article.id])) for article in articles]

    window = Matcher(documents=documents)
    window.add(article for article, _ in told)
    return window


def test_a_wire_story_under_another_title_is_a_copy_and_found(make):
    wire = make("Lawmakers approve spending measure after marathon session", hours=1)
    paper = make("Shutdown is over: what it means for you", hours=5)
    window = matcher((wire, text(1)), (paper, edited(text(1), 0.05)))

    match = window.match(wire.id, paper.id)

    assert window.candidates([paper.id]) == [{wire.id}]
    assert match.level is Level.COPY
    assert match.probability > 0.99
    assert match.reasons[0] == "79 % of the wording is the same, under another title"


def test_a_copy_is_found_whoever_the_nearest_are(make):
    wire = (make("Lawmakers approve spending measure"), text(1))
    crowd = [(make(f"Shutdown ends as vote number {n} passes"), text(n)) for n in range(10, 90)]
    paper = (make("Shutdown ends: what the vote means"), edited(text(1), 0.05))
    window = matcher(wire, *crowd, paper)

    (found,) = window.candidates([paper[0].id])

    assert wire[0].id in found
    assert len(found) < len(crowd)


def test_it_is_said_how_much_is_the_same(make):
    a, b = (make("A bridge opens over the harbour today") for _ in range(2))

    match = matcher((a, text(1)), (b, text(1))).match(a.id, b.id)

    assert match.level is Level.COPY
    assert match.reasons[0] == "100 % of the wording is the same"


def test_what_a_feed_corrects_is_a_new_version_of_the_item(make):
    first = make("Three injured as bridge closes in harbour", publisher="wire", guid="1")
    second = make("CORRECTED: Four injured on harbour bridge", publisher="wire", guid="2", hours=1)

    match = matcher((first, text(1)), (second, edited(text(1), 0.02))).match(first.id, second.id)

    assert match.level is Level.ITEM
    assert match.reasons[0] == "a new version: 88 % of the wording is the same"


def test_what_a_publisher_says_again_the_next_day_is_a_template(make):
    first = make("Morning brief for the harbour", publisher="paper")
    second = make("Evening brief for the river bank", publisher="paper", hours=20)

    assert matcher((first, text(1)), (second, text(1))).match(first.id, second.id).level is (
        Level.EVENT
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Harbour radio, episode 41: the bridge", "Harbour radio, episode 42: the bridge"),
        (
            "Harbour council approves the new bridge",
            "Harbour council rejects the new bridge",
        ),
    ],
)
def test_titles_that_differ_where_it_matters_go_before_texts_that_are_alike(make, one, other):
    a, b = make(one), make(other)

    match = matcher((a, text(1)), (b, edited(text(1), 0.02))).match(a.id, b.id)

    assert match.level is Level.EVENT
    assert match.probability < 0.5


def test_live_pages_with_one_introduction_are_no_copies(make):
    introduction = text(7, 30)
    a, b = (
        make(title, lead=f"{introduction}.", publisher=feed)
        for title, feed in (("Harbour fire: live", "one"), ("River flood: live", "two"))
    )
    whole, known = (f"{introduction} {text(n, 400)}" for n in (1, 2))

    assert matcher((a, ""), (b, "")).match(a.id, b.id).level is Level.COPY
    assert matcher((a, whole), (b, known)).match(a.id, b.id).level is Level.EVENT


def test_an_excerpt_is_a_copy_of_the_whole_by_its_lead(make):
    whole = " ".join(
        f"{word} {number}" if number % 10 == 0 else word
        for number, word in enumerate(text(1, 400).split(), 1000)
    )
    lead = " ".join(whole.split()[:60])
    a, b = make("A bridge opens", lead=lead), make("Harbour bridge opens", lead=lead)

    match = matcher((a, whole), (b, " ".join(whole.split()[:90]))).match(a.id, b.id)

    assert match.level is Level.COPY


def test_daily_reports_of_one_form_are_no_copies(make):
    def weather(seed: int) -> str:
        random = Random(seed)
        return " ".join(
            f"{text(n, 12)} high of {random.randint(100, 999)} and low of {random.randint(10, 99)}"
            for n in range(12)
        )

    a = make("Weather for the harbour", publisher="north")
    b = make("Forecast for the river valley", publisher="south")

    match = matcher((a, weather(1)), (b, weather(2))).match(a.id, b.id)

    assert match.level is Level.EVENT


def test_a_match_is_the_same_whatever_came_first(make):
    a, b = make("A bridge opens over the harbour"), make("New bridge for the harbour")
    told = [(a, text(1)), (b, edited(text(1), 0.05))]

    forward, backward = matcher(*told), matcher(*reversed(told))

    assert forward.match(a.id, b.id) == backward.match(a.id, b.id)
