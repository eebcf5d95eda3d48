"""When a feed is asked, for what, and what the answer means for the next time.

It decides and does nothing: answers, the time and chance come in, a new ``FeedState`` goes out.
docs/etiquette.md tells each rule in words, with its source.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from itertools import pairwise
from random import Random

from aggregator.model import Feed, FeedState, Moves, ParsedFeed, Request, Respite, Response
from aggregator.phrase import Phrase
from aggregator.poll import freshness, timing

PATIENCE = 3
"""Failures in a row after which a place that the feed moved to is doubted."""
UNHEARD = timedelta(hours=2)
"""Back-off is for the sake of servers: one that never heard of us needs no more."""
ROOM = 16
"""Times the shortest interval: back-off gets so far, even for a feed with one fixed interval."""
SLACK = 0.02
"""Share of the shortest interval that a poll may come early: runs do not take equally long."""

_AFRESH = frozenset(
    {
        HTTPStatus.IM_USED,
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.PRECONDITION_FAILED,
        HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    }
)
"""What a server says that chokes on its own validators, or sends what we cannot put together."""
_PERMANENT = frozenset({HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT})
_WHOLE = frozenset({HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION})
_ADVICE = {
    400: Phrase("the server did not understand the request: check the url"),
    401: Phrase("it needs credentials: give the feed auth, or correct those that it has"),
    402: Phrase("the server asks for payment"),
    403: Phrase(
        "the server refuses us: check the feed's auth and headers, or ask its owner, "
        "who is told of your network.contact"
    ),
    404: Phrase("nothing is there: check the url, or look on the site for the feed's new place"),
    407: Phrase(
        "the proxy asks for credentials: write them into proxy as http://USER:${PASSWORD}@HOST"
    ),
    408: Phrase("the server waited for us too long"),
    410: Phrase(
        "the feed is gone for good and not asked again: remove it or give it its new url; "
        "aggregate feeds --resume asks once more"
    ),
    429: Phrase("we ask too often for its taste: it is left alone for a while"),
    451: Phrase("withheld for legal reasons"),
}


def due(feed: Feed, state: FeedState | None, now: datetime, *, force: bool = False) -> bool:
    """Return whether the feed may and should be asked now.

    ``force`` goes over our own interval, never over the server's word, and it asks a feed that
    failed again and again after 1, 2, 4, … minutes at the earliest. A feed never polled (state
    None, or learned of another url) and a local file are always due, and so is one that was asked
    in what is now the future: times set by a clock that was wrong mean nothing.
    """
    known = _known(feed, state)
    if feed.is_local or known.due is None:
        return True
    if known.checked is not None and known.checked > now + feed.min_interval:
        return not known.gone
    if known.gone or (known.not_before is not None and now < known.not_before):
        return False
    if timing.allowed_from(known, now) > now:
        return False
    patience = timing.patience(known.failures)
    if known.checked is not None and now < min(known.checked + patience, known.due):
        return False
    return force or now >= known.due - SLACK * feed.min_interval


def request(feed: Feed, state: FeedState | None, *, patience: timedelta | None = None) -> Request:
    """Return the conditional GET to make (RFC 9110 section 13.1): what was learned goes along.

    ``patience`` is how long it may wait for its turn.
    """
    known = _known(feed, state)
    return Request(
        feed=feed.id,
        url=known.moved_to or feed.url,
        etag=known.etag,
        last_modified=known.last_modified,
        timeout=feed.timeout,
        access=feed.access,
        found=known.moved_to is not None,
        patience=patience,
    )


def has_document(response: Response) -> bool:
    """Return whether the body is to be parsed: the feed, or its latest part (RFC 3229)."""
    return response.failure is None and (response.status in _WHOLE or _is_delta(response))


def is_known(feed: Feed, state: FeedState | None, response: Response) -> bool:
    """Return whether the feed is what was parsed last: a 304 that we asked for, or equal bytes."""
    known = _known(feed, state)
    if response.status == HTTPStatus.NOT_MODIFIED:
        return _is_conditional(known)
    return has_document(response) and _digest(response) == known.body_hash


def after(
    feed: Feed,
    state: FeedState | None,
    response: Response,
    *,
    document: ParsedFeed | None,
    error: str | None,
    changed: bool,
    now: datetime,
    random: Random,
) -> FeedState:
    """Return what is known of the feed after this answer.

    ``document`` is what the body held; None where it was not parsed, because there is none, it is
    known, or it cannot be (then ``error`` says why). ``changed``: whether it held something new.
    """
    if response.spared:
        return _put_off(feed, _known(feed, state), response, now)
    known = replace(_known(feed, state), checked=now)
    problem = _problem(known, response, error)
    if problem is not None:
        failed = _failed(known, response, problem)
        if feed.is_local:
            return _local(failed, now)
        longest = _longest_backoff(feed, response)
        own = timing.backoff_wish(feed, failed.failures, longest, now, random)
        timed = timing.timed(failed, own, timing.retry_wishes(response, now))
        return replace(timed, rule=Phrase("gone for good (410)")) if failed.gone else timed
    learned = _learned(known, response, document, now)
    if not _has_secret(feed):  # where it leads may be one too, and is not kept
        learned = _moved(learned, response, now, feed.moves)
    if changed or known.changed is None:  # the first reading is news, and its silence begins
        learned = replace(learned, changed=now, rhythm=timing.rhythm(known, now))
    if feed.is_local:
        return _local(learned, now)
    own = timing.own_wish(feed, learned, now, random)
    return timing.timed(learned, own, timing.server_wishes(learned, response, now))


def resumed(feed: Feed, state: FeedState | None, now: datetime) -> FeedState:
    """Return the state of a feed that the user wants asked again, whatever stopped or slowed it.

    The server's word, Retry-After say, holds on.
    """
    known = _known(feed, state)
    rule = Phrase("resumed by you")
    return replace(known, gone=False, failures=0, error=None, due=now, rule=rule)


def _put_off(feed: Feed, known: FeedState, response: Response, now: datetime) -> FeedState:
    """Return what was known, with a later time: nobody asked it, so that nothing was learned.

    One that only ran out of time is due as it was.
    """
    if response.spared is Respite.LATE:
        return known
    wishes = tuple(timing.retry_wishes(response, now))
    if response.spared is Respite.SILENT:
        return timing.timed(known, timing.silent_wish(feed, wishes, now), ())
    return timing.timed(known, timing.refused_wish(feed, wishes, now), wishes)


def _local(known: FeedState, now: datetime) -> FeedState:
    """Return what is known of a file of our own, which no manners keep us from."""
    return replace(known, due=now, not_before=None, rule=Phrase("a local file: read at every run"))


def _known(feed: Feed, state: FeedState | None) -> FeedState:
    """Return the state, or a blank one: what was learned of another url counts for nothing."""
    if state is None or state.url != feed.shown_url:
        return FeedState(feed=feed.id, url=feed.shown_url)
    return state


def _has_secret(feed: Feed) -> bool:
    """Whether its url or the headers of its own may hold a secret."""
    return feed.url != feed.shown_url or bool(feed.access.headers)


def _is_conditional(known: FeedState) -> bool:
    return known.etag is not None or known.last_modified is not None


def _is_delta(response: Response) -> bool:
    """RFC 3229 sections 10.4.1 and 10.5.2, with the manipulation ``feed`` (RFC3229+feed)."""
    applied = response.headers.get("im", "").lower().replace(" ", "").split(",")
    return response.status == HTTPStatus.IM_USED and applied == ["feed"]


def _digest(response: Response) -> str:
    return sha256(response.body).hexdigest()


def _problem(known: FeedState, response: Response, error: str | None) -> str | None:
    """Return in words why this answer is no success; None where it is one."""
    if response.failure is not None:
        return response.failure
    if has_document(response):
        return error
    if response.status == HTTPStatus.NOT_MODIFIED:
        if _is_conditional(known):
            return None
        return Phrase(
            "the server says 304 (unchanged) to a question that we did not ask: tell its owner"
        )
    advice = _ADVICE.get(response.status)
    if advice is None and response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        advice = Phrase("the server is in trouble: it is asked again later")
    return Phrase(
        "the server answered {status}: {advice}",
        status=response.status,
        advice=advice or Phrase("this is no feed"),
    )


def _learned(
    known: FeedState, response: Response, document: ParsedFeed | None, now: datetime
) -> FeedState:
    """Take over what a success says of the feed."""
    headers = response.headers
    learned = replace(known, succeeded=now, failures=0, error=None, gone=False)
    if document is not None:
        learned = replace(
            learned,
            ttl=document.ttl,
            skip_hours=document.skip_hours,
            skip_days=document.skip_days,
        )
    lifetime = freshness.lifetime(headers, response.at)
    unasked = response.status == HTTPStatus.IM_USED and known.etag is None
    cut_short = document is not None and document.truncated
    if cut_short or unasked:  # what it taught would hide the rest of it
        return replace(learned, etag=None, last_modified=None, lifetime=lifetime, body_hash=None)
    if response.status in _WHOLE:
        return replace(
            learned,
            etag=_etag(headers),
            last_modified=headers.get("last-modified") or None,
            lifetime=lifetime,
            body_hash=_digest(response),
        )
    # A 304 or a 226 speaks of the stored whole: it replaces what it carries (RFC 9111 section 3.2).
    return replace(
        learned,
        etag=_etag(headers) or known.etag,
        last_modified=headers.get("last-modified") or known.last_modified,
        lifetime=known.lifetime if lifetime is None else lifetime,
    )


def _etag(headers: Mapping[str, str]) -> str | None:
    """Return the entity tag; ``*`` is none: asked with it, any document counts as unchanged.

    RFC 9110 section 13.1.2.
    """
    tag = headers.get("etag", "")
    return tag if tag.strip() not in ("", "*") else None


def _moved(known: FeedState, response: Response, now: datetime, moves: Moves) -> FeedState:
    """Believe a permanent redirect (RFC 9110 sections 15.4.2, 15.4.9) seen often and long enough.

    Every hop must be permanent, and none may lead from https to http.
    """
    places = [response.url, *(hop.url for hop in response.hops)]
    permanent = response.hops and all(hop.status in _PERMANENT for hop in response.hops)
    downgrade = any(
        a.startswith("https:") and not b.startswith("https:") for a, b in pairwise(places)
    )
    if not permanent or downgrade:
        return replace(known, redirect_to=None, redirect_sightings=0, redirect_since=None)
    target = response.final_url
    again = known.redirect_to == target
    since = (known.redirect_since if again else None) or now
    sightings = known.redirect_sightings + 1 if again else 1
    if sightings < moves.sightings or now - since < moves.span:
        return replace(
            known, redirect_to=target, redirect_sightings=sightings, redirect_since=since
        )
    return replace(
        known, moved_to=target, redirect_to=None, redirect_sightings=0, redirect_since=None
    )


def _failed(known: FeedState, response: Response, problem: str) -> FeedState:
    """Take over what a failure says of the feed; a 410 (RFC 9110 section 15.5.11) ends it."""
    failed = replace(known, failures=known.failures + 1, error=problem)
    unreadable = has_document(response)  # then its validators would hide a better one
    if unreadable or response.status in _AFRESH:
        failed = replace(failed, etag=None, last_modified=None)
    if failed.moved_to is not None and failed.failures >= PATIENCE:
        failed = replace(failed, moved_to=None, etag=None, last_modified=None)
    return replace(failed, gone=response.status == HTTPStatus.GONE and _is_final(response))


def _longest_backoff(feed: Feed, response: Response) -> timedelta:
    if response.status == HTTPStatus.NOT_FOUND:
        return max(feed.max_interval, timing.DAY)
    if response.unheard:  # it spares no server, and our own network may soon be back
        return max(feed.min_interval, min(feed.max_interval, UNHEARD))
    return max(feed.max_interval, ROOM * max(feed.min_interval, timing.REST))


def _is_final(response: Response) -> bool:
    """Whether the status speaks of the address asked: no temporary redirect led away from it."""
    return all(hop.status in _PERMANENT for hop in response.hops)
