"""Names of files that outlast a power cut."""

from aggregator.durable import flush


def test_what_cannot_be_flushed_is_no_error(tmp_path):
    flush(tmp_path / "none")
    flush(tmp_path)
