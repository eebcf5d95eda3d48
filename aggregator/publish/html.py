"""HTML: what an entry's readers see, and the front page."""

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING

from aggregator.model import Level
from aggregator.publish import atom, jsonfeed, opml, rss
from aggregator.publish.edition import FRONT_PAGE, Edition
from aggregator.publish.item import Item
from aggregator.publish.language import autonym, direction
from aggregator.publish.markup import rfc3339
from aggregator.publish.text import clean, line
from aggregator.publish.view import folder

if TYPE_CHECKING:
    from jinja2 import Environment

NAME = FRONT_PAGE

_FEEDS = (("Atom", atom), ("RSS", rss), ("JSON", jsonfeed), ("OPML", opml))
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_SENSES = {
    Level.ITEM: "the same item",
    Level.COPY: "the same text",
    Level.EVENT: "the same event",
}


def content(item: Item) -> str:
    """Return a story's HTML for a feed entry: the excerpt, and who else covers it."""
    return clean(_templates().get_template("entry.html").render(item=item)).strip()


def render(edition: Edition, items: Sequence[Item]) -> bytes:
    """Write the front page: no script, and nothing asked of any other server."""
    style = _text("style.css")
    page = (
        _templates()
        .get_template("index.html")
        .render(
            edition=edition,
            days=[(day, tuple(told)) for day, told in groupby(items, lambda item: _day(item.last))],
            stories=len(items),
            here={item.id for item in items},
            publishers=len({publisher for item in items for publisher in item.publishers}),
            languages=len({language for item in items for language in item.languages}),
            feeds=[(label, module.NAME, module.TYPE) for label, module in _FEEDS],
            views=_views(edition),
            style=style,
            style_hash=b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        )
    )
    return clean(page).encode()


def _views(edition: Edition) -> list[tuple[str, str, bool]]:
    """Return the pages there are: title, address, and whether it is this one."""
    views = edition.settings.views
    if not views:
        return []
    pages = [(view, view.title or view.name) for view in views]
    return [
        (line(title), edition.top(folder(view) + NAME), folder(view) == edition.folder)
        for view, title in [(None, edition.settings.title), *pages]
    ]


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415  20 ms

    templates = Environment(
        loader=FunctionLoader(_text),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(autonym=autonym, clock=_clock, direction=direction, rfc3339=rfc3339)
    templates.globals["senses"] = _SENSES
    return templates


def _text(name: str) -> str:
    return files(__package__).joinpath("templates", name).read_text("utf-8")


def _day(time: datetime) -> str:
    """Write a day for people; never by the machine's locale, so that bytes are equal anywhere."""
    day = time.astimezone(UTC)
    return f"{_WEEKDAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]} {day.year}"


def _clock(time: datetime) -> str:
    time = time.astimezone(UTC)
    return f"{time.day} {_MONTHS[time.month - 1][:3]}, {time:%H:%M}"
