"""Model files of the second look, as small as they can be, for tests that break them."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np

from support.moderation.rules.meaning.signs import BUCKETS
from support.moderation.rules.meaning.transformer import READ, WIDTH
from support.moderation.rules.meaning.words import OUTPUTS
from support.moderation.rules.rulebook import LABELS

BOUNDS = {
    **{label: {"doubtful": 1.0, "likely": 2.0} for label in LABELS},
    "critical": 1.0,
    "holds": 2.0,
    "grave": 3.0,
}


def parts(**changed: Any) -> dict[str, Any]:
    """The arrays of a file with one voter, one head and one known line, which was sourcing."""
    outputs = len(OUTPUTS)
    known = np.arange(WIDTH) % 7 - 3
    made = {
        "1.q": np.full((READ, 1), 0.5),
        "1.v": np.full((READ, 1), 0.25),
        "1.w1": np.full((1 + READ + len(LABELS), 1), 0.125),
        "1.b1": np.zeros(1),
        "1.w2": np.ones((1, outputs)),
        "1.b2": np.zeros(outputs),
        "1.g": np.zeros((BUCKETS, outputs)),
        "known": np.round(127 * known / np.linalg.norm(known)).astype(np.int8),
        "known_are": np.eye(outputs)[LABELS.index("sourcing")],
        "share": np.float32(2),
        "fingerprint": np.zeros(WIDTH),
    }
    made["known"], made["known_are"] = made["known"][None], made["known_are"][None]
    return {**made, **changed}


def file_of(arrays: dict[str, Any]) -> bytes:
    """What lies on the disk for these arrays."""
    file = io.BytesIO()
    np.savez_compressed(file, **{name: np.asarray(part) for name, part in arrays.items()})
    return file.getvalue()


def model_in(folder: Path, raw: bytes, bounds: object = BOUNDS) -> Path:
    """A folder as the second look reads it."""
    (folder / "second_look.npz").write_bytes(raw)
    (folder / "second_look.json").write_text(json.dumps({"thresholds": bounds}))
    return folder
