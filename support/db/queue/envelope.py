"""The texts on the queue: who says it, the number of the saying, and what is said, as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Item = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Envelope:
    """One text on the queue, read."""

    origin: str
    number: int
    items: tuple[Item, ...]


def encoded(name: str, body: Any) -> str:
    """One item; short, and its letters as they are."""
    return json.dumps([name, body], ensure_ascii=False, separators=(",", ":"))


def is_small(item: str, most_bytes: int, origin: str) -> bool:
    """Whether an item has room in an envelope of its own."""
    return len(item.encode()) + _cover(origin) <= most_bytes


def sealed(origin: str, number: int, items: Sequence[str], most_bytes: int) -> Iterator[str]:
    """Put items into as few envelopes as hold them, numbered from `number`."""
    held: list[str] = []
    room = most_bytes - _cover(origin)
    size = 0
    for item in items:
        more = len(item.encode()) + 1
        if held and size + more > room:
            yield _envelope(origin, number, held)
            number, held, size = number + 1, [], 0
        held.append(item)
        size += more
    if held:
        yield _envelope(origin, number, held)


def opened(text: str) -> Envelope | None:
    """Read a text; None for what is none of ours."""
    try:
        told = json.loads(text)
        items = tuple((str(name), body) for name, body in told["i"])
        return Envelope(str(told["o"]), int(told["n"]), items)
    except (ValueError, TypeError, KeyError):
        return None


def _cover(origin: str) -> int:
    return len(origin) + 48


def _envelope(origin: str, number: int, items: Sequence[str]) -> str:
    return f'{{"o":"{origin}","n":{number},"i":[{",".join(items)}]}}'
