"""What came after the first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "relations",
        sa.Column("a", _text, nullable=False),
        sa.Column("b", _text, nullable=False),
        sa.Column("level", _text, nullable=False),
        sa.Column("probability", sa.Double, nullable=False),
        sa.Column("reasons", _text, nullable=False),
        sa.PrimaryKeyConstraint("a", "b", name="pk_relations"),
        sa.ForeignKeyConstraint(["a"], ["articles.id"], name="fk_relations_a", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["b"], ["articles.id"], name="fk_relations_b", ondelete="CASCADE"),
    )
    op.create_index("ix_relations_b", "relations", ["b"])
    op.create_table(
        "decisions",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("verdict", _text, nullable=False),
        sa.Column("articles", _text, nullable=False),
        sa.Column("others", _text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("undone", sa.BigInteger),
        sa.Column("settled", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_decisions"),
    )
    op.create_table(
        "article_versions",
        sa.Column("article", _text, nullable=False),
        sa.Column("hashes", _text, nullable=False),
        sa.PrimaryKeyConstraint("article", name="pk_article_versions"),
        sa.ForeignKeyConstraint(
            ["article"], ["articles.id"], name="fk_article_versions_article", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "muted",
        sa.Column("article", _text, nullable=False),
        sa.Column("rule", _text, nullable=False),
        sa.PrimaryKeyConstraint("article", name="pk_muted"),
        sa.ForeignKeyConstraint(
            ["article"], ["articles.id"], name="fk_muted_article", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "publications",
        sa.Column("view", _text, nullable=False),
        sa.Column("story", _text, nullable=False),
        sa.Column("digest", _text, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.Column("updated", sa.BigInteger, nullable=False),
        sa.Column("archived", sa.BigInteger),
        sa.PrimaryKeyConstraint("view", "story", name="pk_publications"),
    )
    op.create_index("ix_publications_story", "publications", ["story"])
    op.create_table(
        "editions",
        sa.Column("view", _text, nullable=False),
        sa.Column("settings", _text, nullable=False),
        sa.Column("oldest", sa.BigInteger, nullable=False),
        sa.Column("stories", _text, nullable=False),
        sa.Column("lasts", _text, nullable=False),
        sa.Column("is_all", sa.Boolean, nullable=False),
        sa.Column("names", _text, nullable=False),
        sa.Column("stamp", _text, nullable=False),
        sa.PrimaryKeyConstraint("view", name="pk_editions"),
    )
    op.create_table(
        "changed_stories",
        sa.Column("story", _text, nullable=False),
        sa.PrimaryKeyConstraint("story", name="pk_changed_stories"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "archives",
        sa.Column("view", _text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("updated", sa.BigInteger, nullable=False),
        sa.Column("entries", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("view", "number", name="pk_archives"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", _text, nullable=False),
        sa.Column("kind", _text, nullable=False),
        sa.Column("target", _text, nullable=False),
        sa.Column("body", _text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("due", sa.BigInteger),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("error", _text),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_kind_due", "outbox", ["kind", "due"])
    op.create_table(
        "watches",
        sa.Column("rule", _text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("rule", name="pk_watches"),
    )
    op.create_table(
        "notices",
        sa.Column("rule", _text, nullable=False),
        sa.Column("story", _text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("rule", "story", name="pk_notices"),
    )
    op.create_index("ix_notices_story", "notices", ["story"])
    hubs = sa.Column("hubs", _text, nullable=False, server_default="[]")
    op.add_column("feed_states", hubs)
    op.add_column("feed_states", sa.Column("topic", _text))
    op.create_table(
        "hub_subscriptions",
        sa.Column("token", _text, nullable=False),
        sa.Column("callback", _text, nullable=False),
        sa.Column("feed", _text, nullable=False),
        sa.Column("hub", _text, nullable=False),
        sa.Column("topic", _text, nullable=False),
        sa.Column("secret", _text, nullable=False),
        sa.Column("state", _text, nullable=False),
        sa.Column("pending", sa.Boolean, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("expires", sa.BigInteger),
        sa.Column("delivered", sa.BigInteger),
        sa.Column("missed", sa.Boolean, nullable=False),
        sa.Column("error", _text),
        sa.PrimaryKeyConstraint("token", name="pk_hub_subscriptions"),
        sa.ForeignKeyConstraint(["feed"], ["feeds.id"], name="fk_hub_subscriptions_feed"),
    )
    op.create_table(
        "deliveries",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("feed", _text, nullable=False),
        sa.Column("topic", _text, nullable=False),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("type", _text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_deliveries"),
        sa.ForeignKeyConstraint(["feed"], ["feeds.id"], name="fk_deliveries_feed"),
    )
    op.create_index("ix_deliveries_feed", "deliveries", ["feed"])
    op.create_index("ix_stories_updated", "stories", ["updated"])
    op.create_index("ix_articles_published_feed", "articles", ["published", "feed"])
    op.create_table(
        "searchable",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("article", _text, nullable=False),
        sa.Column("words", _text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_searchable"),
        sa.ForeignKeyConstraint(
            ["article"], ["articles.id"], name="fk_searchable_article", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_searchable_article", "searchable", ["article"])
    _keep_history()
    _let_articles_go()
    for statement in _SEARCH[op.get_bind().dialect.name]:
        op.execute(statement)
    _make_searchable()


_SEARCH = {
    "sqlite": (
        (
            "CREATE VIRTUAL TABLE searched USING fts5(words, content='searchable',"
            " content_rowid='number', columnsize=0, tokenize=\"unicode61 remove_diacritics 0"
            " categories 'L* N* M* Co'\")"
        ),
        (
            "CREATE TRIGGER searchable_delete AFTER DELETE ON searchable BEGIN"
            " INSERT INTO searched (searched, rowid, words)"
            " VALUES ('delete', old.number, old.words);"
            " END"
        ),
    ),
    "postgresql": (
        (
            "CREATE INDEX ix_searchable_words ON searchable"
            " USING gin (array_to_tsvector(string_to_array(words, ' ')))"
        ),
    ),
}


def _keep_history() -> None:
    """Make room for what came of polls."""
    op.create_table(
        "polls",
        sa.Column("feed", _text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("new", sa.Integer, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False),
        sa.Column("elapsed", sa.BigInteger, nullable=False),
        sa.Column("waited", sa.BigInteger, nullable=False),
        sa.Column("error", _text),
        sa.PrimaryKeyConstraint("feed", "at", name="pk_polls"),
        sa.ForeignKeyConstraint(["feed"], ["feeds.id"], name="fk_polls_feed"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "poll_days",
        sa.Column("day", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("feed", _text, nullable=False),
        sa.Column("polls", sa.Integer, nullable=False),
        sa.Column("unchanged", sa.Integer, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("new", sa.Integer, nullable=False),
        sa.Column("elapsed", sa.BigInteger, nullable=False),
        sa.Column("waited", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("day", "feed", name="pk_poll_days"),
        sa.ForeignKeyConstraint(["feed"], ["feeds.id"], name="fk_poll_days_feed"),
        sqlite_with_rowid=False,
    )


def _let_articles_go() -> None:
    """Make room for what is left of articles that are not kept, and find what names them."""
    op.create_table(
        "forgotten",
        sa.Column("id", _text, nullable=False),
        sa.Column("feed", _text, nullable=False),
        sa.Column("published", sa.BigInteger, nullable=False),
        sa.Column("title", _text, nullable=False),
        sa.Column("url", _text),
        sa.PrimaryKeyConstraint("id", name="pk_forgotten"),
        sa.ForeignKeyConstraint(["feed"], ["feeds.id"], name="fk_forgotten_feed"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_forgotten_feed_published", "forgotten", ["feed", "published"])
    op.create_table(
        "forgotten_keys",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("article", _text, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_forgotten_keys"),
        sqlite_with_rowid=False,
    )
    for name in ("article_keys", "article_names"):
        op.create_index(f"ix_{name}_article", name, ["article"])
    op.create_index("ix_stories_representative", "stories", ["representative"])
    op.drop_table("vectors")  # a cache, which gets an order
    op.create_table(
        "vectors",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_vectors"),
    )
    op.create_index("ix_vectors_digest", "vectors", ["digest"], unique=True)


def _make_searchable() -> None:
    """Index the articles that are here already, by the program's words of today."""
    from aggregator.storage.search import index_all  # noqa: PLC0415  of use to old stores alone

    index_all(op.get_bind())
