"""Which of the languages at hand serves a reader best. Pure.

The lookup of RFC 4647 section 3.4, and then the reader's language in another script or region:
who reads Traditional Chinese is better served by Simplified than by English.
"""

from collections.abc import Iterable, Sequence

_SCRIPTS = {"cn": "hans", "sg": "hans", "my": "hans", "tw": "hant", "hk": "hant", "mo": "hant"}
"""That Chinese is written in, by region (CLDR, likely subtags)."""


def negotiate(preferred: Sequence[str], available: Iterable[str]) -> str | None:
    """Return the language of those available that serves a reader best; None where none does.

    Both are BCP 47 tags in any case; ``preferred`` is sorted best first. Of kin that are equally
    near the first available is taken. A language that the reader names has its own turn: of
    ``zh-Hant, en, zh-Hans`` English comes before zh-Hans.
    """
    by_tag: dict[str, str] = {}
    for tag in available:
        by_tag.setdefault(scripted(tag.lower()), tag)
    wanted = [scripted(tag.lower()) for tag in preferred]
    for tag in wanted:
        found = _lookup(tag, by_tag) or _kin(tag, by_tag, wanted)
        if found is not None:
            return by_tag[found]
    return None


def scripted(tag: str) -> str:
    """Name the script of Chinese where only a region tells it: ``zh-tw`` → ``zh-hant-tw``.

    The tag is in lower case.
    """
    language, _, region = tag.partition("-")
    script = _SCRIPTS.get(region) if language == "zh" else None
    return f"{language}-{script}-{region}" if script else tag


def _lookup(tag: str, available: Iterable[str]) -> str | None:
    """Return the tag, or the longest beginning of it that is available."""
    while tag not in available:
        tag, more, _ = tag.rpartition("-")
        if not more:
            return None
        if tag[-2:-1] == "-":  # a singleton leads nowhere by itself
            tag = tag[:-2]
    return tag


def _kin(tag: str, available: Iterable[str], wanted: Sequence[str]) -> str | None:
    """Return the first of the same language in another script or region."""
    language = tag.partition("-")[0]
    return next(
        (
            other
            for other in available
            if other.partition("-")[0] == language and other not in wanted
        ),
        None,
    )
