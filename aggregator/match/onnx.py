"""EDGE: sentence encoders of one's own, as ONNX models in a folder.

Made for multilingual-E5-small and its like (Wang et al. 2024, arXiv:2402.05672): a vector a token,
averaged over the attention mask. Needs the extra ``onnx``, which is imported when first needed.
"""

from collections.abc import Sequence
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from aggregator.errors import AggregatorError
from aggregator.match.encoder import Vectors, encodable

MODEL, TOKENIZER = "model.onnx", "tokenizer.json"
LONGEST = 512
"""Tokens that such models read."""
_WAY_OUT = "or write “encoder: use” or “encoder: none” into the configuration"


def identity(folder: Path, prefix: str) -> str:
    """Return the name of the encoder in a folder: another file or prefix makes other vectors.

    Cheap: nothing is loaded. Raises AggregatorError where a file or a package is missing.
    """
    needed = [name for name in ("onnxruntime", "tokenizers") if find_spec(name) is None]
    if needed:
        raise AggregatorError(
            f"the encoder in {folder} needs {' and '.join(needed)}: "
            f"install aggregator[onnx], {_WAY_OUT}"
        )
    said = blake2b(prefix.encode("utf-8", "surrogatepass"), digest_size=8)
    for name in (MODEL, TOKENIZER):
        try:
            found = (folder / name).stat()
        except OSError as error:
            raise AggregatorError(
                f"{folder / name}: {error.strerror}; put {MODEL} and {TOKENIZER} of a model such "
                f"as multilingual-e5-small there, {_WAY_OUT}"
            ) from error
        said.update(f"\0{found.st_size} {found.st_mtime_ns}".encode())
    return f"onnx-{said.hexdigest()}"


class OnnxEncoder:
    """Encodes with ``model.onnx`` and ``tokenizer.json`` of a folder.

    Its vectors are raw: what they have in common within a language is still in them
    (match.centring). Raises AggregatorError, with the way out, where it cannot be loaded.
    """

    def __init__(self, folder: Path, *, prefix: str = "query: ", threads: int = 1) -> None:
        """Take the folder, what the model wants each text to begin with, and threads to use."""
        self.name = identity(folder, prefix)
        self._prefix = prefix
        try:
            self._tokenizer = _tokenizer(folder / TOKENIZER)
            self._session = _session(folder / MODEL, threads)
            self._inputs = [given.name for given in self._session.get_inputs()]
            self._output = self._session.get_outputs()[0].name
            self._nothing = np.zeros_like(self._vector("."))
        except Exception as error:  # what both packages raise has no other class in common
            raise AggregatorError(
                f"the encoder in {folder} cannot be used ({error}): {MODEL} has to be a model of "
                f"token vectors, {TOKENIZER} its tokenizer; export them again, {_WAY_OUT}"
            ) from error

    def encode(self, texts: Sequence[str], languages: Sequence[str]) -> Vectors:  # noqa: ARG002  of the Protocol; the model needs no telling
        """Return a unit row a text, zero where there is nothing to encode.

        Each text runs by itself: a quantized model's vector would otherwise depend on the batch.
        """
        cut = [encodable(text) for text in texts]
        return np.array([self._vector(text) if text else self._nothing for text in cut])

    def _vector(self, text: str) -> Vectors:
        read = self._tokenizer.encode(self._prefix + text)
        told = {
            "input_ids": np.array([read.ids], np.int64),
            "attention_mask": np.array([read.attention_mask], np.int64),
            "token_type_ids": np.array([read.type_ids], np.int64),
        }
        asked = {name: told[name] for name in self._inputs}
        ((tokens,),) = self._session.run([self._output], asked)
        mean = np.average(tokens, axis=0, weights=read.attention_mask).astype(np.float32)
        unit: Vectors = mean / np.linalg.norm(mean)
        return unit


def _tokenizer(file: Path) -> Any:
    from tokenizers import Tokenizer  # noqa: PLC0415  an extra

    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    return tokenizer


def _session(file: Path, threads: int) -> Any:
    from onnxruntime import InferenceSession, SessionOptions  # noqa: PLC0415  an extra

    options = SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors: they are raised too
    return InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
