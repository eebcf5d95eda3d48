from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config.document import read
from aggregator.config.edit import add, remove, scalar
from aggregator.errors import ConfigError

ROOT = Path(__file__).parents[2]
NEW = {"url": "https://new.example/feed", "name": "New"}
OTHER = {"url": "https://other.example/feed"}


def feeds(text: str) -> list[dict[str, str]]:
    data, _ = read(text, "")
    return list(data["feeds"])


@pytest.mark.parametrize("name", ["feeds.yaml", "examples/feeds.yaml"])
@pytest.mark.parametrize("ends", ["\n", ""])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_real_file_is_the_same_after_feeds_have_come_and_gone(name, newline, ends):
    text = (ROOT / name).read_text("utf-8").rstrip("\n") + ends
    text = text.replace("\n", newline)
    there = len(feeds(text))
    more = add(text, [NEW, OTHER])
    assert feeds(more) == [*feeds(text), NEW, OTHER]
    assert more.endswith(ends.replace("\n", newline))
    assert more.count("\r\n") in {0, more.count("\n")}
    assert remove(remove(more, there + 1), there) == text


@pytest.mark.parametrize("name", ["feeds.yaml", "examples/feeds.yaml"])
def test_every_entry_of_a_real_file_can_go_and_takes_only_its_own_lines(name):
    text = (ROOT / name).read_text("utf-8")
    lines = text.split("\n")
    for number, entry in enumerate(feeds(text)):
        left = remove(text, number)
        assert feeds(left) == [*feeds(text)[:number], *feeds(text)[number + 1 :]]
        gone = [line for line in lines if line.strip() and line not in left.split("\n")]
        assert all(line.startswith(("  - ", "    ")) for line in gone)
        assert any(entry["url"] in line for line in gone)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "feeds:\n  - url: a # mine\n  - url: b\n    # of b\n  # of nobody\nx: 1\n",
            (
                "feeds:\n  - url: a # mine\n  - url: b\n    # of b\n"
                "  - url: https://other.example/feed\n  # of nobody\nx: 1\n"
            ),
        ),
        (
            "feeds:\n- url: a\n\n- url: b\n\n\n# next\nx: 1\n",
            "feeds:\n- url: a\n\n- url: b\n\n- url: https://other.example/feed\n\n\n# next\nx: 1\n",
        ),
        (
            "feeds:\n    -   url: a\n        name: A\n",
            "feeds:\n    -   url: a\n        name: A\n\n    -   url: https://other.example/feed\n",
        ),
        (
            "feeds:\n  - {url: a}\n  - {url: b} # \t tabs\t\n",
            "feeds:\n  - {url: a}\n  - {url: b} # \t tabs\t\n  - {url: https://other.example/feed}\n",
        ),
        ("feeds: [] # none\nx: 1", "feeds: # none\n  - url: https://other.example/feed\nx: 1"),
        ("feeds:\n  # none\nx: 1", "feeds:\n  # none\n  - url: https://other.example/feed\nx: 1"),
        ("x: 1\nfeeds: # none", "x: 1\nfeeds: # none\n  - url: https://other.example/feed"),
        ("feeds: []", "feeds:\n  - url: https://other.example/feed"),
        ("feeds: [\n]\n", "feeds: [{url: https://other.example/feed}\n]\n"),
        ("feeds: [{url: a}]", "feeds: [{url: a}, {url: https://other.example/feed}]"),
        ("{x: 1, feeds: []}", "{x: 1, feeds: [{url: https://other.example/feed}]}"),
        (
            "feeds: [\n  {url: a}, # a\n  {url: b} # b\n]\n",
            "feeds: [\n  {url: a}, # a\n  {url: b}, # b\n  {url: https://other.example/feed}\n]\n",
        ),
        (
            "feeds: [\r\n  {url: a},\r\n]\r\n",
            "feeds: [\r\n  {url: a},\r\n  {url: https://other.example/feed},\r\n]\r\n",
        ),
        (
            "feeds:\n  - &one {url: a}\n  - *one\n",
            "feeds:\n  - &one {url: a}\n  - *one\n  - url: https://other.example/feed\n",
        ),
        (
            "feeds:\n  - url: >-\n      a\n\n\n# end",
            "feeds:\n  - url: >-\n      a\n\n  - url: https://other.example/feed\n\n\n# end",
        ),
        (
            "'feeds':\n  -\n    url: a\n  -\n    url: b",
            "'feeds':\n  -\n    url: a\n  -\n    url: b\n  - url: https://other.example/feed",
        ),
    ],
)
def test_a_new_entry_is_written_as_those_that_are_there(text, expected):
    assert add(text, [OTHER]) == expected


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        # remarks right above one entry are about it
        (
            "feeds:\n  # of a\n  - url: a\n  # of b\n  - url: b\n",
            0,
            "feeds:\n  # of b\n  - url: b\n",
        ),
        # those above several entries are their heading
        (
            "feeds:\n  # news\n  - url: a\n  - url: b\n",
            0,
            "feeds:\n  # news\n  - url: b\n",
        ),
        # as are those with a blank line between
        (
            "feeds:\n\n  # news\n\n  - url: a\n    # of a\n\n  - url: b\n",
            0,
            "feeds:\n\n  # news\n\n  - url: b\n",
        ),
        ("feeds:\n  - url: a\n\n# next\nx: 1\n", 0, "feeds: []\n\n# next\nx: 1\n"),
        ("feeds: # mine\n  - url: a\n", 0, "feeds: [] # mine\n"),
        ("feeds:\n- url: a\n- url: b", 1, "feeds:\n- url: a"),
        ("feeds:\r\n- url: a\r\n- url: b", 1, "feeds:\r\n- url: a"),
        ("feeds: [{url: a}, {url: b}]", 0, "feeds: [{url: b}]"),
        ("feeds: [{url: a}, {url: b}]", 1, "feeds: [{url: a}]"),
        ("feeds: [{url: a}]", 0, "feeds: []"),
        (
            "feeds: [\n  {url: a}, # of a\n  {url: b}\n]",
            1,
            "feeds: [\n  {url: a}, # of a\n  \n]",
        ),
    ],
)
def test_an_entry_goes_with_its_own_remarks_and_no_others(text, number, expected):
    assert remove(text, number) == expected


@pytest.mark.parametrize(
    "text",
    [
        "x: &list [{url: a}]\nfeeds: *list\n",
        "? feeds\n: - url: a\n",
    ],
)
def test_a_list_that_no_command_can_change_is_left_to_its_owner(text):
    with pytest.raises(ConfigError, match="by hand"):
        remove(text, 0)


def test_an_entry_whose_anchor_others_use_does_not_go():
    with pytest.raises(ConfigError, match=r"mine.yaml: feeds: .* by hand"):
        remove("feeds:\n  - &a {url: a}\nx: *a\n", 0, "mine.yaml")


def test_nothing_is_added_to_what_is_no_configuration():
    for text in ("x: 1", "feeds: a", "- a", "feeds: [", "", "feeds: ~", "? feeds"):
        with pytest.raises(ConfigError):
            add(text, [NEW])


def test_no_entry_changes_nothing():
    assert add("feeds: [] ", []) == "feeds: [] "


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("BBC News, World", "BBC News, World"),
        ("Ars Technica", "Ars Technica"),
        ("中央社 國際", "中央社 國際"),
        ("https://example.org/a?b=c&d=%20#e", "https://example.org/a?b=c&d=%20#e"),
        ("no", '"no"'),
        ("12:30", '"12:30"'),
        ("1e3", '"1e3"'),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("\x85\u2028\ufeff", '"\\u0085\\u2028\\ufeff"'),
        ('"', '"\\""'),
        ("", '""'),
    ],
)
def test_texts_are_quoted_only_where_they_have_to_be(text, written):
    assert scalar(text) == written


def test_brackets_leave_fewer_texts_as_they_are():
    assert scalar("a, b?") == "a, b?"
    assert scalar("a, b?", in_brackets=True) == '"a, b?"'


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_means_itself_in_both_versions_of_yaml(text):
    for line in (f"a: {scalar(text)} # b", f"{{a: {scalar(text, in_brackets=True)}, }}"):
        assert "\n" not in line
        assert read(line, "")[0] == {"a": text}
        assert yaml.safe_load(line) == {"a": text}


remarks = st.lists(st.sampled_from(["", "# a: b", "  # 'x", "    # - y", "      # [z"]), max_size=3)
entries = st.lists(
    st.fixed_dictionaries(
        {"url": st.from_regex(r"https://[a-z]{1,9}\.example/", fullmatch=True)},
        optional={"name": st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)},
    ),
    min_size=1,
    max_size=4,
)


@st.composite
def files(draw):
    """A file with a list of feeds, in many a style, and remarks wherever they may stand."""
    dash, gap = draw(st.sampled_from(["", "  ", "   "])), draw(st.sampled_from([" ", "   "]))
    lines = ["version: 1", *draw(remarks), "feeds:", *draw(remarks)]
    for entry in draw(entries):
        braces = draw(st.booleans())
        keys = [f"{key}: {scalar(value, in_brackets=braces)}" for key, value in entry.items()]
        if braces:
            lines.append(f"{dash}-{gap}{{{', '.join(keys)}}} # note")
        else:
            margin = " " * len(f"{dash}-{gap}")
            lines.append(f"{dash}-{gap}{keys[0]}")
            lines += [f"{margin}{key} # note" for key in keys[1:]]
        lines += draw(remarks)
    lines += draw(st.sampled_from([[], ["publish: {}"], ["publish:", "  limit: 5", ""]]))
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    return newline.join(lines)


@given(files(), entries)
def test_what_is_added_is_all_that_changes(text, more):
    changed = add(text, more)
    assert feeds(changed) == [*feeds(text), *more]
    begin = next((n for n, (a, b) in enumerate(zip(text, changed, strict=False)) if a != b), None)
    begin = len(text) if begin is None else begin
    assert changed[:begin] + text[begin:] == text
    assert changed.endswith(text[begin:])


@given(files(), entries)
def test_what_was_added_can_go_again(text, more):
    there = len(feeds(text))
    changed = add(text, more)
    for number in reversed(range(there, there + len(more))):
        changed = remove(changed, number)
    assert feeds(changed) == feeds(text)


@given(files(), st.data())
def test_any_entry_can_go(text, data):
    number = data.draw(st.integers(0, len(feeds(text)) - 1))
    left = remove(text, number)
    assert feeds(left) == [*feeds(text)[:number], *feeds(text)[number + 1 :]]
    kept = iter(text.split("\n"))
    if feeds(left):
        assert all(
            any(line.rstrip("\r") == one.rstrip("\r") for one in kept) for line in left.split("\n")
        )
