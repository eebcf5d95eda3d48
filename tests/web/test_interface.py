import re
from importlib.resources import files
from io import BytesIO

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from aggregator.web.interface import choose, interface, preferred, translations
from aggregator.web.sentences import TEMPLATES, TIMES


def test_everything_that_pages_say_is_said_in_chinese():
    templates = files("aggregator.web").joinpath("templates")
    sources = files("aggregator")
    said = {
        message if isinstance(message, str) else message[0]
        for _, _, message, *_ in (
            *extract_from_dir(str(templates), [("**.html", "jinja2")]),
            *extract_from_dir(str(sources), [("**.py", "python")], keywords={"Phrase": None}),
        )
    }
    said |= {*TEMPLATES, *TIMES}
    catalogue = read_po(
        BytesIO(files("aggregator.web").joinpath("locale", "zh-Hant.po").read_bytes())
    )
    translated = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue
        if message.id and message.string
    }

    assert said == translated


@pytest.mark.parametrize(
    ("accepted", "chosen", "spoken"),
    [
        (None, None, "en"),
        ("zh-TW,zh;q=0.9", None, "zh-Hant"),
        ("zh-CN", None, "zh-Hant"),
        ("de, fr;q=0.5", None, "en"),
        ("en;q=0.1, zh-HK", None, "zh-Hant"),
        ("zh-TW", "en", "en"),
        ("zh-TW", "tlh", "zh-Hant"),
    ],
)
def test_the_interface_speaks_the_nearest_language(accepted, chosen, spoken):
    assert choose(accepted, chosen) == spoken


def test_wishes_are_sorted_and_refusals_left_out():
    assert preferred("de;q=0.5, en, fr;q=0, *;q=0.1") == ["en", "de"]


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_every_translation_has_the_fields_of_what_it_says(language):
    catalogue = translations(language)
    for template in (*TEMPLATES, *TIMES):
        fields = re.findall(r"{\w+}", template)
        assert sorted(re.findall(r"{\w+}", catalogue.gettext(template))) == sorted(fields)


def test_english_is_what_the_templates_are_written_in():
    assert translations("en").gettext("Feeds") == "Feeds"
    assert translations("zh-Hant").gettext("Feeds") == "消息來源"
    assert interface("en") is interface("en")
