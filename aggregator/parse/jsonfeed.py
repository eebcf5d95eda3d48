"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/).

A field of the wrong type costs that field, an item that is no object costs that item, and a
document that breaks off costs the items from there on.
"""

import json
import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any

from aggregator.model import Content, Enclosure, Entry, ParsedFeed
from aggregator.parse import refusal
from aggregator.parse.cleaned import counted
from aggregator.parse.entries import LONGEST_NAME, MAX_NAMES, language
from aggregator.parse.items import DIGEST_DIGITS
from aggregator.parse.outline import MAX_ITEMS

_VERSIONS = {
    "https://jsonfeed.org/version/1": "json10",
    "https://jsonfeed.org/version/1.1": "json11",
}
_SHOWN_PROBLEMS = 5
_ITEMS = re.compile(r'"items"\s*+:\s*+\[')
_BETWEEN = re.compile(r"\s*+,?\s*+")
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character, which an escape can write and no encoding can."""


def read(data: bytes, url: str, seen: AbstractSet[str] = frozenset()) -> ParsedFeed:
    """Read a JSON Feed in UTF-8; items of the digests in ``seen`` are left out.

    Raises ParseError where it is not JSON, or JSON of another kind.
    """
    document, broken = _load(data.decode("utf-8", "replace"))
    if not isinstance(document, dict):
        raise refusal.other_json("a list, not an object")
    listed = document.get("items")
    if isinstance(listed, list) and len(listed) > MAX_ITEMS:
        raise refusal.too_slow(f"more than {MAX_ITEMS} items")
    feed = _Fields(document, "", [])
    version = (feed.text("version") or "").replace("http:", "https:").rstrip("/")
    if version not in _VERSIONS and not isinstance(listed, list):
        raise refusal.other_json("it has neither a known version nor a list of items")
    authors = _authors(feed)
    items = tuple(feed.objects("items"))
    digests = tuple(_digest(item.values) for item in items)
    return ParsedFeed(
        format=_VERSIONS.get(version, "json"),
        entries=tuple(
            _entry(item, authors)
            for item, digest in zip(items, digests, strict=True)
            if digest not in seen
        ),
        title=feed.text("title"),
        link=feed.text("home_page_url"),
        base=url,
        language=language(feed.text("language")),
        hubs=tuple(
            address
            for hub in feed.objects("hubs")
            if (hub.text("type") or "").lower() == "websub" and (address := hub.text("url"))
        ),
        self_url=feed.text("feed_url"),
        digests=digests,
        truncated=bool(broken),
        problems=broken + _told(feed.problems),
    )


def _load(text: str) -> tuple[Any, tuple[str, ...]]:
    """Return the document, or of one that breaks off all before that, and a word on where.

    Raises ParseError where it breaks off before its items begin.
    """
    try:
        return json.loads(text), ()
    except (ValueError, RecursionError) as error:
        begin = _ITEMS.search(text)
        items = list(_complete(text, begin.end())) if begin else []
        if begin is None or not items:
            raise refusal.other_json(f"it cannot be read: {error}") from error
        try:
            document = json.loads(text[: begin.end()] + "]}")
        except (ValueError, RecursionError):
            raise refusal.other_json(f"it cannot be read: {error}") from error
        told = f"cut off or broken after {counted(len(items), 'item')} ({error})"
    return document | {"items": items}, (told,)


def _complete(text: str, position: int) -> Iterator[Any]:
    """Yield the values of a list, one after the other, as far as they can be read."""
    decoder = json.JSONDecoder()
    with suppress(ValueError, RecursionError):
        while between := _BETWEEN.match(text, position):
            value, position = decoder.raw_decode(text, between.end())
            yield value


def _entry(item: "_Fields", feed_authors: tuple[str, ...]) -> Entry:
    tag = language(item.text("language"))
    texts = (
        _content(item.text("content_html"), tag, html=True),
        _content(item.text("content_text"), tag, html=False),
    )
    return Entry(
        guid=item.identifier("id"),
        link=item.text("url") or item.text("external_url"),
        title=_content(item.text("title"), tag, html=False),
        summary=_content(item.text("summary"), tag, html=False),
        content=tuple(text for text in texts if text),
        authors=_authors(item) or feed_authors,
        categories=tuple(item.texts("tags")),
        enclosures=tuple(_enclosures(item)),
        image=item.text("image") or item.text("banner_image"),
        published=item.text("date_published"),
        updated=item.text("date_modified"),
    )


def _content(value: str | None, tag: str | None, *, html: bool) -> Content | None:
    return Content(value=value, html=html, language=tag) if value else None


def _authors(fields: "_Fields") -> tuple[str, ...]:
    """Return the names: 1.1 has a list, 1.0 one."""
    people = [*islice(fields.objects("authors"), MAX_NAMES), *fields.object("author")]
    names = (person.text("name") for person in people)
    return tuple(dict.fromkeys(name[:LONGEST_NAME] for name in names if name))


def _enclosures(item: "_Fields") -> Iterator[Enclosure]:
    for attachment in item.objects("attachments"):
        if url := attachment.text("url"):
            yield Enclosure(
                url=url,
                type=attachment.text("mime_type"),
                length=attachment.size("size_in_bytes"),
            )


def _digest(values: Mapping[str, Any]) -> str:
    canonical = json.dumps(values, sort_keys=True, ensure_ascii=True).encode()
    return sha256(canonical).hexdigest()[: 2 * DIGEST_DIGITS]


def _told(problems: list[str]) -> tuple[str, ...]:
    more = len(problems) - _SHOWN_PROBLEMS
    shown = tuple(problems[:_SHOWN_PROBLEMS])
    return (*shown, f"and {more} more fields of a wrong type") if more > 0 else shown


@dataclass(frozen=True, slots=True)
class _Fields:
    """The fields of one object, each of the type that is asked for, or missing and noted."""

    values: Mapping[str, Any]
    path: str
    problems: list[str]

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        if isinstance(value, str):
            return _SURROGATE.sub("\ufffd", value).strip() or None
        self.missing(value, name, "a text")
        return None

    def identifier(self, name: str) -> str | None:
        """Return an id; publishers write numbers too (JSON Feed 1.1, ``id``)."""
        value = self.values.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        return self.text(name)

    def size(self, name: str) -> int | None:
        value = self.values.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 2**63:
            return int(value)
        self.missing(value, name, "a size")
        return None

    def texts(self, name: str) -> Iterator[str]:
        for index, value in enumerate(self.list(name)):
            if isinstance(value, str):
                if value.strip():
                    yield _SURROGATE.sub("\ufffd", value).strip()
            else:
                self.missing(value, f"{name}[{index}]", "a text")

    def object(self, name: str) -> "Iterator[_Fields]":
        """Yield the one object, if it is there."""
        yield from self.as_object(self.values.get(name), name)

    def objects(self, name: str) -> "Iterator[_Fields]":
        for index, value in enumerate(self.list(name)):
            yield from self.as_object(value, f"{name}[{index}]")

    def as_object(self, value: Any, name: str) -> "Iterator[_Fields]":
        if isinstance(value, dict):
            yield _Fields(value, f"{self.path}{name}.", self.problems)
        else:
            self.missing(value, name, "an object")

    def list(self, name: str) -> list[Any]:
        value = self.values.get(name)
        if isinstance(value, list):
            return value
        self.missing(value, name, "a list")
        return []

    def missing(self, value: Any, name: str, expected: str) -> None:
        """Note a value of a wrong type; null is a way to say nothing."""
        if value is not None:
            self.problems.append(f"{self.path}{name} is not {expected}")
