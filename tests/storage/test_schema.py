from dataclasses import fields

import pytest

from aggregator.model import Article, FeedState, Known, Match, Withdrawal
from aggregator.storage.schema import articles, digest, feed_states, members, withdrawals


@pytest.mark.parametrize(
    ("table", "kind"), [(feed_states, FeedState), (articles, Article), (withdrawals, Withdrawal)]
)
def test_a_row_has_the_fields_of_the_model(table, kind):
    assert set(table.columns.keys()) == {field.name for field in fields(kind)}


@pytest.mark.parametrize(("table", "kind"), [(members, Match), (articles, Known)])
def test_a_row_includes_the_fields_of_the_model(table, kind):
    elsewhere = {"versions", "forgotten", "lead"}  # of tables of their own, within the parts
    assert set(table.columns.keys()) > {field.name for field in fields(kind)} - elsewhere


def test_digests_tell_feeds_names_and_both_apart():
    names = [("a", ""), ("", "a"), ("a", "b"), ("ab", ""), ("b", "a"), ("1:a", ""), ("\ud800", "")]

    assert len({digest(*name) for name in names}) == len(names)
