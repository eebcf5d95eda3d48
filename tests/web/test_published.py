import gzip
import json
import os

import brotli  # type: ignore[import-untyped]  # it ships no types
import pytest
import zstandard

from aggregator.web.application import application
from aggregator.web.server import serving

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>七</title>
{}</feed>
"""


def entry(name: str) -> str:
    return f"<entry><id>{name}</id><title>1 &gt; 0</title></entry>\n"


def feed(*names: str) -> bytes:
    return ATOM.format("".join(map(entry, names))).encode()


@pytest.fixture
def publish(site):
    """Return a function that publishes a file, and take it away afterwards."""
    written = []

    def publish(name: str, content: bytes):
        path = site.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f".{path.name}.new")
        new.write_bytes(content)
        new.replace(path)
        written.append(path)

    yield publish
    for path in written:
        path.unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("coding", "decode"),
    [
        ("gzip", gzip.decompress),
        ("br", brotli.decompress),
        ("zstd", lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body)),
    ],
)
def test_each_coding_has_a_tag_of_its_own(site, publish, coding, decode):
    publish("feed.atom", feed("a"))
    plain = site.ask("/feed.atom")
    coded = site.ask("/feed.atom", Accept_Encoding=coding)

    assert decode(coded.body) == plain.body == feed("a")
    assert coded.headers["content-encoding"] == coding
    assert "content-encoding" not in plain.headers
    assert plain.headers["etag"] != coded.headers["etag"]
    assert not coded.headers["etag"].startswith("W/")
    assert coded.headers["vary"] == "Accept-Encoding, A-IM"
    assert "max-age" in coded.headers["cache-control"]


@pytest.mark.parametrize("coding", ["identity", "gzip", "br", "zstd"])
def test_who_has_it_already_is_told_so(site, publish, coding):
    publish("feed.atom", feed("a"))
    tag = site.ask("/feed.atom", Accept_Encoding=coding).headers["etag"]

    answer = site.ask("/feed.atom", Accept_Encoding=coding, If_None_Match=f'W/"x", W/{tag}')

    assert (answer.status, answer.body) == (304, b"")
    assert answer.headers["etag"] == tag
    assert {"cache-control", "vary", "last-modified"} <= answer.headers.keys()


def test_a_tag_goes_before_a_date(site, publish):
    publish("feed.atom", feed("a"))
    modified = site.ask("/feed.atom").headers["last-modified"]

    assert site.ask("/feed.atom", If_Modified_Since=modified).status == 304
    asked = {"If_Modified_Since": modified, "If_None_Match": '"another"'}
    assert site.ask("/feed.atom", **asked).status == 200
    assert site.ask("/feed.atom", If_Modified_Since="Thu, 01 Jan 1970 00:00:00 GMT").status == 200
    for nonsense in ("yesterday", "Sun, 06 Nov 99999999999 08:49:37 GMT"):
        assert site.ask("/feed.atom", If_Modified_Since=nonsense).status == 200


def test_a_star_stands_for_any_version(site, publish):
    publish("feed.atom", feed("a"))

    assert site.ask("/feed.atom", If_None_Match="*").status == 304


def test_head_tells_what_get_would(site, publish):
    publish("feed.atom", feed("a"))
    got, head = site.ask("/feed.atom"), site.ask("/feed.atom", "HEAD")

    assert head.body == b""
    same = ("etag", "last-modified", "content-type", "content-length", "cache-control", "vary")
    assert {name: head.headers[name] for name in same} == {name: got.headers[name] for name in same}


def test_a_new_version_is_seen_at_once_and_has_a_new_tag(site, publish):
    publish("feed.atom", feed("a"))
    before = site.ask("/feed.atom").headers["etag"]
    publish("feed.atom", feed("b"))

    answer = site.ask("/feed.atom", If_None_Match=before)

    assert (answer.status, answer.body) == (200, feed("b"))


def test_tags_outlive_the_server(site, publish, aggregator):
    publish("feed.atom", feed("a"))
    before = site.ask("/feed.atom", Accept_Encoding="gzip").headers["etag"]
    os.utime(site.folder / "feed.atom", (1, 1))

    with serving(application(aggregator), host="127.0.0.1", port=0) as again:
        answer = type(site)(again.url, site.folder).ask("/feed.atom", Accept_Encoding="gzip")

    assert answer.headers["etag"] == before


def test_who_asks_for_it_gets_only_new_entries(site, publish):
    publish("feed.atom", feed("a", "b"))
    tag = site.ask("/feed.atom").headers["etag"]
    publish("feed.atom", feed("c", "a", "b"))

    answer = site.ask("/feed.atom", If_None_Match=tag, A_IM="feed, gzip")

    assert (answer.status, answer.headers["im"]) == (226, "feed")
    assert answer.body == feed("c").replace(b"</entry>\n</feed>", b"</entry>\n\n\n</feed>")
    assert answer.headers["etag"] == site.ask("/feed.atom").headers["etag"] != tag
    assert "im" in answer.headers["cache-control"]
    assert (
        gzip.decompress(
            site.ask("/feed.atom", If_None_Match=tag, A_IM="feed", Accept_Encoding="gzip").body
        )
        == answer.body
    )


def test_of_a_version_that_nobody_remembers_there_is_no_delta(site, publish):
    publish("feed.atom", feed("a"))

    assert site.ask("/feed.atom", If_None_Match='"unknown"', A_IM="feed").status == 200
    assert site.ask("/feed.atom", A_IM="feed").status == 200


def test_json_feeds_have_deltas_too(site, publish):
    def json_feed(*names: str) -> bytes:
        return json.dumps({"version": "1.1", "items": [{"id": name} for name in names]}).encode()

    publish("feed.json", json_feed("a"))
    tag = site.ask("/feed.json").headers["etag"]
    publish("feed.json", json_feed("b", "a"))

    answer = site.ask("/feed.json", If_None_Match=tag, A_IM="feed")

    assert answer.status == 226
    assert [item["id"] for item in answer.json["items"]] == ["b"]


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("feed.atom", "application/atom+xml; charset=utf-8"),
        ("feed.rss", "application/rss+xml; charset=utf-8"),
        ("feed.json", "application/feed+json; charset=utf-8"),
        ("feeds.opml", "text/x-opml; charset=utf-8"),
        ("views/en/index.html", "text/html; charset=utf-8"),
    ],
)
def test_files_are_what_they_are(site, publish, name, media_type):
    publish(name, feed("a"))

    assert site.ask(f"/{name}").headers["content-type"] == media_type


def test_a_folder_shows_its_page_as_on_any_web_server(site, publish):
    publish("views/news/index.html", b"<!doctype html><title>News</title>")

    assert site.ask("/views/news/").body == site.ask("/views/news/index.html").body
    assert site.ask("/views/news/index.html/").status == 404


def test_a_published_page_keeps_its_own_style_and_no_other(site, publish):
    publish("index.html", b"<style>p{color:red}</style>")

    policy = site.ask("/index.html").headers["content-security-policy"]

    assert "style-src 'sha256-" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    "path",
    [
        "/../aggregator.db",
        "/%2e%2e/feeds.json",
        "/views/../../feeds.json",
        "/..%2ffeeds.json",
        "/..%5cfeeds.json",
        "//etc/hosts.txt",
        "/.feed.atom.new",
        "/link.txt",
        "/folder.txt",
        "/secret.key",
        "/%00.txt",
        "/" + "x/" * 1000 + "a.txt",
        "/" + "x" * 2000 + ".txt",
    ],
)
def test_nothing_else_can_be_had(site, path):
    (site.folder.parent / "feeds.json").write_text("{}")
    (site.folder / ".feed.atom.new").write_text("half")
    (site.folder / "secret.key").write_text("key")
    (site.folder / "folder.txt").mkdir(exist_ok=True)
    link = site.folder / "link.txt"
    link.unlink(missing_ok=True)
    link.symlink_to(site.folder.parent / "feeds.json")

    assert site.ask(path).status == 404
