import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.negotiation import negotiate

TAGS = st.lists(
    st.sampled_from(["zh-Hant", "zh-Hans", "zh-TW", "en", "en-GB", "de", "sr-Latn", "sr-Cyrl"])
)


@pytest.mark.parametrize(
    ("preferred", "available", "chosen"),
    [
        (["zh-Hant", "en"], ["en", "zh-Hans"], "zh-Hans"),
        (["zh-Hant", "en"], ["zh-Hans", "zh-Hant"], "zh-Hant"),
        (["zh-Hant", "en", "zh-Hans"], ["zh-Hans", "en"], "en"),
        (["zh-Hant", "en", "zh-Hans"], ["zh-Hans", "de"], "zh-Hans"),
        (["zh-TW"], ["zh-Hans", "zh-Hant"], "zh-Hant"),
        (["zh-CN"], ["zh-Hant", "zh-Hans"], "zh-Hans"),
        (["zh-Hant-HK"], ["zh-Hans", "zh-Hant"], "zh-Hant"),
        (["zh"], ["en", "zh-Hant", "zh-Hans"], "zh-Hant"),
        (["de-CH-1996"], ["en", "de"], "de"),
        (["en-x-private"], ["en"], "en"),
        (["EN-gb"], ["en-GB"], "en-GB"),
        (["en"], ["de", "en-GB"], "en-GB"),
        (["ja", "en"], ["de"], None),
        ([], ["en"], None),
        (["en"], [], None),
    ],
)
def test_a_reader_is_served_in_the_best_of_their_languages(preferred, available, chosen):
    assert negotiate(preferred, available) == chosen


@given(TAGS, TAGS)
def test_what_is_chosen_was_available(preferred, available):
    assert negotiate(preferred, available) in {*available, None}


@given(TAGS.filter(bool), TAGS)
def test_the_first_choice_is_taken_where_it_is_there(preferred, available):
    wanted = preferred[0]
    if wanted in available:
        assert negotiate(preferred, available) == wanted
