from base64 import b64encode
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.config import Config, Limits, load, shown_size, size
from aggregator.errors import ConfigError
from aggregator.model import Moves

HEAD = "version: 1\nfeeds:\n  - url: https://example.org/feed\n"
HOUR = timedelta(hours=1)


def read(text: str, **environment: str) -> Config:
    return load(text, directory=Path("/srv/news"), environment=environment)


def feed(*lines: str, **environment: str):
    (only,) = read(HEAD + "".join(f"    {line}\n" for line in lines), **environment).feeds
    return only


def problems(text: str, **environment: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        read(text, **environment)
    return caught.value.problems


def problem(*lines: str, **environment: str) -> str:
    (only,) = problems(HEAD + "".join(f"    {line}\n" for line in lines), **environment)
    return only


class TestCredentials:
    def test_basic(self):
        text = HEAD + "    auth: {basic: {user: 'ann', password: '${WORD}'}}\n"
        config = read(text, WORD="s\u00e9cret")
        token = b64encode("ann:s\u00e9cret".encode()).decode()
        assert config.feeds[0].access.headers == (("Authorization", f"Basic {token}"),)
        assert config.redact(f"s\u00e9cret {token}") == "*** ***"
        assert not config.warnings

    def test_bearer(self):
        config = read(HEAD + "    auth:\n      bearer: ${TOKEN}\n", TOKEN="t0k3nt0k3n")
        assert config.feeds[0].access.headers == (("Authorization", "Bearer t0k3nt0k3n"),)
        assert config.redact("t0k3nt0k3n") == "***"
        assert "t0k3nt0k3n" not in repr(config.feeds)

    def test_in_headers(self):
        config = read(
            HEAD + "    headers: {X-Key: '${KEY}', Accept: text/xml}\n", KEY="open-sesame"
        )
        assert config.feeds[0].access.headers == (("X-Key", "open-sesame"), ("Accept", "text/xml"))
        assert config.secrets == {"open-sesame"}

    @pytest.mark.parametrize(
        "line",
        [
            "auth: {basic: {user: ann, password: open-sesame}}",
            "auth: {bearer: open-sesame}",
            "headers: {X-Api-Key: open-sesame}",
            "proxy: http://me:open-sesame@proxy.example:3128",
        ],
    )
    def test_one_in_the_file_is_warned_of_and_not_shown(self, line: str):
        config = read(f"{HEAD}    {line}\n")
        (warning,) = config.warnings
        assert "feeds.yaml:4: " in warning
        assert "${NAME}" in warning
        assert "open-sesame" not in warning + repr(config.feeds) + config.redact("open-sesame")

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("auth: {bearer: '${TOKEN}'}", "auth: the environment has no TOKEN"),
            ("auth: {}", "either basic or bearer"),
            ("auth: {bearer: a, basic: {user: b}}", "either basic or bearer"),
            ("auth: {basic: {user: 'a:b'}}", "auth.basic.user"),
            ("headers: {Host: elsewhere.example}", "is sent by this program itself"),
            ("headers: {User-Agent: Mozilla}", "is sent by this program itself"),
            ("headers: {'A b': c}", "no name of a header field"),
            ('headers: {A: "b\\nc: d"}', "visible ASCII"),
            ("headers: {A: 1}", "quotes"),
            ("headres: {A: b}", "did you mean headers?"),
        ],
    )
    def test_what_cannot_be_sent_is_said(self, line: str, words: str):
        assert words in problem(line)

    def test_a_token_cannot_smuggle_a_header(self):
        assert "visible ASCII" in problem("auth: {bearer: '${TOKEN}'}", TOKEN="a\r\nX: b")

    def test_two_that_contradict_each_other(self):
        assert "twice" in problem("auth: {bearer: '${A}'}", "headers: {authorization: x}", A="b")
        text = "version: 1\nfeeds: [{url: 'https://a:${B}@c/', auth: {bearer: '${B}'}}]"
        assert "twice" in problems(text, B="d")[0]


class TestProxy:
    def test_a_feeds_own(self):
        line = "proxy: socks5h://me:${WORD}@127.0.0.1:9050"
        assert feed(line, WORD="p@ss/w").access.proxy == "socks5h://me:p%40ss%2Fw@127.0.0.1:9050"

    def test_one_for_all_and_a_way_round_it(self):
        text = (
            "version: 1\nnetwork: {proxy: 'http://b\u00fcro.example:3128'}\n"
            "feeds: [{url: 'http://a/'}, {url: 'http://b/', proxy: direct}]"
        )
        one, other = read(text).feeds
        assert one.access.proxy == "http://xn--bro-hoa.example:3128"
        assert other.access.proxy is None

    def test_the_whole_of_it_from_the_environment(self):
        access = feed("proxy: ${PROXY}", PROXY="https://proxy.example:8443/").access
        assert access.proxy == "https://proxy.example:8443"

    def test_a_password_in_that_for_all_is_warned_of_once(self):
        text = (
            "version: 1\nnetwork:\n  proxy: http://me:open-sesame@proxy.example\n"
            "feeds: [{url: 'http://a/'}, {url: 'http://b/'}]"
        )
        (warning,) = read(text).warnings
        assert warning.startswith("feeds.yaml:3: network.proxy: a password stands in this file")

    @pytest.mark.parametrize(
        "line",
        [
            "proxy: proxy.example:3128",
            "proxy: ftp://a/",
            "proxy: http://a/b",
            "proxy: 'http://:80'",
        ],
    )
    def test_what_is_none_is_said(self, line: str):
        assert problem(line).startswith("feeds.yaml:4: feeds[0].proxy: ")

    def test_nor_is_what_a_variable_may_hold(self):
        assert "feeds[0].proxy" in problem("proxy: ${PROXY}", PROXY="nonsense")
        assert problems("version: 1\nnetwork: {proxy: '${P}'}\nfeeds: [{url: 'http://a/'}]")[
            0
        ].startswith("feeds.yaml:2: network.proxy: the environment has no P")


class TestCertificates:
    def test_an_authority_is_a_file_beside_the_configuration(self):
        assert feed("tls: {ca: home.pem}").access.authorities == "/srv/news/home.pem"

    def test_an_exception_is_warned_of(self):
        config = read(HEAD + "    tls: {verify: false}\n")
        assert not config.feeds[0].access.verify
        assert "feeds[0].tls: its server's certificate is not verified" in config.warnings[0]

    def test_both_are_too_many(self):
        assert "drop one" in problem("tls: {verify: false, ca: home.pem}")


def test_a_file_has_no_server():
    text = "version: 1\nfeeds:\n  - {url: 'file:a.xml', proxy: direct, headers: {}}\n"
    assert [problem.partition(" a file")[0] for problem in problems(text)] == [
        "feeds.yaml:3: feeds[0].headers:",
        "feeds.yaml:3: feeds[0].proxy:",
    ]


class TestIntervals:
    @pytest.mark.parametrize(
        ("line", "shortest", "longest"),
        [
            ("name: as all", HOUR, 24 * HOUR),
            ("interval: 2h", 2 * HOUR, 2 * HOUR),
            ("min_interval: 3h", 3 * HOUR, 24 * HOUR),
            ("max_interval: 3h", HOUR, 3 * HOUR),
            ("min_interval: 2d", 48 * HOUR, 48 * HOUR),
            ("max_interval: 30m", HOUR / 2, HOUR / 2),
        ],
    )
    def test_a_feeds_own_stretch_those_of_all(self, line, shortest, longest):
        one = feed(line)
        assert (one.min_interval, one.max_interval) == (shortest, longest)

    def test_its_timeout(self):
        assert feed("timeout: 2m").timeout == timedelta(minutes=2)

    @pytest.mark.parametrize(
        "lines",
        [("interval: 1h", "min_interval: 1h"), ("min_interval: 2h", "max_interval: 1h")],
    )
    def test_contradictions_are_said(self, lines):
        assert "min_interval" in problem(*lines)


class TestLimits:
    def test_they_are_the_configurations(self):
        config = read("version: 1\nfeeds: []\nlimits: {body_size: 4MiB, redirects: 3}")
        assert (config.limits.body_size, config.limits.redirects) == (4 << 20, 3)
        assert config.limits.decoded_size == Limits().decoded_size

    @pytest.mark.parametrize("text", ["0KiB", "4 MiB", "4MB", "-1KiB", "", True, None, 0])
    def test_a_size_that_is_none(self, text: object):
        with pytest.raises(ValueError, match="64KiB"):
            size(text)

    @pytest.mark.parametrize("text", ["1KiB", "64KiB", "3MiB", "2GiB"])
    def test_sizes_are_shown_as_they_are_written(self, text: str):
        assert shown_size(size(text)) == text

    def test_an_odd_size_is_shown_in_bytes(self):
        assert shown_size(1000) == "1000 bytes"

    def test_when_a_move_is_believed(self):
        text = (
            "version: 1\ndefaults: {move_sightings: 2, move_span: 0h}\nfeeds: [{url: 'http://a/'}]"
        )
        assert read(text).feeds[0].moves == Moves(sightings=2, span=timedelta())


def test_names_of_the_house_may_be_allowed_however_they_are_written():
    text = "version: 1\nfeeds: []\nnetwork: {allow: ['rss_bridge:80', 'B\u00fcro.example:80']}"
    assert read(text).network.allow == ("rss_bridge:80", "xn--bro-hoa.example:80")
