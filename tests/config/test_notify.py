"""Who is told at once of which stories, as feeds.yaml says it."""

from base64 import b64decode
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.config import Config, load
from aggregator.errors import ConfigError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
FEEDS = "version: 1\nfeeds: [{url: 'https://a.example/feed', id: a}]\n"
WEBHOOK = "webhook: {url: 'https://hook.example/${TOKEN}', secret: '${SECRET}'}"


def read(rules: str, more: str = "", **environment: str) -> Config:
    given = {"SECRET": SECRET, "TOKEN": "swordfish"} | environment
    text = f"{FEEDS}notify: [{rules}]\n{more}"
    return load(text, directory=Path("/srv/news"), environment=given)


def problem(rules: str, more: str = "", **environment: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(rules, more, **environment)
    (found,) = caught.value.problems
    return found


def test_a_rule_has_the_filters_of_a_view_and_an_hour():
    (rule,) = read("{id: r, publishers: 5, language: en, feeds: [a], command: [tell]}").notify
    assert (rule.publishers, rule.within) == (5, timedelta(hours=1))
    assert (rule.language, rule.feeds) == ("en", ("a",))


def test_a_webhook_has_its_secrets_from_the_environment_and_shows_none():
    config = read(f"{{id: r, publishers: 5, {WEBHOOK}}}")
    receiver = config.receivers["r"]
    assert (receiver.url, *map(len, receiver.keys), receiver.proxy) == (
        "https://hook.example/swordfish",
        24,
        None,
    )
    assert config.variables == {"SECRET", "TOKEN"}
    assert config.redact(f"{SECRET} and {SECRET[6:]} at /swordfish") == "*** and *** at /***"
    for secret in ("swordfish", SECRET[6:]):
        assert secret not in repr(config)


def test_a_webhook_may_have_several_secrets_the_newest_first():
    new = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
    both = WEBHOOK.replace("'${SECRET}'", "['${NEW}', '${SECRET}']")
    config = read(f"{{id: r, publishers: 5, {both}}}", NEW=new)
    assert config.receivers["r"].keys == tuple(b64decode(each[6:]) for each in (new, SECRET))
    assert config.redact(f"{new[6:]} and {SECRET[6:]}") == "*** and ***"


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        ("[]", "name one at least"),
        ("['${SECRET}', whsec_abc]", "name a variable here"),
        ("['${SECRET}', '${SHORT}']", "${SHORT} is no secret"),
    ],
)
def test_one_of_several_that_is_no_secret_is_refused(secret, words):
    several = WEBHOOK.replace("'${SECRET}'", secret)
    found = problem(f"{{id: r, publishers: 5, {several}}}", SHORT="whsec_abc")
    assert f"notify[0].webhook.secret: {words}" in found


def test_it_goes_by_the_proxy_of_all():
    proxy = "network: {proxy: 'http://me:${TOKEN}@proxy.example:3128'}\n"
    config = read(f"{{id: r, publishers: 5, {WEBHOOK}}}", proxy)
    assert config.receivers["r"].proxy == "http://me:swordfish@proxy.example:3128"


def test_a_program_is_a_path_in_the_files_folder_or_a_name():
    rules = (
        "{id: r, publishers: 1, command: [./tell, ./x]}, {id: s, publishers: 1, command: [tell]}"
    )
    path, name = (rule.command for rule in read(rules).notify)
    assert path == ("/srv/news/tell", "./x")
    assert name == ("tell",)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ("{id: r, publishers: 5}", "notify[0]: write webhook or command"),
        ("{id: r, command: [tell]}", "notify[0].publishers: this key is missing"),
        ("{id: r, publishers: 0, command: [tell]}", "notify[0].publishers: "),
        ("{id: r, publishers: 5, within: 0s, command: [tell]}", "notify[0].within: "),
        ("{id: r, publishers: 5, command: tell}", "notify[0].command: write a list"),
        ("{id: r, publishers: 5, command: [tell], feeds: [b]}", "no feed has the id b"),
        (
            "{id: r, publishers: 1, command: [a]}, {id: r, publishers: 1, command: [b]}",
            "notify[1].id: the rule of line 3 has the same id",
        ),
        (
            "{id: r, publishers: 5, webhook: {url: 'hook.example', secret: '${SECRET}'}}",
            "notify[0].webhook.url: write an address that starts with http",
        ),
        (
            "{id: r, publishers: 5, webhook: {url: 'https://hook.example', secret: whsec_abc}}",
            "notify[0].webhook.secret: ",
        ),
        (
            "{id: r, publishers: 5, webhook: {url: 'https://hook.example', secret: '${NONE}'}}",
            "notify[0].webhook.secret: the environment has no NONE",
        ),
        (
            "{id: r, publishers: 5, webhook: {url: 'https://h/${NONE}', secret: '${SECRET}'}}",
            "notify[0].webhook.url: the environment has no NONE",
        ),
    ],
)
def test_what_cannot_be_is_named_with_its_line(rules, words):
    found = problem(rules)
    assert found.startswith("feeds.yaml:3: ")
    assert words in found


@pytest.mark.parametrize(
    "secret", ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_!"]
)
def test_a_secret_that_signs_badly_is_refused_with_how_to_make_one(secret):
    found = problem(f"{{id: r, publishers: 5, {WEBHOOK}}}", SECRET=secret)
    assert "openssl rand -base64 32" in found
    assert secret not in found


def test_a_feed_that_is_private_is_no_news():
    private = FEEDS.replace("id: a", "id: a, private: true")
    rule = "notify: [{id: r, publishers: 1, feeds: [a], command: [tell]}]\n"
    config = load(private + rule, directory=Path("/srv/news"), environment={})
    assert "others are told nothing of it" in config.warnings[0]


def test_a_password_in_the_file_is_unwise():
    rule = WEBHOOK.replace("hook.example", "me:secret@hook.example")
    (warning,) = read(f"{{id: r, publishers: 5, {rule}}}").warnings
    assert "notify[0].webhook.url: a password stands in this file" in warning
