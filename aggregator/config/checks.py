"""What cannot be in feeds.yaml though each key by itself can: what contradicts something else."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from aggregator.config.document import Key
from aggregator.config.report import Report
from aggregator.config.sections import File, MergeRule, NotifyRule, Selection
from aggregator.model import Feed, Rule


def check(file: File, feeds: Sequence[Feed], report: Report) -> None:
    """Report what names feeds that are none of these, or says two things of one."""
    _check_selections(("publish", "views"), file.publish.views, feeds, report)
    _check_selections(("notify",), file.notify, feeds, report)
    _check_notify(file.notify, report)
    _check_rules(file.rules, feeds, report)


def as_rule(given: MergeRule) -> Rule:
    """Return a rule as matching takes it."""
    return Rule(feeds=given.feeds, always=given.merge == "always")


def _check_selections(
    section: Key, selections: Sequence[Selection], feeds: Iterable[Feed], report: Report
) -> None:
    """Complain of feeds that are named in a section's list and that nobody subscribed to."""
    known = {feed.id: feed for feed in feeds}
    for number, selection in enumerate(selections):
        for key in ("feeds", "without"):
            for name in getattr(selection, key):
                place: Key = (*section, number, key)
                if name not in known:
                    report.add(place, _unknown(name, known))
                elif known[name].private:
                    report.warn(place, f"the feed {name} is private: others are told nothing of it")


def _check_notify(rules: Iterable[NotifyRule], report: Report) -> None:
    """Complain of rules of who is told that go by one id."""
    owners: dict[str, int] = {}
    for number, rule in enumerate(rules):
        owner = owners.setdefault(rule.id, number)
        if owner != number:
            line = report.line(("notify", owner, "id"))
            place: Key = ("notify", number, "id")
            report.add(place, f"the rule of line {line} has the same id; rename one")


def _check_rules(rules: Sequence[MergeRule], feeds: Iterable[Feed], report: Report) -> None:
    """Complain of feeds that nobody subscribed to, and of rules that contradict each other."""
    known = {feed.id: feed for feed in feeds}
    said: dict[frozenset[str], tuple[str, int]] = {}
    for number, rule in enumerate(rules):
        place: Key = ("rules", number, "feeds")
        for name in dict.fromkeys(rule.feeds):
            if name not in known:
                report.add(place, _unknown(name, known))
            elif rule.merge == "always" and not known[name].dedup:
                report.add(
                    place, f"{name} has dedup: off, and is never merged; drop one of the two"
                )
        for pair in as_rule(rule).pairs:
            merge, other = said.setdefault(pair, (rule.merge, number))
            if merge != rule.merge:
                line = report.line(("rules", other))
                report.add(place, f"the rule of line {line} says {merge} of these; drop one")
                break


def _unknown(name: str, known: Iterable[str]) -> str:
    near = "".join(f"; did you mean {n}?" for n in get_close_matches(name, list(known), 1))
    return f"no feed has the id {name}{near}"
