"""English sentences that are no phrases yet, known again so that they can be said otherwise. Pure.

A failure crosses processes and exceptions as plain text. What stands here are the texts' templates
(``aggregator.phrase``); tests hold them to the sources that they come from.
"""

import re
from functools import cache

from aggregator.phrase import Phrase, Value

TEMPLATES = (
    # poll: libcurl's errors
    "{who}: the proxy's name has no address: check it, or your network ({message})",
    "{who}: the proxy lets nothing through ({message})",
    "{who}: the certificates of tls.ca cannot be read: check the file ({message})",
    "{who}: the host has no address: check the url, or your network ({message})",
    "{who}: no connection: the server is down, or the port is wrong ({message})",
    (
        "{who}: the server's certificate is not to be trusted; if it is one of your own, name it as"
        " tls.ca ({message})"
    ),
    "{who}: no secure connection could be agreed on ({message})",
    "{who}: the server hung up without an answer ({message})",
    "{who}: the connection broke ({message})",
    "{who}: the connection ended before the answer did ({message})",
    "{who}: what answers there does not speak HTTP ({message})",
    "{who}: no connection: check network.proxy, or the feed's own ({message})",
    "{who}: the transfer failed ({message})",
    "no complete answer within {time} ({key}; {message}): asked again later",
    # poll: what we refuse
    "it is compressed more than once ({codings}): not unpacked",
    "the {coding} body ends before its end; it is asked again",
    "its {coding} body is broken ({error})",
    "it is larger than limits.{key} ({size}) allows: not read",
    "the server answered a form with {status}: not followed",
    "the server answered {status} without saying where to: no feed",
    "its redirects go in circles: given up",
    "it redirects more than {count} times (limits.redirects): given up",
    "this is no address that can be asked for: {error}",
    "it redirects to where we do not follow: {error}",
    (
        "it redirects from https to plain http, {host}: not followed; if that is as it should be,"
        " write the http url into the configuration"
    ),
    "there is no file {path}: check the feed's url in the configuration",
    "the file {path} cannot be read: {error}",
    # parse
    "{page}; subscribe to a feed that it names: {feeds}",
    "{page}; it wants a person: ask the publisher to let feed readers in",
    "{page}; it asks for a login: the feed's address may need credentials",
    "{page} and names no feed; check the address in a browser",
    "an HTML page{title} came instead of a feed",
    "{document}, which is no feed; look for the feed's own address",
    "JSON came that is no JSON Feed ({found}); look for the feed's own address",
    "it is built to be slow to read: {excess}; report it if it is a real feed",
    "an empty document came; its publisher has to mend it if it stays so",
    "binary data came, neither XML nor JSON; check the feed's address",
    "text came, neither XML nor JSON: “{excerpt}”; check the feed's address",
    "a broken gzip file came instead of a feed ({error}); its publisher has to mend it",
    "a gzip file that unpacks to more than {size} MiB came: refused",
    "it is XML too broken to read ({problem}); its publisher has to mend it",
    "it is cut off before its first item",
    "feedparser fails on more than {count} items; please report it",
    "feedparser cannot read it ({kind}: {error}); please report the feed",
    "our parser dies of it ({how}); please report the feed",
    (
        "reading it took longer than {time} (limits.parse_time); allow more if it is a real feed,"
        " and please report it"
    ),
    (
        "reading it takes more than {size} MiB of memory (limits.parse_memory); allow more if it is"
        " a real feed, and please report it"
    ),
    # web
    "there is nothing at this address",
    "the store does not answer: aggregate doctor says why",
    "there is no story {story}",
    "there is no article {article}",
    "there is no feed {feed}",
    "there is no {file}",
    "no story has such an address",
    "no file {file} is published",
    "that was a lot: wait a moment",
    "choose the articles that are to be split off",
    "these articles stand in several stories; split one story at a time",
    "the story {story} has nothing else that this could be split from",
    "{one} and {other} are one and the same; name two articles, or two stories",
    "no decision {number} holds; aggregate decisions lists those that were made",
    "nobody is owner here: set serve.token, and the variable it names",
    "this is the owner's: enter the token at /owner first",
    "that is a fault of this server; its log says which",
)
TIMES = ("{number} s", "{number} min", "{number} h", "{number} d")
"""What lengths of time are written as within phrases."""

_FIELD = re.compile(r"\{(\w+)\}")
_TIME = re.compile(r"([0-9.]+) (s|min|h|d)")


def recognised(text: str) -> Phrase:
    """Return a text as the phrase that it was made as, the phrases and times in it as well."""
    phrase = Phrase.of(text)
    if not phrase.values:
        phrase = _found(phrase)
    values = {name: _value(value) for name, value in phrase.values.items()}
    return Phrase(phrase.template, **values)


def _value(value: Value) -> Value:
    if not isinstance(value, str):
        return value
    if time := _TIME.fullmatch(value):
        return Phrase(f"{{number}} {time[2]}", number=time[1])
    return recognised(value)


def _found(text: Phrase) -> Phrase:
    for template, pattern in _patterns():
        if found := pattern.fullmatch(text):
            return Phrase(template, **found.groupdict())
    return text


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return what finds each template's texts: those that say most themselves come first."""
    ordered = sorted(TEMPLATES, key=lambda template: -len(_FIELD.sub("", template)))
    return tuple((template, _pattern(template)) for template in ordered)


def _pattern(template: str) -> re.Pattern[str]:
    pieces = (
        f"(?P<{piece}>.*?)" if number % 2 else re.escape(piece)
        for number, piece in enumerate(_FIELD.split(template))
    )
    return re.compile("".join(pieces), re.DOTALL)
