import pytest

from aggregator.publish.language import autonym, direction


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("zh-Hant", "繁體中文"),
        ("zh-Hans", "简体中文"),
        ("de", "Deutsch"),
        ("pt-BR", "Português"),
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
