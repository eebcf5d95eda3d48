import gzip
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aggregator.config import Limits
from aggregator.model import Access, Hop, Request, Respite, Response

NOW = datetime(2025, 10, 17, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEED = b"<rss version='2.0'><channel><title>News</title></channel></rss>"


def test_fetches_a_feed(server, fetch):
    server.says("/feed", FEED, headers={"ETag": '"1"', "X-Twice": "a", "x-twice": "b"})
    (response,) = fetch(server.url("/feed"))
    assert (response.status, response.body, response.failure) == (200, FEED, None)
    assert response.headers["etag"] == '"1"'
    assert response.headers["x-twice"] == "a, b"
    assert response.url == response.final_url == server.url("/feed")
    assert response.elapsed > timedelta()


def test_says_who_asks_and_nothing_more(server, fetch):
    server.says("/feed", FEED)
    fetch(server.url("/feed"))
    headers = server.headers()
    assert set(headers) == {"host", "user-agent", "accept", "accept-encoding"}
    assert headers["user-agent"] == "test/1.0"
    assert "gzip" in headers["accept-encoding"]
    assert "application/atom+xml" in headers["accept"]


def test_sends_validators_byte_for_byte(server, make_fetcher):
    etag, date = 'W/"caf\u00e9, 1"-gzip', "Thu, 01-Jan-26 00:00:00 GMT"
    server.says("/feed", status=304, headers={"ETag": etag})
    request = Request(feed="f", url=server.url("/feed"), etag=etag, last_modified=date)
    (response,) = make_fetcher(allow=frozenset({server.authority})).fetch([request])
    assert (response.status, response.body) == (304, b"")
    assert server.headers()["if-none-match"] == etag
    assert server.headers()["if-modified-since"] == date
    assert server.headers()["a-im"] == "feed"
    assert response.headers["etag"] == etag


def test_takes_a_compressed_feed(server, fetch):
    server.says("/feed", gzip.compress(FEED), headers={"Content-Encoding": "gzip"})
    (response,) = fetch(server.url("/feed"))
    assert response.body == FEED


def test_keeps_no_cookies(server, fetch):
    server.says("/a", FEED, headers={"Set-Cookie": "id=1; Path=/"})
    server.says("/b", FEED)
    fetch(server.url("/a"), server.url("/b"))
    assert "cookie" not in server.headers()


def test_follows_redirects_and_says_where_it_went(server, fetch):
    server.says("/old", status=301, headers={"Location": "/new?x=1"})
    server.says("/new", status=302, headers={"Location": "last"})
    server.says("/last", FEED)
    (response,) = fetch(server.url("/old"))
    assert response.hops == (
        Hop(301, server.url("/new?x=1")),
        Hop(302, server.url("/last")),
    )
    assert (response.final_url, response.body) == (server.url("/last"), FEED)
    assert "referer" not in server.headers()


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("/start", "circles"),
        ("/there", "circles"),
        ("", "without saying where to"),
        ("file:///etc/passwd", "only http and https"),
    ],
)
def test_gives_up_on_redirects(server, fetch, location, words):
    server.says("/start", status=302, headers={"Location": "/there"})
    server.says("/there", status=302, headers={"Location": location})
    (response,) = fetch(server.url("/start"))
    assert response.status == 0
    assert words in str(response.failure)


def test_gives_up_on_a_long_chain(server, fetch):
    for number in range(9):
        server.says(f"/{number}", status=302, headers={"Location": f"/{number + 1}"})
    (response,) = fetch(server.url("/0"), limits=Limits(redirects=5))
    assert "more than 5 times" in str(response.failure)
    assert len(server.seen) == 6


def test_credentials_go_to_their_own_host_alone(server, other_server, fetch):
    server.says("/feed", status=302, headers={"Location": other_server.url("/feed")})
    other_server.says("/feed", FEED)
    url = server.url("/feed").replace("http://", "http://ann:s%C3%A9cret@")
    (response,) = fetch(url, allow=(other_server.authority,))
    assert response.body == FEED
    assert server.headers()["authorization"] == "Basic YW5uOnPDqWNyZXQ="
    assert "authorization" not in other_server.headers()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0.0.0.0"])
def test_is_not_led_to_what_is_private(server, other_server, fetch, host):
    server.says("/feed", status=302, headers={"Location": other_server.url("/secret", host)})
    (response,) = fetch(server.url("/feed"))
    assert response.status == 0
    assert f"redirects to {host}:{other_server.port}" in str(response.failure)
    assert "network.allow" not in str(response.failure)
    assert other_server.seen == []


def test_says_how_an_address_of_the_configuration_is_allowed(server, make_fetcher):
    request = Request(feed="f", url=server.url("/feed"))
    (response,) = make_fetcher().fetch([request])
    assert f'add "{server.authority}" to network.allow' in str(response.failure)


def test_a_connection_that_stands_does_not_open_the_way_to_another_name(server, fetch):
    server.says("/feed", FEED)
    allowed, refused = fetch(server.url("/feed"), server.url("/feed", "localhost"))
    if allowed.failure:
        allowed, refused = refused, allowed
    assert allowed.status == 200
    assert "localhost" in str(refused.failure)


def test_a_body_past_the_limit_is_not_read(server, fetch):
    limits = Limits(body_size=1000, decoded_size=1000)
    server.says("/said", b"x" * 1001)
    server.sends("/unsaid", lambda: iter([b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 500] * 3]))
    server.says("/bomb", gzip.compress(bytes(10**6)), headers={"Content-Encoding": "gzip"})
    server.says("/fits", b"x" * 1000)
    urls = [server.url(path) for path in ("/said", "/unsaid", "/bomb", "/fits")]
    said, unsaid, bomb, fits = fetch(*urls, limits=limits)
    for response in (said, unsaid, bomb):
        assert (response.status, response.body) == (0, b"")
        assert "larger than" in str(response.failure)
    assert len(fits.body) == 1000


def test_all_bodies_together_have_a_limit_too(server, fetch):
    server.sends("/feed", lambda: iter([b"HTTP/1.1 200 OK\r\n\r\n", *[bytes(1 << 20)] * 3]))
    limits = Limits(arriving_size=1 << 20)
    (response,) = fetch(server.url("/feed"), limits=limits)
    assert "too much arrives at once" in str(response.failure)


def test_headers_past_the_limit_are_not_read(server, fetch):
    def endless():
        yield b"HTTP/1.1 200 OK\r\n"
        while True:
            yield b"X-More: and more\r\n"

    server.sends("/feed", endless)
    (response,) = fetch(server.url("/feed"), limits=Limits(header_size=2048))
    assert "headers are longer than limits.header_size (2KiB)" in str(response.failure)


def test_nor_is_a_line_that_has_no_end(server, fetch):
    server.sends("/feed", lambda: iter([b"HTTP/1.1 200 OK\r\nX: ", *[b"x" * 9999] * 20]))
    (response,) = fetch(server.url("/feed"))
    assert "limits.header_size (64KiB)" in str(response.failure)


def test_the_body_of_an_error_is_not_read(server, fetch):
    def endless():
        yield b"HTTP/1.1 500 Oh\r\nRetry-After: 7\r\n\r\n"
        while True:
            yield b"sorry " * 1000

    server.sends("/feed", endless)
    (response,) = fetch(server.url("/feed"))
    assert (response.status, response.body, response.failure) == (500, b"", None)
    assert response.headers["retry-after"] == "7"


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_trickle_ends_at_the_deadline(server, make_fetcher, head):
    over = threading.Event()

    def trickle():
        yield head
        while not over.wait(0.01):
            yield b"a" if head else b""

    server.sends("/feed", trickle)
    timeout = timedelta(milliseconds=150)
    request = Request(feed="f", url=server.url("/feed"), timeout=timeout)
    (response,) = make_fetcher(allow=frozenset({server.authority})).fetch([request])
    over.set()
    assert response.status == 0
    assert "within 0.15 s" in str(response.failure)


@pytest.mark.parametrize(
    ("wire", "words"),
    [
        ([], "hung up"),
        ([b"SSH-2.0-OpenSSH_9.2\r\n"], "does not speak HTTP"),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<rss>"], "ended before the answer did"),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n"], "the connection broke"),
        ([b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\n\r\nxx"], "more than once"),
        (
            [b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n\x0b\x02\x80cut"],
            "ends before its end",
        ),
    ],
)
def test_broken_answers_are_failures_in_words(server, fetch, wire, words):
    server.sends("/feed", lambda: iter(wire))
    (response,) = fetch(server.url("/feed"))
    assert (response.status, response.body) == (0, b"")
    assert words in str(response.failure)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "only http and https"),
        ("http://host.invalid/", "has no address"),
        ("http://a b/", "no address that can be asked for"),
    ],
)
def test_one_bad_address_disturbs_no_other(server, fetch, url, words):
    server.says("/feed", FEED)
    responses = {response.feed: response for response in fetch(url, server.url("/feed"))}
    assert responses[server.url("/feed")].body == FEED
    assert words in str(responses[url].failure)
    assert responses[url].unheard == ("invalid" in url)


@pytest.mark.parametrize("proxy", [None, "http://127.0.0.1:1"])
def test_nobody_is_told_to_trust_what_a_server_named(make_fetcher, proxy):
    access = Access(proxy=proxy)
    for url in ("http://127.0.0.1:1/", "http://host.invalid/"):
        request = Request(feed="hub", url=url, form=b"", found=True, access=access)
        (response,) = make_fetcher().fetch([request])
        assert "network.allow" not in str(response.failure)


def test_nobody_listens(fetch):
    (response,) = fetch("http://127.0.0.1:1/", allow=("127.0.0.1:1",))
    assert "the server is down, or the port is wrong" in str(response.failure)


def test_one_request_at_a_time_at_one_host(server, fetch):
    lock, crowd, most = threading.Lock(), 0, 0

    def answer(handler):
        nonlocal crowd, most
        with lock:
            crowd += 1
            most = max(most, crowd)
        with server.news:  # time enough for another one to come in
            server.news.wait(0.01)
        with lock:
            crowd -= 1
        handler.send_response_only(200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    for number in range(10):
        server.routes[f"/{number}"] = answer
    fetch(*(server.url(f"/{number}") for number in range(10)))
    assert len(server.seen) == 10
    assert most == 1


def test_hosts_are_asked_at_the_same_time(server, fetch):
    both = threading.Barrier(2, timeout=10)

    def answer(handler):
        both.wait()  # nobody answers until the other host has been asked too
        handler.send_response_only(200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server.routes["/feed"] = answer
    urls = server.url("/feed"), server.url("/feed", "localhost")
    responses = fetch(*urls, allow=(f"localhost:{server.port}",))
    assert [response.status for response in responses] == [200, 200]


def test_a_slow_reader_holds_up_no_transfer(server, make_fetcher):
    for number in range(5):
        server.says(f"/{number}", FEED)
    fetcher = make_fetcher(allow=frozenset({server.authority}))
    answers = fetcher.fetch([Request(feed=str(n), url=server.url(f"/{n}")) for n in range(5)])
    first = next(answers)
    assert server.wait_until_asked(5)
    assert [response.failure for response in (first, *answers)] == [None] * 5


def test_nothing_new_is_asked_while_too_much_lies_unread(server, make_fetcher):
    for number in range(4):
        server.says(f"/{number}", FEED)
    fetcher = make_fetcher(allow=frozenset({server.authority}), unread=1)
    answers = fetcher.fetch([Request(feed=str(n), url=server.url(f"/{n}")) for n in range(4)])
    for number in range(4):
        assert next(answers).body == FEED
        assert len(server.seen) <= number + 2


def test_a_reader_who_leaves_ends_the_transfers(server, make_fetcher):
    left = threading.Event()

    def answer(handler):
        left.wait(10)
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    server.says("/quick", FEED)
    server.routes["/stuck"] = answer
    fetcher = make_fetcher(allow=frozenset({server.authority}))
    requests = [Request(feed=path, url=server.url(path)) for path in ("/quick", "/stuck", "/never")]
    answers = fetcher.fetch(requests)
    assert next(answers).feed == "/quick"
    assert server.wait_until_asked(2)
    answers.close()
    left.set()
    assert not [thread for thread in threading.enumerate() if thread.name == "fetch"]
    assert server.paths() == ["/quick", "/stuck"]


def test_a_429_holds_for_the_whole_host(server, other_server, fetch):
    server.says("/a", status=429, headers={"Retry-After": "60"})
    other_server.says("/c", status=302, headers={"Location": server.url("/late")})
    other_server.says("/d", FEED)
    others = [other_server.url(path, "localhost") for path in ("/c", "/d")]
    urls = server.url("/a"), server.url("/b"), *others
    answers = {r.feed: r for r in fetch(*urls, allow=(f"localhost:{other_server.port}",))}
    a, b, c, d = (answers[url] for url in urls)
    assert (a.status, d.status) == (429, 200)
    refused = Respite.REFUSED
    assert [answer.spared for answer in (a, b, c, d)] == [None, refused, refused, None]
    for spared in (b, c):
        assert "slow down (429)" in str(spared.failure)
        assert spared.headers["retry-after"] == "60"
    assert server.paths() == ["/a"]


@pytest.mark.parametrize(
    ("asked", "longest", "minutes"),
    [("600", timedelta(days=1), 10), ("86400", timedelta(minutes=30), 30), (None, HOUR, 60)],
)
def test_a_429_holds_in_later_runs_too(server, make_fetcher, asked, longest, minutes):
    clock = [NOW]
    server.says("/a", status=429, headers={"Retry-After": asked} if asked else {})
    server.says("/b", FEED)
    fetcher = make_fetcher(
        allow=frozenset({server.authority}), clock=lambda: clock[0], host_cool_down=longest
    )
    list(fetcher.fetch([Request(feed="a", url=server.url("/a"))]))
    clock[0] += timedelta(minutes=minutes - 1)
    (spared,) = fetcher.fetch([Request(feed="b", url=server.url("/b"))])
    assert (spared.spared, spared.at) == (Respite.REFUSED, NOW)
    assert spared.headers["retry-after"] == str(minutes * 60)
    clock[0] += timedelta(minutes=1)
    (answer,) = fetcher.fetch([Request(feed="b", url=server.url("/b"))])
    assert answer.body == FEED


def test_a_429_may_hold_for_its_feed_alone(server, fetch):
    server.says("/a", status=429)
    server.says("/b", FEED)
    a, b = fetch(server.url("/a"), server.url("/b"), host_cool_down=timedelta())
    assert (a.status, b.status) == (429, 200)


@pytest.fixture
def impatient(server, other_server, make_fetcher):
    """Ask for urls of two servers in one lane, waiting for none of them for long."""

    def ask(*urls: str, **options: Any) -> list[Response]:
        allow = frozenset({server.authority, other_server.authority})
        timeout = timedelta(milliseconds=150)
        requests = [Request(feed=url, url=url, timeout=timeout) for url in urls]
        return list(make_fetcher(allow=allow, **options).fetch(requests))

    return ask


def test_a_server_that_twice_did_not_answer_is_left_alone(server, other_server, impatient):
    other_server.says("/d", FEED)
    with server.stalls("/a"), server.stalls("/b"):
        urls = server.url("/a"), server.url("/b"), server.url("/c"), other_server.url("/d")
        answers = {answer.feed: answer for answer in impatient(*urls)}
    a, b, c, d = (answers[url] for url in urls)
    assert [answer.spared for answer in (a, b, c, d)] == [None, None, Respite.SILENT, None]
    assert f"{server.authority} does not answer" in str(c.failure)
    assert c.headers["retry-after"] == "300"
    assert d.body == FEED
    assert server.paths() == ["/a", "/b"]


def test_one_page_that_hangs_is_not_its_whole_server(server, impatient):
    server.says("/b", FEED)
    server.says("/d", FEED)
    with server.stalls("/a"), server.stalls("/c"):
        answers = impatient(*map(server.url, ("/a", "/b", "/c", "/d")))
    assert [answer.spared for answer in answers] == [None] * 4
    assert [answer.status for answer in answers] == [0, 200, 0, 200]


def test_a_body_that_hangs_is_its_own_feeds_fault(server, impatient):
    for path in ("/a", "/b"):
        server.sends(path, lambda: iter([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<"]))
    server.says("/c", FEED)
    answers = impatient(*map(server.url, ("/a", "/b", "/c")))
    assert [answer.status for answer in answers] == [0, 0, 200]


def test_silence_may_concern_its_feed_alone(server, impatient):
    server.says("/c", FEED)
    with server.stalls("/a"), server.stalls("/b"):
        answers = impatient(*map(server.url, ("/a", "/b", "/c")), host_cool_down=timedelta())
    assert answers[-1].body == FEED


def test_who_is_out_of_patience_is_put_off_and_who_runs_is_not(server, make_fetcher):
    server.says("/a", FEED)
    fetcher = make_fetcher(allow=frozenset({server.authority}))
    requests = [
        Request(feed="a", url=server.url("/a"), patience=timedelta()),
        Request(feed="b", url=server.url("/a"), patience=timedelta()),
        Request(feed="c", url=server.url("/a"), patience=timedelta(days=1)),
    ]
    answers = {answer.feed: answer for answer in fetcher.fetch(requests)}
    assert [answers[feed].spared for feed in "abc"] == [None, Respite.LATE, None]
    assert "the round was over" in str(answers["b"].failure)
    assert [answers[feed].body for feed in "ac"] == [FEED, FEED]


def test_nothing_is_asked_twice_where_a_kept_connection_dies(server, fetch):
    server.says("/a", FEED)
    server.sends("/b", lambda: iter(()))
    a, b = fetch(server.url("/a"), server.url("/b"))
    assert (a.status, b.status) == (200, 0)
    assert "the connection broke" in str(b.failure)
    assert server.paths() == ["/a", "/b"]


def test_nothing_to_ask(fetch):
    assert fetch() == []


def test_a_broken_clock_is_raised_and_not_waited_for(server, make_fetcher):
    def clock():
        raise RuntimeError("no time")

    server.says("/feed", FEED)
    fetcher = make_fetcher(allow=frozenset({server.authority}), clock=clock)
    with pytest.raises(RuntimeError, match="no time"):
        list(fetcher.fetch([Request(feed="f", url=server.url("/feed"))]))


def test_an_unknown_certificate_is_not_trusted(tls_server, fetch):
    tls_server.says("/feed", FEED)
    (response,) = fetch(tls_server.url("/feed"), allow=(tls_server.authority,))
    assert "certificate is not to be trusted" in str(response.failure)
    assert tls_server.seen == []


@pytest.mark.parametrize("directory", [".", "none"])
def test_without_a_bundle_nothing_is_trusted_blindly(
    tls_server, fetch, monkeypatch, tmp_path, directory
):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / directory))
    (response,) = fetch(tls_server.url("/feed"), allow=(tls_server.authority,))
    assert "certificate is not to be trusted" in str(response.failure)


def test_a_certificate_that_the_system_knows_is(tls_server, fetch, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(tls_server.certificate))
    tls_server.says("/feed", FEED)
    (response,) = fetch(tls_server.url("/feed"), allow=(tls_server.authority,))
    assert response.body == FEED


def test_https_never_becomes_http(server, tls_server, fetch, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(tls_server.certificate))
    tls_server.says("/feed", status=301, headers={"Location": server.url("/feed")})
    (response,) = fetch(tls_server.url("/feed"), allow=(tls_server.authority,))
    assert "from https to plain http" in str(response.failure)
    assert server.seen == []


def test_a_proxy_from_the_environment_is_not_used(server, fetch, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    server.says("/feed", FEED)
    (response,) = fetch(server.url("/feed"))
    assert response.status == 200
