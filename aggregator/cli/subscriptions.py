"""The commands about what is subscribed to: they look at feeds, and change feeds.yaml."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.command import FEEDS, AsJson, Config, Exit, cli
from aggregator.cli.report import print_json
from aggregator.errors import NotFoundError, StoreLocked
from aggregator.model import Feed

if TYPE_CHECKING:
    from aggregator.app.asking import Answer, Asker
    from aggregator.app.finding import Found
    from aggregator.config import Config as Configuration


@cli.command(rich_help_panel=FEEDS)
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="A site's address, or a feed's.")],
    config: Config = None,
    all_: Annotated[bool, typer.Option("--all", help="Take every feed of the site.")] = False,
    first: Annotated[bool, typer.Option("--first", help="Take the site's first feed.")] = False,
    select: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Take the one of this number.")
    ] = None,
    id_: Annotated[str | None, typer.Option("--id", help="Else made from the name.")] = None,
    name: Annotated[str | None, typer.Option(help="Else the feed's own title.")] = None,
    category: Annotated[str | None, typer.Option(help="A folder: News, or News/Asia.")] = None,
    language: Annotated[str | None, typer.Option(help="Such as en or zh-Hant.")] = None,
    publisher: Annotated[str | None, typer.Option(help="Whose articles these are.")] = None,
    as_json: AsJson = False,
) -> None:
    """Find the feeds of a site and write your choice into feeds.yaml, remarks kept.

    Where there is no feeds.yaml, one is begun.

    **Examples**

    - `aggregate add example.org`
    - `aggregate add https://example.org/feed.xml --category News/Asia --id example`
    - `aggregate add https://www.youtube.com/@example --first`
    - `aggregate add example.org --json` (what was added, else the feeds to choose from)
    """
    from aggregator.app import finding, subscriptions

    path = config or context.obj
    keys = {"id": id_, "name": name, "category": category, "language": language}
    given = {k: v for k, v in {**keys, "publisher": publisher}.items() if v is not None}
    before = subscriptions.configuration(path)
    address = finding.with_scheme(url)
    if _is_known(before, address, as_json=as_json):
        return
    with _asker(subscriptions.trying(path, address)) as asker:
        found = finding.find(asker, address, lambda at: subscriptions.feed_at(path, before, at))
        chosen = _chosen(found, every=all_, first=first, number=select, as_json=as_json)
        if len(chosen) > 1 and (id_ or name):
            raise typer.BadParameter("--id and --name are for one feed", param_hint="--all")
        answers = _asked(asker, path, before, chosen, as_json=as_json)
    if not answers:
        return
    is_new = not path.exists()
    after = subscriptions.subscribe(path, before, answers, given)
    for feed in after.feeds[len(before.feeds) :]:
        _tell(f"Added {feed.id} ({feed.name}), {feed.shown_url}", feed, True, as_json=as_json)
    done = sys.stderr if as_json else sys.stdout
    print(f"{'Began' if is_new else 'Changed'} {path}", file=done)
    _warn(before, after)
    print(_keep(after, [answer for _, answer in answers]), file=done)


@cli.command(rich_help_panel=FEEDS)
def remove(
    context: typer.Context,
    feed: Annotated[str, typer.Argument(metavar="FEED", help="Its id, address or name.")],
    config: Config = None,
) -> None:
    """Take a feed out of feeds.yaml, with the remarks about it; its articles stay.

    **Example**: `aggregate remove example`
    """
    from aggregator.app import subscriptions

    path = config or context.obj
    gone = subscriptions.unsubscribe(path, feed)
    print(f"Removed {gone.id} ({gone.name}), {gone.shown_url}")


@cli.command(rich_help_panel=FEEDS)
def check(
    context: typer.Context,
    feed: Annotated[
        str, typer.Argument(metavar="URL|FEED", help="An address, or a feed's id or name.")
    ],
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Show what a poll of a feed would give, and store nothing.

    **Examples**

    - `aggregate check example`
    - `aggregate check https://example.org/feed.xml --json`
    - `aggregate check file:feeds/example.xml`
    """
    from aggregator.app import finding, subscriptions
    from aggregator.app.check import check as checked
    from aggregator.app.check import check_record

    path = config or context.obj
    configuration = subscriptions.configuration(path)
    try:
        wanted = subscriptions.named(configuration, feed)
    except NotFoundError:
        if not _may_be_address(feed):
            raise
        configuration = subscriptions.trying(path, finding.with_scheme(feed))
        wanted = configuration.feeds[-1]
    with _asker(configuration) as asker:
        result = checked(asker, wanted)
    if as_json:
        print_json([check_record(result, configuration.redact)])
    else:
        for line in result.lines():
            print(configuration.redact(line))
    if result.error:
        raise typer.Exit(Exit.FAILED)


@cli.command("import", rich_help_panel=FEEDS)
def import_(
    context: typer.Context,
    file: Annotated[
        typer.FileBinaryRead, typer.Argument(metavar="FILE.opml", help="Or - for stdin.")
    ],
    config: Config = None,
) -> None:
    """Write the feeds of an OPML file, as other readers export it, into feeds.yaml.

    Folders within folders become one category, News/Asia. What is subscribed to already stays as
    it is.

    **Example**: `aggregate import subscriptions.opml`
    """
    from aggregator.app import subscriptions

    path = config or context.obj
    before = subscriptions.configuration(path)
    imported = subscriptions.import_list(path, before, file.read(_LARGEST_LIST))
    for problem in imported.problems:
        print(f"warning: {file.name}: {problem}", file=sys.stderr)
    for refused in imported.refused:
        print(f"left out: {refused}", file=sys.stderr)
    _warn(before, imported.config)
    print(f"Added {_counted(len(imported.added), 'feed')} to {path}")
    if imported.known:
        print(f"{_counted(imported.known, 'feed')} known already or named twice")
    if imported.elsewhere:
        print(f"{_counted(imported.elsewhere, 'link')} to another list not followed")


@cli.command(rich_help_panel=FEEDS)
def export(
    context: typer.Context,
    config: Config = None,
    category: Annotated[
        str | None, typer.Option(help="Only feeds of this category, and of those within it.")
    ] = None,
    private: Annotated[
        bool, typer.Option("--private", help="Private feeds too, but never a secret.")
    ] = False,
) -> None:
    """Print your subscriptions as OPML, for other readers.

    Files of this machine, and addresses that hold a secret, are left out.

    **Example**: `aggregate export > subscriptions.opml`
    """
    from aggregator.app import subscriptions
    from aggregator.config_file import read_config

    configuration = read_config(config or context.obj)
    listed, left_out = subscriptions.export(configuration, category=category, private=private)
    sys.stdout.buffer.write(listed)
    if left_out:
        feeds = _counted(left_out, "feed")
        print(f"left out: {feeds} with a secret address or on this machine", file=sys.stderr)


_LARGEST_LIST = 32 << 20
"""Bytes of an OPML file."""


@contextmanager
def _asker(config: "Configuration") -> Iterator["Asker"]:
    """Open what asks; tell a person who waits what is being asked."""
    from aggregator.app.asking import asking

    def watch(feed: Feed) -> None:
        if sys.stderr.isatty():
            print(f"asking {feed.shown_url} …", file=sys.stderr)

    with asking(config, watch=watch) as asker:
        yield asker


def _may_be_address(text: str) -> bool:
    return ":" in text or "." in text


def _tell(words: str, feed: Feed, added: bool, *, as_json: bool) -> None:
    """Tell of a feed that is subscribed to, by now or already."""
    if as_json:
        shown = {"id": feed.id, "name": feed.name, "url": feed.shown_url, "added": added}
        print_json([shown])
    else:
        print(words)


def _is_known(config: "Configuration", url: str, *, as_json: bool) -> bool:
    from aggregator.app import subscriptions

    feed = subscriptions.known(config, url)
    if feed is not None:
        words = f"{feed.shown_url} is subscribed to already, as {feed.id}"
        _tell(words, feed, False, as_json=as_json)
    return feed is not None


def _chosen(
    found: Sequence["Found"], *, every: bool, first: bool, number: int | None, as_json: bool
) -> Sequence["Found"]:
    """Return the feeds that are wanted; ask for them on a terminal where it is not clear."""
    if every or len(found) == 1:
        return found
    if first:
        return found[:1]
    if number is not None:
        return _numbered(found, str(number))
    for n, one in enumerate(found, 1):
        link = one.link
        if as_json:
            print_json([{"number": n, "url": link.url, "kind": link.kind, "title": link.title}])
        else:
            words = " ".join(filter(None, (link.kind, link.title)))
            print(f"  {n}  {link.url}  {words}".rstrip())
    if as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        print(
            "there are several feeds: take one with --select N, --first, or --all", file=sys.stderr
        )
        raise typer.Exit(Exit.WRONG_USE)
    wanted = typer.prompt(f"Which one, 1 to {len(found)}, or all", default="1")
    return found if wanted == "all" else _numbered(found, wanted)


def _numbered(found: Sequence["Found"], number: str) -> Sequence["Found"]:
    """Return the one of this number alone."""
    for n, one in enumerate(found, 1):
        if str(n) == number.strip():
            return [one]
    raise typer.BadParameter(f"take a number from 1 to {len(found)}")


def _asked(
    asker: "Asker",
    path: Path,
    config: "Configuration",
    chosen: Sequence["Found"],
    *,
    as_json: bool,
) -> list[tuple[str, "Answer"]]:
    """Return each feed that is new with its answer; say of the others what is wrong with them."""
    from aggregator.app import subscriptions

    answers, failed = [], False
    for found in chosen:
        url = found.link.url if found.answer else subscriptions.literal(found.link.url)
        if _is_known(config, url, as_json=as_json):
            continue
        answer = found.answer or asker.ask(subscriptions.feed_at(path, config, url), found=True)
        if answer.document is not None:
            answers.append((url, answer))
        else:
            print(f"{answer.feed.shown_url}: {answer.state.error}", file=sys.stderr)
            failed = True
    if failed and not answers:
        raise typer.Exit(Exit.FAILED)
    return answers


def _warn(before: "Configuration", after: "Configuration") -> None:
    """Say what is unwise about what was added."""
    for warning in after.warnings:
        if warning not in before.warnings:
            print(f"warning: {warning}", file=sys.stderr)


def _keep(config: "Configuration", answers: Sequence["Answer"]) -> str:
    """Take what was answered for the first poll; return in words what came of it."""
    from aggregator.app import subscriptions

    try:
        articles = subscriptions.keep(config, answers)
    except StoreLocked:
        return "another run is at work: it polls what is new when it reads the file again"
    return f"Stored {_counted(articles, 'article')}; the next run publishes them"


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'s' * (number != 1)}"
