from collections import Counter
from importlib import resources

import pytest

from aggregator import match
from aggregator.match.names import find
from aggregator.match.text import fold, tokens


@pytest.fixture(scope="module")
def table():
    """Return the lines of names.txt: a key and its spellings as they are looked for."""
    text = resources.files(match).joinpath("names.txt").read_text("utf-8")
    lines = (line.split(":", 1) for line in text.splitlines() if line and not line.startswith("#"))
    return [(key, {" ".join(tokens(fold(s))) for s in rest.split("|")}) for key, rest in lines]


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


def test_a_key_stands_once_and_a_spelling_under_one_key_only(table):
    keys = Counter(key for key, _ in table)
    spellings = Counter(spelling for _, names in table for spelling in names)
    assert [key for key, n in keys.items() if n > 1] == []
    assert [spelling for spelling, n in spellings.items() if n > 1] == []


def test_each_spelling_can_be_found(table):
    assert [(key, s) for key, names in table for s in names if f"@{key}" not in find(s)] == []


@pytest.mark.parametrize(
    ("chinese", "english", "key"),
    [
        ("武契奇会见卡拉斯", "Vučić meets Kallas", "@vucic"),
        ("基孔肯雅热在佛山", "Chikungunya in Foshan", "@foshan"),
        ("东京奥运会开幕", "Tokyo Olympics begin", "@tokyo"),
    ],
)
def test_chinese_and_foreign_headlines_name_the_same(chinese, english, key):
    assert key in find(fold(chinese)) & find(fold(english))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("报道指出高通胀将持续", "@qualcomm"),
        ("最新北约峰会", "@new_taipei"),
        ("韩美韩正在会谈", "@han_zheng"),
        ("A US warship in the strait", "@warsh"),
        ("hamburgers sell well", "@hamburg"),
        ("Hair-raising raisins", "@raisi"),
    ],
)
def test_a_word_that_looks_like_a_name_is_none(text, key):
    assert key not in find(fold(text))
