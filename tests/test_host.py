import pytest

from aggregator.host import ascii_host


@pytest.mark.parametrize(
    ("host", "asked"),
    [
        ("Example.ORG", "example.org"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("faß.example", "xn--fa-hia.example"),  # IDNA 2003 asked fass.example, another's
        ("日本語。jp", "xn--wgv71a119e.jp"),
        ("a_b.example", "a_b.example"),
        ("r3---sn-a.example", "r3---sn-a.example"),
        ("i❤.example", "xn--i-7iq.example"),
        ("１２７.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
    ],
)
def test_hosts_are_written_as_browsers_do(host: str, asked: str):
    assert ascii_host(host) == asked
    assert ascii_host(asked) == asked


def test_what_dns_cannot_hold_is_said():
    with pytest.raises(ValueError, match="longer"):
        ascii_host("ü" * 63 + ".example")


@pytest.mark.parametrize("host", ["a\N{REPLACEMENT CHARACTER}b.example", "\ud800.example"])
def test_what_cannot_be_written_is_said(host: str):
    with pytest.raises(ValueError, match="not allowed"):
        ascii_host(host)
