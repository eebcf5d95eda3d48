"""The tables. What the model says as one thing is one row; its fields are the columns, by name.

::

    feeds ─< articles ─< article_keys     (feed, key) → article, by digest
      │         │ └────< article_names    guid or url → article, by digest
      │         ├ article_versions, muted, searchable
      │         └ members >─ stories
      ├─< forgotten ─< forgotten_keys        what retention left of an article
      ├─< polls, poll_days
      └─ feed_states            withdrawals: ids of stories that never return
                                decisions: what people said of articles
"""

from hashlib import blake2b

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
)

from aggregator.model import Enclosure, HubState, Level, Part, PublishedSource, Verdict
from aggregator.storage.columns import (
    MOMENT,
    MOMENTS,
    NUMBERS,
    PHRASE,
    PHRASES,
    SPAN,
    STRINGS,
    TEXT,
    ZIPPED,
    choice,
    records,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)


def digest(name: str, feed: str = "") -> bytes:
    """Return 16 bytes that stand for a name, within a feed: PostgreSQL indexes no long text."""
    text = f"{len(feed)}:{feed}{name}"
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


feeds = Table(
    "feeds",
    metadata,
    Column("id", TEXT, primary_key=True),
    Column("shown_url", TEXT, nullable=False),
    Column("subscribed", Boolean, nullable=False),
    Column("since", MOMENT, nullable=False),  # of the first subscription
)

feed_states = Table(
    "feed_states",
    metadata,
    Column("feed", TEXT, ForeignKey(feeds.c.id), primary_key=True),
    Column("url", TEXT),
    Column("moved_to", TEXT),
    Column("redirect_to", TEXT),
    Column("redirect_sightings", Integer, nullable=False),
    Column("redirect_since", MOMENT),
    Column("etag", TEXT),
    Column("last_modified", TEXT),
    Column("body_hash", TEXT),
    Column("lifetime", SPAN),
    Column("ttl", SPAN),
    Column("skip_hours", NUMBERS, nullable=False),
    Column("skip_days", NUMBERS, nullable=False),
    Column("rhythm", SPAN),
    Column("checked", MOMENT),
    Column("succeeded", MOMENT),
    Column("changed", MOMENT),
    Column("due", MOMENT),
    Column("not_before", MOMENT),
    Column("rule", PHRASE),
    Column("failures", Integer, nullable=False),
    Column("error", PHRASE),
    Column("gone", Boolean, nullable=False),
    Column("hubs", STRINGS, nullable=False, server_default="[]"),
    Column("topic", TEXT),
)

feed_items = Table(
    "feed_items",
    metadata,
    Column("feed", TEXT, ForeignKey(feeds.c.id), primary_key=True),
    Column("digests", STRINGS, nullable=False),
)

# The latest polls of each feed, and what all of a day came to: days since 1970 (UTC), and times in
# milliseconds.
polls = Table(
    "polls",
    metadata,
    Column("feed", TEXT, ForeignKey(feeds.c.id), primary_key=True),
    Column("at", MOMENT, primary_key=True),
    Column("status", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("elapsed", SPAN, nullable=False),
    Column("waited", SPAN, nullable=False),
    Column("error", PHRASE),
    sqlite_with_rowid=False,
)

poll_days = Table(
    "poll_days",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("feed", TEXT, ForeignKey(feeds.c.id), primary_key=True),
    Column("polls", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("elapsed", BigInteger, nullable=False),
    Column("waited", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

articles = Table(
    "articles",
    metadata,
    Column("id", TEXT, primary_key=True),
    Column("feed", TEXT, ForeignKey(feeds.c.id), nullable=False),
    Column("keys", STRINGS, nullable=False),
    Column("guid", TEXT),
    Column("url", TEXT),
    Column("link", TEXT),
    Column("title", TEXT, nullable=False),
    Column("language", TEXT),
    Column("parts", records(Part), nullable=False),
    Column("authors", STRINGS, nullable=False),
    Column("categories", STRINGS, nullable=False),
    Column("enclosures", records(Enclosure), nullable=False),
    Column("image", TEXT),
    Column("publisher", TEXT, nullable=False),
    Column("published", MOMENT, nullable=False),
    Column("published_source", choice(PublishedSource), nullable=False),
    Column("updated", MOMENT),
    Column("first_seen", MOMENT, nullable=False),
    Column("content_hash", TEXT, nullable=False),
    Column("length", Integer, nullable=False),
    # Last, so that what is read without them does not touch the pages that they fill.
    Column("summary", TEXT, nullable=False),
    Column("content", TEXT, nullable=False),
)

Index("ix_articles_published_feed", articles.c.published, articles.c.feed)

article_keys = Table(
    "article_keys",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("article", TEXT, ForeignKey(articles.c.id), nullable=False),
    sqlite_with_rowid=False,
)
# Without it each article that goes would have the whole table looked through for its keys.
Index("ix_article_keys_article", article_keys.c.article)

article_names = Table(
    "article_names",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("article", TEXT, ForeignKey(articles.c.id), primary_key=True),
    sqlite_with_rowid=False,
)
Index("ix_article_names_article", article_names.c.article)

# What is left of an article that was not kept for ever: enough to know it when its feed, which may
# carry it for years, brings it again. Of each feed the newest stay.
forgotten = Table(
    "forgotten",
    metadata,
    Column("id", TEXT, primary_key=True),
    Column("feed", TEXT, ForeignKey(feeds.c.id), nullable=False),
    Column("published", MOMENT, nullable=False),
    Column("title", TEXT, nullable=False),
    Column("url", TEXT),
    sqlite_with_rowid=False,
)

Index("ix_forgotten_feed_published", forgotten.c.feed, forgotten.c.published)

forgotten_keys = Table(
    "forgotten_keys",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("article", TEXT, nullable=False),  # no foreign key: that would want an index as large
    sqlite_with_rowid=False,
)

article_versions = Table(
    "article_versions",
    metadata,
    Column("article", TEXT, ForeignKey(articles.c.id, ondelete="CASCADE"), primary_key=True),
    Column("hashes", STRINGS, nullable=False),
)

# What is searched: the terms of an article's words, in order, with a space between two. The index
# over it is each database's own (migrations/versions/0002_second.py).
searchable = Table(
    "searchable",
    metadata,
    # An INTEGER is the number that SQLite's index calls a row by.
    Column(
        "number",
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("article", TEXT, ForeignKey(articles.c.id, ondelete="CASCADE"), nullable=False),
    Column("words", TEXT, nullable=False),
)
Index("ix_searchable_article", searchable.c.article)

# Kept out of stories for words that they hold.
muted = Table(
    "muted",
    metadata,
    Column("article", TEXT, ForeignKey(articles.c.id, ondelete="CASCADE"), primary_key=True),
    Column("rule", TEXT, nullable=False),
)

stories = Table(
    "stories",
    metadata,
    Column("id", TEXT, primary_key=True),
    Column("representative", TEXT, ForeignKey(articles.c.id), nullable=False),
    Column("created", MOMENT, nullable=False),
    Column("updated", MOMENT, nullable=False),
    Column("fingerprint", TEXT, nullable=False),
    Column("first", MOMENT, nullable=False),
    Column("last", MOMENT, nullable=False),
)
Index("ix_stories_last_id", stories.c.last.desc(), stories.c.id)
Index("ix_stories_updated", stories.c.updated)
Index("ix_stories_representative", stories.c.representative)

members = Table(
    "members",
    metadata,
    # The key: an article stands in one live story at most.
    Column("article", TEXT, ForeignKey(articles.c.id), primary_key=True),
    Column("story", TEXT, ForeignKey(stories.c.id), nullable=False),
    Column("position", Integer, nullable=False),
    # The match that brought it in; all null for the article that founded the story.
    Column("a", TEXT),
    Column("b", TEXT),
    Column("level", choice(Level)),
    Column("probability", Double),
    Column("reasons", PHRASES),
)
Index("ix_members_story_position", members.c.story, members.c.position)

withdrawals = Table(
    "withdrawals",
    metadata,
    Column("story", TEXT, primary_key=True),
    Column("survivor", TEXT, nullable=False),
    Column("at", MOMENT, nullable=False),
)

relations = Table(
    "relations",
    metadata,
    # Of an article in the later story with one in the earlier: whatever becomes of the two
    # stories, where the articles stand tells which are related.
    Column("a", TEXT, ForeignKey(articles.c.id, ondelete="CASCADE"), primary_key=True),
    Column("b", TEXT, ForeignKey(articles.c.id, ondelete="CASCADE"), primary_key=True),
    Column("level", choice(Level), nullable=False),
    Column("probability", Double, nullable=False),
    Column("reasons", PHRASES, nullable=False),
)
Index("ix_relations_b", relations.c.b)

decisions = Table(
    "decisions",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("verdict", choice(Verdict), nullable=False),
    Column("articles", STRINGS, nullable=False),
    Column("others", STRINGS, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("undone", MOMENT),
    Column("settled", Boolean, nullable=False),
)

# What readers of a view were told; view is its folder, "" the feed of all stories.
publications = Table(
    "publications",
    metadata,
    Column("view", TEXT, primary_key=True),
    Column("story", TEXT, primary_key=True),
    Column("digest", TEXT, nullable=False),
    Column("seen", MOMENT, nullable=False),
    Column("updated", MOMENT, nullable=False),
    Column("archived", MOMENT),
)

# Without it each story that goes would have the whole table looked through for it.
Index("ix_publications_story", publications.c.story)

# What was published of each view, and of which stories; those that changed since, or went.
editions = Table(
    "editions",
    metadata,
    Column("view", TEXT, primary_key=True),
    Column("settings", TEXT, nullable=False),
    Column("oldest", MOMENT, nullable=False),
    Column("stories", STRINGS, nullable=False),
    Column("lasts", MOMENTS, nullable=False),
    Column("is_all", Boolean, nullable=False),
    Column("names", STRINGS, nullable=False),
    Column("stamp", TEXT, nullable=False),
)

changed_stories = Table(
    "changed_stories",
    metadata,
    Column("story", TEXT, primary_key=True),
    sqlite_with_rowid=False,
)

archives = Table(
    "archives",
    metadata,
    Column("view", TEXT, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("updated", MOMENT, nullable=False),
    Column("entries", ZIPPED, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", TEXT, primary_key=True),
    Column("kind", TEXT, nullable=False),
    Column("target", TEXT, nullable=False),
    Column("body", TEXT, nullable=False),
    Column("created", MOMENT, nullable=False),
    Column("due", MOMENT),  # of what was given up none
    Column("attempts", Integer, nullable=False),
    Column("error", TEXT),
)
Index("ix_outbox_kind_due", outbox.c.kind, outbox.c.due)

# The rules of who is told at once of what.
watches = Table(
    "watches",
    metadata,
    Column("rule", TEXT, primary_key=True),
    Column("since", MOMENT, nullable=False),
    Column("seen", MOMENT, nullable=False),
)

# No foreign key: that of a story which was merged into another stands for it there.
notices = Table(
    "notices",
    metadata,
    Column("rule", TEXT, primary_key=True),
    Column("story", TEXT, primary_key=True),
    Column("at", MOMENT, nullable=False),
)
Index("ix_notices_story", notices.c.story)

hub_subscriptions = Table(
    "hub_subscriptions",
    metadata,
    Column("token", TEXT, primary_key=True),
    Column("callback", TEXT, nullable=False),
    Column("feed", TEXT, ForeignKey(feeds.c.id), nullable=False),
    Column("hub", TEXT, nullable=False),
    Column("topic", TEXT, nullable=False),
    Column("secret", TEXT, nullable=False),
    Column("state", choice(HubState), nullable=False),
    Column("pending", Boolean, nullable=False),
    Column("due", MOMENT, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("expires", MOMENT),
    Column("delivered", MOMENT),
    Column("missed", Boolean, nullable=False),
    Column("error", PHRASE),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("feed", TEXT, ForeignKey(feeds.c.id), nullable=False),
    Column("topic", TEXT, nullable=False),
    Column("received", MOMENT, nullable=False),
    Column("type", TEXT, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
Index("ix_deliveries_feed", deliveries.c.feed)

# A cache: what it lacks is computed again. The numbers tell which came first, and go first.
vectors = Table(
    "vectors",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("vector", LargeBinary, nullable=False),
)
Index("ix_vectors_digest", vectors.c.digest, unique=True)
