from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, count
from random import Random

import pytest

from aggregator.match.bodies import REMEMBERED, Bodies, Likeness
from aggregator.match.copies import are_copies
from aggregator.match.features import Document, prepare
from aggregator.match.signature import sign

LATIN = "abcdefghijklmnopqrstuvwxyz"
HAN = "的一是不了人我在有他中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可"


def words(seed: int, length: int = 200) -> list[str]:
    random = Random(seed)
    return ["".join(random.choices(LATIN, k=6)) for _ in range(length)]


def text(seed: int, length: int = 200) -> str:
    return " ".join(words(seed, length))


def chinese(seed: int, length: int = 300) -> str:
    return "".join(Random(seed).choices(HAN, k=length))


def edited(told: str, share: float) -> str:
    """Replace a share of the words."""
    random = Random(9)
    return " ".join("edited" if random.random() < share else word for word in told.split())


@pytest.fixture
def document(make) -> Callable[..., Document]:
    """Make a document of a whole text, of a feed of its own unless one is named."""

    def prepared(told: str, feed: str = "", hours: float = 0) -> Document:
        return prepare(make("A title", publisher=feed, hours=hours), sign(told))

    return prepared


def told(window: Bodies, *documents: Document) -> Bodies:
    for each in documents:
        window.add(each)
    return window


def likeness(a: Document, b: Document) -> Likeness | None:
    return told(Bodies(), a, b).likeness(a, b)


@pytest.mark.parametrize(("share", "copy"), [(0.0, True), (0.05, True), (0.2, False), (0.5, False)])
def test_a_light_edit_is_a_copy_and_another_text_is_none(document, share, copy):
    found = likeness(document(text(1)), document(edited(text(1), share)))

    assert found
    assert are_copies(found) is copy


def test_one_text_is_wholly_the_same_and_two_have_nothing_in_common(document):
    assert likeness(document(text(1)), document(text(1))) == Likeness(1.0, 1.0, 1.0)
    assert likeness(document(text(1)), document(text(2))) == Likeness(0.0, 0.0, 1.0)


def test_likeness_is_the_same_from_both_sides(document):
    a, b = document(text(1)), document(edited(text(1), 0.1))

    assert likeness(a, b) == likeness(b, a)


def test_a_shortened_text_is_held_by_the_whole(document):
    found = likeness(document(text(1, 400)), document(text(1, 100)))

    assert found
    assert found.resemblance < 0.4
    assert found.containment > 0.7


def test_nothing_is_said_of_texts_that_are_short_or_unknown(document):
    assert likeness(document(text(1, 40)), document(text(1, 40))) is None
    assert likeness(document(text(1)), document("")) is None
    assert likeness(document(text(1)), document(chinese(1))) is None


def test_a_percentage_is_rounded_down():
    assert Likeness(0.9999, 1.0, 1.0).percent == 99
    assert Likeness(1.0, 1.0, 1.0).percent == 100


def test_a_bilingual_article_is_like_another_that_has_one_half_of_it(document):
    both = document(f"{chinese(1)}\n{text(1)}")

    for half in (chinese(1), text(1)):
        found = likeness(both, document(half))
        assert found
        assert found.resemblance == 1.0


def test_the_same_words_with_other_numbers_are_of_a_series(document):
    def report(seed: int) -> str:
        random = Random(seed)
        return " ".join(f"{' '.join(words(n, 20))} {random.randint(1000, 9999)}" for n in range(12))

    found = likeness(document(report(1)), document(report(2)))

    assert found
    assert found.resemblance > 0.5
    assert not are_copies(found)


def test_what_a_feed_repeats_makes_no_copies(document):
    standing = text(99, 150)
    articles = [document(f"{text(n, 80)} {standing}", "live") for n in range(6)]
    window = told(Bodies(), *articles)

    for pair in combinations(articles, 2):
        found = window.likeness(*pair)
        assert found is None or not are_copies(found)


def test_and_hides_none(document):
    standing = text(99, 60)
    articles = [document(f"{text(n, 150)} {standing}", "wire") for n in range(6)]
    reprint = document(edited(text(3, 150), 0.03), "paper")
    window = told(Bodies(), *articles, reprint)

    found = window.likeness(articles[3], reprint)

    assert found
    assert are_copies(found)
    assert articles[3].id in window.find(reprint)


def test_two_versions_of_an_article_are_one_that_repeats_a_text(document):
    first = document(text(1), "wire")
    reprint = document(text(1), "wire")
    window = told(Bodies(), first, *(replace(first, url=str(n)) for n in range(3)), reprint)
    other = document(text(1), "paper")
    window.add(other)

    found = window.likeness(first, other)

    assert found
    assert are_copies(found)


def test_copies_are_found_among_many(document):
    numbers = count(1000)
    window = told(Bodies(), *(document(text(next(numbers), 80)) for _ in range(300)))
    wire = document(text(1))
    window.add(wire)

    assert window.find(document(edited(text(1), 0.05))) == {wire.id}


def test_only_the_latest_of_a_feed_are_asked_what_it_repeats(document):
    standing = text(99, 150)
    old = [document(f"{text(n, 80)} {standing}", "live") for n in range(3)]
    later = [document(text(n), "live") for n in range(10, 10 + REMEMBERED)]
    pair = [document(f"{text(n, 20)} {standing}", "live") for n in (40, 41)]
    window = told(Bodies(), *old, *later, *pair)

    found = window.likeness(*pair)

    assert found
    assert are_copies(found)
