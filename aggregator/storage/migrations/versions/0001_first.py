"""The first schema: feeds, what polling learned, articles, stories."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "feeds",
        sa.Column("id", _text, nullable=False),
        sa.Column("shown_url", _text, nullable=False),
        sa.Column("subscribed", sa.Boolean, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feeds"),
    )
    op.create_table(
        "feed_states",
        sa.Column("feed", _text, nullable=False),
        sa.Column("url", _text),
        sa.Column("moved_to", _text),
        sa.Column("redirect_to", _text),
        sa.Column("redirect_sightings", sa.Integer, nullable=False),
        sa.Column("redirect_since", sa.BigInteger),
        sa.Column("etag", _text),
        sa.Column("last_modified", _text),
        sa.Column("body_hash", _text),
        sa.Column("lifetime", sa.BigInteger),
        sa.Column("ttl", sa.BigInteger),
        sa.Column("skip_hours", _text, nullable=False),
        sa.Column("skip_days", _text, nullable=False),
        sa.Column("rhythm", sa.BigInteger),
        sa.Column("checked", sa.BigInteger),
        sa.Column("succeeded", sa.BigInteger),
        sa.Column("changed", sa.BigInteger),
        sa.Column("due", sa.BigInteger),
        sa.Column("not_before", sa.BigInteger),
        sa.Column("rule", _text),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("error", _text),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("feed", name="pk_feed_states"),
        sa.ForeignKeyConstraint(["feed"], ["feeds.id"], name="fk_feed_states_feed"),
    )
    op.create_table(
        "feed_items",
        sa.Column("feed", _text, nullable=False),
        sa.Column("digests", _text, nullable=False),
        sa.PrimaryKeyConstraint("feed", name="pk_feed_items"),
        sa.ForeignKeyConstraint(["feed"], ["feeds.id"], name="fk_feed_items_feed"),
    )
    op.create_table(
        "articles",
        sa.Column("id", _text, nullable=False),
        sa.Column("feed", _text, nullable=False),
        sa.Column("keys", _text, nullable=False),
        sa.Column("guid", _text),
        sa.Column("url", _text),
        sa.Column("link", _text),
        sa.Column("title", _text, nullable=False),
        sa.Column("language", _text),
        sa.Column("parts", _text, nullable=False),
        sa.Column("authors", _text, nullable=False),
        sa.Column("categories", _text, nullable=False),
        sa.Column("enclosures", _text, nullable=False),
        sa.Column("image", _text),
        sa.Column("publisher", _text, nullable=False),
        sa.Column("published", sa.BigInteger, nullable=False),
        sa.Column("published_source", _text, nullable=False),
        sa.Column("updated", sa.BigInteger),
        sa.Column("first_seen", sa.BigInteger, nullable=False),
        sa.Column("content_hash", _text, nullable=False),
        sa.Column("length", sa.Integer, nullable=False),
        sa.Column("summary", _text, nullable=False),
        sa.Column("content", _text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
        sa.ForeignKeyConstraint(["feed"], ["feeds.id"], name="fk_articles_feed"),
    )
    op.create_table(
        "article_keys",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("article", _text, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_article_keys"),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name="fk_article_keys_article"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "article_names",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("article", _text, nullable=False),
        sa.PrimaryKeyConstraint("digest", "article", name="pk_article_names"),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name="fk_article_names_article"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stories",
        sa.Column("id", _text, nullable=False),
        sa.Column("representative", _text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("updated", sa.BigInteger, nullable=False),
        sa.Column("fingerprint", _text, nullable=False),
        sa.Column("first", sa.BigInteger, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stories"),
        sa.ForeignKeyConstraint(
            ["representative"], ["articles.id"], name="fk_stories_representative"
        ),
    )
    op.create_index("ix_stories_last_id", "stories", [sa.text("last DESC"), "id"])
    op.create_table(
        "members",
        sa.Column("article", _text, nullable=False),
        sa.Column("story", _text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("a", _text),
        sa.Column("b", _text),
        sa.Column("level", _text),
        sa.Column("probability", sa.Double),
        sa.Column("reasons", _text),
        sa.PrimaryKeyConstraint("article", name="pk_members"),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name="fk_members_article"),
        sa.ForeignKeyConstraint(["story"], ["stories.id"], name="fk_members_story"),
    )
    op.create_index("ix_members_story_position", "members", ["story", "position"])
    op.create_table(
        "withdrawals",
        sa.Column("story", _text, nullable=False),
        sa.Column("survivor", _text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("story", name="pk_withdrawals"),
    )
    op.create_table(
        "vectors",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_vectors"),
        sqlite_with_rowid=False,
    )
