"""XML documents that are always well formed."""

from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from aggregator.publish.text import clean

ATOM = "http://www.w3.org/2005/Atom"
MEDIA = "http://search.yahoo.com/mrss/"


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
