"""The small classifier on top of the embedding model: what each output says, from one file."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from support.moderation.rules.meaning.transformer import WIDTH, Array
from support.moderation.rules.meaning.whole import check_classifier
from support.moderation.rules.meaning.words import OUTPUTS, NoModel

HEADS, WIDE = 8, 32
STRETCH, STEP, LONG = 28, 14, 36  # pieces: a stretch of a long text, how far the next begins
LESS = np.float32(1)  # a stretch knows less than the whole, so it must be surer
OWN = [OUTPUTS.index(name) for name in ("crisis_self_harm", "urgent", "critical")]
_SHARP, _LEAST, _PRIOR = 12.0, 0.2, 0.02
_FAR = 30.0
_BEND = "bend."


@dataclass(frozen=True, slots=True)
class Seen:
    """One text as the classifier takes it: states of its pieces, its buckets, tier 1's flags."""

    states: Array
    buckets: NDArray[np.int64]
    flags: Array


class Network:
    """Attention over the pieces, one hidden layer, counted signs, and known lines that are near."""

    def __init__(self, parts: Mapping[str, NDArray[Any]], version: str = "") -> None:
        """Take the arrays of a model file; those of several members begin with its number.

        `bend` is what was learnt to add to the embedding model, for whoever loads that.
        """
        self.version = version
        whole = {name: np.asarray(part) for name, part in parts.items()}
        self.members = [
            {name[2:]: part.astype(np.float32) for name, part in whole.items() if name[0] == number}
            for number in sorted({name[0] for name in whole if name[0].isdigit()})
        ]
        check_classifier(whole, self.members)
        self._known = whole["known"].astype(np.float32) / np.float32(127)
        self._known_are = whole["known_are"].astype(np.float32)
        self._share = float(whole["share"])
        self.bend = {
            name.removeprefix(_BEND): part.astype(np.float32)
            for name, part in whole.items()
            if name.startswith(_BEND)
        }
        self.fingerprint = whole["fingerprint"].astype(np.float32)

    @classmethod
    def read(cls, path: Path) -> "Network":
        """Read a model file; its version is the beginning of its hash.

        A cut or altered archive fails in a dozen ways, none of which is worth more than another.
        """
        try:
            raw = path.read_bytes()
            with np.load(BytesIO(raw), allow_pickle=False) as parts:
                return cls(dict(parts), hashlib.sha256(raw).hexdigest()[:12])
        except Exception as broken:
            raise NoModel(f"the classifier cannot be read ({type(broken).__name__})") from broken

    def logits(self, seen: Sequence[Seen]) -> Array:
        """One row a text, one column an output; above nought means more likely than not."""
        votes = np.stack([self._strongest(each) for each in seen])
        middle = np.stack([middle_of(each.states) for each in seen])
        found: Array = votes + np.float32(self._share) * self._near(middle)
        return np.clip(found, -_FAR, _FAR).astype(np.float32)

    def _strongest(self, seen: Seen) -> Array:
        """What the members say; of a long text also of its stretches, where it is one's own danger.

        One sentence of two hundred words may hold it, and the rest would talk it down.
        """
        found: Array = np.mean([forward(member, seen) for member in self.members], axis=0)
        if len(seen.states) > LONG:
            for first in range(0, len(seen.states) - STEP, STEP):
                part = Seen(seen.states[first : first + STRETCH], seen.buckets[:0], seen.flags)
                told = np.mean([forward(member, part) for member in self.members], axis=0) - LESS
                found[OWN] = np.fmax(found[OWN], told[OWN])
        return found

    def _near(self, middle: Array) -> Array:
        """What the known lines nearest in meaning were labelled."""
        near = np.exp(_SHARP * (middle @ self._known.T - 1))
        share = (near @ self._known_are + _PRIOR) / (near.sum(axis=1, keepdims=True) + _LEAST)
        share = np.clip(share, 1e-6, 0.999)
        found: Array = np.log(share / (1 - share))
        return found


def middle_of(states: Array) -> Array:
    """The meaning of a whole text: the middle of its last states, of length one."""
    middle = states[:, :WIDTH].mean(axis=0)
    found: Array = middle / np.linalg.norm(middle)
    return found


def forward(part: Mapping[str, Array], seen: Seen) -> Array:
    """The outputs of one member for one text."""
    weights = seen.states @ part["q"]
    weights -= weights.max(axis=0, keepdims=True)
    np.exp(weights, out=weights)
    weights /= weights.sum(axis=0, keepdims=True)
    heads = (weights.T @ seen.states) @ part["v"]
    whole = np.concatenate([heads.ravel(), seen.states.mean(axis=0) * 2, seen.flags])
    hidden = np.maximum(whole @ part["w1"] + part["b1"], 0)
    counted = part["g"][seen.buckets].sum(axis=0) / np.sqrt(max(len(seen.buckets), 1))
    found: Array = hidden @ part["w2"] + part["b2"] + counted
    return found
