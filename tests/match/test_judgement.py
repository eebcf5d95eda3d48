import pytest

from aggregator.match import Matcher


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "Signal and Noise, episode 41: the long wave",
            "Signal and Noise, episode 42: the long wave",
        ),
        ("Dark Water, season 2 episode 4", "Dark Water, season 2 episode 5"),
        ("Rust 1.90.1 is released with new lints", "Rust 1.91.0 is released with new lints"),
        (
            "US Senate fails for an eighth time to end government shutdown",
            "U.S. Senate fails for a tenth time to end government shutdown",
        ),
        ("ドジャース、3連勝でワールドシリーズに王手", "ドジャース、4連勝でワールドシリーズへ"),
    ],
)
def test_items_of_a_series_stay_apart_and_it_says_why(make, one, other):
    a, b = make(one), make(other, hours=20)
    matcher = Matcher()
    matcher.add([a, b])
    told = matcher.explain(a.id, b.id)
    assert told.probability < 0.1
    assert "titles of a series, with other numbers" in told.against


def test_results_of_different_quarters_are_two_events_in_any_language(make):
    second = make("TSMC posts 61% jump in second-quarter profit")
    third = make("台積電第三季獲利創高", languages=("zh-Hant",))
    matcher = Matcher()
    matcher.add([second, third])
    told = matcher.explain(second.id, third.id)
    assert told.probability < 0.1
    assert "they tell of different quarters" in told.against


def test_no_models_word_is_certain(make):
    a, b = make("Trump rebuffs Zelensky on Tomahawks"), make("Trump rebuffs Zelensky, no Tomahawks")
    matcher = Matcher()
    matcher.add([a, b])
    assert 0.5 < matcher.match(a.id, b.id).probability < 0.995


def test_an_article_without_words_matches_nothing(make):
    a, b = make(""), make("Trump rebuffs Zelensky on Tomahawks")
    matcher = Matcher()
    matcher.add([a, b])
    assert matcher.explain(a.id, b.id).against
    assert matcher.logits(a.id, [b.id])[0] < 0
