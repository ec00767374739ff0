"""The file of the model of many languages: its pieces, and its numbers in four bits each."""

import mmap
import struct
from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from support.moderation.rules.meaning.transformer import Array
from support.moderation.rules.meaning.unigram import Vocabulary

_MARK = b"E5S1"
_BLOCK = (
    32  # numbers that share a scale: two bytes of it, then two numbers in each of sixteen bytes
)
_BYTES = 18
_MIDDLE = 8  # four bits say nought to fifteen, which is eight below to seven above


class Packed(NamedTuple):
    """What the file holds: tensors by name, as they lie there, and the vocabulary.

    A row of words has `width` numbers. Plain tensors are of 32 bits, the others of four.
    """

    width: int
    tensors: Mapping[str, NDArray[np.uint8]]
    vocabulary: Vocabulary

    def plain(self, name: str) -> Array:
        """A tensor of 32 bits."""
        found: Array = self.tensors[name].view(np.float32)
        return found

    def matrix(self, name: str, wide: int) -> Array:
        """A tensor of four bits, `wide` numbers to a row."""
        return rows_of(self.packed(name, wide))

    def packed(self, name: str, wide: int) -> NDArray[np.uint8]:
        """The same as it lies in the file: rows, blocks, bytes."""
        return self.tensors[name].reshape(-1, wide // _BLOCK, _BYTES)


class _Cursor:
    """Goes through the head of the file."""

    def __init__(self, memory: mmap.mmap) -> None:
        self.memory, self.at = memory, 0

    def take(self, form: str) -> tuple[int, ...]:
        found = struct.unpack_from(f"<{form}", self.memory, self.at)
        self.at += struct.calcsize(f"<{form}")
        return found

    def bytes(self, count: int) -> bytes:
        self.at += count
        return self.memory[self.at - count : self.at]

    def row(self, kind: str, count: int) -> Any:
        found = array(kind)
        found.frombytes(self.bytes(count * found.itemsize))
        return found


def rows_of(packed: NDArray[np.uint8]) -> Array:
    """Rows of numbers out of their blocks of four bits."""
    scale = packed[..., :2].copy().view(np.float16).astype(np.float32)
    pairs = packed[..., 2:]
    both = np.concatenate([pairs & 15, pairs >> 4], axis=-1).astype(np.float32)
    both -= _MIDDLE
    both *= scale
    return np.ascontiguousarray(both.reshape(*packed.shape[:-2], -1))


def unpacked(path: Path) -> Packed:
    """Map the file; ValueError or struct.error where it is none."""
    with path.open("rb") as file:
        memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    cursor = _Cursor(memory)
    if cursor.bytes(4) != _MARK:
        raise ValueError("not such a file")
    _, width = cursor.take("2i")
    cursor.take("6ifi")
    vocabulary = _vocabulary(cursor)
    flat = np.frombuffer(memory, np.uint8)
    tensors = {name: flat[at : at + size] for name, at, size in _directory(cursor)}
    return Packed(width, tensors, vocabulary)


def _vocabulary(cursor: _Cursor) -> Vocabulary:
    count, first, last, _, unknown = cursor.take("5i")
    (size,) = cursor.take("Q")
    begins = cursor.row("I", count + 1)
    scores = cursor.row("f", count)
    text = cursor.bytes(size)
    (signs, _) = cursor.take("iI")
    plain = {}
    for _ in range(signs):
        sign, many = cursor.take("IB")
        plain[chr(sign)] = "".join(map(chr, cursor.take(f"{many}I")))
    return Vocabulary(text, begins, scores, plain, first, last, unknown)


def _directory(cursor: _Cursor) -> Iterator[tuple[str, int, int]]:
    """The name of each tensor, where it begins and how many bytes it has."""
    (many,) = cursor.take("i")
    for _ in range(many):
        (length,) = cursor.take("H")
        name = cursor.bytes(length).decode("ascii")
        _, _, at, size = cursor.take("BIQQ")
        yield name, at, size
