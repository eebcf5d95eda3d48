"""The commands that look at feeds and change feeds.yaml, as a person uses them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner, Result

from aggregator.cli.command import cli
from aggregator.config_file import read_config
from aggregator.storage import open_store

ROOT = Path(__file__).parents[2]
Run = Callable[..., Result]

RSS = b"""<rss version="2.0"><channel><title>The Daily</title><link>https://daily.example/</link>
<item><title>Glacier melts</title><link>https://daily.example/1</link><guid>1</guid>
<pubDate>Fri, 17 Oct 2025 18:00:00 GMT</pubDate></item></channel></rss>"""
PAGE = b"""<html><head><title>Site</title>
<link rel="alternate" type="application/rss+xml" title="All" href="/all">
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments">
</head></html>"""


@pytest.fixture
def path(tmp_path: Path, server) -> Path:
    path = tmp_path / "feeds.yaml"
    path.write_text(
        "version: 1\n# mine\n"
        f"network: {{allow: ['{server.authority}']}}\n"
        "defaults: {host_delay: 0s}\nfeeds: [] # none\n"
    )
    return path


@pytest.fixture
def run(path) -> Run:
    def run(*words: str, **options: Any) -> Result:
        return CliRunner().invoke(cli, ["--config", str(path), *words], **options)

    return run


@pytest.fixture
def at_work(path) -> Iterator[None]:
    """Another run holds the store, so that what is added is not read and stored as well."""
    with open_store(read_config(path).store) as store, store.lock("pid 1 on nas"):
        yield


@pytest.fixture
def site(server):
    """A site with a page, its feed and that of its comments."""
    server.says("/", PAGE, headers={"Content-Type": "text/html"})
    server.says("/all", RSS)
    server.says("/comments", RSS.replace(b"The Daily", b"Comments"))
    return server


def test_a_feed_is_added_and_asked_but_once(run, path, site):
    before = path.read_text()
    done = run("add", site.url("/all"), "--category", "News", "--language", "en")
    assert done.exit_code == 0, done.output
    assert "Added the-daily (The Daily)" in done.stdout
    assert path.read_text() == before.replace(
        "feeds: [] # none\n",
        "feeds: # none\n"
        f"  - url: {site.url('/all')}\n"
        "    id: the-daily\n    name: The Daily\n    category: News\n    language: en\n",
    )
    assert "Stored 1 article;" in done.stdout
    listed = run("stories", "--json")
    assert json.loads(listed.stdout)["title"] == "Glacier melts"
    again = run("--once")
    assert "Nothing was due" in again.stdout
    assert site.paths() == ["/all"]


@pytest.mark.usefixtures("at_work")
def test_several_feeds_are_listed_for_a_script_to_choose_from(run, path, site):
    before = path.read_bytes()
    done = run("add", site.url("/"))
    assert done.exit_code == 2
    assert "--select N" in done.stderr
    listed = [line.split() for line in done.stdout.splitlines()]
    assert listed == [
        ["1", site.url("/all"), "RSS", "All"],
        ["2", site.url("/comments"), "RSS", "Comments"],
    ]
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        (["--first"], ["The Daily"]),
        (["--select", "2"], ["Comments"]),
        (["--all"], ["The Daily", "Comments"]),
    ],
)
@pytest.mark.usefixtures("at_work")
def test_a_choice_among_several(run, path, site, choice, names):
    done = run("add", site.url("/"), *choice)
    assert done.exit_code == 0, done.output
    assert [feed.name for feed in read_config(path).feeds] == names


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no pseudo-terminals")
@pytest.mark.parametrize(
    ("answer", "names"),
    [("2", ["Comments"]), ("all", ["The Daily", "Comments"])],
)
@pytest.mark.usefixtures("at_work")
def test_a_person_at_a_terminal_is_asked(path, site, answer, names):
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "aggregator", "--config", str(path), "add", site.url("/")]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=subprocess.PIPE) as asking:
        os.write(ours, f"{answer}\n".encode())
        assert asking.wait(timeout=60) == 0
    os.close(ours)
    os.close(theirs)
    assert [feed.name for feed in read_config(path).feeds] == names


@pytest.mark.parametrize(
    "words",
    [["--select", "3"], ["--select", "0"], ["--all", "--id", "x"], ["--all", "--name", "x"]],
)
def test_a_choice_that_cannot_be(run, path, site, words):
    before = path.read_bytes()
    assert run("add", site.url("/"), *words).exit_code == 2
    assert path.read_bytes() == before


@pytest.mark.usefixtures("at_work")
def test_a_site_that_names_no_feed_and_whose_feed_is_known_already(run, path, site):
    site.says("/feed", RSS)
    site.says("/silent", b"<html></html>")
    assert run("add", site.url("/feed")).exit_code == 0
    before = path.read_bytes()
    done = run("add", site.url("/silent"))
    assert (done.exit_code, path.read_bytes()) == (0, before)
    assert "already, as the-daily" in done.stdout


def test_scripts_are_told_in_json(run, site):
    several = run("add", site.url("/"), "--json")
    assert several.exit_code == 2
    assert [json.loads(line) for line in several.stdout.splitlines()] == [
        {"number": 1, "url": site.url("/all"), "kind": "RSS", "title": "All"},
        {"number": 2, "url": site.url("/comments"), "kind": "RSS", "title": "Comments"},
    ]
    for added in (True, False):
        done = run("add", site.url("/all"), "--id", "all", "--json")
        assert done.exit_code == 0
        told = {"id": "all", "name": "The Daily", "url": site.url("/all"), "added": added}
        assert json.loads(done.stdout) == told
        assert ("Stored 1 article" in done.stderr) == added


@pytest.mark.usefixtures("at_work")
def test_what_is_subscribed_to_already_is_said(run, path, site):
    assert run("add", site.url("/all")).exit_code == 0
    before = path.read_bytes()
    done = run("add", site.url("/all"))
    assert (done.exit_code, path.read_bytes()) == (0, before)
    assert "already, as the-daily" in done.stdout
    assert run("add", site.url("/"), "--first").exit_code == 0
    assert path.read_bytes() == before


@pytest.mark.usefixtures("at_work")
def test_a_feed_that_moved_for_good_is_written_down_where_it_lives(run, path, site):
    site.says("/old", status=301, headers={"Location": "/all"})
    site.says("/for-now", status=302, headers={"Location": "/comments"})
    assert run("add", site.url("/old")).exit_code == 0
    assert run("add", site.url("/for-now")).exit_code == 0
    assert [feed.url for feed in read_config(path).feeds] == [
        site.url("/all"),
        site.url("/for-now"),
    ]


@pytest.mark.usefixtures("at_work")
def test_what_is_no_feed_is_not_added(run, path, site):
    before = path.read_bytes()
    site.says("/page", b'<html><link rel="feed" href="/nothing"></html>')
    for at, says in (("/nowhere", "404"), ("/page", "404")):
        done = run("add", site.url(at))
        assert done.exit_code != 0
        assert says in done.stderr
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("ftp://one.example/", "write an address that starts with http://"),
        ("http://", "this address names no host"),
        ("https://one.example/?k=${NOBODY_SET_THIS}", "the environment has no NOBODY_SET_THIS"),
    ],
)
@pytest.mark.parametrize("command", ["add", "check"])
def test_what_is_no_address_is_told_of_itself(run, path, command, typed, says):
    before = path.read_bytes()
    done = run(command, typed)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"{typed}: {says}")
    assert path.read_bytes() == before


def test_a_private_address_is_refused_as_in_polling(tmp_path, site):
    path = tmp_path / "mine.yaml"
    done = CliRunner().invoke(cli, ["--config", str(path), "add", site.url("/all")])
    assert done.exit_code == 2
    assert "network.allow" in done.stderr
    assert site.seen == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("at_work")
def test_a_page_cannot_have_our_variables_filled_in(run, path, site, monkeypatch):
    monkeypatch.setenv("TOKEN", "s3cr3t-s3cr3t")
    site.says("/sly", b'<html><link rel="feed" href="/all?${TOKEN}"></html>')
    assert run("add", site.url("/sly")).exit_code == 0
    assert "TOKEN" in path.read_text()
    assert "s3cr3t" not in read_config(path).feeds[0].url


@pytest.mark.usefixtures("at_work")
def test_an_address_may_hold_a_variable_of_ones_own(run, path, site, monkeypatch):
    monkeypatch.setenv("TOKEN", "s3cr3t-s3cr3t")
    done = run("add", site.url("/all?k=${TOKEN}"))
    assert done.exit_code == 0, done.output
    assert "s3cr3t" not in done.output + path.read_text()
    assert read_config(path).feeds[0].url.endswith("?k=s3cr3t-s3cr3t")


def test_who_has_no_feeds_yet_is_told_how_to_add_one(run):
    done = run("--once")
    assert done.exit_code == 0
    assert done.stdout.startswith("There are no feeds yet: aggregate add URL")


def test_a_feed_is_begun_where_there_is_no_file(tmp_path):
    (tmp_path / "a.xml").write_bytes(RSS)
    path = tmp_path / "mine.yaml"
    done = CliRunner().invoke(cli, ["--config", str(path), "add", "file:a.xml", "--id", "a"])
    assert done.exit_code == 0, done.output
    assert f"Began {path}" in done.stdout
    assert [feed.id for feed in read_config(path).feeds] == ["a"]


def test_a_file_whose_title_makes_no_id_is_named_after_the_file(tmp_path):
    (tmp_path / "morning-post.xml").write_text(
        "<rss version='2.0'><channel><title>晨報</title><item><title>橋</title>"
        "<link>https://example.org/1</link></item></channel></rss>",
        encoding="utf-8",
    )
    path = tmp_path / "mine.yaml"
    done = CliRunner().invoke(cli, ["--config", str(path), "add", "file:morning-post.xml"])
    assert done.exit_code == 0, done.output
    (feed,) = read_config(path).feeds
    assert (feed.id, feed.name) == ("morning-post", "晨報")


@pytest.mark.usefixtures("at_work")
def test_a_run_at_work_gets_the_new_feed_to_itself(run, path, site):
    done = run("add", site.url("/all"))
    assert done.exit_code == 0
    assert "another run is at work" in done.stdout
    assert len(read_config(path).feeds) == 1


TWO = """\
  # of one
  - {url: 'https://one.example/', id: one, name: The One}

  - {url: 'https://two.example/', id: two, name: Two}
"""


@pytest.mark.parametrize("name", ["one", "The One", "the one", "http://www.one.example"])
def test_a_feed_is_removed_by_any_of_its_names(run, path, name):
    path.write_text(f"version: 1\nfeeds:\n{TWO}")
    done = run("remove", name)
    assert done.stdout == "Removed one (The One), https://one.example/\n"
    assert path.read_text() == (
        "version: 1\nfeeds:\n  - {url: 'https://two.example/', id: two, name: Two}\n"
    )


def test_a_name_that_nobody_has_or_several_have(run, path):
    path.write_text(f"version: 1\nfeeds:\n{TWO.replace('Two', 'The One')}")
    before = path.read_bytes()
    for name, says in (("nobody", "no feed"), ("The One", "take the id")):
        done = run("remove", name)
        assert done.exit_code == 2
        assert says in done.stderr
    assert path.read_bytes() == before


def test_what_others_in_the_file_need_stays(run, path):
    path.write_text(f"version: 1\npublish: {{views: [{{name: v, feeds: [one]}}]}}\nfeeds:\n{TWO}")
    before = path.read_bytes()
    done = run("remove", "one")
    assert done.exit_code == 2
    assert "no feed has the id one" in done.stderr
    assert path.read_bytes() == before


def test_check_tells_all_that_a_poll_would_see_and_keeps_nothing(run, path, site):
    site.says(
        "/feed",
        RSS.replace(b"<item>", b"<ttl>90</ttl><x:y/><item>"),
        headers={"ETag": '"v1"', "Cache-Control": "max-age=7200", "Content-Type": "text/xml"},
    )
    site.says("/old", status=301, headers={"Location": "/feed"})
    done = run("check", site.url("/old"))
    assert done.exit_code == 0, done.output
    facts = [line[2:].split(maxsplit=1) for line in done.stdout.splitlines()]
    told = {fact[0]: fact[1] for fact in facts if len(fact) > 1}
    assert told["redirected"] == f"301 to {site.url('/feed')}"
    assert told["status"].startswith("200")
    assert told["first"].startswith("byte ")
    assert told["etag"] == '"v1"'
    assert told["cache-control"] == "max-age=7200"
    assert told["format"] == "RSS 2.0"
    assert told["items"].endswith("2025-10-17 18:00 UTC")
    assert told["problem"].startswith("repaired")
    assert "max-age" in told["next"]
    assert "Glacier melts" in done.stdout
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_check_shows_a_terminal_nothing_that_it_would_obey(run, site):
    site.says("/evil", RSS, headers={"Content-Type": "text/\x1b[2J"})
    site.says("/page", b"<html><title>\x1b[2J</title></html>")
    assert "\x1b" not in run("check", site.url("/evil")).output
    assert "\x1b" not in run("check", site.url("/page")).output


def test_check_as_json(run, site):
    record = json.loads(run("check", site.url("/all"), "--json").stdout)
    assert (record["status"], record["format"], record["items"]) == (200, "RSS 2.0", 1)
    assert record["articles"][0]["published"] == "2025-10-17T18:00:00Z"
    assert record["articles"][0]["languages"]


def test_check_of_a_page_names_its_feeds(run, site):
    done = run("check", site.url("/"))
    assert done.exit_code == 1
    assert f"  {site.url('/all')}  All" in done.stdout.splitlines()


def test_check_of_a_feed_by_its_name_and_of_a_file(run, site, path):
    (path.parent / "a.json").write_text(
        '{"version": "https://jsonfeed.org/version/1", "items": []}'
    )
    assert run("add", site.url("/all")).exit_code == 0
    assert "RSS 2.0" in run("check", "the-daily").stdout
    told = run("check", "file:a.json")
    assert "JSON Feed 1.0" in told.stdout
    assert "next poll" not in told.stdout


def test_check_of_nothing_says_so(run):
    done = run("check", "nothing")
    assert done.exit_code == 2
    assert "no feed has the id" in done.stderr


def test_check_never_shows_a_secret(run, site, monkeypatch):
    monkeypatch.setenv("TOKEN", "s3cr3t-s3cr3t")
    site.says("/go", status=302, headers={"Location": "/all?again=s3cr3t-s3cr3t"})
    for words in ([], ["--json"]):
        done = run("check", site.url("/go?k=${TOKEN}"), *words)
        assert done.exit_code == 0
        assert "s3cr3t" not in done.output


OPML = b"""<?xml version="1.0" encoding="windows-1252"?><opml version="1.0"><body>
<outline text="News"><outline text="Asia">
<outline text="Le Caf\xe9" xmlUrl="https://a.example/feed" language="fr"/>
<outline text="Again" xmlUrl="http://www.a.example/feed"/></outline></outline>
<outline text="Local" xmlUrl="file:///etc/passwd"/>
<outline text="Sly" xmlUrl="https://b.example/?${HOME}" language="unknown"/>
<outline type="include" url="https://c.example/"/></body></opml>"""


def test_a_list_of_another_reader(run, path, tmp_path):
    (tmp_path / "list.opml").write_bytes(OPML)
    done = run("import", str(tmp_path / "list.opml"))
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        f"Added 2 feeds to {path}",
        "1 feed known already or named twice",
        "1 link to another list not followed",
    ]
    assert "left out: Local: only http" in done.stderr
    one, sly = read_config(path).feeds
    assert (one.id, one.name, one.category, one.language) == (
        "le-cafe",
        "Le Café",
        "News/Asia",
        "fr",
    )
    assert (sly.url, sly.language) == ("https://b.example/?$%7BHOME}", None)
    before = path.read_bytes()
    assert "Added 0 feeds" in run("import", str(tmp_path / "list.opml")).stdout
    assert path.read_bytes() == before


def test_a_password_in_a_list_is_warned_of(run, path):
    path.write_text("version: 1\nfeeds: [{url: 'https://me:old-pw@a.example/'}]\n")
    data = b'<opml><body><outline xmlUrl="https://me:new-pw@b.example/"/></body></opml>'
    done = run("import", "-", input=data)
    assert done.stderr.count("write ${NAME}") == 1
    assert "-pw" not in done.output


def test_a_list_from_a_pipe(run, path):
    assert run("import", "-", input=OPML).exit_code == 0
    assert len(read_config(path).feeds) == 2


@pytest.mark.parametrize("content", [b"", b"<html></html>", b"version: 1\n"])
def test_what_is_no_list_changes_nothing(run, path, content):
    before = path.read_bytes()
    done = run("import", "-", input=content)
    assert done.exit_code == 2
    assert "no OPML" in done.stderr
    assert path.read_bytes() == before


def test_what_is_exported_and_imported_is_the_same(run, path):
    exported = CliRunner().invoke(cli, ["--config", str(ROOT / "feeds.yaml"), "export"])
    assert run("import", "-", input=exported.stdout_bytes).exit_code == 0
    said = [
        [(feed.url, feed.name, feed.category, feed.language) for feed in read_config(one).feeds]
        for one in (ROOT / "feeds.yaml", path)
    ]
    assert sorted(said[0], key=str) == sorted(said[1], key=str)
    assert run("export").stdout_bytes.count(b"xmlUrl") == len(said[0])


def test_a_list_for_others_has_no_secrets_and_private_feeds_only_if_asked(run, path, monkeypatch):
    monkeypatch.setenv("TOKEN", "s3cr3t-s3cr3t")
    path.write_text(
        "version: 1\nfeeds:\n"
        "  - {url: 'https://a.example/', category: News}\n"
        "  - {url: 'https://b.example/', category: News/Asia}\n"
        "  - {url: 'https://c.example/', category: Newsletters, private: true}\n"
        "  - {url: 'https://d.example/?k=${TOKEN}'}\n"
        "  - {url: 'file:e.xml'}\n"
    )

    def exported(*words: str) -> list[str]:
        done = run("export", *words)
        assert "s3cr3t" not in done.output
        assert "left out: 2 feeds" in done.stderr or "--category" in words
        outlines = ET.fromstring(done.stdout_bytes).iter("outline")
        return [url for outline in outlines if (url := outline.get("xmlUrl"))]

    assert exported() == ["https://a.example/", "https://b.example/"]
    assert exported("--category", "News/Asia") == ["https://b.example/"]
    assert exported("--category", "News") == ["https://a.example/", "https://b.example/"]
    assert exported("--private")[-1] == "https://c.example/"
    assert run("export", "--category", "Sport").exit_code == 2


def test_nothing_is_exported_of_a_file_that_is_not_there(run, path):
    path.unlink(missing_ok=True)
    done = run("export")
    assert done.exit_code == 2
    assert "begin one with aggregate add URL" in done.stderr
