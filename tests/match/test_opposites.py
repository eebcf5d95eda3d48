import pytest

from aggregator.match.opposites import contradict
from aggregator.match.text import fold


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Parliament passes budget", "Parliament rejects budget"),
        ("Central bank raises rates", "Central bank cuts rates"),
        ("Court clears mayor", "Court convicts mayor"),
        ("Wheat up at the close", "Wheat down at the close"),
        ("立法院通過預算案", "立法院否決預算案"),
        ("日銀が利上げ", "日銀が利下げ"),
        ("Zinsen: Notenbank senkt den Satz", "Zinsen: Notenbank erhöht den Satz"),
    ],
)
def test_opposites_are_told_in_either_order(a: str, b: str):
    assert contradict(fold(a), fold(b))
    assert contradict(fold(b), fold(a))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Parliament passes budget", "Parliament approves budget"),
        ("Parliament passes budget", "Lawmakers debate budget"),
        ("Wheat up, corn down", "Wheat falls"),
        ("", "Parliament rejects budget"),
    ],
)
def test_what_is_no_contradiction_is_none(a: str, b: str):
    assert not contradict(fold(a), fold(b))
    assert not contradict(fold(b), fold(a))
