from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pytest

from aggregator.match import SPAN
from aggregator.match.features import prepare
from aggregator.match.window import Window

SHARED, OWN = 8.0, 1.0


class OneTopic:
    """Gives every text one large part that all share, and a small one of its own."""

    name = "one topic"

    def __init__(self) -> None:
        self.asked = 0

    def encode(self, texts: Sequence[str], languages: Sequence[str]) -> np.ndarray:
        assert len(texts) == len(languages)
        vectors = np.zeros((len(texts), 4000), np.float32)
        for row in vectors:
            self.asked += 1
            row[0], row[self.asked] = SHARED, OWN
        return vectors / np.float32(np.hypot(SHARED, OWN))


@pytest.fixture
def encoder() -> OneTopic:
    return OneTopic()


def test_what_all_the_news_of_these_days_shares_tells_less(make, encoder):
    first, second, *rest = [prepare(make(f"Medal number {n} at the games")) for n in range(1500)]
    window = Window(encoder, SPAN)
    window.add([first, second])
    few = window.cosines(first.id, second.id)
    window.add(rest)
    later = window.cosines(rest[-2].id, rest[-1].id)
    assert few is not None
    assert later is not None
    assert few == pytest.approx(SHARED**2 / (SHARED**2 + OWN**2), abs=0.01)
    assert later < few - 0.05


def test_a_text_without_meaning_stays_without(make):
    class Silent(OneTopic):
        def encode(self, texts: Sequence[str], languages: Sequence[str]) -> np.ndarray:
            vectors = super().encode(texts, languages)
            vectors[::2] = 0
            return vectors

    documents = [prepare(make(f"Medal number {n} at the games")) for n in range(4)]
    window = Window(Silent(), SPAN)
    window.add(documents)
    assert window.cosines(documents[0].id, documents[1].id) == 0


def test_forgetting_encodes_nothing_anew(make, encoder):
    old = prepare(make("An old report of something"))
    kept = [prepare(make(f"Medal number {n} at the games", hours=90)) for n in range(3)]
    window = Window(encoder, SPAN)
    window.add([old, *kept])
    before = encoder.asked
    window.forget(kept[0].published - timedelta(hours=1))
    assert encoder.asked == before
    assert old.id not in window
    fresh = Window(OneTopic(), SPAN)
    fresh.add([old, *kept])
    a, b = kept[0].id, kept[2].id
    assert window.cosines(a, b) == pytest.approx(fresh.cosines(a, b), abs=0.01)


@pytest.mark.parametrize("others", [2, 40], ids=["rows written anew", "rows left empty"])
def test_what_is_forgotten_is_found_no_more(make, encoder, others):
    old = [prepare(make(f"Storm floods the harbour of Genoa, report {n}")) for n in range(2)]
    kept = [prepare(make(f"Medal number {n} at the games", hours=90)) for n in range(others)]
    window = Window(encoder, SPAN)
    window.add([*old, *kept])
    window.forget(kept[0].published - timedelta(hours=1))
    late = prepare(make("Storm floods the harbour of Genoa, report 7"))
    window.add([late])
    assert [document.id in window for document in (*old, *kept)] == [False] * 2 + [True] * others
    assert window.candidates([late.id]) == [set()]
    assert not {y.document.id for _, y, _ in window.strangers(late.id)} & {d.id for d in old}
    with pytest.raises(KeyError):
        window.document(old[0].id)
