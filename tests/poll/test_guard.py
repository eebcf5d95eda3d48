import pytest

from aggregator.poll.guard import Guard, is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.0.9",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",
        "100.100.100.200",
        "169.254.169.254",
        "168.63.129.16",
        "192.0.0.192",
        "198.18.0.1",
        "203.0.113.7",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:0:127.0.0.1",
        "2001:0:7f00:1::1",
        "2002:a9fe:a9fe::1",
        "5f00::1",
        "fec0::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001:0:1::1",
        "2001:db8::1",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "ff02::1",
        "not an address",
        "",
    ],
)
def test_private_addresses(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "93.184.215.14",
        "172.32.0.1",
        "100.128.0.1",
        "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
        "::ffff:93.184.215.14",
        "64:ff9b::5db8:d70e",
        "2002:5db8:d70e::",
    ],
)
def test_public_addresses(address):
    assert is_public(address)


def test_only_the_exact_host_and_port_are_allowed():
    guard = Guard(frozenset({"127.0.0.1:8099"}))
    assert guard.refusal("127.0.0.1:8099", "127.0.0.1") is None
    for authority in ("127.0.0.1:8098", "localhost:8099", "2130706433:8099"):
        assert guard.refusal(authority, "127.0.0.1") is not None


def test_a_refusal_says_what_to_do():
    assert '"nas:80" to network.allow' in str(Guard().refusal("nas:80", "192.168.1.9"))


@pytest.mark.parametrize(
    ("how", "words"),
    [({"redirected": True}, "it redirects to nas:80"), ({"found": True}, "a server named nas:80")],
)
def test_nobody_is_told_to_trust_what_a_server_chose(how, words):
    refusal = str(Guard().refusal("nas:80", "192.168.1.9", **how))
    assert words in refusal
    assert "network.allow" not in refusal


def test_public_addresses_need_no_leave():
    assert Guard().refusal("example.org:443", "93.184.215.14") is None
