"""Where in the words a rule matched, as pieces a page can draw."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the words; `is_marked` where a rule matched."""

    text: str
    is_marked: bool


def pieces(body: str, spans: Collection[tuple[int, int]]) -> tuple[Piece, ...]:
    """The words cut where marks begin and end; overlapping marks run together."""
    cuts: list[Piece] = []
    place = 0
    for start, end in sorted(spans):
        start, end = max(start, place), min(end, len(body))
        if start >= end:
            continue
        if start > place:
            cuts.append(Piece(body[place:start], is_marked=False))
        cuts.append(Piece(body[start:end], is_marked=True))
        place = end
    if place < len(body):
        cuts.append(Piece(body[place:], is_marked=False))
    return tuple(cuts)
