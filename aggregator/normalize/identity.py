"""Identity: which article an item is, from one poll of its feed to the next.

Feeds are wrong about guids in every way, so an item has up to four names, strongest first: its
guid, its canonical address, its text with its date, and its words alone, for feeds that draw all
else anew at each poll. What is shared by items that cannot be one is no name.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final, NamedTuple, TypeVar

from rapidfuzz import fuzz

from aggregator.model import Article, Known, PublishedSource
from aggregator.normalize.script import weigh
from aggregator.normalize.url import canonical

_LONGEST_NAME: Final = 200
_TEXT: Final = 200
"""Characters of a text that name it."""
_TELLING_DATED: Final = 20
_TELLING_UNDATED: Final = 60
"""Latin letters that a title and text need to be a name beside others: "Live updates" is none."""
_ALIKE: Final = 85
_BARELY_ALIKE: Final = 60
"""Of 100: what titles must have in common to be one title edited, without and with a name in common
that the store remembers."""
_VERSIONS: Final = 12
"""Content hashes of an article that are remembered."""
_T = TypeVar("_T")

_WORDS: Final = "words:"
_WEB: Final = re.compile(r"https?://", re.IGNORECASE)
_NO_LETTER: Final = re.compile(r"[\W_]+")
_ASCII_NO_LETTERS: Final = bytes(code for code in range(128) if not chr(code).isalnum())
"""Those that texts are full of: bytes of UTF-8, and many times quicker to leave out."""
_NUMBER: Final = re.compile(r"\d+")


# --------------------------------------------------------------------------- names of one document


class Clues(NamedTuple):
    """What an item has to be recognised by."""

    guid: str | None
    """On one line, never empty."""
    url: str | None
    """Canonical; None where the link is the site's front page, which names no item."""
    title: str
    text: str
    """Plain text, or what stands in its place: the addresses of files, a picture."""
    date: str
    """The date that the feed gives, in any one spelling; "" where it gives none."""


def keys(items: Sequence[Clues], *, afresh: bool = False) -> list[tuple[str, ...]]:
    """Return the keys of each item of one document, strongest first, at least one each.

    ``afresh``: nothing in the document came again as it was.

    - A guid is a key unless items with different links and different texts carry it (a broken
      system that gives all the same).
    - An address is a key unless items carry it that differ in guid and text, and whose titles are
      not one title edited, or are one title over different texts (posts of a live blog, versions
      on a page of changes).
    - A text (title, beginning and date) is a key where it says enough to be no boilerplate, unless
      items differing in both guid and address carry it; always where there is nothing else.
    - The words (title and text) of an item that no other has are a key in a document afresh.
    """
    guids = [_guid_key(item.guid) for item in items]
    urls = [_url_key(item.url) for item in items]
    texts = [_text_key(item) for item in items]
    bodies = [item.text for item in items]
    trusted = {
        name
        for name, at in _bearers(guids).items()
        if len(at) == 1 or _agree(urls, at) or _agree(texts, at)
    } | {
        name
        for name, at in _bearers(urls).items()
        if len(at) == 1
        or _agree(guids, at)
        or _agree(bodies, at)
        or all(_is_edition(items[at[0]], items[other]) for other in at)
    }
    shared_texts = _contradicted_texts(texts, guids, urls)
    says = [_says(item) for item in items]
    words = [_words_key(*told) if afresh else None for told in zip(items, says, strict=True)]
    once = {key for key, at in _bearers(words).items() if len(at) == 1}
    named: list[tuple[str, ...]] = []
    for item, said, guid, url, text, own_words in zip(
        items, says, guids, urls, texts, words, strict=True
    ):
        names = [key for key in (guid, url) if key and key in trusted]
        if not names or (text not in shared_texts and _is_telling(item, said)):
            names.append(text)
        if own_words in once:
            names.append(own_words)
        named.append(tuple(names))
    return named


def has_address(keys: Iterable[str]) -> bool:
    """Tell whether an address is among an item's keys."""
    return any(key.startswith("url:") for key in keys)


def article_id(feed: str, key: str) -> str:
    """Return the id of an article first seen under this key: 16 hexadecimal digits."""
    return sha256(f"{feed}\0{key}".encode()).hexdigest()[:16]


def _guid_key(guid: str | None) -> str | None:
    """Return the key of a guid; one that is an address may change in what names no page."""
    if guid is None:
        return None
    if _WEB.match(guid):
        page, mark, place = guid.partition("#")
        guid = (canonical(page) or page.rstrip("/")).partition("://")[2] + mark + place
    return "guid:" + _short(guid)


def _url_key(url: str | None) -> str | None:
    """Return the key of a canonical address."""
    return None if url is None else "url:" + _short(url.removeprefix("https://"))


def _text_key(item: Clues) -> str:
    """Return the key of a title, the beginning of a text and a date."""
    said = f"{_letters(item.title)}\0{_letters(item.text[:_TEXT])}\0{item.date}"
    return "text:" + sha256(said.encode()).hexdigest()[:32]


def _words_key(item: Clues, says: float) -> str | None:
    """Return the key of a title and a whole text; None where they could be another item's too."""
    if says < _TELLING_UNDATED:
        return None
    said = f"{_letters(item.title)}\0{_letters(item.text)}"
    return _WORDS + sha256(said.encode()).hexdigest()[:32]


def _short(name: str) -> str:
    """Return a name, or its digest where it is long."""
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[:_LONGEST_NAME]}…{sha256(name.encode()).hexdigest()[:32]}"


def _letters(text: str) -> str:
    """Return a text's letters and digits in lower case."""
    encoded = text.encode("utf-8", "surrogatepass").translate(None, _ASCII_NO_LETTERS)
    return _NO_LETTER.sub("", encoded.decode("utf-8", "surrogatepass")).casefold()


def _is_telling(item: Clues, says: float) -> bool:
    """Tell whether a text says enough to be no boilerplate that another item could repeat."""
    if item.date:
        return says >= _TELLING_DATED
    return (item.guid is None or item.url is None) and says >= _TELLING_UNDATED


def _says(item: Clues) -> float:
    """Return how much a title and the beginning of a text say, in Latin letters."""
    return sum(weigh(item.title).values()) + sum(weigh(item.text[:_TEXT]).values())


def _bearers(names: Sequence[str | None]) -> dict[str, list[int]]:
    """Return at which positions each name stands."""
    bearers: dict[str, list[int]] = defaultdict(list)
    for position, name in enumerate(names):
        if name is not None:
            bearers[name].append(position)
    return bearers


def _agree(witness: Sequence[str | None], positions: Iterable[int]) -> bool:
    """Tell whether a witness says one and the same thing, and something, at all positions."""
    said = {witness[position] for position in positions}
    return len(said) == 1 and not said <= {None, ""}


def _is_edit(one: str, other: str, least: int = _ALIKE) -> bool:
    """Tell whether two titles are one, edited: alike by ``least`` of 100, with the same numbers."""
    one, other = (_NO_LETTER.sub(" ", title).casefold() for title in (one, other))
    return (
        set(_NUMBER.findall(one)) == set(_NUMBER.findall(other))
        and fuzz.token_set_ratio(one, other) >= least
    )


def _is_edition(one: Clues, other: Clues) -> bool:
    """Tell whether two items of one address are one that was edited."""
    return _is_edit(one.title, other.title) and not _are_posts(
        (one.title, one.text), (other.title, other.text)
    )


def _are_posts(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Tell whether title and text are those of two posts under one title, as in a live blog."""
    if _letters(one[0]) != _letters(other[0]):
        return False
    texts = [_NO_LETTER.sub(" ", text[:_TEXT]).casefold().strip() for _, text in (one, other)]
    return all(texts) and fuzz.token_set_ratio(*texts) < _ALIKE


def _contradicted_texts(
    texts: Sequence[str], guids: Sequence[str | None], urls: Sequence[str | None]
) -> frozenset[str]:
    """Return the texts that items differing in guid and address both carry."""
    bearers: dict[str, list[tuple[str | None, str | None]]] = defaultdict(list)
    for text, guid, url in zip(texts, guids, urls, strict=True):
        bearers[text].append((guid, url))
    return frozenset(
        text
        for text, pairs in bearers.items()
        if min(len({guid for guid, _ in pairs}), len({url for _, url in pairs})) > 1
    )


# --------------------------------------------------------------------------- against the store


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What one document's drafts are, given what the store remembers."""

    new: tuple[Article, ...]
    changed: tuple[Article, ...]
    """Known articles with new words, under their old id, first seen when they were; their
    publication date stays that of the first sight, unless only now the feed gives one."""
    unchanged: tuple[str, ...]
    """Ids of the known articles that came again as they were."""
    learned: tuple[tuple[str, str], ...]
    """(key, article id): further names of known articles, or of an item given twice."""
    versions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(article id, ``Known.versions``) of the changed ones."""


def identify(drafts: Sequence[Article], known: Mapping[str, Known]) -> Resolution:
    """Tell new drafts from known articles, and known ones that changed from those that did not.

    ``known`` holds what the store remembers under the drafts' keys, of this feed alone. An article
    that a document gives twice counts once, as it was dated last, else as it stands first. One
    that goes back to an earlier version for the second time does not change: two servers out of
    step would do so for ever. Nor does one that was forgotten, or that only its words tell; they
    are believed where half of the drafts are known, since a feed that draws all names anew does so
    with every item, while a notice that is repeated comes alone.
    """
    new: dict[int, Article] = {}
    changed: dict[int, Article] = {}
    unchanged: dict[int, str] = {}
    versions: dict[int, tuple[str, tuple[str, ...]]] = {}
    further: list[tuple[str, str]] = []
    owners: dict[str, str] = {}
    drawn_anew = 2 * sum(any(key in known for key in d.keys) for d in drafts) >= len(drafts)
    seen: set[str] = set()
    for position, draft in sorted(enumerate(drafts), key=_last_said, reverse=True):
        article = _believed(draft, known)
        name = next(
            (
                key
                for key in article.keys
                if (key in owners or key in known) and (drawn_anew or not key.startswith(_WORDS))
            ),
            None,
        )
        record = None if name is None or name in owners else known[name]
        identity = record.id if record else owners.get(name or "", article.id)
        if name is not None and not (record and record.forgotten):
            further += [
                (key, identity) for key in article.keys if key not in known and key not in owners
            ]
        if identity not in seen:
            seen.add(identity)
            if record is None:
                new[position] = article
            elif (
                record.forgotten
                or (name or "").startswith(_WORDS)
                or _is_old(article.content_hash, record)
            ):
                unchanged[position] = identity
            else:
                changed[position] = _continued(article, record)
                versions[position] = identity, _versions(article.content_hash, record)
        for key in article.keys:
            owners.setdefault(key, identity)
    again = {*unchanged.values(), *(article.id for article in changed.values())}
    return Resolution(
        new=_in_order(new),
        changed=_in_order(changed),
        unchanged=_in_order(unchanged),
        learned=_lasting(further, again),
        versions=_in_order(versions),
    )


def _last_said(placed: tuple[int, Article]) -> datetime:
    """Return when the feed last says something of a draft."""
    _, draft = placed
    return max(draft.published, draft.updated or draft.published)


def _in_order(placed: Mapping[int, _T]) -> tuple[_T, ...]:
    """Return what stands at positions in their order."""
    return tuple(placed[position] for position in sorted(placed))


def _is_old(content_hash: str, record: Known) -> bool:
    """Tell whether an article has this version, or had it and has gone back to one already.

    Once an edit may be taken back. Whoever does it again only shows two sides in turn.
    """
    has_gone_back = len(set(record.versions)) < len(record.versions)
    return content_hash == record.content_hash or (
        has_gone_back and content_hash in record.versions
    )


def _versions(content_hash: str, record: Known) -> tuple[str, ...]:
    """Return an article's versions with one more."""
    return (*(record.versions or (record.content_hash,)), content_hash)[-_VERSIONS:]


def _continued(article: Article, record: Known) -> Article:
    """Return a known article with its new words.

    A feed that dates everything anew at each poll moves nothing; a date that was missing at first
    sight is taken when it comes.
    """
    learned = (
        record.published_source is PublishedSource.FIRST_SEEN
        and article.published_source is not PublishedSource.FIRST_SEEN
        and article.published <= record.first_seen
    )
    return replace(
        article,
        id=record.id,
        first_seen=record.first_seen,
        published=article.published if learned else record.published,
        published_source=article.published_source if learned else record.published_source,
    )


def _believed(draft: Article, known: Mapping[str, Known]) -> Article:
    """Return the draft without the keys that would make it an article it is not.

    A poll brings only new items, so a guid that a feed gives to all of them, or a link that leads
    to the same page every day, shows in the store and not in the document: there it belongs to an
    article with another title and date, and with another address or guid. So does the page of a
    live blog, whose posts have one title and other words.
    """
    kept = tuple(key for key in draft.keys if not _is_broken(key, draft, known))
    if not kept or kept == draft.keys:
        return draft
    return replace(draft, keys=kept, id=article_id(draft.feed, kept[0]))


def _is_broken(key: str, draft: Article, known: Mapping[str, Known]) -> bool:
    """Tell whether a key is known of an article that this draft cannot be."""
    record = known.get(key)
    if record is None or not _is_other(draft, record):
        return False
    if key.startswith("guid:"):
        return draft.url is not None and record.url is not None and draft.url != record.url
    guid = draft.keys[0]
    return key.startswith("url:") and guid.startswith("guid:") and guid not in known


def _is_other(draft: Article, record: Known) -> bool:
    """Tell whether words and date speak against one article."""
    if draft.published == record.published or not (draft.title and record.title):
        return False
    return not _is_edit(draft.title, record.title, least=_BARELY_ALIKE) or _are_posts(
        (draft.title, draft.parts[0].lead), (record.title, record.lead)
    )


def _lasting(further: Sequence[tuple[str, str]], again: set[str]) -> tuple[tuple[str, str], ...]:
    """Return the names worth remembering.

    A kind of name that is new on every article that came again changes at each poll (a guid drawn
    at random, an address with a session in it): it names nothing. Texts come with their changes.
    """
    lasting: list[tuple[str, str]] = []
    for kind in ("guid:", "url:"):
        names = [(key, identity) for key, identity in further if key.startswith(kind)]
        if len(again) == 1 or not again or not again <= {identity for _, identity in names}:
            lasting += names
    return tuple(dict.fromkeys(lasting))
