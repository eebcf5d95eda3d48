import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.phrase import Phrase

CHINESE = {
    "the server answered {status}: {advice}": "伺服器回應 {status}：{advice}",
    "we ask too often": "我們問得太頻繁",
    "": "Content-Type: text/plain",
}

TEXTS = st.text()
VALUES = st.one_of(TEXTS, st.integers(), TEXTS.map(Phrase))


def chinese(msgid: str) -> str:
    return CHINESE.get(msgid, msgid)


def refused() -> Phrase:
    advice = Phrase("we ask too often")
    return Phrase("the server answered {status}: {advice}", status=429, advice=advice)


def test_it_is_an_english_string():
    assert refused() == "the server answered 429: we ask too often"
    assert "; ".join([refused(), refused()[:3]]).endswith("often; the")


def test_it_is_told_in_another_language_down_to_the_phrases_within():
    assert refused().told(chinese) == "伺服器回應 429：我們問得太頻繁"


def test_what_a_catalogue_lacks_stays_english():
    assert Phrase("both texts are long").told(chinese) == "both texts are long"


def test_nothing_is_not_translated_into_the_header_of_the_catalogue():
    assert Phrase("").told(chinese) == ""


def test_numbers_are_formatted_as_the_template_says():
    assert Phrase("cosine {cosine:.2f}", cosine=0.5) == "cosine 0.50"


@given(TEXTS)
def test_a_text_without_values_is_taken_literally(text):
    assert Phrase(text) == Phrase.of(text) == text
    assert Phrase(text).template == text


def test_a_phrase_stays_the_phrase_that_it_is():
    phrase = refused()

    assert Phrase.of(phrase) is phrase


@given(TEXTS, VALUES)
def test_what_is_filled_in_is_never_read_as_a_template(text, value):
    phrase = Phrase("{text} {value}", text=text, value=value)

    assert phrase == f"{text} {value}"
    assert phrase.told(lambda template: template) == phrase


def test_changes_reach_the_texts_within_and_never_our_own_words():
    advice = Phrase("ask {owner}", owner="secret")
    phrase = Phrase("a secret: {url}, {advice}, {status}", url="secret", advice=advice, status=3)

    assert phrase.mapped(lambda text: text.replace("secret", "…")) == "a secret: …, ask …, 3"
    assert Phrase("a secret").mapped(lambda text: text.replace("secret", "…")) == "a …"


@pytest.mark.parametrize(
    "through", [copy.deepcopy, lambda phrase: pickle.loads(pickle.dumps(phrase))]
)
def test_copies_know_what_they_were_made_of(through):
    copied = through(refused())

    assert copied == refused()
    assert copied.told(chinese) == refused().told(chinese)
