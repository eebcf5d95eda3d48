from pathlib import Path

import pytest

from aggregator.config import load
from aggregator.errors import ConfigError

FEEDS = "feeds: [{url: 'https://a.example/feed'}]\n"


def loaded(serve: str, **environment: str):
    text = f"version: 1\nserve: {serve}\n{FEEDS}"
    return load(text, directory=Path("/nowhere"), environment=environment)


def test_it_is_this_machines_alone_unless_told_otherwise():
    serve = loaded("{}").serve

    assert (serve.host, serve.port, serve.token) == ("127.0.0.1", 8080, None)


def test_the_token_comes_from_the_environment_and_is_never_shown():
    config = loaded("{token: '${OWNER}'}", OWNER="0123456789abcdef")

    assert config.serve.token == "0123456789abcdef"
    assert "0123456789abcdef" not in repr(config)
    assert config.redact("it is 0123456789abcdef") == "it is ***"


def test_a_variable_that_is_not_set_leaves_nobody_owner():
    assert loaded("{token: '${OWNER}'}").serve.token is None


@pytest.mark.parametrize(
    ("serve", "environment"),
    [
        ("{token: in-the-clear-it-stands}", {}),
        ("{token: '${OWNER}'}", {"OWNER": "short"}),
        ("{port: 70000}", {}),
        ("{public_url: news.example}", {}),
        ("{allowed_hosts: ['https://a.example']}", {}),
    ],
)
def test_what_cannot_be_is_named_with_its_line(serve, environment):
    with pytest.raises(ConfigError, match=r"feeds.yaml:2: serve\."):
        loaded(serve, **environment)


@pytest.mark.parametrize("token", ["0123456789abcdef", "'my own secret'", "1234567890123456"])
def test_a_token_in_the_file_itself_is_refused_without_repeating_it(token):
    with pytest.raises(
        ConfigError, match=r"serve\.token: name a variable here, as \$\{NAME\}"
    ) as e:
        loaded(f"{{token: {token}}}")
    assert token.strip("'") not in str(e.value)
