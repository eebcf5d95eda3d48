import subprocess
import sys
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.match.signature import LONGEST, Kind, Sketch, read, sign

LATIN = "abcdefghijklmnopqrstuvwxyz"
HAN = (
    "的一是不了人我在有他這中大來上國個到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可"
)
RUN = {Kind.WORDS: 3, Kind.CHARACTERS: 5}


def words(random: Random, count: int) -> list[str]:
    return ["".join(random.choices(LATIN, k=7)) for _ in range(count)]


def characters(random: Random, count: int) -> list[str]:
    return random.choices(HAN, k=count)


def jaccard(x: list[str], y: list[str], run: int) -> float:
    """Return the share of runs in common, exactly: the oracle."""
    a, b = ({tuple(t[n : n + run]) for n in range(len(t) - run + 1)} for t in (x, y))
    return len(a & b) / len(a | b)


def sketch(kind: Kind, tokens: list[str]) -> Sketch:
    return read(sign((" " if kind is Kind.WORDS else "").join(tokens)))[kind]


@given(
    seed=st.integers(0, 2**32),
    shared=st.integers(0, 400),
    mine=st.integers(110, 400),
    theirs=st.integers(110, 400),
    kind=st.sampled_from([Kind.WORDS, Kind.CHARACTERS]),
)
def test_sketches_agree_as_often_as_texts_have_shingles_in_common(seed, shared, mine, theirs, kind):
    draw, random = (words if kind is Kind.WORDS else characters), Random(seed)
    both = draw(random, shared)
    x, y = both + draw(random, mine), both + draw(random, theirs)

    estimate = sketch(kind, x).agreement(sketch(kind, y))

    # Six standard deviations of 128 throws at most: less than one failure in 100 million.
    assert estimate == pytest.approx(jaccard(x, y, RUN[kind]), abs=6 * 0.5 / 128**0.5)


@given(st.text(), st.text())
def test_a_signature_is_empty_or_can_be_read_whatever_the_text(text, more):
    signed = sign(text * 40 + more)
    sketches = read(signed)

    assert bool(signed) == bool(sketches)
    assert not signed or sketches.keys() & RUN.keys()
    assert signed == sign(text * 40 + more)


@given(st.integers(0, 2**32))
def test_what_two_presses_write_differently_is_one_text(seed):
    told = words(Random(seed), 100)
    plain, printed = " ".join(told), ", ".join(told).upper()

    assert sign(plain) == sign(printed)


def test_traditional_and_simplified_chinese_are_one_text():
    traditional = "".join(characters(Random(1), 200))
    simplified = traditional.translate(
        str.maketrans("這來國個說們為時會過學對", "这来国个说们为时会过学对")
    )

    assert sign(traditional) == sign(simplified) != b""


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("", set()),
        ("Read more at our site. " * 20, set()),
        (" ".join(words(Random(1), 61)), set()),
        (" ".join(words(Random(1), 62)), {Kind.WORDS}),
        ("".join(characters(Random(1), 120)), {Kind.CHARACTERS}),
        ("".join(characters(Random(1), 120)) + " ".join(words(Random(1), 80)), set(RUN)),
        ("ドナルド・トランプ大統領はウクライナのゼレンスキー大統領と会談し、" * 2, set()),
        (" ".join(words(Random(1), 80)) + " 1 2 3", {Kind.WORDS}),
        (" ".join(words(Random(1), 80)) + " 1 2.5 3 4", {Kind.WORDS, Kind.NUMBERS}),
        ("1 2 3 4 5 6 7", set()),
    ],
)
def test_a_text_needs_enough_to_be_told_from_others(text, kinds):
    assert read(sign(text)).keys() == kinds


def test_it_takes_some_hundred_bytes_and_knows_the_length():
    text = words(Random(1), 300)

    assert len(sign(" ".join(text))) == 260
    assert sketch(Kind.WORDS, text).count == 298


def test_a_text_without_end_is_read_to_a_limit():
    endless = " ".join(words(Random(1), LONGEST // 8 + 1))

    assert sign(endless) == sign(endless + " and on and on")


@given(st.integers(0, 2**32), st.integers(80, 300))
def test_a_part_is_contained_in_the_whole_and_a_stranger_is_not(seed, length):
    random = Random(seed)
    told = words(random, 320)
    whole, part = sketch(Kind.WORDS, told), sketch(Kind.WORDS, told[:length])

    assert whole.containment(part) == part.containment(whole) > 0.2
    assert whole.containment(sketch(Kind.WORDS, words(random, length))) < 0.1


def test_values_sort_as_what_they_round():
    """Whose shingle comes first is seen where texts are of very different lengths too."""
    text = words(Random(3), 400)
    part, whole = sketch(Kind.WORDS, text[:80]), sketch(Kind.WORDS, text)

    assert np.all(whole.minima <= part.minima)


def test_another_process_signs_alike():
    program = (
        "from aggregator.match.signature import sign;"
        "print(sign(' '.join(map(str, range(99)))).hex())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            capture_output=True,
            text=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout.strip()
        for seed in ("1", "2")
    }

    assert told == {sign(" ".join(map(str, range(99)))).hex()}
