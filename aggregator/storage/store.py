"""The store itself: each method is one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from datetime import datetime
from types import TracebackType
from typing import Self

from aggregator.model import Article, Batch, Feed, FeedState, Known, Story
from aggregator.storage import read, write
from aggregator.storage.backend import Backend
from aggregator.storage.browse import Browse
from aggregator.storage.decisions import Decisions
from aggregator.storage.editions import Editions
from aggregator.storage.muted import Muted
from aggregator.storage.notices import Notices
from aggregator.storage.outbox import Outbox
from aggregator.storage.polls import Polls
from aggregator.storage.prune import Pruning
from aggregator.storage.publications import Publications
from aggregator.storage.pushes import Pushes
from aggregator.storage.search import Search
from aggregator.storage.statistics import Statistics
from aggregator.storage.upkeep import Upkeep


class SqlStore:
    """Keeps everything that happened (``pipeline.Store``); made by ``open_store``.

    Every method raises StoreError where the database fails; what it was about to write is then
    not written. Text that a database cannot hold (NUL, lone surrogates) comes back as U+FFFD.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.browse = Browse(backend)
        self.decisions = Decisions(backend)
        self.editions = Editions(backend)
        self.muted = Muted(backend)
        self.notices = Notices(backend)
        self.outbox = Outbox(backend)
        self.polls = Polls(backend)
        self.pruning = Pruning(backend)
        self.publications = Publications(backend)
        self.pushes = Pushes(backend)
        self.search = Search(backend)
        self.statistics = Statistics(backend)
        self.upkeep = Upkeep(backend)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._backend.close()

    def lock(self, owner: str) -> AbstractContextManager[None]:
        """Exclude other runs on this store while the block lasts.

        ``owner`` says who holds it, such as ``pid 4711 on nas``. Raises StoreLocked with the
        holder's own words where another run was first. A holder that died holds nothing.
        """
        return self._backend.lock(owner)

    def regain_lock(self) -> bool:
        """Take the lock again where it was lost with its server; return whether it was.

        Then others may have written meanwhile. Raises StoreLocked where another run has it.
        """
        return self._backend.regain()

    def subscribe(self, feeds: Sequence[Feed], now: datetime) -> None:
        """Make these the current subscriptions; feeds that went keep their articles."""
        with self._backend.write() as connection:
            write.subscribe(connection, feeds, now)

    def subscribed(self) -> Mapping[str, datetime]:
        """Return since when each current feed is subscribed to, by its id."""
        with self._backend.read() as connection:
            return read.subscribed(connection)

    def states(self) -> Mapping[str, FeedState]:
        """Return what polling learned, by feed id; a feed never polled is absent."""
        with self._backend.read() as connection:
            return read.states(connection)

    def digests(self, feeds: Iterable[str]) -> Mapping[str, AbstractSet[str]]:
        """Return the digests of the items in each feed's last document, where they are known."""
        with self._backend.read() as connection:
            return read.digests(connection, feeds)

    def known(self, keys: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Known]:
        """Return the articles known under these (feed, key) names."""
        with self._backend.read() as connection:
            return read.known(connection, keys)

    def stories(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        content: bool = True,
    ) -> Sequence[Story]:
        """Return live stories with an article published in [since, until], newest last first.

        Ties go by id. Without ``content`` their articles have neither summary nor content.
        """
        with self._backend.read() as connection:
            return read.newest_stories(connection, since, until, limit, content=content)

    def stories_at(self, urls: Iterable[str]) -> Sequence[Story]:
        """Return live stories with an article at one of these canonical urls, without content."""
        with self._backend.read() as connection:
            return read.stories_at(connection, urls)

    def stories_of(self, articles: Iterable[str]) -> Sequence[Story]:
        """Return the live stories that articles stand in, without content."""
        with self._backend.read() as connection:
            return read.stories_of(connection, articles)

    def find_stories(self, name: str) -> Sequence[Story]:
        """Return live stories with this id, or 4 or more of its first digits, without content.

        The id of a withdrawn story names the one that it is part of now.
        """
        with self._backend.read() as connection:
            return read.find_stories(connection, name)

    def story_of(self, article: str) -> Story | None:
        """Return the live story that an article stands in."""
        with self._backend.read() as connection:
            return read.story_of(connection, article)

    def find_articles(self, name: str) -> Sequence[Article]:
        """Return the articles with this id, id prefix (4 or more digits), guid or url.

        An url that an article has had before an edit still names it. Newest first.
        """
        with self._backend.read() as connection:
            return read.find_articles(connection, name)

    def vectors(self, digests: Iterable[bytes]) -> Mapping[bytes, bytes]:
        """Return what is kept of a cache of vectors, by their texts' digests."""
        with self._backend.read() as connection:
            return read.kept_vectors(connection, digests)

    def keep_vectors(self, vectors: Mapping[bytes, bytes]) -> None:
        """Keep these too."""
        with self._backend.write() as connection:
            write.keep_vectors(connection, vectors)

    def save(self, batch: Batch) -> None:
        """Store it all, or nothing; what is stored already changes nothing.

        Articles are taken from ``batch.articles`` alone: a story's members only refer to them.
        Raises StoreError for a batch that leaves an article in two live stories, that brings back
        a withdrawn story, or that names what is not there.
        """
        with self._backend.write() as connection:
            write.save(connection, batch)
