"""The encoder that the configuration names."""

from pathlib import Path

from aggregator.app.vectors import RememberingEncoder, VectorStore
from aggregator.config import EncoderChoice
from aggregator.match import Encoder, UniversalSentenceEncoder
from aggregator.match.centring import CentredEncoder
from aggregator.match.onnx import OnnxEncoder, identity


def chosen_encoder(choice: EncoderChoice, store: VectorStore) -> Encoder | None:
    """Return the encoder that was chosen, None where none was; its model is loaded when needed.

    Raises AggregatorError where files or packages of it are missing.
    """
    if choice == "none":
        return None
    if choice == "use":
        return RememberingEncoder(UniversalSentenceEncoder.name, UniversalSentenceEncoder, store)
    folder = Path(choice.onnx)
    name = identity(folder, choice.prefix)

    def load() -> Encoder:
        return OnnxEncoder(folder, prefix=choice.prefix, threads=choice.threads)

    # Raw vectors are kept: the means that they are centred by grow with what is seen.
    return CentredEncoder(RememberingEncoder(name, load, store))
