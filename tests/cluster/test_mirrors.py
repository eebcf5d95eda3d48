from dataclasses import replace

import pytest

from aggregator.cluster import Constraints
from aggregator.cluster.mirrors import Mirrors
from aggregator.model import Rule

RULES = [Rule(feeds=("x", "y"), always=True)]


@pytest.fixture
def mirrors() -> Mirrors:
    return Mirrors(RULES)


def test_items_are_found_by_address_and_by_title(mirrors, article):
    by_url = replace(article("1", feed="y"), url="https://x.example/1")
    by_title = article("2", feed="y", title="Same")
    mirrors.add([by_url, by_title, article("3", feed="z", title="Same")])
    asked = replace(article("4", feed="x", title="same"), url="https://x.example/1")
    assert mirrors.matches(asked, Constraints(rules=RULES)).keys() == {"1", "2"}


def test_what_is_old_is_forgotten(mirrors, article):
    mirrors.add([article("1", feed="y", title="Same"), article("2", 5, feed="y", title="Same")])
    mirrors.forget(article("", 1).published)
    asked = article("3", 2, feed="x", title="Same")
    assert mirrors.matches(asked, Constraints(rules=RULES)).keys() == {"2"}


def test_a_title_that_comes_again_and_again_costs_no_more(mirrors, article):
    mirrors.add(article(str(n), n / 100, feed="y", title="Same") for n in range(100))
    found = mirrors.matches(article("new", 1, feed="x", title="Same"), Constraints(rules=RULES))
    assert "99" in found
    assert len(found) < 50
