"""What subscribers of the merged feed see when a feed is added, and when words are muted."""

from datetime import UTC, datetime, timedelta

import feedparser


def rss(name: str, items: int, *, dated: bool = True, start: int = 1) -> bytes:
    """A feed of so many unrelated items, an hour apart, the newest an hour old."""
    now = datetime.now(UTC)
    told = ""
    for number in range(start, start + items):
        date = f"{now - timedelta(hours=number):%a, %d %b %Y %H:%M:%S} GMT"
        told += (
            f"<item><guid>{name}-{number}</guid><title>{name}{number} x{number * 7919}</title>"
            + (f"<pubDate>{date}</pubDate>" if dated else "")
            + "</item>"
        )
    return f"<rss version='2.0'><channel><title>{name}</title>{told}</channel></rss>".encode()


def subscribe(folder, server, *paths: str, more: str = ""):
    """Subscribe to feeds each of whose items is a story of its own."""
    feeds = "".join(
        f"  - {{url: '{server.url(path)}', id: {path[1:]}, dedup: 'off'}}\n" for path in paths
    )
    folder.configure(
        f"version: 1\nnetwork: {{allow: ['{server.authority}']}}\n"
        "defaults: {host_delay: 0s}\npublish: {settle: 0s}\nencoder: none\n"
        f"{more}feeds:\n{feeds}"
    )
    return folder


def published(folder) -> list[str]:
    feed = feedparser.parse((folder.path / "public/feed.atom").read_bytes())
    return [entry.title.split()[0] for entry in feed.entries]


def test_a_feed_added_later_does_not_flood_those_who_read_already(server, folder):
    server.says("/old", rss("old", 5))
    server.says("/new", rss("new", 40))
    server.says("/undated", rss("undated", 40, dated=False))
    subscribe(folder, server, "/old").once()
    subscribe(folder, server, "/old", "/new", "/undated").once()

    told = published(folder)

    assert {f"old{number}" for number in range(1, 6)} <= set(told)
    assert [title for title in told if title.startswith("new")] == [f"new{n}" for n in range(1, 11)]
    undated = [title for title in told if title.startswith("undated")]
    assert undated == [f"undated{number}" for number in range(1, 12)]  # the first may be new
    assert len(folder.stories("--limit", "400")) == 85

    server.says("/new", rss("new", 42, start=-1))
    folder.once("--force")

    assert "new0" in published(folder)


def test_muted_words_are_kept_and_shown_nowhere(server, folder):
    server.says("/feed", rss("feed", 5))
    subscribe(folder, server, "/feed", more="mutes: [feed3, {title: FEED4}]\n")

    (polled,) = folder.once()["polled"]

    assert (polled["new"], polled["muted"]) == (3, 2)
    assert published(folder) == ["feed1", "feed2", "feed5"]
    assert "feed3" not in str(folder.stories())

    server.says("/feed", rss("feed", 1))
    subscribe(folder, server, "/feed").once("--force")

    assert published(folder) == ["feed1", "feed2", "feed3", "feed4", "feed5"]

    subscribe(folder, server, "/feed", more="mutes: [feed5]\n").once("--force")

    assert published(folder) == ["feed1", "feed2", "feed3", "feed4"]
