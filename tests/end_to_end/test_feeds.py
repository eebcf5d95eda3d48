"""What a feed's own options do, and what its reader is told of it."""

import json

import pytest

RSS = b"""<rss version="2.0"><channel><title>T</title><link>https://example.org/</link>
<item><title>Glacier festival opens</title><guid>1</guid></item></channel></rss>"""


@pytest.fixture
def listed(folder):
    def listed(*words: str) -> list[dict[str, object]]:
        done = folder.run("feeds", "--json", *words)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    return listed


def test_a_feed_that_is_gone_is_polled_again_when_its_reader_says_so(server, loopback, listed):
    server.says("/feed", status=410)
    folder = loopback("/feed")
    assert folder.run("--once").returncode == 1
    (gone,) = listed()
    assert (gone["gone"], gone["next"]) == (True, None)
    assert "aggregate feeds --resume" in str(gone["error"])
    server.says("/feed", RSS)
    assert folder.once("--force")["polled"] == []
    listed("--resume", "feed")
    (polled,) = folder.once()["polled"]
    assert (polled["new"], polled["error"]) == (1, None)
    assert listed()[0]["gone"] is False


def test_a_feed_that_nobody_knows_cannot_be_resumed(loopback):
    done = loopback("/feed").run("feeds", "--resume", "feet")
    assert done.returncode == 2
    assert "did you mean feed?" in done.stderr


def test_a_token_goes_to_the_feeds_server_and_is_never_shown(server, folder):
    server.says("/feed", status=403)
    folder.configure(
        f"version: 1\nnetwork: {{allow: ['{server.authority}']}}\nfeeds:\n"
        f"  - url: {server.url('/feed')}\n    auth:\n      bearer: ${{TOKEN}}\n"
    )
    done = folder.run("--once", TOKEN="t0k3nt0k3n")
    assert server.headers()["authorization"] == "Bearer t0k3nt0k3n"
    assert "check the feed's auth" in done.stderr
    assert "t0k3n" not in done.stdout + done.stderr
    kept = b"".join(path.read_bytes() for path in folder.path.iterdir() if path.is_file())
    assert b"t0k3n" not in kept


def test_an_exception_for_a_certificate_is_shown_wherever_feeds_are(tls_server, folder, listed):
    tls_server.says("/feed", RSS)
    folder.configure(
        f"version: 1\nnetwork: {{allow: ['{tls_server.authority}']}}\nfeeds:\n"
        f"  - {{url: '{tls_server.url('/feed')}', tls: {{verify: false}}}}\n"
    )
    done = folder.run("--once")
    assert "1 new" in done.stdout
    assert "certificate is not verified" in done.stderr
    assert listed()[0]["verified"] is False


def test_a_limit_that_an_answer_met_is_named(server, loopback):
    server.says("/feed", b"x" * 2000)
    folder = loopback("/feed", more="limits: {body_size: 1KiB}\n")
    assert "limits.body_size (1KiB)" in folder.run("--once").stderr
