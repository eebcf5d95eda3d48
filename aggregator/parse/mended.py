"""feedparser, mended where it loses what a feed says and no option of its own helps.

Its parser is made of classes that it hands out nowhere, so their methods are replaced in place.
"""

from typing import Any

import feedparser
from feedparser.mixin import _FeedParserMixin

parse = feedparser.parse


def _keep_author(parser: Any, key: str = "author") -> None:
    """Keep an author as written: its pattern of an address ends four letters into a domain."""
    context = parser._get_context()  # noqa: SLF001  one of its own methods
    person = context.get(f"{key}s", [{}])[-1]
    if not person and context.get(key):
        person["name"] = context[key]


def _begin_caption(parser: Any, attributes: dict[str, str]) -> None:
    """Tell Media RSS's word on a picture or film from the item's own description."""
    parser.push_content("media_description", attributes, "text/plain", 1)


def _end_caption(parser: Any) -> None:
    parser.pop_content("media_description")


_FeedParserMixin._sync_author_detail = _keep_author  # noqa: SLF001  see above
_FeedParserMixin._start_media_description = _begin_caption  # noqa: SLF001
_FeedParserMixin._end_media_description = _end_caption  # noqa: SLF001
