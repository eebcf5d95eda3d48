"""XML documents that are always well formed."""

from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from aggregator.config import Publish
from aggregator.publish.text import clean

ATOM = "http://www.w3.org/2005/Atom"
MEDIA = "http://search.yahoo.com/mrss/"
_MILLISECOND = 1000


def child(
    parent: Element,
    tag: str,
    text: str | None = None,
    /,
    *,
    lang: str | None = None,
    **attributes: str | None,
) -> Element:
    """Append an element; ``lang`` is its xml:lang, and an attribute that is None is left out."""
    given = {"xml:lang": lang, **attributes}
    element = SubElement(parent, tag, {k: v for k, v in given.items() if v is not None})
    element.text = text
    return element


def document(root: Element) -> bytes:
    """Serialize, in UTF-8, indented for the human who looks at it."""
    indent(root, " ")
    text = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{clean(text)}\n'.encode()


def rfc3339(time: datetime) -> str:
    """Write a time as RFC 3339 in UTC, to the second."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rfc3339_exact(time: datetime) -> str:
    """Write a time as RFC 3339 in UTC, to the millisecond where it tells one."""
    part = f".{time.microsecond // 1000:03}Z" if time.microsecond >= _MILLISECOND else "Z"
    return rfc3339(time).replace("Z", part)


def polling(channel: Element, settings: Publish) -> None:
    """Say how often it is worth asking (RDF Site Summary's syndication module)."""
    if settings.ttl:
        channel.set("xmlns:sy", "http://purl.org/rss/1.0/modules/syndication/")
        child(channel, "sy:updatePeriod", "daily")
        child(channel, "sy:updateFrequency", str(max(1, timedelta(days=1) // settings.ttl)))


def restriction(channel: Element, settings: Publish) -> None:
    """Ask search engines and directories to leave a feed alone (Feed Access Control, Bloglines)."""
    if settings.robots == "noindex":
        channel.set("xmlns:access", "http://www.bloglines.com/about/specs/fac-1.0")
        child(channel, "access:restriction", relationship="deny")
