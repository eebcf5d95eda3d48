"""Names of files that outlast a power cut."""

from aggregator.durable import flush, make


def test_what_cannot_be_flushed_is_no_error(tmp_path):
    flush(tmp_path / "none")
    flush(tmp_path)


def test_folders_are_made_with_those_above_them_and_may_be_there(tmp_path):
    wanted = tmp_path / "a/b/c"

    make(wanted)
    make(wanted)

    assert wanted.is_dir()
