from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from aggregator.app.config_source import ConfigSource
from aggregator.errors import AggregatorError
from aggregator.web.reloading import Reloading
from aggregator.web.server import serving

TEXT = "version: 1\nstore: sqlite:///aggregator.db\npublish: {title: %s}\nfeeds: []\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "feeds.yaml"
    path.write_text(TEXT % "Before")
    return path


@pytest.fixture
def refused() -> list[AggregatorError]:
    return []


@pytest.fixture
def reloading(file, refused) -> Iterator[Reloading]:
    source = ConfigSource(file)
    with Reloading(
        source, settings=lambda config: config.serve, refused=refused.append
    ) as reloading:
        yield reloading


def test_an_unchanged_file_makes_nothing_new(reloading):
    assert [reloading.fresh() for _ in range(3)] == [None] * 3


def test_a_change_makes_an_application_of_its_own_once(reloading, file, site_of):
    file.write_text(TEXT % "Another title altogether")

    first, second, third = (reloading.fresh() for _ in range(3))

    assert (first, third) == (None, None)  # two looks find the same change: the writer is done
    assert second
    assert "Another title altogether" in site_of(second)


def test_the_next_change_closes_what_the_one_before_opened(reloading, file, site_of):
    for title in ("One", "Another", "The last of three"):
        file.write_text(TEXT % title)
        reloading.fresh()
        app = reloading.fresh()

    assert "The last of three" in site_of(app)


def test_what_cannot_be_used_is_told_and_the_old_holds_on(reloading, file, refused):
    file.write_text("feeds: 3\n")

    assert [reloading.fresh() for _ in range(3)] == [None] * 3
    assert len(refused) == 1
    assert "feeds" in str(refused[0])


@pytest.fixture
def site_of():
    """Return a function that serves an application and returns its front page."""

    def site_of(app) -> str:
        with serving(app, host="127.0.0.1", port=0) as served:
            return str(urlopen(served.url).read().decode())

    return site_of
