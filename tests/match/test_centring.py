from collections.abc import Sequence

import numpy as np
import pytest

from aggregator.match.centring import ENOUGH, CentredEncoder
from aggregator.match.encoder import Vectors

PULL = {"en": np.array([3, 0, 0]), "zh": np.array([0, 3, 0]), "th": np.array([0, 0, 3])}
"""Where each language's vectors point, whatever they mean."""


class Slanted:
    """Makes of a number its meaning, an angle, on top of which lies its language."""

    name = "slanted"

    def encode(self, texts: Sequence[str], languages: Sequence[str]) -> Vectors:
        rows = [
            np.array([np.sin(float(text)), np.cos(float(text)), 0]) + PULL[language]
            if text
            else np.zeros(3)
            for text, language in zip(texts, languages, strict=True)
        ]
        return np.array([row / (np.linalg.norm(row) or 1) for row in rows], np.float32)


def news(language: str, of: int = 60) -> tuple[list[str], list[str]]:
    """Texts of all meanings there are."""
    return [str(n * 2 * np.pi / of) for n in range(of)], [language] * of


def taught() -> CentredEncoder:
    encoder = CentredEncoder(Slanted())
    english, chinese = news("en"), news("zh")
    encoder.encode(english[0] + chinese[0], english[1] + chinese[1])
    return encoder


def test_meaning_counts_and_language_does_not():
    texts, languages = ["0", "0", "3.1"], ["en", "zh", "en"]
    raw = Slanted().encode(texts, languages)
    assert raw[0] @ raw[2] > raw[0] @ raw[1]
    vectors = taught().encode(texts, languages)
    assert vectors[0] @ vectors[1] > 0.5
    assert vectors[0] @ vectors[2] < 0


def test_of_too_few_texts_nothing_is_said():
    texts, languages = news("en", ENOUGH - 1)
    assert not CentredEncoder(Slanted()).encode(texts, languages).any()


def test_rows_are_unit_vectors_and_nothing_is_zero():
    vectors = taught().encode(["1", "", "2"], ["en", "en", "th"])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 1], abs=1e-5)
    assert vectors.dtype == np.float32


def test_equal_texts_and_nothing_else_are_no_failure():
    assert np.isfinite(CentredEncoder(Slanted()).encode(["1"] * 50, ["en"] * 50)).all()


def test_the_order_within_a_batch_makes_no_difference():
    texts, languages = news("en")
    forward = CentredEncoder(Slanted()).encode(texts, languages)
    backward = CentredEncoder(Slanted()).encode(texts[::-1], languages)
    assert forward == pytest.approx(backward[::-1], abs=1e-5)


def test_a_language_of_which_much_was_seen_keeps_its_mean():
    encoder = CentredEncoder(Slanted())
    encoder.encode(*news("en", 1200))
    before = encoder.encode(["1"], ["en"])
    encoder.encode(["0"] * 500, ["en"] * 500)
    assert np.array_equal(encoder.encode(["1"], ["en"]), before)
