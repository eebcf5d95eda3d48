"""Host names as they are asked for: in ASCII."""

import idna

_LONGEST_LABEL = 63
"""RFC 1035 section 2.3.4."""


def ascii_host(host: str) -> str:
    """Return a host in lower case and ASCII, as browsers do (UTS 46, nontransitional).

    Names in ASCII are taken as they are: DNS has more of them (``a_b``, ``r3---sn``) than IDNA 2008
    would register, and so it has symbols. Raise ValueError where a name cannot be written.
    """
    if not host.isascii():
        mapped = idna.uts46_remap(host, std3_rules=False, transitional=False)
        host = ".".join(_ascii_label(label) for label in mapped.split("."))
    if max(map(len, host.split("."))) > _LONGEST_LABEL:
        raise ValueError(f"{host!r} is longer than DNS allows")
    return host.lower()


def _ascii_label(label: str) -> str:
    """RFC 3492."""
    return label if label.isascii() else f"xn--{label.encode('punycode').decode()}"
