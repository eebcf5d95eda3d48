import http.client
import json

import pytest

TALKS = "urn:uuid:00000000-0000-4000-8000-000000000001"
RAID = "urn:uuid:00000000-0000-4000-8000-000000000002"
API = "/api/v1"


def test_stories_come_newest_first_page_by_page(site):
    first = site.ask(f"{API}/stories?limit=1").json
    second = site.ask(f"{API}/stories?limit=1&after={first['next']}").json
    end = site.ask(f"{API}/stories?limit=1&after={second['next']}").json

    assert [len(page["stories"]) for page in (first, second, end)] == [1, 1, 0]
    assert end["next"] is None
    assert first["stories"][0]["last"] > second["stories"][0]["last"]


def test_a_story_is_told_whole_but_for_what_is_private(site):
    story = site.ask(f"{API}/stories/{TALKS}").json

    assert story["titles"].keys() == {"en", "zh-Hant"}
    assert [article["feed"] for article in story["articles"]] == ["harbour", "formosa"]
    assert story["related"] == [RAID]
    assert story["articles"][1]["reasons"] == ["names in common: tomahawk"]
    assert story == site.ask(f"{API}/stories/{TALKS.removeprefix('urn:uuid:')}").json


def test_an_article_knows_its_story(site):
    assert site.ask(f"{API}/articles/0000000000000002").json["story"] == TALKS


@pytest.mark.parametrize(
    "path",
    [
        "/articles/0000000000000003",
        "/articles/0000000000000009",
        "/stories/00000000-0000-4000-8000-000000000003",
        "/explain?a=0000000000000001&b=0000000000000003",
        "/nothing",
    ],
)
def test_what_others_may_not_see_is_not_there(site, path):
    answer = site.ask(API + path)

    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["status"] == 404
    assert "newsletter" not in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/stories?limit=0", 422), ("/stories?limit=x", 422), ("/stories?after=x", 422)],
)
def test_what_cannot_be_is_said_in_words(site, path, status):
    answer = site.ask(API + path)

    assert answer.status == status
    assert answer.json["detail"]


def test_two_articles_are_explained(site):
    told = site.ask(f"{API}/explain?a=0000000000000001&b=0000000000000002").json

    assert told["is_one_story"]
    assert told["in_favour"]


def test_feeds_tell_how_they_are(site):
    feeds = {feed["id"]: feed for feed in site.ask(f"{API}/feeds").json["feeds"]}

    assert feeds.keys() == {"harbour", "formosa", "paid"}
    assert (feeds["paid"]["condition"], feeds["paid"]["url"]) == ("failing", None)
    assert feeds["harbour"]["condition"] == "well"


def test_it_describes_itself(site):
    description = site.ask(f"{API}/openapi.json").json

    assert f"{API}/stories/{{story}}" in description["paths"]
    assert site.ask("/docs").status == 404


def test_the_stream_tells_what_came_since(site):
    host, _, port = site.authority.rpartition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=10)
    connection.request("GET", f"{API}/stream", headers={"Last-Event-ID": "0"})
    response = connection.getresponse()
    try:
        lines = iter(response.readline, b"")
        told = [
            json.loads(line[6:])
            for line in (next(lines) for _ in range(10))
            if line[:5] == b"data:"
        ]
    finally:
        connection.close()
        response.close()

    assert response.getheader("Content-Type") == "text/event-stream; charset=utf-8"
    assert TALKS in {story["id"] for story in told}
    assert all(article["feed"] != "secret" for story in told for article in story["articles"])
