import pytest
import yaml

from aggregator.config.slips import in_words


@pytest.mark.parametrize("loader", [yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)])
@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("feeds:\n\t- url: a\n", 2, "a tab: YAML is indented with spaces"),
        ("feeds:\n  - url: 'a\n", 2, "the quote that line 2 opens is never closed"),
        ("feeds:\n  - url: 'a\n    name: b\n", 3, "the quote that line 2 opens is never closed"),
        ("feeds:\n  - name: A: B\n", 2, "quote a value that has it"),
        ("version 1\nfeeds: []\n", 2, "the last line may err"),
        ("feeds:\n  - url: a\n   name: b\n", 3, "as line 2 began: check the indentation"),
        ("feeds:\n  - url: a\n     name: b\n", 3, "indentation"),
        ("a: 'it's'\n", 1, "quotes within quotes"),
        ("feeds: [a\n", 1, "the bracket that line 1 opens is not closed"),
        ("feeds: {a: b\nc: d\n", 2, "the bracket that line 1 opens is not closed"),
        ("name: @b\n", 1, "“@” cannot begin a value: put the value in quotes"),
        ("name: `x`\n", 1, "“`” cannot begin a value: put the value in quotes"),
        ("name: *b\n", 1, "“*” has a meaning of its own: put the value in quotes"),
        ('name: "\\d"\n', 1, "“\\” has a meaning of its own in double quotes"),
        ("a: 1\n---\nb: 2\n", 2, "take the line “---” out"),
    ],
)
def test_a_slip_is_told_with_what_to_do(loader, text: str, line: int, words: str):
    with pytest.raises(yaml.MarkedYAMLError) as caught:
        yaml.compose(text, Loader=loader)
    number, told = in_words(caught.value, text)
    assert words in told
    assert number == line
