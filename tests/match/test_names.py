from collections import Counter
from importlib import resources

import pytest

from aggregator import match
from aggregator.match.names import TABLES, find, read, spell_out, spelled
from aggregator.match.text import fold

NOBODY = "-"


@pytest.fixture(scope="module")
def table():
    """Return the lines of names.txt: keys and spellings as they are looked for."""
    return list(read("names.txt"))


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


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("US and China agree", {"@us", "@cn"}),
        ("A US-led force", {"@us"}),
        ("U.S. troops leave", {"@us"}),
        ("The UN votes", {"@un"}),
        ("they told us so", set()),
        ("un hombre", set()),
        ("THEY TOLD US SO", set()),
        ("THE USUAL", set()),
    ],
)
def test_capitals_tell_countries_from_words(text, keys):
    assert find(fold(spell_out(text))) == keys


def test_countries_come_from_cldr_too():
    assert find(fold("烏茲別克")) == find(fold("Uzbekistan")) == {"@uz"}


def test_a_key_stands_once_and_a_spelling_under_one_key_only(table):
    keys = Counter(" ".join(keys) for keys, _ in table)
    spellings = Counter(spelling for _, names in table for spelling in names)
    assert [key for key, n in keys.items() if n > 1] == []
    assert [spelling for spelling, n in spellings.items() if n > 1] == []


def test_what_a_spelling_names_beside_its_own_key_has_a_line_too(table):
    own = {keys[0] for keys, _ in table}
    assert {key for keys, _ in table for key in keys} == own


def test_each_spelling_can_be_found(table):
    named = [({f"@{key}" for key in keys}, s) for keys, names in table for s in names]
    assert [(keys, s) for keys, s in named if keys != {f"@{NOBODY}"} and not keys <= find(s)] == []


@pytest.mark.parametrize("name", TABLES[1:])
def test_what_scripts_write_stands_as_it_is_looked_for(name):
    lines = list(read(name))
    assert [s for _, names in lines for s in names if spelled(s) != s] == []
    assert all(names and all(names) for _, names in lines)


def test_places_say_whose_data_they_are():
    head = resources.files(match).joinpath("places.txt").read_text("utf-8")[:600]
    assert "GeoNames" in head
    assert "CC BY 4.0" in head
    assert "Unicode License v3" in head


@pytest.mark.parametrize(
    ("texts", "key"),
    [
        (("达沃地震", "Davao quake", "ダバオで地震", "Землетрясение в Давао"), "@davao"),
        (("常州暴雨", "Rain in Changzhou", "Дождь в Чанчжоу"), "@changzhou"),
        (("哈瓦那停电", "Blackout in Havana", "هافانا", "ハバナで停電"), "@havana"),
        (("Stromausfall in Sevilla", "塞维利亚停电", "Севилья"), "@sevilla"),
    ],
)
def test_cities_come_from_geonames_and_cldr(texts, key):
    assert [text for text in texts if key not in find(fold(text))] == []


def test_a_city_is_not_its_country():
    assert find(fold("Panama City")).isdisjoint(find(fold("Colón")))
    assert find(fold("新加坡总理")) == find(fold("Singapore's prime minister"))
    assert "@jp" not in find(fold("大阪で地震"))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("匈牙利作家克拉斯诺霍尔卡伊·拉斯洛获诺贝尔文学奖", "@krasznahorkai"),
        ("委内瑞拉的玛丽亚·科里娜·马查多获奖", "@machado"),
        ("查理‧柯克遭枪击", "@kirk"),
        ("史蒂芬．米勒說", "@stephen_miller"),
        ("勒布朗·詹姆斯", "@lebron"),
        ("トム・クルーズとティム・クック", "@tim_cook"),
    ],
)
def test_a_dot_neither_parts_a_name_nor_hides_its_parts(text, key):
    assert key in find(fold(text))


def test_a_known_name_with_a_dot_is_one_name():
    assert find(fold("汤姆·克鲁斯")) == find(fold("汤姆克鲁斯")) == {"@tom_cruise"}


def test_a_spelling_can_name_two_things():
    assert {"@melissa", "@hurricane"} <= find(fold("飓风梅丽莎")) & find(fold("Hurricane Melissa"))


def test_a_longer_name_hides_a_shorter_one():
    assert "@trump" not in find(fold("Trump Tower"))


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
        ("An island off the coast", "@is"),
        ("Reunion of the band", "@re"),
        ("uma reunião em Brasília", "@re"),
        ("A new jersey for the team", "@je"),
        ("Grenade found in a garden", "@gd"),
        ("para que gana el liderazgo", "@gh"),
        ("для того чтобы", "@tg"),
        ("Nobel de la Paz", "@la_paz"),
        ("Nice weather for reading", "@nice"),
        ("A mobile home for sale", "@mobile"),
        ("Gunman at large", "@gunma"),
        ("the pastor's derby", "@pasto"),
        ("白银涨超百分之四", "@baiyin"),
        ("东方财富", "@basuo"),
        ("三明治", "@sanming"),
        ("沿海地区", "@ht"),
        ("明日立秋", "@hitachi"),
        ("Premier League", "@prime_minister"),
    ],
)
def test_a_word_that_looks_like_a_name_is_none(text, key):
    assert key not in find(fold(text))
