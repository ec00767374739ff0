"""Whether the files of the second look are whole: one that was cut or altered is never used."""

import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from support.moderation.rules.meaning.signs import BUCKETS
from support.moderation.rules.meaning.transformer import READ, WIDTH
from support.moderation.rules.meaning.words import OUTPUTS, NoModel
from support.moderation.rules.rulebook import LABELS

# SHA-256 of what the pinned package brings. The embedding model's file has no sum of its own, and a
# number that is altered somewhere in it would judge some words wrongly and nobody would know.
WEIGHTS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
TONGUES = {
    "e5-small-q4.bin": "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
}
Parts = Mapping[str, NDArray[Any]]


def check_weights(folder: Path) -> None:
    """Refuse files of the embedding model that are not, byte for byte, those it was trained on."""
    _check(folder, WEIGHTS)


def check_tongues(folder: Path) -> None:
    """The same for the model of many languages."""
    _check(folder, TONGUES)


def _check(folder: Path, sums: Mapping[str, str]) -> None:
    for name, wanted in sums.items():
        try:
            with (folder / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as broken:
            raise NoModel(f"the weights cannot be read ({type(broken).__name__})") from broken
        if found != wanted:
            raise NoModel(f"the weights are damaged ({name})")


def check_classifier(whole: Parts, members: Collection[Parts]) -> None:
    """Refuse arrays that do not fit one another, or hold what is no number."""
    for name, part in whole.items():
        if not np.isfinite(part).all():
            raise ValueError(f"{name} holds what is no number")
    if not members:
        raise ValueError("nobody votes")
    for member in members:
        _fits(member, _shapes(member))
    lines = len(whole["known"])
    known = {"known": (lines, WIDTH), "known_are": (lines, len(OUTPUTS))}
    _fits(whole, {**known, "share": (), "fingerprint": (WIDTH,)})


def _shapes(member: Parts) -> dict[str, tuple[int, ...]]:
    """What the parts of a member must measure, given how many heads it has and how wide it is."""
    heads, wide, hidden = member["q"].shape[1], member["v"].shape[1], member["w1"].shape[1]
    return {
        "q": (READ, heads),
        "v": (READ, wide),
        "w1": (heads * wide + READ + len(LABELS), hidden),
        "b1": (hidden,),
        "w2": (hidden, len(OUTPUTS)),
        "b2": (len(OUTPUTS),),
        "g": (BUCKETS, len(OUTPUTS)),
    }


def _fits(parts: Parts, wanted: Mapping[str, tuple[int, ...]]) -> None:
    for name, shape in wanted.items():
        if parts[name].shape != shape:
            raise ValueError(f"{name} measures {parts[name].shape}, not {shape}")
