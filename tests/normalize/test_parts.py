from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Part
from aggregator.normalize.parts import split
from aggregator.normalize.text import LEAD

SEED = Path(__file__).parents[2].parent / "shared" / "seed" / "article.txt"

ZH = (
    "市議會星期四晚上以三十一票對二十票通過預算案，十年來首次調高房屋稅。",
    "市長說，新增的收入將用來修橋和聘請教師；反對派揚言提告。",
)
EN = (
    "The city council passed its budget on Thursday evening by 31 votes to 20.",
    "The mayor said that the money would repair bridges and pay for teachers in all schools.",
    "The opposition announced that it would go to court before the end of the year.",
)
FR = (
    "Le conseil municipal a adopté jeudi soir son budget par 31 voix contre 20, pour la ville.",
    "Le maire a dit que cet argent servira à réparer les ponts et à payer les enseignants.",
    "L'opposition a annoncé qu'elle ira devant les tribunaux avant la fin de cette année.",
)


def summary(parts: tuple[Part, ...]) -> list[tuple[str | None, str, str]]:
    return [(part.language, part.title, part.lead[:12]) for part in parts]


def test_a_text_in_one_language_is_one_part():
    assert summary(split(EN, "Council passes budget")) == [
        ("en", "Council passes budget", EN[0][:12])
    ]


@pytest.mark.parametrize(
    "blocks",
    [
        ZH + EN,
        (ZH[0], EN[0], ZH[1], EN[1]),
        ("".join(ZH) + " " + " ".join(EN),),
        (*ZH, "2025", *EN, "—"),
    ],
)
def test_a_bilingual_text_falls_into_its_parts(blocks):
    chinese, english = split(blocks, "市議會通過預算", "zh-TW")

    assert (chinese.language, chinese.title) == ("zh-Hant", "市議會通過預算")
    assert (english.language, english.title) == ("en", "")
    assert chinese.lead.startswith(ZH[0])
    assert english.lead.startswith(EN[0])
    assert "council" not in chinese.lead
    assert "市長" not in english.lead


def test_a_text_of_three_languages_has_three_parts():
    languages = [part.language for part in split(FR + ZH + ZH + EN, "Le budget est adopté")]

    assert languages == ["fr", "zh-Hant", "en"]


def test_of_a_very_long_text_the_beginning_counts():
    assert len(split(EN * 200 + ZH * 200, "Council passes budget")) == 1


def test_the_part_that_the_title_is_in_comes_first():
    assert summary(split(ZH + EN, "Council passes budget")) == [
        ("en", "Council passes budget", EN[0][:12]),
        ("zh-Hant", "", ZH[0][:12]),
    ]


def test_two_languages_of_one_script_are_told_apart():
    assert summary(split(FR + EN, "Le budget est adopté", "fr-CA")) == [
        ("fr", "Le budget est adopté", FR[0][:12]),
        ("en", "", EN[0][:12]),
    ]
    assert len(split((FR[0], EN[0], FR[1], EN[1]), "Budget")) == 2


@pytest.mark.parametrize(
    "title",
    [
        "市議會通過預算 / Council passes budget",
        "市議會通過預算｜Council passes budget",
        "市議會通過預算 - Council passes budget",
        "市議會通過預算 Council passes budget",
        "市議會通過預算（Council passes budget）",
    ],
)
def test_a_title_of_two_languages_is_divided_between_the_parts(title):
    chinese, english = split(ZH + EN, title)

    assert (chinese.title, english.title) == ("市議會通過預算", "Council passes budget")


def test_a_title_of_two_languages_makes_parts_without_a_text():
    assert summary(split((), "市議會通過年度預算 / The council passes the budget")) == [
        ("zh-Hant", "市議會通過年度預算", ""),
        ("en", "The council passes the budget", ""),
    ]


def test_a_title_of_two_languages_over_french_and_english():
    french, english = split(FR + EN, "Le budget est adopté | The budget is passed")

    assert (french.title, english.title) == ("Le budget est adopté", "The budget is passed")


@pytest.mark.parametrize(
    "title",
    [
        "專訪 | Taylor Swift The Life of a Showgirl",
        "台積電 / Taiwan Semiconductor Manufacturing",
        "蘋果發表 iPhone 17 Pro Max",
        "ChatGPT Atlas",
        "YOASOBI - アイドル",
    ],
)
def test_names_in_a_title_make_no_part(title):
    assert len(split(ZH, title, "zh-TW")) == 1


def test_a_headline_of_its_own_in_another_script_is_a_part():
    assert summary(split(ZH, "The council passes the budget at last")) == [
        ("zh-Hant", "", ZH[0][:12]),
        ("en", "The council passes the budget at last", ""),
    ]


@pytest.mark.parametrize(
    "quotation",
    [
        "他說：“We will not give up.”",
        "“We will not give up on this city, not this year and not the next,” he said.",
        "OpenAI ChatGPT Atlas Browser for macOS",
    ],
)
def test_a_quotation_makes_no_part_and_stays_where_it_stands(quotation):
    (part,) = split((ZH[0], quotation, ZH[1], *ZH), "市議會通過預算")

    assert part.lead.startswith(f"{ZH[0]} {quotation}")


def test_nothing_at_all_is_one_empty_part():
    assert summary(split((), "")) == [(None, "", "")]
    assert summary(split(("2025",), "")) == [(None, "", "2025")]


@given(st.lists(st.text(max_size=60), max_size=6), st.text(max_size=60))
def test_parts_are_never_none_and_keep_their_length(blocks, title):
    parts = split(blocks, title)

    assert parts
    assert all(len(part.lead) <= LEAD for part in parts)


@pytest.mark.skipif(not SEED.exists(), reason="the seed lies in ../shared, which is not here")
def test_the_seed_is_a_chinese_article_with_its_english_version():
    title, _date, *blocks = (line for line in SEED.read_text("utf-8").splitlines() if line)

    chinese, english = split(blocks, title)

    assert (chinese.language, chinese.title) == ("zh-Hant", title)
    assert (english.language, english.title) == ("en", "")
    assert english.lead.startswith("On the afternoon of October 17, 2025")
