"""What news usually is: how common its terms are, and what its vectors have in common.

Of scripts/fit: what it counts in articles of no story.
"""

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from labelled import GRADED, article, rows

from aggregator.match.encoder import UniversalSentenceEncoder, Usual
from aggregator.match.features import prepare
from aggregator.model import Article

MATCH = Path(__file__).parent.parent / "aggregator" / "match"
UNRELATED = ("stream_2025_zh_en.jsonl.gz", "stream_2023_en_nl.jsonl.gz")


def unrelated(data: Path) -> Iterator[Article]:
    """Yield articles of no story: streams, and one side of graded pairs."""
    for name in UNRELATED:
        for row in rows(data / name):
            if row["title"] != "[Removed]":
                yield article(row)
    for name in GRADED:
        for row in rows(data / name):
            yield article(row["a"])


COMMON = 5e-4
"""Share of passages from which a term is worth shipping."""
FEWEST_PASSAGES = 2
"""Passages beyond which a count is no accident."""
FEWEST = 300
"""Passages of a language that make a share worth having."""


def background(data: Path) -> None:
    """Count in how many passages of a language a term stands; keep the highest share of any."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    passages: Counter[str] = Counter()
    for item in unrelated(data):
        for passage in prepare(item).passages:
            counts[passage.language].update(passage.title_terms)
            passages[passage.language] += 1
    shares: dict[str, float] = {}
    for language, counted in counts.items():
        if passages[language] < FEWEST:
            continue
        for term, count in counted.items():
            share = count / passages[language]
            if share >= COMMON and count > FEWEST_PASSAGES:
                shares[term] = max(shares.get(term, 0.0), round(share, 5))
    packed = gzip.compress(
        json.dumps(dict(sorted(shares.items())), ensure_ascii=False).encode(), mtime=0
    )
    (MATCH / "background.json.gz").write_bytes(packed)
    print(f"{len(shares)} terms of {dict(passages)}, {len(packed)} bytes")


PER_LANGUAGE = 3000
FEWEST_VECTORS = 40
"""Vectors whose mean is worth having."""


DIRECTIONS = 3


def usual(data: Path) -> None:
    """Average the vectors of unrelated news by language, and find what differs most in them."""
    texts: defaultdict[str, list[str]] = defaultdict(list)
    everything = list(unrelated(data))
    for item in everything[::2]:
        for passage in prepare(item).passages:
            if len(texts[passage.language]) < PER_LANGUAGE and passage.encoded:
                texts[passage.language].append(passage.encoded)
    none = np.zeros(UniversalSentenceEncoder.dimensions, np.float32)
    raw = UniversalSentenceEncoder(Usual({"": none}, none[None, :]))
    vectors = {
        language: raw.encode(some, [language] * len(some))
        for language, some in texts.items()
        if len(some) >= FEWEST_VECTORS
    }
    means = {language: some.mean(axis=0) for language, some in vectors.items()}
    centred = np.vstack([some - means[language] for language, some in vectors.items()])
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    _, directions = np.linalg.eigh(np.cov(centred.T))
    means[""] = np.mean([*means.values()], axis=0)
    np.savez_compressed(
        MATCH / "use-usual.npz",
        directions=directions[:, -DIRECTIONS:].T.astype(np.float32),
        **{f"mean-{language}": mean.astype(np.float16) for language, mean in means.items()},
    )
    print({language: len(some) for language, some in texts.items()})
