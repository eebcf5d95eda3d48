from pathlib import Path

import pytest

from aggregator.app.config_source import ConfigSource
from aggregator.errors import ConfigError


def configure(path: Path, *feeds: str) -> None:
    path.write_text("version: 1\nfeeds:\n" + "".join(f"  - url: {feed}\n" for feed in feeds))


@pytest.fixture
def path(tmp_path) -> Path:
    path: Path = tmp_path / "feeds.yaml"
    configure(path, "https://a.example/feed")
    return path


def test_a_change_is_told_of_once_it_has_settled(path):
    source = ConfigSource(path)
    assert source.changed() is None

    path.write_text("")  # as an editor may leave it for a moment
    assert source.changed() is None
    configure(path, "https://a.example/feed", "https://b.example/feed")
    assert source.changed() is None

    config = source.changed()
    assert config
    assert len(config.feeds) == 2
    assert source.changed() is None


def test_what_is_asked_for_is_read_at_once_changed_or_not(path):
    source = ConfigSource(path)
    source.ask()

    assert source.changed()
    assert source.changed() is None


@pytest.mark.parametrize("spoil", [lambda path: path.write_text("version: 2"), Path.unlink])
def test_what_cannot_be_used_is_said_once(path, spoil):
    source = ConfigSource(path)
    spoil(path)
    assert source.changed() is None

    with pytest.raises(ConfigError):
        source.changed()
    assert source.changed() is None


def test_a_file_that_takes_the_place_of_another_is_a_change(path):
    source = ConfigSource(path)
    configure(new := path.with_name("new"), "https://b.example/feed")
    new.replace(path)
    source.changed()

    config = source.changed()
    assert config
    assert config.feeds[0].url == "https://b.example/feed"
