import re
from datetime import UTC, datetime, timedelta

from aggregator.model import Request
from aggregator.poll.fetcher import FeedFetcher, user_agent

NOW = datetime(2025, 10, 17, 12, 0, tzinfo=UTC)


def fetcher(*allow: str) -> FeedFetcher:
    return FeedFetcher(
        clock=lambda: NOW,
        contact="https://example.org/about",
        allow=frozenset(allow),
        host_delay=timedelta(),
    )


def test_files_and_servers_alike(server, tmp_path):
    (tmp_path / "a.xml").write_bytes(b"<rss/>")
    server.says("/b", b"<feed/>")
    requests = [
        Request(feed="b", url=server.url("/b")),
        Request(feed="a", url=f"file:{tmp_path / 'a.xml'}"),
    ]
    responses = fetcher(server.authority).fetch(requests)
    assert {response.feed: response.body for response in responses} == {
        "a": b"<rss/>",
        "b": b"<feed/>",
    }
    assert server.headers()["user-agent"].endswith("(+https://example.org/about)")


def test_no_redirect_leads_to_a_file(server, tmp_path):
    (tmp_path / "a.xml").write_bytes(b"<rss/>")
    server.says("/b", status=302, headers={"Location": f"file://{tmp_path / 'a.xml'}"})
    request = Request(feed="b", url=server.url("/b"))
    (response,) = fetcher(server.authority).fetch([request])
    assert (response.status, response.body) == (0, b"")


def test_nothing_private_is_visited_unless_allowed(server):
    (response,) = fetcher().fetch([Request(feed="b", url=server.url("/b"))])
    assert "network.allow" in str(response.failure)
    assert server.seen == []


def test_the_product_names_itself():
    assert re.fullmatch(r"aggregator/\d[\w.]*", user_agent(None))
    assert user_agent("https://example.org/").endswith(" (+https://example.org/)")
    assert user_agent("https://bücher.example/").endswith(" (+https://xn--bcher-kva.example/)")
