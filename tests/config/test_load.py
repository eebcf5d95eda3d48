from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from aggregator.config import Config, load
from aggregator.config.sections import Onnx
from aggregator.errors import ConfigError
from aggregator.model import Mute

FOLDER = Path("/srv/news")


def read(text: str, **environment: str) -> Config:
    return load(text, directory=FOLDER, environment=environment)


def problems(text: str, **environment: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        read(text, **environment)
    return caught.value.problems


def test_defaults_are_those_of_the_documentation():
    config = read("version: 1\nfeeds: [{url: 'https://example.org/feed.xml'}]")
    assert config.store == "sqlite:////srv/news/aggregator.db"
    assert config.directory == FOLDER / "public"
    assert config.host_delay == timedelta(seconds=2)
    assert (config.publish.limit, config.publish.max_age) == (100, timedelta(days=7))
    (feed,) = config.feeds
    assert (feed.min_interval, feed.max_interval) == (timedelta(hours=1), timedelta(hours=24))
    assert feed.timeout == timedelta(seconds=30)
    assert feed.name == "example.org"


def test_a_feed_without_id_gets_a_readable_one_that_stays():
    text = "version: 1\nfeeds: [{url: 'https://www.example.org/secret-path/feed.xml'}]"
    (feed,) = read(text).feeds
    assert feed.id.startswith("example.org-")
    assert "secret" not in feed.id
    assert feed.id == read(text).feeds[0].id


def test_files_are_relative_to_the_configuration():
    (feed,) = read("version: 1\nfeeds: [{url: file:feeds/a.xml}]").feeds
    assert feed.url == "file:/srv/news/feeds/a.xml"
    assert feed.shown_url == "file:feeds/a.xml"
    assert feed.is_local


@pytest.mark.parametrize("path", ["file:", "file://host/a.xml"])
def test_a_file_needs_a_path(path: str):
    assert problems(f"version: 1\nfeeds: [{{url: '{path}'}}]")[0].startswith("feeds.yaml:2: ")


def test_secrets_come_from_the_environment_and_are_never_shown():
    text = "version: 1\nfeeds: [{url: 'https://me:${WORD}@example.org/${TOKEN}/feed'}]"
    config = read(text, WORD="open-sesame", TOKEN="t0k3nt0k3n")
    (feed,) = config.feeds
    assert feed.url == "https://me:open-sesame@example.org/t0k3nt0k3n/feed"
    assert feed.shown_url == "https://example.org/${TOKEN}/feed"
    shown = repr(config)
    assert "open-sesame" not in shown.replace(repr(config.secrets), "")
    assert config.redact("GET /t0k3nt0k3n as open-sesame") == "GET /*** as ***"
    assert not config.warnings


def test_a_rotated_secret_keeps_the_feeds_identity():
    text = "version: 1\nfeeds: [{url: 'https://example.org/${TOKEN}/feed'}]"
    assert read(text, TOKEN="old-token").feeds[0].id == read(text, TOKEN="new-token").feeds[0].id


def test_a_missing_variable_is_named():
    text = "version: 1\nfeeds:\n  - url: https://example.org/${TOKEN}\n"
    assert problems(text) == (
        "feeds.yaml:3: feeds[0].url: the environment has no TOKEN; set it before starting",
    )


def test_a_password_in_the_file_is_warned_of():
    config = read("version: 1\nfeeds:\n  - url: https://me:open-sesame@example.org/feed\n")
    (warning,) = config.warnings
    assert warning.startswith("feeds.yaml:3: feeds[0].url: a password stands in this file")
    assert "open-sesame" not in warning
    assert config.redact("open-sesame") == "***"


def test_the_store_is_relative_to_the_configuration_or_a_server():
    assert read("version: 1\nfeeds: []\nstore: sqlite:///data/a.db").store == (
        "sqlite:////srv/news/data/a.db"
    )
    assert read("version: 1\nfeeds: []\nstore: sqlite:////var/a.db").store == (
        "sqlite:////var/a.db"
    )
    assert read("version: 1\nfeeds: []\nstore: sqlite:///a.db?timeout=5").store == (
        "sqlite:////srv/news/a.db?timeout=5"
    )
    assert read("version: 1\nfeeds: []\nstore: postgresql://h/d").store == "postgresql://h/d"
    assert problems("version: 1\nfeeds: []\nstore: a.db")[0].startswith("feeds.yaml:3: store: ")


def test_a_folder_with_signs_that_urls_reserve_holds_a_store_too():
    config = load("version: 1\nfeeds: []", directory=Path("/srv/100% news?"), environment={})
    assert config.store == "sqlite:////srv/100%25%20news%3F/aggregator.db"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", ":1: the file is empty: write version: 1 and feeds: [] first"),
        ("version: 1\nfeeds:\n\t- url: a", ":3: not YAML: a tab: YAML is indented with spaces"),
        ("version: 1\nfeeds:\n  - https://a.example/", ":3: feeds[0]: write url: and the feed's "),
        (
            "version: 1\nfeeds: []\nlanguages: [english]",
            ":3: languages[0]: write a language's code",
        ),
        (
            "version: 1\nfeeds: []\nserve: {allowed_hosts: ['http://a.example']}",
            ":3: serve.allowed_hosts[0]: write a host's name",
        ),
        (
            "version: 1\nfeeds:\n  - {url: 'https://a.example/', auth: {basic: {user: 'a:b'}}}",
            ":3: feeds[0].auth.basic.user: write a name without a colon",
        ),
    ],
)
def test_what_newcomers_write_is_answered_with_what_to_write(text: str, problem: str):
    (told,) = problems(text)
    assert told.startswith(f"feeds.yaml{problem}")


def test_every_problem_is_reported_at_once_with_its_line_and_key():
    found = problems(
        "version: 1\n"
        "colour: red\n"
        "defaults: {min_interval: 3 hours}\n"
        "feeds:\n"
        "  - url: 12\n"
        "  - name: no address\n"
        "  - url: https://example.org/\n"
        "    nmae: typo\n"
        "limits: {timeout: 5s}\n"
    )
    assert sorted(found) == [
        "feeds.yaml:2: colour: unknown key",
        "feeds.yaml:3: defaults.min_interval: write a duration such as 30s, 15m, 1h30m, 7d or 2w",
        'feeds.yaml:5: feeds[0].url: write a text; put a number or true/false in quotes ("…")',
        "feeds.yaml:6: feeds[1].url: this key is missing",
        "feeds.yaml:8: feeds[2].nmae: unknown key; did you mean name?",
        "feeds.yaml:9: limits.timeout: this key stands elsewhere (docs/configuration.md)",
    ]


def test_one_address_twice_is_an_error_in_any_spelling():
    found = problems(
        "version: 1\nfeeds:\n  - url: https://example.org/\n  - url: https://EXAMPLE.org:443/#top\n"
    )
    assert found == ("feeds.yaml:4: feeds[1].url: the feed of line 3 has the same url; drop one",)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("file:feeds/a.xml", "file:./feeds/../feeds/a.xml"),
        ("https://example.org/a/feed", "https://example.org/a/./b/../%66eed"),
        ("https://example.org/", "https://example.org./"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://example.org/", "https://${HOST}/"),
    ],
)
def test_addresses_are_one_however_they_are_written(one: str, other: str):
    text = f"version: 1\nfeeds:\n  - url: {one}\n  - url: {other}\n"
    (found,) = problems(text, HOST="example.org")
    assert found.startswith("feeds.yaml:4: feeds[1].url: ")


def test_addresses_of_two_feeds_are_two():
    text = "version: 1\nfeeds: [{url: 'http://a/x?id=1'}, {url: 'http://a/x?id=2'}, {url: 'http://a/x/'}]"
    assert len(read(text).feeds) == 3


def test_a_secret_cannot_change_where_it_is_sent():
    text = "version: 1\nfeeds: [{url: 'https://me:${WORD}@example.org/feed'}]"
    config = read(text, WORD="p@ss/w#rd:x")
    assert config.feeds[0].url == "https://me:p%40ss%2Fw%23rd%3Ax@example.org/feed"
    assert config.redact("p@ss/w#rd:x p%40ss%2Fw%23rd%3Ax") == "*** ***"


def test_a_users_name_and_a_host_are_no_secrets():
    text = "version: 1\nfeeds: [{url: 'https://${NAME}:${WORD}@${HOST}/'}]"
    config = read(text, NAME="reader", HOST="example.org", WORD="open-sesame")
    assert config.secrets == {"open-sesame"}


@pytest.mark.parametrize(
    "url", ["https://${/", "https://a/${NAME", "https://a/${}", "https://${EMPTY}/"]
)
def test_a_reference_that_is_none_is_an_error(url: str):
    assert "feeds[0].url" in problems(f"version: 1\nfeeds: [{{url: '{url}'}}]", EMPTY="")[0]


def test_a_section_with_every_line_commented_out_is_none():
    config = read("version: 1\nnetwork:\npublish:\n  # limit: 3\nfeeds: []")
    assert config.publish.limit == 100


def test_one_id_twice_is_an_error_even_on_one_line():
    (found,) = problems("version: 1\nfeeds: [{id: a, url: http://a/}, {id: a, url: http://b/}]")
    assert found == "feeds.yaml:2: feeds[1].id: the feed of line 2 has the same id; drop one"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("a: [", 1),
        ("x: " + "[" * 3000 + "]" * 3000, 1),
        (
            "a: &a [1,1,1,1,1,1,1,1,1,1]\n"
            + "".join(
                f"{b}: &{b} [{','.join(['*' + a] * 10)}]\n" for a, b in pairwise("abcdefghi")
            ),
            1,
        ),
        ("version: 1\nversion: 1\nfeeds: []", 2),
        ("version: 1\nfeeds: &a [*a]", 2),
        ("version: 1\n? [a, b]\n: 1\nfeeds: []", 2),
        ("- a list", 1),
        ("version: 2\nfeeds: []", 1),
        ("version: 1\nfeeds: []\nnetwork: {allow: [localhost]}", 3),
        ("version: 1\nfeeds: []\nnetwork: {allow: ['::1:80']}", 3),
        ("version: 1\nfeeds: []\nnetwork: {allow: ['h:99999']}", 3),
        ("version: 1\nfeeds: []\ndefaults: {min_interval: 2d}", 3),
        ("version: 1\nfeeds: []\ndefaults: {timeout: 0s}", 3),
        ("version: 1\nfeeds: []\ndefaults: {timeout: 99999999999999w}", 3),
        ("version: 1\nfeeds: []\npublish: {base_url: news.example.org}", 3),
        ("version: 1\nfeeds: []\npublish: {limit: 0}", 3),
        ("version: 1\nfeeds: [{url: 'ftp://example.org/'}]", 2),
        ("version: 1\nfeeds: [{url: 'https://'}]", 2),
        ("version: 1\nfeeds: [{url: 'https://example.org:port/'}]", 2),
        ("version: 1\nfeeds: [{url: 'https://example.org/', id: 'a b'}]", 2),
    ],
)
def test_what_cannot_be_used_names_its_line(text: str, line: int):
    assert problems(text)[0].startswith(f"feeds.yaml:{line}: ")


def test_norwegian_is_a_language():
    (feed,) = read("version: 1\nfeeds: [{url: 'https://example.no/', language: no}]").feeds
    assert feed.language == "no"


def test_allowed_addresses_are_exact_pairs():
    config = read("version: 1\nfeeds: []\nnetwork: {allow: ['127.0.0.1:8099', '[::1]:80']}")
    assert config.network.allow == ("127.0.0.1:8099", "[::1]:80")


def test_the_encoder_is_named_or_a_folder_of_ones_own():
    feed = "version: 1\nfeeds: [{url: file:a.xml}]\n"
    assert read(feed).encoder == "use"
    assert read(feed + "encoder: none").encoder == "none"
    mine = read(feed + "encoder: {onnx: models/e5, prefix: ''}").encoder
    assert mine == Onnx(onnx="/srv/news/models/e5", prefix="")


@pytest.mark.parametrize("choice", ["None", "bert", "[use]", "3"])
def test_an_encoder_that_there_is_not_is_told_what_there_is(choice: str):
    said = problems(f"version: 1\nfeeds: []\nencoder: {choice}")
    assert said == ("feeds.yaml:3: encoder: write use, none, or onnx: and the folder of a model",)


def test_a_feeds_mutes_are_its_own_and_those_for_all():
    mutes = [
        feed.mutes
        for feed in read(
            "version: 1\nmutes: [英超, {title: sponsored}]\n"
            "feeds: [{url: file:a.xml, mutes: [golf, 英超]}, {url: file:b.xml}]"
        ).feeds
    ]
    everywhere = (Mute(words="英超"), Mute(words="sponsored", title_only=True))
    assert mutes == [(*everywhere, Mute(words="golf")), everywhere]


@pytest.mark.parametrize("mute", ["2026", "''", "{tilte: x}", "{title: 5}", "[x]"])
def test_a_mute_that_is_none_names_its_line(mute: str):
    assert problems(f"version: 1\nfeeds: []\nmutes: [{mute}]")[0].startswith(
        "feeds.yaml:3: mutes[0]"
    )
