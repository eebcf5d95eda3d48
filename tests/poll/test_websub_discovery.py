from datetime import UTC, datetime

import pytest

from aggregator.model import FeedState, ParsedFeed, Response
from aggregator.poll.websub_discovery import learned

NOON = datetime(2025, 10, 18, 12, tzinfo=UTC)
PLACE = "https://news.example/a/feed.xml"


def names(
    link: str = "", *, hubs: tuple[str, ...] = (), self_url: str | None = None
) -> tuple[str | None, str | None]:
    """Return the first hub and the topic that an answer names."""
    response = Response(
        feed="a", url=PLACE, final_url=PLACE, status=200, at=NOON, headers={"link": link}
    )
    document = ParsedFeed(format="rss20", entries=(), hubs=hubs, self_url=self_url)
    before = FeedState(feed="a", hubs=("https://old.example/",), topic="https://old.example/feed")
    state = learned(before, response, document)
    return next(iter(state.hubs), None), state.topic


def test_all_hubs_are_noted_each_once_and_not_without_number():
    hubs = tuple(f"https://hub.example/{n % 9}" for n in range(20))
    response = Response(feed="a", url=PLACE, final_url=PLACE, status=200, at=NOON)
    document = ParsedFeed(format="rss20", entries=(), hubs=(PLACE, "mailto:x", *hubs))
    assert learned(FeedState(feed="a"), response, document).hubs == hubs[:5]


def test_headers_come_before_the_document():
    link = '<https://hub.example/>; rel="hub", <https://news.example/feed>; rel="self"'
    assert names(link, hubs=("https://other.example/",), self_url="https://x.example/") == (
        "https://hub.example/",
        "https://news.example/feed",
    )


def test_a_document_may_name_them_too():
    assert names(hubs=("https://hub.example/",), self_url="https://news.example/feed") == (
        "https://hub.example/",
        "https://news.example/feed",
    )


@pytest.mark.parametrize(
    "link",
    [
        "<https://hub.example/>;rel=hub",
        '<https://a.example/> ; title="a, b; rel=x" ; REL = no , <https://hub.example/>; rel=hub',
        '<https://hub.example/>; rel="alternate HUB"',
        "</>; rel=next, <https://hub.example/>; rel=hub, <https://second.example/>; rel=hub",
    ],
    ids=["bare", "quoted", "several relations", "several links"],
)
def test_link_fields_are_read_as_rfc_8288_has_them(link: str):
    assert names(link)[0] == "https://hub.example/"


def test_what_is_relative_is_relative_to_where_the_answer_came_from():
    assert names("<../hub>; rel=hub, <>; rel=self") == ("https://news.example/hub", PLACE)


def test_without_self_the_topic_is_where_the_answer_came_from():
    assert names(hubs=("https://hub.example/",)) == ("https://hub.example/", PLACE)


@pytest.mark.parametrize(
    "hub",
    ["", "ftp://hub.example/", "https://", "https://[::1/", "mailto:x", "https://a/" + "x" * 3000],
    ids=["itself", "ftp", "no host", "no address", "mail", "too long"],
)
def test_an_address_that_cannot_be_one_is_no_hub(hub: str):
    assert names(hubs=(hub,)) == (None, None)


def test_a_feed_that_names_no_hub_any_more_has_none():
    assert names() == (None, None)


def test_a_long_field_is_read_in_time():
    assert names("<https://hub.example/>" + ';a="' * 20000) == (None, None)
    assert names('<https://hub.example/>; rel="' + " " * 60000) == (None, None)
