"""What of a text is counted beside its meaning: hashed pieces of words, and what tier 1 saw."""

import re
from collections.abc import Collection
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from support.moderation.rules.rulebook import LABELS

BUCKETS = 1 << 14
_WORD = re.compile(r"[^\W_]+|[^\w\s]")
_LONGEST = 1_200
_SHORTEST, _WIDEST = 3, 5


def buckets(text: str) -> NDArray[np.int64]:
    """The numbers of the buckets into which words, pairs of words and letter runs fall."""
    words = _WORD.findall(text[:_LONGEST].lower())
    found = set(words)
    found.update(f"{one} {two}" for one, two in pairwise(words))
    joined = f" {' '.join(words)} "
    for width in range(_SHORTEST, _WIDEST + 1):
        found.update(f"#{joined[at : at + width]}" for at in range(len(joined) - width + 1))
    numbers = {crc32(sign.encode("utf-8", "replace")) % BUCKETS for sign in found}
    return np.array(sorted(numbers), np.int64)


def flags(labels: Collection[str]) -> NDArray[np.float32]:
    """Tier 1's labels as numbers."""
    return np.array([label in labels for label in LABELS], np.float32)
