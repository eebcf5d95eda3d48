"""Mutes: which articles hold words that nobody wants to see.

A word counts as a whole in scripts that put spaces between words. Chinese, Japanese and Thai have
none, so there it counts wherever it stands; and in Korean, whose words take endings, wherever a
word begins with it. There are no regular expressions: one slow pattern would stop every poll.
"""

import re
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from typing import Final

from aggregator.match.text import UNSPACED, fold, tokens
from aggregator.model import Article, Feed, Mute
from aggregator.normalize.text import blocks

_OPEN: Final = re.compile(rf"[{UNSPACED}\u30a1-\u30fa\u30fc-\u30ff]")
_OPEN_ENDED: Final = re.compile(rf"[{UNSPACED}\u30a1-\u30fa\u30fc-\u30ff\uac00-\ud7af]")
"""Characters that may have others of their script before them, and behind, within a text."""
_SIGNS: Final = re.compile("[+#]")
"""What makes C++ and C# other words than C."""


def muting(feeds: Iterable[Feed]) -> Callable[[Article], Mute | None]:
    """Return what tells the first of its feed's mutes that holds for an article, if any."""
    mutes = {feed.id: feed.mutes for feed in feeds if feed.mutes}

    def muted(article: Article) -> Mute | None:
        own = mutes.get(article.feed)
        if own is None:
            return None
        words = _Words(article)
        return next((mute for mute in own if words.have(mute)), None)

    return muted


class _Words:
    """What an article says, folded once for all mutes. No phrase runs over a line."""

    def __init__(self, article: Article) -> None:
        self._article = article

    def have(self, mute: Mute) -> bool:
        """Tell whether a mute's words are among them."""
        phrase, is_literal = _phrase(mute.words)
        if is_literal:
            lines = self._titles if mute.title_only else self._titles + self._texts
            return bool(phrase) and any(phrase in line for line in lines)
        return phrase in self._titles_spelled or (
            not mute.title_only and phrase in self._texts_spelled
        )

    @cached_property
    def _titles(self) -> list[str]:
        return [fold(self._article.title), *(fold(part.title) for part in self._article.parts)]

    @cached_property
    def _texts(self) -> list[str]:
        article = self._article
        return [
            *map(fold, article.categories),
            *(fold(part.lead) for part in article.parts),  # also where the text is not at hand
            *map(fold, (*blocks(article.summary), *blocks(article.content))),
        ]

    @cached_property
    def _titles_spelled(self) -> str:
        return "\n".join(map(_spelled, self._titles))

    @cached_property
    def _texts_spelled(self) -> str:
        return "\n".join(map(_spelled, self._texts))


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


def _spelled(folded: str) -> str:
    """Return a text's words with a space around each."""
    return f" {' '.join(tokens(folded))} "
