"""Which stories rules tell of, and that they tell of each once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.app.notices import passed
from aggregator.config import NotifyRule

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def test_a_story_is_told_once_enough_publishers_report_it_in_time(desk):
    desk.save(desk.story("Quake", daily=-50, herald=-40))
    assert desk.told() == []
    desk.save(desk.story("Quake", daily=-50, herald=-40, post=-1))
    (body,) = desk.look()
    assert (body["type"], body["timestamp"]) == ("story.passed", "2025-10-17T11:59:00Z")
    assert body["data"]["rule"] == {"id": "breaking", "publishers": 3, "within": 3600}
    story = body["data"]["story"]
    assert story["titles"] == {"en": "Quake"}
    assert story["publishers"] == ["Daily", "Herald", "Post"]
    assert (story["articles"], story["first"]) == (3, "2025-10-17T11:10:00Z")
    assert story["link"] == "https://daily.example/Quake"
    assert story["reports"][2] == {
        "publisher": "Post",
        "title": "Quake",
        "language": "en",
        "link": "https://post.example/Quake",
        "published": "2025-10-17T11:59:00Z",
    }


def test_it_is_told_once_however_it_goes_on(desk):
    desk.save(desk.story("Quake", daily=-3, herald=-2, post=-1))
    desk.look()
    desk.now += MINUTE
    desk.save(desk.story("Quake", daily=-4, herald=-3, post=-2, times=-1))
    assert desk.told() == ["Quake"]


def test_publishers_who_take_their_time_are_no_alarm(desk):
    desk.save(desk.story("Quake", daily=-200, herald=-100, post=-1))
    assert desk.told() == []


def test_one_publisher_counts_once(desk):
    story = desk.story("Quake", daily=-3, herald=-2, post=-1)
    members = [replace(m, article=replace(m.article, publisher="Group")) for m in story.members[:2]]
    desk.save(replace(story, members=(*members, *story.members[2:])))
    assert desk.told() == []


def test_a_slow_feed_that_comes_last_counts_by_when_it_published(desk):
    desk.save(desk.story("Quake", daily=-30, herald=-10))
    assert desk.told() == []
    desk.now += 50 * MINUTE
    desk.save(desk.story("Quake", daily=-80, herald=-60, post=-70))
    assert desk.told() == ["Quake"]


def test_the_past_of_a_new_rule_is_not_told(desk):
    desk.save(desk.story("Quake", daily=-3, herald=-2, post=-1))
    desk.look()
    desk.rules += "  - {id: other, publishers: 1, command: [tell]}\n"
    assert len(desk.look()) == 1
    desk.now += MINUTE
    desk.save(desk.story("Quake", daily=-4, herald=-3, post=-2, times=-0.5))
    assert [body["data"]["rule"]["id"] for body in desk.look()] == ["breaking", "other"]


def test_nothing_of_a_first_run_is_told(desk, tmp_path):
    desk.folder = tmp_path / "new"
    desk.folder.mkdir()
    desk.save(desk.story("Quake", daily=-3, herald=-2, post=-1))
    assert desk.told() == []
    desk.now += MINUTE
    assert desk.told() == []


def test_a_rule_that_was_away_begins_anew(desk):
    rules, desk.rules = desk.rules, ""
    desk.look()
    desk.save(desk.story("Quake", daily=-3, herald=-2, post=-1))
    desk.rules = rules
    assert desk.told() == []


def test_the_past_of_a_new_feed_makes_no_news(desk):
    desk.save(desk.story("Quake", daily=-30, herald=-20))
    desk.feeds += ("gazette",)
    desk.save(desk.story("Quake", daily=-30, herald=-20, gazette=-10))
    assert desk.told() == []
    desk.now += 5 * MINUTE
    desk.save(desk.story("Quake", daily=-35, herald=-25, gazette=-15, post=-1))
    assert desk.told() == ["Quake"]


def test_what_happened_while_the_machine_was_off_is_told_for_a_day(desk):
    hours = -60.0
    old = {"daily": 30 * hours, "herald": 30 * hours, "post": 30 * hours}
    new = {"daily": 20 * hours, "herald": 20 * hours, "post": 20 * hours}
    desk.save(desk.story("Flood", **old), desk.story("Storm", **new))
    assert desk.told() == ["Storm"]


def test_private_feeds_neither_count_nor_show(desk):
    desk.save(desk.story("Quake", diary=-3, daily=-2, herald=-1))
    assert desk.told() == []
    desk.save(desk.story("Quake", diary=-3, daily=-2, herald=-1, post=0))
    (body,) = desk.look()
    assert "iary" not in str(body)
    assert body["data"]["story"]["articles"] == 3


def test_a_muted_story_is_not_told(desk):
    desk.more = "mutes: [quake]\n"
    desk.save(desk.story("Quake", daily=-3, herald=-2, post=-1))
    assert desk.told() == []


def test_a_secret_that_a_server_echoes_is_not_told(desk):
    desk.more = "serve: {token: '${TOKEN}'}\nnetwork: {contact: 'https://me.example/'}\n"
    desk.environment = {"TOKEN": "swordfish-swordfish"}
    desk.save(desk.story("Quake swordfish-swordfish", daily=-3, herald=-2, post=-1))
    assert desk.told() == ["Quake ***"]


@pytest.mark.parametrize("survivor", ["Quake", "Tremor"])
def test_stories_that_were_told_and_turn_out_to_be_one_are_not_told_again(desk, survivor):
    both = [desk.story(name, daily=-3, herald=-2, post=-1) for name in ("Quake", "Tremor")]
    desk.save(*both)
    assert desk.told() == ["Quake", "Tremor"]
    (kept,) = [story for story in both if story.lead_article.title == survivor]
    (other,) = [story for story in both if story is not kept]
    desk.now += MINUTE
    desk.save(replace(kept, members=kept.members + other.members), gone={other.id: kept.id})
    assert len(desk.look()) == 2


def test_a_story_takes_over_that_another_was_told_which_is_part_of_it_now(desk):
    small, middle = desk.story("Small", daily=-9), desk.story("Middle", herald=-9)
    told = desk.story("Told", daily=-3, herald=-2, post=-1)
    desk.save(small, middle, told)
    assert desk.told() == ["Told"]
    desk.now += MINUTE
    one = replace(middle, members=middle.members + told.members)
    desk.save(one, gone={told.id: middle.id})
    two = replace(small, members=small.members + one.members)
    desk.save(two, gone={middle.id: small.id})
    assert desk.told() == ["Told"]


def test_a_rule_has_the_filters_of_a_view(desk):
    desk.rules = (
        "  - {id: words, publishers: 1, query: quake, command: [tell]}\n"
        "  - {id: without, publishers: 1, without: [daily], command: [tell]}\n"
        "  - {id: german, publishers: 1, language: de, command: [tell]}\n"
    )
    desk.look()
    desk.now += MINUTE
    desk.save(desk.story("Quake", daily=0), desk.story("Flood", daily=0, herald=0))
    assert [(b["data"]["rule"]["id"], b["data"]["story"]["title"]) for b in desk.look()] == [
        ("words", "Quake")
    ]


def test_an_address_and_a_command_are_two_messages(desk):
    desk.rules = (
        "  - id: breaking\n    publishers: 3\n    command: [tell]\n"
        "    webhook: {url: 'https://hook.example/', secret: '${SECRET}'}\n"
    )
    desk.environment = {"SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
    desk.more = "serve: {public_url: 'https://news.example/'}\n"
    story = desk.story("Quake", daily=-3, herald=-2, post=-1)
    desk.save(story)
    one, other = desk.look()
    assert one["id"] != other["id"]
    page = f"https://news.example/stories/{story.id.removeprefix('urn:uuid:')}"
    assert one["data"] == other["data"]
    assert one["data"]["story"]["page"] == page
    assert [message.kind for message in desk.waiting()] == ["webhook", "command"]


def test_a_store_that_is_brought_back_tells_the_same_under_the_same_id(desk, tmp_path):
    backup = tmp_path / "aggregator.db"
    before = backup.read_bytes()
    desk.save(desk.story("Quake", daily=-3, herald=-2, post=-1))
    (first,) = desk.look()
    for file in tmp_path.glob("aggregator.db*"):
        file.unlink()
    backup.write_bytes(before)
    desk.now += MINUTE
    desk.save(desk.story("Quake", daily=-4, herald=-3, post=-2, times=-1))
    (second,) = desk.look()
    assert first["id"] == second["id"]


def test_a_clock_that_ran_ahead_silences_no_rule(desk):
    desk.now += 365 * DAY
    desk.save(desk.story("Ghost", daily=-400))
    desk.look()
    desk.now -= 365 * DAY
    desk.save(desk.story("Quake", daily=-3, herald=-2, post=-1))
    assert desk.told() == ["Quake"]


@given(
    reports=st.lists(
        st.tuples(st.sampled_from("abcd"), st.integers(0, 20)), min_size=1, max_size=8
    ),
    wanted=st.tuples(st.integers(1, 4), st.integers(1, 10)),
    since=st.integers(0, 20),
    order=st.randoms(use_true_random=False),
)
def test_what_passed_does_not_depend_on_the_order_of_arrival(
    newsroom, reports, wanted, since, order
):
    publishers, within = wanted
    story = newsroom.story("Quake", daily=0)
    start, founder = newsroom.now, story.lead_article
    articles = [
        replace(founder, id=str(n), publisher=who, published=start + MINUTE * at)
        for n, (who, at) in enumerate(reports)
    ]
    order.shuffle(articles)
    members = tuple(replace(story.members[0], article=article) for article in articles)
    rule = NotifyRule(id="r", publishers=publishers, within=within * MINUTE, command=("tell",))
    found = passed(rule, replace(story, members=members), {"daily": start + MINUTE * since})
    expected = [
        at
        for _, at in reports
        if at >= since
        and len({who for who, other in reports if at - within <= other <= at}) >= publishers
    ]
    assert found == (start + MINUTE * min(expected) if expected else None)
