"""Which network addresses a feed may lead us to: public ones, and what the user allows.

It is asked with the address that a connection is about to be made to, not with a name: what a name
stands for may change between a look and a connection (DNS rebinding).
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_PRIVATE_4 = tuple(
    ip_network(network)
    for network in (  # IANA's registry of special-purpose addresses, as of RFC 6890 and its updates
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT, and a cloud's metadata
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, and most clouds' metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "168.63.129.16/32",  # public by its number, yet one cloud's host agent
    )
)
_GLOBAL_6 = ip_network("2000::/3")
_PRIVATE_6 = tuple(
    ip_network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",
        "3fff::/20",
    )
)
_NAT64 = ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Guard:
    """Tells whether a connection may be made."""

    allow: frozenset[str] = frozenset()
    """``host:port`` exactly as a url has them, that may be anywhere."""

    def allows(self, authority: str) -> bool:
        """Whether it is one of the pairs."""
        return authority in self.allow

    def refusal(
        self, authority: str, address: str, *, redirected: bool = False, found: bool = False
    ) -> str | None:
        """Return why not, in words with what to do; None where the connection may be made.

        ``authority`` is the url's host:port, ``address`` the numeric IP address behind it. A server
        chose it that ``redirected`` to it, or named it where it was ``found``: then nobody is told
        to trust it.
        """
        if self.allows(authority) or is_public(address):
            return None
        if redirected or found:
            how = "it redirects to" if redirected else "a server named"
            return (
                f"{how} {authority}, which leads to {address}, an address of a private network or "
                "of this machine: not followed"
            )
        return (
            f"{authority} leads to {address}, an address of a private network or of this machine; "
            f'if you trust it, add "{authority}" to network.allow'
        )


def is_public(address: str) -> bool:
    """Return whether an IPv4 or IPv6 address (a zone behind % counts not) is one of the internet.

    An IPv4 address within an IPv6 one (mapped, NAT64, 6to4) is judged by itself.
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        inner = _inner(ip)
        if inner is None:
            return ip in _GLOBAL_6 and not any(ip in network for network in _PRIVATE_6)
        ip = inner
    return not any(ip in network for network in _PRIVATE_4)


def _inner(ip: IPv6Address) -> IPv4Address | None:
    if ip in _NAT64:  # RFC 6052
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour
