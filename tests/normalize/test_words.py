import tomllib
from importlib.resources import files

import pytest

from aggregator.normalize.words import evident, function_words, listed

LISTS = tomllib.loads((files("aggregator.normalize") / "words.toml").read_text(encoding="utf-8"))


def test_every_list_is_known():
    assert listed() == LISTS.keys()


@pytest.mark.parametrize("language", LISTS)
def test_a_list_shows_its_own_language(language):
    assert evident(LISTS[language]) == language


@pytest.mark.parametrize("language", LISTS)
def test_lists_hold_words_in_lower_case(language):
    words = LISTS[language].split()

    assert words == [word.lower() for word in words if word.isalpha()]


def test_function_words_name_the_languages_that_they_are_of():
    assert function_words("The Hague") == [("en",)]
    assert function_words("La La Land")[0] == function_words("la")[0]
    assert {"es", "fr", "it"} <= set(function_words("la")[0])


def test_initials_are_no_words():
    assert function_words("N.Y. and A.I.") == function_words("and")


@pytest.mark.parametrize("text", ["", "Biden Xi", "La Roma", "De Niro"])
def test_few_words_show_nothing(text):
    assert evident(text) is None
