"""Bends the last layers of the embedding model a little towards our subject, with numpy alone.

Each of their matrices gets a thin addition (a product of two narrow ones, as in LoRA), learnt
together with the classifier's members. The forward sums are those of rules/meaning/encoder.py.
"""

import numpy as np

from support.moderation.rules.meaning import encoder

RANK, SIZE = 12, 2.0
TUNED = 3
MATRICES = ("q", "k", "v", "o", "i", "f")
DEPTH = encoder.WIDTH // encoder.HEADS
_SMALL, _GELU, _CUBE = 1e-12, 0.7978845608, 0.044715


def additions(model: encoder.Encoder, dice: np.random.Generator) -> dict[str, np.ndarray]:
    """The narrow matrices of every tuned layer; at first they add nothing."""
    parts = {}
    for number in range(encoder.LAYERS - TUNED, encoder.LAYERS):
        for name in MATRICES:
            out, wide = model.layers[number][f"{name}w"].shape
            spread = dice.standard_normal((RANK, wide)) / np.sqrt(wide)
            parts[f"t{number}{name}a"] = spread.astype(np.float32)
            parts[f"t{number}{name}b"] = np.zeros((out, RANK), np.float32)
    return parts


class Upper:
    """The tuned layers, forward over a padded batch and back again."""

    def __init__(self, model: encoder.Encoder, parts: dict[str, np.ndarray]) -> None:
        self.model, self.parts = model, parts
        self.numbers = range(encoder.LAYERS - TUNED, encoder.LAYERS)
        self.kept: list[dict[str, np.ndarray]] = []

    def forward(self, x: np.ndarray, mask: np.ndarray) -> np.ndarray:
        """The states after the last layer."""
        self.kept = []
        for number in self.numbers:
            x = self._layer(number, x, mask)
        return x

    def _layer(self, number: int, x: np.ndarray, mask: np.ndarray) -> np.ndarray:
        w = dict(self.model.layers[number])
        for name in MATRICES:
            a, b = self.parts[f"t{number}{name}a"], self.parts[f"t{number}{name}b"]
            w[f"{name}w"] = w[f"{name}w"] + SIZE * (b @ a)
        k: dict[str, np.ndarray] = {"x": x}
        heads = [_apart(x @ w[f"{n}w"].T + w[f"{n}b"]) for n in "qkv"]
        scores = heads[0] @ heads[1].transpose(0, 1, 3, 2) * DEPTH**-0.5
        scores = np.where(mask[:, None, None, :], scores, np.float32(-1e9))
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        k["p"] = scores / scores.sum(-1, keepdims=True)
        k["q"], k["k"], k["v"] = heads
        k["s"] = _joined(k["p"] @ heads[2])
        k["y"], k["n1"], k["r1"] = _norm(x + k["s"] @ w["ow"].T + w["ob"], w["nw"], w["nb"])
        k["u"] = k["y"] @ w["iw"].T + w["ib"]
        k["t"] = np.tanh(_GELU * (k["u"] + _CUBE * k["u"] ** 3))
        k["g"] = 0.5 * k["u"] * (1 + k["t"])
        z, k["n2"], k["r2"] = _norm(k["y"] + k["g"] @ w["fw"].T + w["fb"], w["mw"], w["mb"])
        k["w"] = w  # type: ignore[assignment]
        self.kept.append(k)
        return z

    def backward(self, d: np.ndarray) -> dict[str, np.ndarray]:
        """The slopes of the narrow matrices, from those of the last states."""
        found: dict[str, np.ndarray] = {}
        for number, k in zip(reversed(self.numbers), reversed(self.kept), strict=True):
            d = self._back(number, k, d, found)
        return found

    def _back(self, number: int, k: dict, d: np.ndarray, found: dict) -> np.ndarray:
        w = k["w"]

        def through(name: str, given: np.ndarray, slope: np.ndarray) -> np.ndarray:
            a, b = self.parts[f"t{number}{name}a"], self.parts[f"t{number}{name}b"]
            flat, back = given.reshape(-1, given.shape[-1]), slope.reshape(-1, slope.shape[-1])
            found[f"t{number}{name}b"] = SIZE * (back.T @ (flat @ a.T))
            found[f"t{number}{name}a"] = SIZE * ((back @ b).T @ flat)
            return slope @ w[f"{name}w"]

        d = _norm_back(d * w["mw"], k["n2"], k["r2"])
        dg = through("f", k["g"], d)
        curve = _GELU * (1 + 3 * _CUBE * k["u"] ** 2) * (1 - k["t"] ** 2)
        du = dg * (0.5 * (1 + k["t"]) + 0.5 * k["u"] * curve)
        d = d + through("i", k["y"], du)
        d = _norm_back(d * w["nw"], k["n1"], k["r1"])
        ds = _apart(through("o", k["s"], d))
        dv = k["p"].transpose(0, 1, 3, 2) @ ds
        dp = ds @ k["v"].transpose(0, 1, 3, 2)
        dz = k["p"] * (dp - (dp * k["p"]).sum(-1, keepdims=True)) * DEPTH**-0.5
        dq, dk = dz @ k["k"], dz.transpose(0, 1, 3, 2) @ k["q"]
        for name, slope in (("q", dq), ("k", dk), ("v", dv)):
            d = d + through(name, k["x"], _joined(slope))
        return d


def _apart(x: np.ndarray) -> np.ndarray:
    count, length, _ = x.shape
    return x.reshape(count, length, encoder.HEADS, DEPTH).transpose(0, 2, 1, 3)


def _joined(x: np.ndarray) -> np.ndarray:
    count, _, length, _ = x.shape
    return np.ascontiguousarray(x.transpose(0, 2, 1, 3)).reshape(count, length, encoder.WIDTH)


def _norm(x: np.ndarray, gain: np.ndarray, shift: np.ndarray) -> tuple[np.ndarray, ...]:
    x = x - x.mean(-1, keepdims=True)
    rate = 1 / np.sqrt((x * x).mean(-1, keepdims=True) + _SMALL)
    return x * rate * gain + shift, x * rate, rate


def _norm_back(d: np.ndarray, normed: np.ndarray, rate: np.ndarray) -> np.ndarray:
    d = d - d.mean(-1, keepdims=True) - normed * (d * normed).mean(-1, keepdims=True)
    return d * rate
