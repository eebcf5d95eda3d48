"""What other modules say of failures is known again, all of it."""

import ast
import re
from importlib.resources import files
from pathlib import Path

import pytest

from aggregator.errors import ParseError
from aggregator.parse import refusal
from aggregator.phrase import Phrase
from aggregator.web.interface import interface, translations
from aggregator.web.sentences import TEMPLATES, recognised

SOURCES = Path(str(files("aggregator")))
FIELD = re.compile(r"\{\w*\}")


def shape(node: ast.AST) -> str | None:
    """Return a text of the source with {} for what is filled in."""
    if isinstance(node, ast.JoinedStr):
        return "".join(shape(part) or "" for part in node.values)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return "{}" if isinstance(node, ast.FormattedValue) else None


def nodes(folder: str) -> list[ast.AST]:
    modules = [path for path in (SOURCES / folder).glob("*.py") if path.name != "opml.py"]
    return [node for path in modules for node in ast.walk(ast.parse(path.read_text("utf-8")))]


KNOWN = {FIELD.sub("{}", template) for template in TEMPLATES}


@pytest.mark.parametrize("folder", ["poll", "parse"])
def test_every_failure_is_known(folder):
    raised = {
        told
        for node in nodes(folder)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in {"FetchError", "ParseError"}
        and node.args
        and (told := shape(node.args[0])) is not None
    }

    assert raised - KNOWN == set()
    assert raised


def test_every_failure_of_a_transfer_is_known():
    (meanings,) = (
        node.value
        for node in nodes("poll")
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "_MEANINGS"
    )
    assert isinstance(meanings, ast.Dict)

    assert {f"{{}}: {shape(value)} ({{}})" for value in meanings.values} <= KNOWN


@pytest.mark.parametrize(
    "error",
    [
        refusal.nothing(),
        refusal.other_json("an array"),
        refusal.other_xml("svg"),
        refusal.page(b"<html><title>Hello</title>", "https://a.example/"),
        refusal.page(b"<html><title>In</title><input type=password>", "https://a.example/"),
        ParseError("our parser dies of it (SIGKILL); please report the feed"),
    ],
    ids=str,
)
def test_a_failure_is_told_in_chinese(error):
    phrase = recognised(str(error))
    told = phrase.told(translations("zh-Hant").gettext)

    assert phrase == str(error)
    assert phrase.values or phrase.template in TEMPLATES
    assert re.search("[\u4e00-\u9fff]", told)


def test_what_nobody_knows_stays_as_it_is_and_is_marked_as_english():
    text = "a <b>thing</b> {nobody} has said before"
    said = interface("zh-Hant").said(text)

    assert recognised(text) == text
    assert (
        said
        == '<span lang="en" dir="ltr">a &lt;b&gt;thing&lt;/b&gt; {nobody} has said before</span>'
    )
    assert interface("en").said(text) == "a &lt;b&gt;thing&lt;/b&gt; {nobody} has said before"


def test_times_within_a_phrase_are_told_too():
    phrase = Phrase("Retry-After {time}", time="2 h")

    assert interface("zh-Hant").said(phrase) == "伺服器要求 2 小時 後再試（Retry-After）"
    assert interface("en").said(phrase) == "Retry-After 2 h"


def test_a_phrase_within_a_phrase_is_told_too():
    advice = Phrase("this is no feed")
    phrase = Phrase("the server answered {status}: {advice}", status=404, advice=advice)

    assert interface("zh-Hant").said(phrase) == "伺服器回覆 404：這不是消息來源"
