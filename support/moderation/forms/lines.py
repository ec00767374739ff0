"""JSON lines as they come in at `handrail review`: each is a message, or says why it is none."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader, BytesIO
from math import isfinite
from typing import Any, NoReturn, TypeAlias

AT_ONCE = 1 << 16
LONGEST = 1 << 20
_HEAD = 1 << 10
_ID_FIRST = re.compile(rb'\s*\{\s*"id"\s*:\s*("(?:[^"\\]|\\.){0,200}"|-?\d{1,20})\s*[,}]')
Id: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Asked:
    """One line that must be answered; with an `error` there is no text."""

    id: Id
    text: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Raw:
    """A line as it came; of one that is too long only its beginning."""

    head: bytes
    is_whole: bool = True


def as_they_come(lines: BufferedReader | BytesIO) -> Iterator[list[Raw]]:
    """Lines, as many as have arrived, so that somebody typing is answered at once.

    Each byte is looked at once, and of a line beyond the bound nothing but its beginning is kept.
    """
    growing = _Growing()
    while piece := lines.read1(AT_ONCE):
        *ends, rest = piece.split(b"\n")
        found = []
        for end in ends:
            growing.add(end)
            found.append(growing.taken())
        growing.add(rest)
        yield found
    if growing.size:
        yield [growing.taken()]


class _Growing:
    """The line whose end has not come yet."""

    def __init__(self) -> None:
        self.size = 0
        self._parts: list[bytes] = []

    def add(self, piece: bytes) -> None:
        """Some more of it."""
        was_whole = self.size <= LONGEST
        self.size += len(piece)
        if self.size <= LONGEST:
            self._parts.append(piece)
        elif was_whole:
            self._parts = [b"".join([*self._parts, piece])[:_HEAD]]

    def taken(self) -> Raw:
        """The line is over."""
        found = Raw(b"".join(self._parts), self.size <= LONGEST)
        self.size, self._parts = 0, []
        return found


def asked(line: Raw) -> Asked | None:
    """What a line asks; None for one that is blank, which asks nothing."""
    if not line.is_whole:
        return Asked(_id_at_the_head(line.head), error="too_long")
    if not line.head.strip():
        return None
    try:
        message = _STRICT.decode(line.head.decode().lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return Asked(None, error="not_json")
    if not isinstance(message, dict):
        return Asked(None, error="no_object")
    return _message(message)


def _message(message: dict[str, Any]) -> Asked:
    if "id" not in message:
        return Asked(None, error="no_id")
    name = message["id"]
    if not _is_plain(name):
        return Asked(None, error="bad_id")
    if "text" not in message:
        return Asked(name, error="no_text")
    if not isinstance(message["text"], str):
        return Asked(name, error="bad_text")
    return Asked(name, message["text"])


def _is_plain(name: object) -> bool:
    """Whether it can be given back as it came: 1e400 cannot, nor what has depth."""
    if isinstance(name, float):
        return isfinite(name)
    return name is None or isinstance(name, str | int)


def _id_at_the_head(head: bytes) -> Id:
    """The id of a line that nobody keeps, where the line begins with it."""
    found = _ID_FIRST.match(head)
    if found is None:
        return None
    try:
        name: Id = json.loads(found[1])
    except ValueError:
        return None
    return name


def _no_such_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_STRICT = json.JSONDecoder(parse_constant=_no_such_number)
