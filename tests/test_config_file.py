from pathlib import Path

import pytest

from aggregator.config_file import change_config, read_config, would_be
from aggregator.errors import ConfigError


def problem(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        read_config(path)
    return str(caught.value)


def test_paths_are_relative_to_the_file_and_secrets_come_from_the_environment(
    tmp_path, monkeypatch
):
    path = tmp_path / "feeds.yaml"
    path.write_text("version: 1\nfeeds: [{url: 'https://example.org/${TOKEN}'}]\n")
    monkeypatch.setenv("TOKEN", "t0k3n-t0k3n")
    config = read_config(path)
    assert config.directory == tmp_path / "public"
    assert config.feeds[0].url == "https://example.org/t0k3n-t0k3n"


def test_a_byte_order_mark_is_no_problem(tmp_path):
    path = tmp_path / "feeds.yaml"
    path.write_bytes(b"\xef\xbb\xbfversion: 1\nfeeds: []\n")
    assert read_config(path).feeds == ()


def test_a_missing_file_says_how_to_name_another(tmp_path):
    assert "--config" in problem(tmp_path / "nowhere.yaml")


def test_a_file_in_another_encoding_names_the_line(tmp_path):
    path = tmp_path / "feeds.yaml"
    path.write_bytes("version: 1\n# é\n".encode("latin-1"))
    assert problem(path) == f"{path}:2: not UTF-8; save the file as UTF-8"


def test_a_folder_is_no_file(tmp_path):
    assert problem(tmp_path).startswith(f"{tmp_path}: cannot be read")


def with_a_feed(text: str) -> str:
    return text.replace("feeds: []", "feeds: [{url: 'https://example.org/feed'}]")


def test_a_change_keeps_all_else_of_the_file(tmp_path):
    path = tmp_path / "feeds.yaml"
    path.write_bytes(b"\xef\xbb\xbfversion: 1 # \t\xc3\xa9\r\nfeeds: []")
    path.chmod(0o640)
    assert len(change_config(path, with_a_feed).feeds) == 1
    assert path.read_bytes() == (
        b"\xef\xbb\xbfversion: 1 # \t\xc3\xa9\r\nfeeds: [{url: 'https://example.org/feed'}]"
    )
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_one(tmp_path):
    real = tmp_path / "real.yaml"
    real.write_text("version: 1\nfeeds: []\n")
    path = tmp_path / "feeds.yaml"
    path.symlink_to(real)
    change_config(path, with_a_feed)
    assert path.is_symlink()
    assert "example.org" in real.read_text()


def test_what_would_be_no_configuration_is_not_written(tmp_path):
    path = tmp_path / "feeds.yaml"
    path.write_text("version: 1\nfeeds: []\n")
    with pytest.raises(ConfigError, match="url"):
        change_config(path, lambda text: text.replace("[]", "[{url: x}]"))
    assert path.read_text() == "version: 1\nfeeds: []\n"


def test_what_somebody_else_wrote_meanwhile_is_not_lost(tmp_path):
    path = tmp_path / "feeds.yaml"
    path.write_text("version: 1\nfeeds: []\n")

    def late(text: str) -> str:
        path.write_text("version: 1\nfeeds: [] # changed\n")
        return with_a_feed(text)

    with pytest.raises(ConfigError, match="try again"):
        change_config(path, late)
    assert "changed" in path.read_text()
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_not_there_begins_without_feeds(tmp_path):
    path = tmp_path / "feeds.yaml"
    assert would_be(path, str).feeds == ()
    assert not path.exists()
    config = change_config(path, with_a_feed)
    assert [feed.url for feed in config.feeds] == ["https://example.org/feed"]
    assert read_config(path) == config
    assert path.read_text().startswith("#")


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(ConfigError, match="cannot be written"):
        change_config(tmp_path / "none" / "feeds.yaml", with_a_feed)
