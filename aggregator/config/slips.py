"""What is not YAML, in words: what a person most likely did, and what to do about it.

A parser tells what it met, not what was meant; both of PyYAML's, in C and in Python, are known.
"""

import re

import yaml

_MEANINGS = (
    (
        "mapping values are not allowed",
        "“: ” cannot stand here: quote a value that has it; indentation and the last line may err",
    ),
    ("quoted scalar found unexpected end", "the quote that line {since} opens is never closed"),
    (
        "(flow sequence|flow mapping)",
        "the bracket that line {since} opens is not closed, or a comma is missing",
    ),
    ("cannot start any token", "{sign} cannot begin a value: put the value in quotes"),
    ("(alias|anchor)", "{sign} has a meaning of its own: put the value in quotes"),
    ("unknown escape", "“\\” has a meaning of its own in double quotes: take single ones"),
    ("another document", "one document is a configuration: take the line “---” out"),
    (
        "block (collection|mapping)",
        "it does not go on as line {since} began: check the indentation, and quotes within quotes",
    ),
)
"""By the parser's context and problem, the first that is found in them."""


def in_words(error: yaml.MarkedYAMLError, text: str) -> tuple[int, str]:
    """Return the line, from 1 on, and what is wrong there."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return 1, str(error.problem)
    lines = text.splitlines() or [""]
    number = min(mark.line, len(lines) - 1)
    rest = lines[number][mark.column :] if number == mark.line else ""
    if rest.startswith("\t"):
        return number + 1, "a tab: YAML is indented with spaces"
    said = f"{error.context} {error.problem}"
    words = next((words for met, words in _MEANINGS if re.search(met, said)), str(error.problem))
    since = (error.context_mark or mark).line + 1
    return number + 1, words.format(since=since, sign=f"“{rest[:1]}”")
