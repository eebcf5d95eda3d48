import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.normalize.language import detect, tag

CASES = json.loads(Path(__file__).with_name("languages.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("text", "hint", "language"), [tuple(case) for group in CASES.values() for case in group]
)
def test_detect(text, hint, language):
    assert detect(text, hint) == language


@given(st.text(st.characters(exclude_categories=())), st.one_of(st.none(), st.text(max_size=12)))
def test_any_text_has_a_language_or_none(text, hint):
    language = detect(text, hint)

    assert language is None or tag(language) == language


@pytest.mark.parametrize(
    ("hint", "language"),
    [
        ("en-US", "en"),
        ("en_us", "en"),
        (" PT-br ", "pt"),
        ("zh", "zh"),
        ("zh-TW", "zh-Hant"),
        ("zh_HK", "zh-Hant"),
        ("zh-Hant-CN", "zh-Hant"),
        ("zh-Hans-HK", "zh-Hans"),
        ("zh-cn", "zh-Hans"),
        ("zh-Hans", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("yue", "zh-Hant"),
        ("cmn-Hans", "zh-Hans"),
        ("nb-NO", "no"),
        ("iw", "he"),
        ("jp", "ja"),
        ("fil", "tl"),
        ("english", None),
        ("und", None),
        ("xx", None),
        ("", None),
        (None, None),
        ("x", None),
        ("en;q=1", None),
    ],
)
def test_tag(hint, language):
    assert tag(hint) == language


def test_the_model_is_not_loaded_where_letters_words_or_the_hint_tell():
    program = (
        "import sys; from aggregator.normalize.language import detect;"
        "detect('The government has not agreed on a law'); detect('川普拒絕');"
        "detect('Biden Xi', 'en'); sys.exit('numpy' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
