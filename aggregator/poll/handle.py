"""libcurl's handles: what is the same for all requests, and what is each one's own."""

import ssl
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pycurl

from aggregator.config import Limits
from aggregator.model import Access
from aggregator.poll.visit import Visit

_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Alpine, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",  # Red Hat
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # macOS, BSD
)
"""Where systems keep what they trust, for a Python that was built elsewhere and looks elsewhere."""

_PHASES = {
    "name": pycurl.NAMELOOKUP_TIME,
    "connection": pycurl.CONNECT_TIME,
    "TLS": pycurl.APPCONNECT_TIME,
    "first byte": pycurl.STARTTRANSFER_TIME,
}


def new(user_agent: str, limits: Limits) -> pycurl.Curl:
    """Make a handle with all that is the same for every request."""
    handle = pycurl.Curl()
    handle.setopt(pycurl.USERAGENT, user_agent)
    handle.setopt(pycurl.NOSIGNAL, 1)
    handle.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
    handle.setopt(pycurl.FOLLOWLOCATION, 0)
    handle.setopt(pycurl.NOPROXY, "")  # the environment has no say in that
    handle.setopt(pycurl.HEADEROPT, pycurl.HEADER_SEPARATE)  # a proxy is told nothing of ours
    handle.setopt(pycurl.CONNECTTIMEOUT_MS, _milliseconds(limits.connect_timeout))
    handle.setopt(pycurl.LOW_SPEED_LIMIT, 1)
    handle.setopt(pycurl.LOW_SPEED_TIME, max(round(limits.read_timeout.total_seconds()), 1))
    handle.setopt(pycurl.MAXFILESIZE_LARGE, limits.body_size)
    return handle


def prepare(handle: pycurl.Curl, visit: Visit) -> None:
    """Set what is one visit's own."""
    access = visit.request.access
    left = visit.request.timeout - timedelta(seconds=visit.spent)
    handle.setopt(pycurl.URL, visit.address.url)
    handle.setopt(pycurl.HTTPHEADER, visit.headers())
    if visit.request.form is None:
        handle.setopt(pycurl.HTTPGET, 1)
    else:
        handle.setopt(pycurl.COPYPOSTFIELDS, visit.request.form)
    handle.setopt(pycurl.TIMEOUT_MS, max(_milliseconds(left), 1))
    # An empty one keeps those of the environment out, which would hide whom we reach.
    handle.setopt(pycurl.PROXY, "" if visit.looks_up else access.proxy or "")
    handle.setopt(pycurl.FRESH_CONNECT, int(visit.looks_up))
    _trust(handle, access)


def phases(handle: pycurl.Curl) -> Mapping[str, timedelta]:
    """Return what an ended transfer spent on what, in order, without steps that it did not take.

    libcurl counts each from the transfer's start (curl_easy_getinfo); a connection that was kept
    costs neither name nor connection.
    """
    spent, before = {}, 0.0
    for name, option in _PHASES.items():
        until = handle.getinfo(option)
        if until > before:
            spent[name], before = timedelta(seconds=until - before), until
    return spent


def _trust(handle: pycurl.Curl, access: Access) -> None:
    """Verify certificates with what this machine trusts, unless the user says otherwise.

    libcurl keeps a bundle's certificates read only where no directory of them is set besides.
    """
    handle.setopt(pycurl.SSL_VERIFYPEER, int(access.verify))
    handle.setopt(pycurl.SSL_VERIFYHOST, 2 if access.verify else 0)
    known = ssl.get_default_verify_paths()
    bundle = known.cafile
    if bundle is None and known.capath is None:
        bundle = next(filter(lambda place: Path(place).is_file(), _BUNDLES), None)
    bundle_for_servers = access.authorities or bundle
    if bundle_for_servers:
        handle.setopt(pycurl.CAINFO, bundle_for_servers)
        handle.unsetopt(pycurl.CAPATH)
    elif known.capath:
        handle.setopt(pycurl.CAPATH, known.capath)
    handle.setopt(
        pycurl.SSL_OPTIONS, 0 if bundle_for_servers or known.capath else pycurl.SSLOPT_NATIVE_CA
    )
    if bundle:
        handle.setopt(pycurl.PROXY_CAINFO, bundle)


def _milliseconds(time: timedelta) -> int:
    return round(time / timedelta(milliseconds=1))
