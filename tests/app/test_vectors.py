from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from aggregator.app.vectors import RememberingEncoder
from aggregator.match.encoder import Vectors


class Shelf:
    """A store of vectors in memory."""

    def __init__(self) -> None:
        self.kept: dict[bytes, bytes] = {}

    def vectors(self, digests: Iterable[bytes]) -> Mapping[bytes, bytes]:
        return {digest: self.kept[digest] for digest in digests if digest in self.kept}

    def keep_vectors(self, vectors: Mapping[bytes, bytes]) -> None:
        self.kept |= vectors


class Model:
    """Puts a text on a circle by its length, and counts what it is asked."""

    name = "circle"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str], languages: Sequence[str]) -> Vectors:
        self.asked += texts
        assert len(languages) == len(texts)
        angles = np.array([len(text) for text in texts], np.float32)
        return np.stack((np.sin(angles), np.cos(angles)), axis=1)


def test_a_text_is_encoded_once_and_always_the_same():
    shelf, model = Shelf(), Model()
    first = RememberingEncoder("circle", lambda: model, shelf).encode(["one", "four"], ["", "en"])
    later = RememberingEncoder("circle", lambda: model, shelf).encode(["four", "one"], ["en", ""])
    assert model.asked == ["one", "four"]
    assert np.array_equal(first, later[::-1])
    assert np.allclose(first, Model().encode(["one", "four"], ["", ""]), atol=1e-3)


def test_the_model_is_not_loaded_for_what_is_known():
    shelf = Shelf()
    RememberingEncoder("circle", Model, shelf).encode(["one"], ["en"])

    def never() -> Model:
        raise AssertionError

    RememberingEncoder("circle", never, shelf).encode(["one"], ["en"])


def test_another_language_or_model_is_another_vector():
    shelf, model = Shelf(), Model()
    RememberingEncoder("circle", lambda: model, shelf).encode(["one"], ["en"])
    RememberingEncoder("circle", lambda: model, shelf).encode(["one"], ["de"])
    RememberingEncoder("ellipse", lambda: model, shelf).encode(["one"], ["en"])
    assert model.asked == ["one", "one", "one"]
