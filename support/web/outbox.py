"""What is to be written: gathered for each line while a turn of the loop lasts, then written once.

Whatever is sent to one line, a broadcast, an answer or a notice, goes through here in the order in
which it was said. So an answer neither overtakes nor trails the broadcast it belongs to.

What a whole channel hears is not handed to each of its lines: it stays in one piece until the end
of the turn and is then written to their file numbers, which a channel knows by heart. Only a line
that is also told something of its own gets bytes of its own.
"""

import os
from collections.abc import Collection, Iterable, Mapping
from typing import Protocol, TypeVar

import gevent


class Line(Protocol):
    """What can be written to; `out` waits for the end of the turn.

    `fd` is where a write may be tried at once; below zero the line does it itself. `sid` is its
    name in a crowd.
    """

    out: bytes
    fd: int
    sid: str

    def write(self, data: bytes) -> None:
        """Take whole frames, or the rest of what was begun; never wait."""


L = TypeVar("L", bound=Line)


class Crowd(dict[str, L]):
    """Who hears a channel, by name; their file numbers are looked up once until something moves."""

    __slots__ = ("_as_of", "_known")

    def __init__(self) -> None:
        super().__init__()
        self._as_of = -1
        self._known: dict[int, L] = {}

    def by_number(self, as_of: int) -> dict[int, L]:
        """The lines that can be written to at once, as things stood at this count of moves."""
        if self._as_of != as_of:
            self._as_of = as_of
            self._known = {line.fd: line for line in self.values() if line.fd >= 0}
        return self._known


class Outbox:
    """The lines with something to be written at the end of this turn."""

    def __init__(self) -> None:
        self._waiting: list[Line] = []
        self._asking: list[Line] = []
        self._crowd: Mapping[str, Line] = {}
        self._said: list[bytes] = []
        self._told: dict[Line, int] = {}
        self._is_due = False
        self._moves = 0

    def put(self, line: Line, data: bytes) -> None:
        """Whole frames for one line, which is written before those that only listen."""
        if self._said and self._crowd.get(line.sid) is line:
            data = self._missing(line) + data
        if line.out:
            line.out += data
        else:
            line.out = data
        self._asking.append(line)
        self._ask()

    def put_all(self, lines: Collection[Line], data: bytes) -> None:
        """The same frames for many lines; the bytes are shared until somebody gets more."""
        self._settle()
        self._share(lines, data)
        if lines:
            self._ask()

    def tell(self, crowd: Mapping[str, Line], data: bytes) -> None:
        """The same for a channel: what is said to it in a row is written to its members once."""
        if crowd is not self._crowd:
            self._settle()
            self._crowd = crowd
        self._said.append(data)
        self._ask()

    def settle(self) -> None:
        """Somebody is about to come or go, or can be written to at once no more, or again."""
        self._settle()
        self._moves += 1

    def _missing(self, line: Line) -> bytes:
        """What was said to the crowd since this line of it was given its own bytes."""
        said = self._said[self._told.get(line, 0) :]
        self._told[line] = len(self._said)
        return b"".join(said)

    def _settle(self) -> None:
        """Hand what was said to a channel to those who are in it now."""
        if not self._said:
            return
        crowd, told, said = self._crowd, self._told, b"".join(self._said)
        for line in told:
            line.out += self._missing(line)
        self._crowd, self._said, self._told = {}, [], {}
        self._share([line for line in crowd.values() if line not in told], said)

    def _share(self, lines: Iterable[Line], data: bytes) -> None:
        append = self._waiting.append
        for line in lines:
            if line.out:
                line.out += data
            else:
                line.out = data
                append(line)

    def _ask(self) -> None:
        if not self._is_due:
            self._is_due = True
            gevent.get_hub().loop.run_callback(self.flush)

    def flush(self) -> None:
        """Write everything now: one call a line, and whoever asked something comes first."""
        self._is_due = False
        if self._waiting:
            self._settle()
        crowd, said = self._crowd, b"".join(self._said)
        apart = {line for line in self._asking if crowd.get(line.sid) is line} if said else ()
        for line in apart:
            line.out += self._missing(line)
        asking, waiting = self._asking, self._waiting
        self._asking, self._waiting = [], []
        self._crowd, self._said, self._told = {}, [], {}
        known, slow = self._others(crowd, apart) if said else ({}, ())
        _write_own(asking)
        _write_own(waiting)
        _write_same(known, said)
        for line in slow:
            line.write(said)

    def _others(
        self, crowd: Mapping[str, Line], apart: Collection[Line]
    ) -> tuple[Mapping[int, Line], Collection[Line]]:
        """Who of a crowd has no bytes of their own: at once by number, or by the line itself."""
        if isinstance(crowd, Crowd):
            known = crowd.by_number(self._moves)
        else:
            known = {line.fd: line for line in crowd.values() if line.fd >= 0}
        slow: Collection[Line] = ()
        if len(known) < len(crowd):
            slow = [line for line in crowd.values() if line.fd < 0 and line not in apart]
        if apart:
            known = known.copy()
            for line in apart:
                known.pop(line.fd, None)
        return known, slow


def _write_own(lines: Iterable[Line]) -> None:
    """To each line what waits for it."""
    write = os.write
    for line in lines:
        data = line.out
        if not data:
            continue
        line.out = b""
        if line.fd >= 0:
            try:
                sent = write(line.fd, data)
            except OSError:
                sent = 0
            if sent == len(data):
                continue
            data = data[sent:]
        line.write(data)


def _write_same(lines: Mapping[int, Line], data: bytes) -> None:
    """To all of them the same; a line is touched only where its socket did not take everything."""
    write, size = os.write, len(data)
    for fd in lines:
        try:
            sent = write(fd, data)
        except OSError:
            sent = 0
        if sent != size:
            lines[fd].write(data[sent:])


OUTBOX = Outbox()
