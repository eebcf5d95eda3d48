"""From answers to what they bring: parsed, normalized, and told from what is known already."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from http import HTTPStatus

from aggregator.errors import ParseError
from aggregator.model import Article, Feed, FeedState, Known, ParsedFeed, Response
from aggregator.normalize import Resolution, identify, normalize
from aggregator.pipeline.seams import Parser, Store
from aggregator.poll import policy

_NOTHING = Resolution(new=(), changed=(), unchanged=(), learned=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a feed was answered, and what was known of it before."""

    feed: Feed
    response: Response
    state: FeedState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An answer, read: its document without entries, and articles; or what was wrong with it."""

    answer: Answer
    document: ParsedFeed | None = None
    drafts: tuple[Article, ...] = ()
    error: str | None = None
    found: Resolution = _NOTHING
    """Which of the drafts are new, and which changed."""


class Reader:
    """Reads what is new: no body, and no item, is read twice."""

    def __init__(self, store: Store, parse: Parser) -> None:
        """Take where known items are remembered, and what reads documents."""
        self._store = store
        self._parse = parse

    def read(self, answers: Sequence[Answer]) -> list[Reading]:
        """Read answers, at most one a feed."""
        new = {
            answer.feed.id
            for answer in answers
            if policy.has_document(answer.response)
            and not policy.is_known(answer.feed, answer.state, answer.response)
        }
        seen = self._store.digests(new)
        readings = [
            self._drafted(answer, seen.get(answer.feed.id, frozenset()))
            if answer.feed.id in new
            else Reading(answer=answer)
            for answer in answers
        ]
        known = self._known(readings)
        return [
            replace(r, found=identify(r.drafts, known.get(r.answer.feed.id, {}))) if r.drafts else r
            for r in readings
        ]

    def _drafted(self, answer: Answer, seen: AbstractSet[str]) -> Reading:
        """Parse and normalize those items of a document that were not seen before."""
        response = answer.response
        try:
            document = self._parse(response, seen)
        except ParseError as error:
            return Reading(answer=answer, error=str(error))
        drafts = normalize(
            answer.feed,
            document,
            response_url=response.final_url,
            now=response.at,
            is_first=answer.state is None or answer.state.succeeded is None,
            is_whole=not response.pushed and response.status != HTTPStatus.IM_USED,
        )
        about = replace(document, entries=())  # half of what a batch would hold in memory
        return Reading(answer=answer, document=about, drafts=drafts)

    def _known(self, readings: Sequence[Reading]) -> Mapping[str, Mapping[str, Known]]:
        """Return what the store remembers of the articles read, by feed and key."""
        names = {(draft.feed, key) for r in readings for draft in r.drafts for key in draft.keys}
        by_feed: dict[str, dict[str, Known]] = {}
        for (feed, key), known in self._store.known(names).items() if names else ():
            by_feed.setdefault(feed, {})[key] = known
        return by_feed
