import pytest

from aggregator.config import Publish
from aggregator.web.offers import about, offers

PUBLISH = Publish.model_validate(
    {
        "title": "All of it",
        "views": [
            {"name": "world", "category": "World"},
            {"name": "taiwan", "language": "zh-TW", "title": "臺灣"},
            {"name": "chinese", "language": "zh"},
            {"name": "world-in-english", "category": "world", "language": "en"},
            {"name": "shared-world", "category": "World", "publishers": 2},
            {"name": "harbour", "feeds": ["harbour"]},
            {"name": "two", "feeds": ["harbour", "formosa"]},
            {"name": "talks", "story": "urn:uuid:1"},
        ],
    }
)


@pytest.mark.parametrize(
    ("shown", "offered"),
    [
        ({}, []),
        ({"language": None, "category": None}, []),
        ({"category": "World"}, ["/views/world/"]),
        ({"category": "world"}, ["/views/world/"]),
        ({"category": "Local"}, []),
        ({"language": "zh-Hant"}, ["/views/taiwan/"]),
        ({"language": "zh-Hans"}, []),
        ({"category": "World", "language": "en"}, ["/views/world-in-english/"]),
        ({"feed": "harbour"}, ["/views/harbour/"]),
        ({"feed": "formosa"}, []),
        ({"story": "urn:uuid:1"}, ["/views/talks/"]),
    ],
)
def test_a_page_offers_the_feed_of_just_what_it_shows(shown, offered):
    found = about(offers(PUBLISH), **shown)

    assert [offer.folder for offer in found] == [*offered, "/"]


def test_all_that_is_published_is_offered_by_its_title():
    found = offers(PUBLISH)

    assert [offer.title for offer in found[:3]] == ["All of it", "world", "臺灣"]
    assert len(found) == 9
