"""Mutes: which articles hold words that nobody wants to see.

A word counts as a whole in scripts that put spaces between words. Chinese, Japanese and Thai have
none, so there it counts wherever it stands; and in Korean, whose words take endings, wherever a
word begins with it. There are no regular expressions: one slow pattern would stop every poll.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Final

from aggregator.match.text import UNSPACED, fold, tokens
from aggregator.model import Article, Feed, Mute
from aggregator.normalize.text import blocks

_OPEN: Final = re.compile(rf"[{UNSPACED}\u30a1-\u30fa\u30fc-\u30ff]")
_OPEN_ENDED: Final = re.compile(rf"[{UNSPACED}\u30a1-\u30fa\u30fc-\u30ff\uac00-\ud7af]")
"""Characters that may have others of their script before them, and behind, within a text."""
_SIGNS: Final = re.compile("[+#]")
"""What makes C++ and C# other words than C."""
_APART: Final = "  "
"""Between texts: no phrase has two spaces."""


def muting(feeds: Iterable[Feed]) -> Callable[[Article], Mute | None]:
    """Return what tells the first of its feed's mutes that holds for an article, if any."""
    mutes = {feed.id: feed.mutes for feed in feeds if feed.mutes}

    def muted(article: Article) -> Mute | None:
        return next((m for m in mutes.get(article.feed, ()) if _holds(m, article)), None)

    return muted


def _holds(mute: Mute, article: Article) -> bool:
    phrase, is_literal = _phrase(mute.words)
    texts = _titles(article) if mute.title_only else (*_titles(article), *_texts(article))
    written = map(fold, texts) if is_literal else (_spelled(text) for text in texts)
    return bool(phrase) and phrase in _APART.join(written)


def _titles(article: Article) -> Iterator[str]:
    yield article.title
    for part in article.parts:
        yield part.title


def _texts(article: Article) -> Iterator[str]:
    yield from article.categories
    yield from blocks(article.summary)
    yield from blocks(article.content)


@lru_cache(maxsize=1024)
def _phrase(words: str) -> tuple[str, bool]:
    """Return what to look for, and whether in the text itself, since signs make the words."""
    folded = fold(words)
    found = " ".join(tokens(folded))
    if not found or _SIGNS.search(folded):
        return folded.strip(), True
    before = "" if _OPEN.match(found[0]) else " "
    behind = "" if _OPEN_ENDED.match(found[-1]) else " "
    return before + found + behind, False


@lru_cache(maxsize=256)
def _spelled(text: str) -> str:
    """Return a text's words with a space around each; several mutes ask for the same."""
    return f" {' '.join(tokens(fold(text)))} "
