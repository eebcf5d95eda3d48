from pathlib import Path

import pytest

from aggregator.config_file import read_config
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
