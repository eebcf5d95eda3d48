import pytest

from aggregator.match import Matcher
from aggregator.match.backdrop import LATEST, MOST, Backdrop
from aggregator.match.scoring import Curve, Features, Model
from aggregator.model import Article

FLAT = Curve((0.0, 1.0), (0.0, 0.0))
MODEL = Model(-1.0, (FLAT,) * len(Features._fields), usual=-2.0)


@pytest.fixture
def backdrop() -> Backdrop:
    return Backdrop({"within": MODEL, "across": MODEL})


def test_as_long_as_nothing_is_known_nothing_is_taken_off(backdrop):
    assert backdrop.models == {"within": MODEL, "across": MODEL}
    assert backdrop.reached("within") is None


@pytest.mark.parametrize("logit", [-9.0, -2.0, -1.6])
def test_news_that_is_as_unlike_as_usual_is_judged_as_usual(backdrop, logit):
    backdrop.add([("within", logit)] * LATEST)
    assert backdrop.models["within"].lift == 0


def test_where_all_is_alike_more_is_asked_of_a_pair_of_that_kind(backdrop):
    backdrop.add([("within", 0.5)] * LATEST)
    lifted = backdrop.models["within"]
    assert 1 < lifted.lift < 2
    assert lifted.logit(Features(*[0.0] * len(Features._fields))) == -1.0 - lifted.lift
    assert backdrop.models["across"].lift == 0


def test_a_few_pairs_that_belong_together_raise_nothing(backdrop):
    backdrop.add([("within", -3.0)] * 95 + [("within", 5.0)] * 5)
    assert backdrop.models["within"].lift == 0


def test_the_fewer_pairs_were_seen_the_less_is_taken_off_and_never_more_than_most(backdrop):
    backdrop.add([("within", 50.0)] * 10)
    few = backdrop.models["within"].lift
    backdrop.add([("within", 50.0)] * LATEST)
    assert 0 < few < backdrop.models["within"].lift <= MOST


def test_what_was_long_ago_no_longer_counts(backdrop):
    backdrop.add([("within", 50.0)] * LATEST)
    backdrop.add([("within", -5.0)] * LATEST)
    assert backdrop.models["within"].lift == 0


def test_in_a_month_of_one_topic_a_pair_means_less_and_the_reasons_say_so(make):
    def pair() -> list[Article]:
        return [
            make("Swimmers win gold in the relay at the Games in Tokyo"),
            make("Rowers win gold in the final at the Games in Tokyo"),
        ]

    calm, games = Matcher(), Matcher()
    calm_pair, games_pair = pair(), pair()
    calm.add(calm_pair)
    games.add(
        [
            make(f"Athlete{n} hopes to win gold in sport{n} at the Games in Tokyo")
            for n in range(400)
        ]
    )
    games.add(games_pair)
    before = calm.explain(*(article.id for article in calm_pair))
    after = games.explain(*(article.id for article in games_pair))
    assert after.probability < before.probability
    assert "all news of these days is much alike" in after.against
    assert "all news of these days is much alike" not in before.against


def test_the_order_of_a_batch_makes_no_difference_to_what_is_taken_off(make):
    articles = [make(f"Report {n} on the meeting of leaders in Paris") for n in range(60)]
    one, other = Matcher(), Matcher()
    one.add(articles)
    other.add(reversed(articles))
    assert one.backdrop.models == other.backdrop.models
