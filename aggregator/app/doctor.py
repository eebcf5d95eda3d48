"""What is wrong, or soon will be, and what to do about it."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aggregator.app.aggregator import Aggregator
from aggregator.app.backlog import backlogs
from aggregator.app.encoder import chosen_encoder
from aggregator.app.feeds import Listing, listings
from aggregator.app.hubs import PING
from aggregator.config import shown_size
from aggregator.errors import AggregatorError, StoreError

_FAILING = timedelta(days=7)
"""A shorter failure is no news of a server."""
_SKEW = timedelta(minutes=5)
"""Between two clocks that are both right."""
_STANDSTILL = timedelta(days=14)
"""Without an article of any feed, while polls succeed: more likely the clock runs ahead."""
_SCARCE = 200 << 20
"""Bytes free on a disk, at least."""
_LOOSE = 100 << 20
"""Unused bytes of a store that are worth giving back, where they are half of it."""


class Severity(StrEnum):
    """How bad it is."""

    ERROR = "error"
    """Something does not work, or may be lost."""
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is wrong."""

    severity: Severity
    subject: str
    problem: str
    advice: str
    """What to do."""

    @property
    def line(self) -> str:
        """All of it in words."""
        return f"{self.severity}: {self.subject}: {self.problem}: {self.advice}"


def examine(aggregator: Aggregator) -> tuple[Finding, ...]:
    """Look at everything; return what is wrong, the worst first. It reads the whole store."""
    checks = (
        *(_store, _clock, _disk, _directory, _encoder, _polling, _feeds, _notices),
        _configuration,
    )
    found: list[Finding] = []
    for check in checks:
        try:
            found += check(aggregator)
        except StoreError as error:  # where it is damaged, the other checks may still tell more
            words, _, advice = str(error).rpartition(": ")
            found.append(_about(Severity.ERROR, "store")(words, advice))
    found = list(dict.fromkeys(found))
    return tuple(sorted(found, key=lambda finding: finding.severity is not Severity.ERROR))


def finding_record(finding: Finding) -> dict[str, Any]:
    """Return a finding as the JSON object that ``aggregate doctor --json`` prints."""
    return {
        "severity": finding.severity,
        "subject": finding.subject,
        "problem": finding.problem,
        "advice": finding.advice,
    }


def _about(severity: Severity, subject: str) -> Callable[[str, str], Finding]:
    return lambda problem, advice: Finding(
        severity=severity, subject=subject, problem=problem, advice=advice
    )


def _store(aggregator: Aggregator) -> Iterator[Finding]:
    upkeep = aggregator.store.upkeep
    error, warning = (_about(severity, "store") for severity in Severity)
    for complaint in upkeep.damage():
        yield error(complaint, "restore a backup: aggregate restore FILE")
    for what, count in upkeep.orphans().items():
        yield warning(f"{count} {what}", "report it as a bug, with what happened before")
    space = upkeep.space()
    if space.unused > max(_LOOSE, space.used // 2):
        yield warning(
            f"{_megabytes(space.unused)} of {_megabytes(space.used)} are unused",
            "aggregate tidy --compact gives them back",
        )


def _clock(aggregator: Aggregator) -> Iterator[Finding]:
    error, warning = (_about(severity, "clock") for severity in Severity)
    now = aggregator.clock()
    states = aggregator.feeds().values()
    checked = max((state.checked for state in states if state.checked), default=now)
    succeeded = max((state.succeeded for state in states if state.succeeded), default=None)
    newest = aggregator.store.pruning.newest()
    if checked > now + _SKEW:
        yield error(
            f"it says {now:%Y-%m-%d %H:%M} UTC, and the last poll was at {checked:%Y-%m-%d %H:%M}",
            "set it (timedatectl), or wait where it ran ahead then and is right now",
        )
    elif succeeded and newest and succeeded - newest > _STANDSTILL:
        yield warning(
            f"the newest article of any feed is of {newest:%Y-%m-%d}, long before the last poll",
            "compare it with another clock",
        )


def _disk(aggregator: Aggregator) -> Iterator[Finding]:
    space = aggregator.store.upkeep.space()
    needed = max(_SCARCE, space.used)
    for subject, folder, least in (
        ("store", space.folder, needed),
        ("publish.directory", _existing(aggregator.config.directory), _SCARCE),
    ):
        if folder is not None and (free := shutil.disk_usage(folder).free) < least:
            severity = Severity.ERROR if free < _SCARCE else Severity.WARNING
            yield _about(severity, subject)(
                f"{_megabytes(free)} are free on the disk of {folder}, of "
                f"{_megabytes(least)} that it may need",
                "make room, or shorten retention.age",
            )


def _directory(aggregator: Aggregator) -> Iterator[Finding]:
    directory = aggregator.config.directory
    there = _existing(directory)
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        yield _about(Severity.ERROR, "publish.directory")(
            f"this user may not write to {there}",
            f"let it (chown, chmod), or name another directory than {directory}",
        )


def _encoder(aggregator: Aggregator) -> Iterator[Finding]:
    try:
        encoder = chosen_encoder(aggregator.config.encoder, aggregator.store)
        if encoder is not None:
            encoder.encode(["aggregate doctor"], ["en"])
    except AggregatorError as error:
        yield _about(Severity.ERROR, "encoder")(
            str(error), "correct encoder, or write encoder: none"
        )


def _polling(aggregator: Aggregator) -> Iterator[Finding]:
    if aggregator.config.feeds and not aggregator.is_healthy():
        yield _about(Severity.ERROR, "polling")(
            "no poll has succeeded within the longest interval",
            "see that aggregate runs (or aggregate --once, from cron), and that it has a network",
        )


def _feeds(aggregator: Aggregator) -> Iterator[Finding]:
    now = aggregator.clock()
    for listing in listings(aggregator):
        state = listing.state
        warning = _about(Severity.WARNING, f"feed {listing.feed.id}")
        if state.gone:
            yield warning(
                "its server says that it is gone (410)",
                f"remove it: aggregate remove {listing.feed.id}",
            )
        elif state.error and state.succeeded is None:
            yield warning(
                f"it has never worked: {state.error}",
                "correct its url (aggregate check URL looks for the feed), or remove it",
            )
        elif state.error and state.succeeded and now - state.succeeded > _FAILING:
            yield warning(
                f"failing since {state.succeeded:%Y-%m-%d}: {state.error}",
                "see whether its site has a new address for it (aggregate check URL)",
            )
        elif listing.silent_since:
            yield warning(
                f"nothing new since {listing.silent_since:%Y-%m-%d}",
                "see whether its site goes on elsewhere",
            )
        yield from _address(listing)


def _address(listing: Listing) -> Iterator[Finding]:
    feed, state = listing.feed, listing.state
    warning = _about(Severity.WARNING, f"feed {feed.id}")
    is_open = urlsplit(feed.url).scheme == "http"
    answers = (state.redirect_to, state.url)
    if state.moved_to:
        yield warning(
            f"it has moved to {state.moved_to}",
            "write that into the configuration, with the id that it has",
        )
    elif is_open and any(urlsplit(url).scheme == "https" for url in answers if url):
        yield warning(
            "it is asked for in clear, and answers over https", "write https:// in its url"
        )


def _notices(aggregator: Aggregator) -> Iterator[Finding]:
    for rule in aggregator.config.notify:
        if rule.command and shutil.which(rule.command[0]) is None:
            yield _about(Severity.ERROR, f"notify {rule.id}")(
                f"there is no program {rule.command[0]}", "correct command, or make it executable"
            )
    for backlog in backlogs(aggregator):
        if backlog.error is not None:
            advice = (
                "see to it, or take it out of publish.hubs"
                if backlog.kind == PING
                else f"see to its receiver (aggregate notify --test {backlog.target}), then "
                f"aggregate notify --retry {backlog.target}"
            )
            yield _about(Severity.WARNING, f"notify {backlog.target}")(backlog.line, advice)


def _configuration(aggregator: Aggregator) -> Iterator[Finding]:
    config = aggregator.config
    warning = _about(Severity.WARNING, "configuration")
    for words in config.warnings:
        place, _, advice = words.rpartition(": ")
        yield warning(place, advice)
    is_on_the_web = any(urlsplit(feed.url).scheme != "file" for feed in config.feeds)
    if is_on_the_web and not (config.network.contact or config.publish.base_url):
        yield warning(
            "servers cannot tell who asks them",
            "name a page about you in network.contact: those with complaints write, not block",
        )


def _existing(path: Path) -> Path:
    """Return a path, or the nearest folder above it that is there."""
    return next(place for place in (path, *path.parents) if place.exists())


def _megabytes(number: int) -> str:
    return shown_size(max(number >> 20, 1) << 20)
