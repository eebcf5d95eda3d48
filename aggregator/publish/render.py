"""An edition, in every format that we publish. Pure."""

from collections.abc import Mapping

from aggregator.publish import atom, html, jsonfeed, opml, rss
from aggregator.publish.edition import Edition
from aggregator.publish.item import items


def render(edition: Edition) -> Mapping[str, bytes]:
    """Return the files to publish, by name. The same edition gives the same bytes."""
    told = items(edition)
    contents = tuple(map(html.content, told))
    return {
        atom.NAME: atom.render(edition, told, contents),
        rss.NAME: rss.render(edition, told, contents),
        jsonfeed.NAME: jsonfeed.render(edition, told, contents),
        html.NAME: html.render(edition, told),
        opml.NAME: opml.render(edition),
    }
