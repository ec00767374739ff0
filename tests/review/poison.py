"""Texts made to keep a reader busy, and how much work automatic review does over them.

Work is counted, not timed: calls made, and characters handed to patterns. A count is the same on
every machine; `python -m tests.load.bench_review` says what it takes by the clock.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

import pytest

from support.moderation.rules.phrase import Phrase

POISON = [
    "a" * 2000,
    "v" * 1000 + "4" * 1000,
    "\u0301" * 2000,
    "\u202e" * 2000,
    "\x00" * 2000,
    "\ud800" * 2000,
    "1 " * 1000,
    "0" * 2000,
    "a " * 1000,
    "4l" * 1000,
    "a." * 1000,
    '"' * 2000,
    "\n" * 2000,
    "(" * 2000,
    "@" * 2000,
    "you should take " * 125,
    "i want to " * 200,
    "stopped " * 250,
    "dm me " * 333,
    "x@x." * 500,
    "http://" * 285,
    "🌙" * 2000,
    "va li um " * 222,
    "a*b*c*" * 333,
    "one two " * 250,
    "# mg drugx is # mg drugx " * 80,
]


@dataclass(frozen=True, slots=True)
class Work:
    """What one piece of work took, on any machine."""

    calls: int
    searched: int


def work_of(doing: Callable[[], object], patch: pytest.MonkeyPatch) -> Work:
    """Count the calls, and the characters that patterns are asked to search."""
    searched = [0]
    calls = [0]
    spans, is_in = Phrase.spans, Phrase.is_in

    def counted_spans(self: Phrase, text: bytes, start: int, end: int) -> list[tuple[int, int]]:
        searched[0] += end - start
        return spans(self, text, start, end)

    def counted_is_in(self: Phrase, text: bytes) -> bool:
        searched[0] += len(text)
        return is_in(self, text)

    def called(_frame: FrameType, event: str, _what: Any) -> None:
        calls[0] += event in {"call", "c_call"}

    with patch.context() as for_now:
        for_now.setattr(Phrase, "spans", counted_spans)
        for_now.setattr(Phrase, "is_in", counted_is_in)
        before = sys.getprofile()
        sys.setprofile(called)
        try:
            doing()
        finally:
            sys.setprofile(before)
    return Work(calls[0], searched[0])
