"""Transformer layers in plain numpy: what two embedding models of the same width have in common."""

from collections.abc import Mapping, Sequence, Sized
from itertools import accumulate
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float32]
Layer: TypeAlias = dict[str, Array]
WIDTH, HEADS = 384, 12
READ = 2 * WIDTH
_DEPTH = WIDTH // HEADS
_SMALL = np.float32(1e-12)
_GELU = np.float32(0.7978845608)
_CUBE = np.float32(0.044715)


def states_of(layers: Sequence[Layer], grammar: int, entered: Sequence[Array]) -> list[Array]:
    """For each text the states of its pieces, one row a piece: several texts share the work.

    A row is what the last layer makes of a piece, and after it what the layer `grammar` did: there
    who, when and not are still told apart; the last one has what it means.
    """
    x, cuts = np.concatenate(entered), cuts_of(entered)
    for layer in layers[:grammar]:
        x = through(layer, x, cuts)
    middle = x
    for layer in layers[grammar:]:
        x = through(layer, x, cuts)
    both = np.concatenate([x, middle], axis=1)
    return [both[first:end] for first, end in cuts]


def cuts_of(parts: Sequence[Sized]) -> list[tuple[int, int]]:
    """Where each of some texts begins and ends when they stand behind one another."""
    ends = list(accumulate(len(each) for each in parts))
    return list(zip([0, *ends], ends, strict=False))


def through(w: Layer, x: Array, cuts: Sequence[tuple[int, int]]) -> Array:
    """One transformer layer; attention stays inside each text."""
    q, k, v = (turned(w, part, x) for part in "qkv")
    seen = np.empty_like(x)
    for first, end in cuts:
        seen[first:end] = _attended(q[first:end], k[first:end], v[first:end])
    x = normed(x + turned(w, "o", seen), w["nw"], w["nb"])
    inner = _gelu(turned(w, "i", x))
    return normed(x + turned(w, "f", inner), w["mw"], w["mb"])


def turned(w: Layer, part: str, x: Array) -> Array:
    """One matrix, and its thin addition if it has one: the mapped weights stay as they are."""
    found = x @ w[f"{part}w"].T
    found += w[f"{part}b"]
    if f"{part}.down" in w:
        found += (x @ w[f"{part}.down"]) @ w[f"{part}.up"]
    return found


def bent(layer: Layer, bend: Mapping[str, Array], to_end: int) -> Layer:
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


def normed(x: Array, gain: Array, shift: Array) -> Array:
    """Each row with a middle of nought and a spread of one, then as the layer has learnt it."""
    x = x - x.mean(axis=-1, keepdims=True)
    x *= gain / np.sqrt((x * x).mean(axis=-1, keepdims=True) + _SMALL)
    x += shift
    return x
