"""Pictures and players: those that a script would have loaded, without those that only spy."""

import re
import tomllib
from functools import cache
from html import escape, unescape
from importlib.resources import files
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from aggregator.normalize.url import Rewrites, resolve

LAZY: Final = ("data-src", "data-lazy-src", "data-original", "data-actualsrc", "data-lazy")
"""Where a script finds what to load; ``src`` then holds something grey."""
SETS: Final = ("data-srcset", "data-lazy-srcset", "srcset")
"""The same picture in several sizes."""
HIDING: Final = ("hidden", "style")
"""What may say that nobody is to see a picture."""
_KEPT: Final = ("alt", "height", "lang", "title", "width")

_IMAGE: Final = re.compile(r"<img\b([^<>]*)>")
_ATTRIBUTE: Final = re.compile(r'([a-z-]+)="([^"]*)"')
_UNSEEN: Final = re.compile(r"\s*[0-2](?:\.\d*)?\s*(?:px)?\s*")
_INVISIBLE_STYLE: Final = re.compile(
    r"(?:display:none|visibility:hidden|opacity:0|(?:max-)?(?:height|width):[0-2](?:px)?)(?:[;!]|$)",
    re.IGNORECASE,
)
_SPACE: Final = re.compile(r"\s+")
_DESCRIPTOR: Final = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)[wx]")
_FRAME: Final = re.compile(r"<iframe\s[^<>]{0,4000}>", re.IGNORECASE)
_FRAME_SOURCE: Final = re.compile(r"\ssrc\s*=\s*[\"']?([^\"'\s<>]+)", re.IGNORECASE)


class _Rules(NamedTuple):
    """``media.toml``, compiled."""

    trackers: frozenset[str]
    places: tuple[str, ...]
    names: frozenset[str]
    players: frozenset[str]
    pages: Rewrites


@cache
def _rules() -> _Rules:
    """Read the data file once, when the first picture comes."""
    data = tomllib.loads(files(__package__).joinpath("media.toml").read_text(encoding="utf-8"))
    pixels, players = data["pixels"], data["players"]
    return _Rules(
        trackers=frozenset(pixels["hosts"]),
        places=tuple(pixels["places"]),
        names=frozenset(pixels["names"]),
        players=frozenset(players["hosts"]),
        pages=tuple((re.compile(pattern), page) for pattern, page in players["pages"]),
    )


def attribute(base: str | None, name: str, value: str) -> str | None:
    """Return what to keep of an attribute of a picture that ``shown`` reads, None for nothing.

    Of several sizes that is the largest one's address; of a style, whether it hides.
    """
    if name == "style":
        return "hidden" if _INVISIBLE_STYLE.search(_SPACE.sub("", value)) else None
    if name in SETS:
        value = _largest(value)
    return resolve(base, value) if "/" in value or "." in value else None


def shown(html: str) -> str:
    """Return sanitized markup with the pictures to show, each with its real address.

    What only counts readers goes (invisible, two pixels high or wide, or of a host that serves
    nothing else), and so does a picture given again right away: for readers without a script.
    """
    last: str | None = None

    def image(match: re.Match[str]) -> str:
        nonlocal last
        given = dict(_ATTRIBUTE.findall(match[1]))
        sources = (given.get(name) for name in (*LAZY, "src", *SETS))
        source = next(filter(None, sources), None)
        if source is None or source == last or _is_pixel(given, unescape(source)):
            return ""
        last = source
        kept = "".join(f' {name}="{given[name]}"' for name in _KEPT if name in given)
        return f'<img{kept} src="{source}">'

    return _IMAGE.sub(image, html)


def with_players(html: str, base: str | None) -> str:
    """Return markup, not yet sanitized, with a link before each frame that plays something."""
    if "<iframe" not in html.lower():
        return html
    return _FRAME.sub(lambda frame: _linked(frame[0], base) + frame[0], html)


def _linked(frame: str, base: str | None) -> str:
    """Return a link to what a frame plays, "" where it is no player."""
    source = _FRAME_SOURCE.search(frame)
    address = resolve(base, unescape(source[1])) if source else None
    if address is None or not _is_of(address, _rules().players):
        return ""
    for pattern, page in _rules().pages:
        address = pattern.sub(page, address)
    host = urlsplit(address).netloc.removeprefix("www.")
    return f'<p><a href="{escape(address)}">▶ {host}</a></p>'


def _largest(candidates: str) -> str:
    """Return the address of the largest of several sizes (HTML, srcset attribute), "" of none."""
    best, largest = "", 0.0
    words = candidates.split()[::-1]
    while words:
        address, size = words.pop(), 1.0
        if not address.endswith(",") and words:
            descriptor, _, rest = words.pop().partition(",")
            if rest:
                words.append(rest)
            if said := _DESCRIPTOR.fullmatch(descriptor):
                size = float(said[1])
        if size > largest:
            best, largest = address.strip(","), size
    return best


def _is_pixel(given: dict[str, str], address: str) -> bool:
    """Tell whether a picture is not there to be seen."""
    return (
        any(name in given for name in HIDING)
        or any(_UNSEEN.fullmatch(given.get(side, "")) for side in ("height", "width"))
        or _is_of(address, _rules().trackers)
        or address.partition("://")[2].startswith(_rules().places)
        or urlsplit(address).path.rpartition("/")[2].lower() in _rules().names
    )


def _is_of(address: str, hosts: frozenset[str]) -> bool:
    """Tell whether an address is of one of these hosts or of a domain below."""
    labels = (urlsplit(address).hostname or "").split(".")
    return any(".".join(labels[start:]) in hosts for start in range(len(labels)))
