import pytest

from aggregator.publish.language import autonym, direction, speaks


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("zh-Hant", "繁體中文"),
        ("zh-Hans", "简体中文"),
        ("de", "Deutsch"),
        ("pt-BR", "Português"),
        ("zh-TW", "繁體中文"),
        ("tlh", "tlh"),
    ],
)
def test_a_language_is_called_by_its_own_name(tag, expected):
    assert autonym(tag) == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en", "ltr"),
        ("zh-Hant", "ltr"),
        ("ar", "rtl"),
        ("he-IL", "rtl"),
        ("pa-Arab", "rtl"),
        (None, "auto"),
    ],
)
def test_a_text_runs_as_its_language_does(tag, expected):
    assert direction(tag) == expected


@pytest.mark.parametrize(
    ("wanted", "tag", "serves"),
    [
        ("zh", "zh-Hant", True),
        ("zh-TW", "zh-Hant", True),
        ("zh-HK", "zh-Hant", True),
        ("zh-Hant-TW", "zh-Hant", True),
        ("zh-SG", "zh-Hans", True),
        ("zh-TW", "zh-Hans", False),
        ("zh-Hant", "zh", False),
        ("zh-Hant", "zh-TW", True),
        ("en-GB", "en", True),
        ("en", "en-US", True),
        ("en-GB", "en-US", False),
        ("sr-Latn", "sr", False),
        ("en", "enm", False),
        ("de", "en", False),
    ],
)
def test_a_text_serves_who_wants_its_language(wanted, tag, serves):
    assert speaks(wanted, tag) is serves
