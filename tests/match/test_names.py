import pytest

from aggregator.match.names import find
from aggregator.match.text import fold


@pytest.mark.parametrize(
    "text",
    [
        "川普會澤倫斯基",
        "特朗普会晤泽连斯基",
        "Trump meets Zelenskyy",
        "Trump empfängt Selenskyj",
        "Trump recibe a Zelenski",
        "Трамп встретился с Зеленским",
        "トランプ大統領とゼレンスキー氏",
        "ترامب يلتقي زيلينسكي",
    ],
)
def test_presses_write_two_men_in_eight_ways(text):
    assert {"@trump", "@zelensky"} <= find(fold(text))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Трампом", "@trump"),
        ("والرئيس الأوكراني", "@ua"),
        ("Trumps Zölle", "@tariff"),
        ("U.S.", "@us"),
    ],
)
def test_grammar_does_not_hide_a_name(text, key):
    assert key in find(fold(text))


@pytest.mark.parametrize("text", ["タイトル", "malice", "Indiana", "the truth"])
def test_a_name_within_a_word_is_none(text):
    assert find(fold(text)).isdisjoint({"@th", "@ml", "@in", "@trump"})


def test_countries_come_from_cldr_too():
    assert find(fold("烏茲別克")) == find(fold("Uzbekistan")) == {"@uz"}
