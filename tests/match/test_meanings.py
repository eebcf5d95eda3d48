from collections.abc import Sequence

import numpy as np
import pytest

from aggregator.match.encoder import Vectors
from aggregator.match.features import Passage, prepare
from aggregator.match.meanings import Meanings

HEADLINE = "Ferry runs aground off Corfu"
LEAD = "Passengers were taken ashore by fishing boats in the night"


class Letters:
    """Gives each text a part for each letter that it begins its words with."""

    name = "letters"

    def __init__(self) -> None:
        self.asked: list[Sequence[str]] = []

    def encode(self, texts: Sequence[str], languages: Sequence[str]) -> Vectors:
        assert len(texts) == len(languages)
        self.asked.append(texts)
        vectors = np.zeros((len(texts), 128), np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for word in text.lower().split():
                vector[ord(word[0])] += 1
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


@pytest.fixture
def encoder() -> Letters:
    return Letters()


@pytest.fixture
def told(make) -> list[Passage]:
    """A headline alone, and twice with a lead."""
    articles = [make(HEADLINE), make(HEADLINE, lead=LEAD), make(HEADLINE, lead=LEAD)]
    return [passage for article in articles for passage in prepare(article).passages]


def cosine(meanings: Meanings, a: int, b: int) -> float:
    return float(meanings.cosines(range(a, a + 1), range(b, b + 1))[0, 0])


def test_a_headline_alone_is_compared_with_the_headline(encoder, told):
    meanings = Meanings(encoder)
    meanings.add(told)
    assert meanings.cosine(0, 1) < 0.8
    assert cosine(meanings, 0, 1) == pytest.approx(1, abs=0.01)
    assert cosine(meanings, 1, 0) == cosine(meanings, 0, 1)
    assert cosine(meanings, 1, 2) == pytest.approx(1, abs=0.01)


def test_headlines_are_encoded_once_and_only_where_asked_for(encoder, told):
    meanings = Meanings(encoder)
    meanings.add(told)
    cosine(meanings, 1, 2)
    assert len(encoder.asked) == 1
    meanings.ready([(range(1), range(1, 2)), (range(1), range(2, 3))])
    for other in (1, 2):
        cosine(meanings, 0, other)
    assert encoder.asked[1:] == [[HEADLINE, HEADLINE]]


def test_rows_that_are_kept_mean_what_they_meant(encoder, told):
    meanings = Meanings(encoder)
    meanings.add(told)
    before = cosine(meanings, 0, 2)
    meanings.keep([2, 0])
    assert cosine(meanings, 0, 1) == pytest.approx(before, abs=0.01)
    meanings.keep([])
    meanings.add(told)
    assert cosine(meanings, 0, 1) == pytest.approx(before, abs=0.01)
