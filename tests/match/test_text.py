import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.match.text import fold, terms, tokens, without_publisher


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("川普會晤澤連斯基", "川普会晤泽连斯基"),
        ("Sébastien LECORNU", "sebastien lecornu"),
        ("ＴＳＭＣ　２ｎｍ", "TSMC 2nm"),
        ("Größe", "grosse"),
        ("مُحَمَّد", "محمد"),
    ],
)
def test_spellings_that_mean_the_same_fold_alike(one, other):
    assert fold(one) == fold(other)


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


def test_scripts_without_spaces_fall_into_pairs_and_others_into_stems():
    assert terms(fold("iPhone 17全系真机 trending")) == ["iphone", "全系", "系真", "真机", "trendi"]


def test_a_katakana_run_is_a_word():
    assert tokens("トランプ氏とゼレンスキー") == ["トランプ", "氏と", "ゼレンスキー"]


@pytest.mark.parametrize(
    ("title", "publisher", "left"),
    [
        ("Quake hits Tibet - Reuters", "Reuters", "Quake hits Tibet"),
        ("Quake hits Tibet | BBC News", "BBC", "Quake hits Tibet"),
        ("Spider-Man - the return", "Reuters", "Spider-Man - the return"),
        ("台風登陸 - 中央社", "中央社 CNA", "台風登陸"),
    ],
)
def test_the_publishers_name_at_the_end_of_a_title_is_dropped(title, publisher, left):
    assert without_publisher(title, publisher) == left


def test_lone_surrogates_are_survived():
    assert terms(fold("白宮\ud800會談"))
