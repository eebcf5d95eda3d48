"""What the user says of the way to a feed's server: headers, credentials, proxies, certificates."""

import socket
from datetime import timedelta

import pytest

from aggregator.config import Limits
from aggregator.model import Access, Request

FEED = b"<rss/>"
BEARER = Access(headers=(("Authorization", "Bearer t0k3n"), ("X-Reader", "me")))


@pytest.fixture
def ask(make_fetcher):
    """Ask for one url with an access of its own."""

    def ask(url: str, access: Access, *allow: str, timeout=timedelta(seconds=30), **options):
        request = Request(feed="f", url=url, access=access, timeout=timeout)
        (response,) = make_fetcher(allow=frozenset(allow), **options).fetch([request])
        return response

    return ask


def through(server, userinfo: str = "") -> Access:
    return Access(proxy=f"http://{userinfo}{server.authority}")


class TestHeaders:
    def test_they_go_to_the_feeds_own_server(self, server, ask):
        server.says("/feed", status=302, headers={"Location": "/there"})
        server.says("/there", FEED)
        assert ask(server.url("/feed"), BEARER, server.authority).body == FEED
        for number in (0, 1):
            assert server.headers(number)["authorization"] == "Bearer t0k3n"
            assert server.headers(number)["x-reader"] == "me"

    def test_they_go_nowhere_else_and_are_there_again_back_home(self, server, other_server, ask):
        server.says("/feed", status=302, headers={"Location": other_server.url("/away")})
        other_server.says("/away", status=302, headers={"Location": server.url("/back")})
        server.says("/back", FEED)
        response = ask(server.url("/feed"), BEARER, server.authority, other_server.authority)
        assert response.body == FEED
        assert not {"authorization", "x-reader"} & set(other_server.headers())
        assert "authorization" in server.headers()

    def test_another_scheme_or_name_of_the_same_server_is_another_origin(self, server, ask):
        server.says("/feed", status=302, headers={"Location": server.url("/x", "localhost")})
        server.says("/x", FEED)
        ask(server.url("/feed"), BEARER, server.authority, f"localhost:{server.port}")
        assert server.paths() == ["/feed", "/x"]
        assert "authorization" not in server.headers()

    def test_accept_may_be_the_users(self, server, ask):
        server.says("/feed", FEED)
        ask(server.url("/feed"), Access(headers=(("accept", "text/xml"),)), server.authority)
        assert server.headers()["accept"] == "text/xml"


class TestProxy:
    """The server plays a proxy, which is asked for whole urls (RFC 9112 section 3.2.2)."""

    def test_it_makes_the_connection_wherever_it_is_itself(self, server, ask):
        server.says("http://192.88.98.1/feed", FEED)
        assert ask("http://192.88.98.1/feed", through(server)).body == FEED

    def test_its_credentials_are_for_it_alone(self, server, ask):
        server.says("http://192.88.98.1/feed", FEED)
        ask("http://192.88.98.1/feed", through(server, "me:s%40cret@"))
        headers = server.headers()
        assert headers["proxy-authorization"] == "Basic bWU6c0BjcmV0"
        assert "authorization" not in headers

    @pytest.mark.parametrize(
        "host", ["127.0.0.1", "localhost", "0x7f.1", "[::1]", "[::ffff:a00:1]"]
    )
    def test_it_is_not_asked_for_what_is_private(self, server, ask, host):
        response = ask(f"http://{host}:9/feed", through(server))
        assert "network.allow" in str(response.failure)
        assert server.seen == []

    def test_unless_that_is_allowed(self, server, ask):
        server.says("http://127.0.0.1:9/feed", FEED)
        assert ask("http://127.0.0.1:9/feed", through(server), "127.0.0.1:9").body == FEED

    def test_nor_for_what_a_redirect_leads_to(self, server, ask):
        location = {"Location": "http://10.0.0.1/"}
        server.says("http://192.88.98.1/feed", status=302, headers=location)
        response = ask("http://192.88.98.1/feed", through(server))
        assert "redirects to 10.0.0.1:80" in str(response.failure)
        assert server.paths() == ["http://192.88.98.1/feed"]

    def test_nor_for_a_name_that_only_it_can_look_up(self, server, ask):
        response = ask("http://hidden.invalid/feed", through(server))
        assert '"hidden.invalid:80" to network.allow' in str(response.failure)
        assert server.seen == []

    def test_unless_the_user_trusts_it(self, server, ask):
        server.says("http://hidden.invalid/feed", FEED)
        url, trusted = "http://hidden.invalid/feed", "hidden.invalid:80"
        assert ask(url, through(server), trusted).body == FEED

    def test_a_look_makes_no_connection_even_where_one_stands(
        self, server, other_server, make_fetcher
    ):
        server.says("/direct", FEED)
        other_server.says(server.url("/proxied"), FEED)
        requests = [
            Request(feed="a", url=server.url("/direct")),
            Request(feed="b", url=server.url("/proxied"), access=through(other_server)),
        ]
        fetcher = make_fetcher(allow=frozenset({server.authority}))
        assert [response.body for response in fetcher.fetch(requests)] == [FEED, FEED]
        assert server.paths() == ["/direct"]
        assert other_server.paths() == [server.url("/proxied")]

    def test_one_that_is_away_is_not_held_against_the_feed(self, ask):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        response = ask("http://192.88.98.1/", Access(proxy=f"http://127.0.0.1:{port}"))
        assert response.unheard
        assert "network.proxy" in str(response.failure)


class TestCertificates:
    def test_an_authority_of_ones_own(self, tls_server, ask):
        tls_server.says("/feed", FEED)
        own = Access(authorities=str(tls_server.certificate))
        assert ask(tls_server.url("/feed"), own, tls_server.authority).body == FEED

    def test_one_that_cannot_be_read(self, tls_server, ask, tmp_path):
        none = Access(authorities=str(tmp_path / "none.pem"))
        response = ask(tls_server.url("/feed"), none, tls_server.authority)
        assert "tls.ca cannot be read" in str(response.failure)

    def test_none_at_all(self, tls_server, ask):
        tls_server.says("/feed", FEED)
        response = ask(tls_server.url("/feed"), Access(verify=False), tls_server.authority)
        assert response.body == FEED

    def test_an_exception_is_one_feeds_alone(self, tls_server, make_fetcher):
        tls_server.says("/feed", FEED)
        url = tls_server.url("/feed")
        requests = [
            Request(feed="lax", url=url, access=Access(verify=False)),
            Request(feed="strict", url=url),
        ]
        fetcher = make_fetcher(allow=frozenset({tls_server.authority}))
        answers = {response.feed: response for response in fetcher.fetch(requests)}
        assert answers["lax"].body == FEED
        assert "not to be trusted" in str(answers["strict"].failure)


class TestLimitsOfTime:
    def test_a_server_that_never_shakes_hands(self, ask):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            authority = f"127.0.0.1:{silent.getsockname()[1]}"
            limits = Limits(connect_timeout=timedelta(milliseconds=50))
            response = ask(f"https://{authority}/", Access(), authority, limits=limits)
        assert "limits.connect_timeout" in str(response.failure)

    def test_a_server_that_falls_silent(self, server, ask):
        limits = Limits(read_timeout=timedelta(seconds=1))
        with server.stalls("/feed"):
            response = ask(server.url("/feed"), Access(), server.authority, limits=limits)
        assert "limits.read_timeout" in str(response.failure)

    def test_a_server_that_takes_too_long(self, server, ask):
        timeout = timedelta(milliseconds=50)
        with server.stalls("/feed"):
            response = ask(server.url("/feed"), Access(), server.authority, timeout=timeout)
        assert "0.05 s (timeout;" in str(response.failure)
