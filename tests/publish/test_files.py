import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from aggregator.errors import PublishError
from aggregator.publish.files import missing, outdated, sweep, write
from aggregator.publish.render import FOLDERS, OURS


def tree(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


@contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    """Let the kernel refuse to write more than ``size`` bytes to a file, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def test_files_appear_in_a_directory_that_did_not_exist(tmp_path):
    public = tmp_path / "a" / "public"
    assert write(public, {"one": b"1", "two": b"2"}) == ("one", "two")
    assert tree(public) == {"one": b"1", "two": b"2"}


def test_only_what_changed_is_touched(tmp_path):
    write(tmp_path, {"same": b"1", "other": b"2"})
    before = {name: (tmp_path / name).stat() for name in ("same", "other")}
    assert write(tmp_path, {"same": b"1", "other": b"3"}) == ("other",)
    after = {name: (tmp_path / name).stat() for name in ("same", "other")}
    assert after["same"].st_ino == before["same"].st_ino
    assert after["same"].st_mtime_ns == before["same"].st_mtime_ns
    assert after["other"].st_ino != before["other"].st_ino
    assert write(tmp_path, {"same": b"1", "other": b"3"}) == ()


def test_files_of_others_stay(tmp_path):
    (tmp_path / "robots.txt").write_bytes(b"theirs")
    (tmp_path / ".hidden.new").write_bytes(b"theirs")
    write(tmp_path, {"one": b"1"})
    assert tree(tmp_path) == {"robots.txt": b"theirs", ".hidden.new": b"theirs", "one": b"1"}


@pytest.mark.parametrize("content", [b"old", b"new"])
def test_what_a_killed_run_left_behind_goes(tmp_path, content):
    (tmp_path / "one").write_bytes(content)
    (tmp_path / ".one.new").write_bytes(b"half a docu")
    write(tmp_path, {"one": b"new"})
    assert tree(tmp_path) == {"one": b"new"}


def test_a_link_left_at_the_temporary_name_is_not_followed(tmp_path):
    (tmp_path / "victim").write_bytes(b"precious")
    (tmp_path / ".one.new").symlink_to(tmp_path / "victim")
    write(tmp_path, {"one": b"1"})
    assert tree(tmp_path) == {"victim": b"precious", "one": b"1"}


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o027, 0o640)])
def test_the_umask_decides_who_may_read(tmp_path, mask, mode):
    with umask(mask):
        write(tmp_path, {"one": b"1"})
    assert stat.S_IMODE((tmp_path / "one").stat().st_mode) == mode


def test_a_disk_that_fills_up_changes_nothing(tmp_path):
    write(tmp_path, {"small": b"old", "large": b"old"})
    with files_limited_to(100), pytest.raises(PublishError, match="Make room"):
        write(tmp_path, {"small": b"new", "large": b"n" * 1000})
    assert tree(tmp_path) == {"small": b"old", "large": b"old"}
    assert write(tmp_path, {"small": b"new", "large": b"n" * 1000}) == ("small", "large")


def test_a_directory_that_is_a_file_is_an_error_that_names_it(tmp_path):
    (tmp_path / "public").write_bytes(b"")
    with pytest.raises(PublishError, match="public"):
        write(tmp_path / "public", {"one": b"1"})


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_may_not_be_written_is_an_error(tmp_path):
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(PublishError, match="right to write"):
            write(tmp_path, {"one": b"1"})
    finally:
        tmp_path.chmod(0o755)


def test_a_name_that_is_taken_by_a_directory_is_an_error_and_leaves_nothing(tmp_path):
    (tmp_path / "one").mkdir()
    with pytest.raises(PublishError, match="one"):
        write(tmp_path, {"one": b"1", "two": b"2"})
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_folders_are_made_as_names_ask_for(tmp_path):
    assert write(tmp_path / "p", {"views/a/one": b"1", "two": b"2"}) == ("views/a/one", "two")
    assert (tmp_path / "p/views/a/one").read_bytes() == b"1"
    assert [path.name for path in (tmp_path / "p/views/a").iterdir()] == ["one"]


def test_what_is_outdated_or_missing_is_told_beforehand(tmp_path):
    write(tmp_path, {"same": b"1", "other": b"2"})
    assert outdated(tmp_path, {"same": b"1", "other": b"3", "new/one": b""}) == (
        *("other", "new/one"),
    )
    assert missing(tmp_path, ["same", "new/one"]) == ("new/one",)


def test_views_that_are_no_more_go_and_nothing_else(tmp_path):
    names = (
        "views/old/feed.atom",
        "views/old/archive/1.atom",
        "views/kept/feed.atom",
        "opml/old.opml",
        "archive/1.atom",
        "archive/2.atom",
        "views/old2/theirs.txt",
        "views/old2/feed.rss",
        "mine/feed.atom",
        "feed.json",
    )
    write(tmp_path, dict.fromkeys(names, b""))
    assert set(sweep(tmp_path, FOLDERS, OURS, {"views/kept/feed.atom", "archive/1.atom"})) == {
        *("views/old/feed.atom", "views/old/archive/1.atom", "opml/old.opml"),
        *("views/old2/feed.rss", "archive/2.atom"),
    }
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {
        *("views/kept/feed.atom", "archive/1.atom", "views/old2/theirs.txt"),
        *("mine/feed.atom", "feed.json"),
    }
    assert not (tmp_path / "views/old").exists()
    assert not (tmp_path / "opml").exists()
