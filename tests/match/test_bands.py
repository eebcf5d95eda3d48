from random import Random

import numpy as np

from aggregator.match.bands import MOST, Bands
from aggregator.match.signature import Kind


def minima(seed: int):
    return np.array([Random(seed).randrange(2**16) for _ in range(128)], np.uint16)


def shuffled(values, share: float, seed: int):
    """Change a share of the values."""
    random, changed = Random(seed), values.copy()
    for place in random.sample(range(len(values)), round(share * len(values))):
        changed[place] ^= 1
    return changed


def test_a_text_is_found_by_what_it_shares_and_by_kind():
    bands = Bands()
    for number in range(200):
        bands.add(Kind.WORDS, minima(number))

    asked = shuffled(minima(150), 0.25, seed=1)
    assert bands.find(Kind.WORDS, asked)[0] == 150
    assert 150 not in bands.find(Kind.CHARACTERS, asked)


def test_nearly_all_that_resemble_each_other_by_half_are_found():
    bands = Bands()
    for number in range(300):
        bands.add(Kind.WORDS, minima(number))

    found = sum(
        number in bands.find(Kind.WORDS, shuffled(minima(number), 0.5, seed=number))
        for number in range(300)
    )

    assert found > 240  # 262 expected, six deviations less


def test_a_flood_is_cut_to_the_latest():
    bands = Bands()
    for _ in range(500):
        bands.add(Kind.WORDS, minima(1))

    assert set(bands.find(Kind.WORDS, minima(1))) == set(range(500 - MOST, 500))
