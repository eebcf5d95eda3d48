import pytest

from aggregator.publish import Edition


def titles(edition: Edition) -> list[str]:
    return [story.lead_article.title for story in edition.stories]


@pytest.fixture
def stories(make_story, make_article, coverage_in_three_languages):
    return (
        coverage_in_three_languages,
        make_story(make_article("a", "Louvre raided", feed="bbc", categories=("Culture",))),
        make_story(
            make_article("b", "Louvre beraubt", feed="rhein", language="de"),
            make_article("c", "Raub im Louvre", feed="rhein", language="de"),
        ),
    )


@pytest.mark.parametrize(
    ("view", "told"),
    [
        ({}, {"川普會見澤連斯基", "Louvre raided", "Louvre beraubt"}),
        ({"category": "culture"}, {"Louvre raided"}),
        ({"category": "WORLD"}, {"川普會見澤連斯基"}),
        ({"language": "de"}, {"Louvre beraubt"}),
        ({"language": "zh"}, {"川普會見澤連斯基"}),
        ({"language": "zh-Hans"}, set()),
        ({"language": "zh-TW"}, {"川普會見澤連斯基"}),
        ({"language": "zh-CN"}, set()),
        ({"publishers": 2}, {"川普會見澤連斯基"}),
        ({"query": "louvre"}, {"Louvre raided", "Louvre beraubt"}),
        ({"feeds": ("bbc",)}, {"川普會見澤連斯基", "Louvre raided"}),
        ({"feeds": ("bbc", "rhein")}, {"川普會見澤連斯基", "Louvre raided", "Louvre beraubt"}),
        ({"feeds": ("bbc",), "without": ("guardian",)}, {"Louvre raided"}),
        ({"without": ("bbc",)}, {"Louvre beraubt"}),
        ({"query": "louvre", "language": "en"}, {"Louvre raided"}),
    ],
)
def test_a_view_tells_what_all_its_conditions_hold_of(make_edition, stories, view, told):
    assert set(titles(make_edition(*stories, view=view))) == told


def test_a_configured_category_counts_as_well_as_the_publishers_own(
    make_edition, stories, make_feed
):
    feeds = [make_feed(name) for name in ("zhongyang", "guardian", "jazeera", "bbc")]
    rhein = make_feed("rhein", category="Welt")
    edition = make_edition(*stories, feeds=[*feeds, rhein], view={"category": "welt"})
    assert titles(edition) == ["Louvre beraubt"]
    assert edition.subscriptions == (rhein,)


@pytest.mark.parametrize(
    ("category", "told"), [("News", 1), ("news/ASIA", 1), ("News/Europe", 0), ("Asia", 0)]
)
def test_a_category_has_what_lies_in_it(
    *, make_edition, make_story, make_article, make_feed, category, told
):
    asia = make_feed(category="News / Asia")
    story = make_story(make_article(categories=("World/Asia",)))
    edition = make_edition(story, feeds=[asia], view={"category": category})
    assert len(edition.stories) == len(edition.subscriptions) == told


def test_what_only_a_private_feed_tells_makes_no_difference(make_edition, stories, make_feed):
    feeds = [make_feed(name) for name in ("zhongyang", "guardian", "jazeera", "bbc")]
    hidden = make_feed("rhein", private=True)
    for view, told in (({"language": "de"}, []), ({"without": ("rhein",)}, 2)):
        shown = titles(make_edition(*stories, feeds=[*feeds, hidden], view=view))
        assert shown == told or len(shown) == told


def test_a_view_in_a_language_is_told_in_it(make_edition, stories):
    (story,) = make_edition(*stories, view={"publishers": 2, "language": "en"}).stories
    assert story.id == stories[0].id
    assert make_edition(*stories, view={"language": "en"}, languages=("de",)).languages == (
        "en",
        "de",
    )


def test_a_view_has_its_own_name_place_and_size(make_edition, stories):
    edition = make_edition(*stories, view={"title": " Part\none "}, base_url="https://n.example/f")
    assert edition.title == "Part one"
    assert edition.folder == "views/part/"
    assert edition.href("feed.atom") == "https://n.example/f/views/part/feed.atom"
    assert edition.uuid != make_edition(*stories, base_url="https://n.example/f").uuid
    assert len(make_edition(*stories, view={"limit": 1}).stories) == 1
    assert make_edition(*stories, view={}).title == "part"


def test_one_storys_view_has_an_entry_for_each_of_its_articles(make_edition, stories, noon):
    view = {"story": stories[0].id}
    edition = make_edition(*stories, view=view, max_age=noon - noon)
    assert [story.representative for story in edition.stories][:2] == ["en2", "en1"]
    assert {story.representative for story in edition.stories} == {"zh", "en1", "en2", "ar"}
    ids = {story.id for story in edition.stories}
    assert len(ids) == 4
    assert stories[0].id not in ids
    assert {story.id for story in make_edition(*stories, view=view).stories} == ids
