"""What is to be written: gathered for each line while a turn of the loop lasts, then written once.

Whatever is sent to one line, a broadcast, an answer or a notice, goes through here in the order in
which it was said. So an answer neither overtakes nor trails the broadcast it belongs to.
"""

import os
from collections.abc import Collection, Mapping
from typing import Protocol

import gevent


class Line(Protocol):
    """What can be written to; `out` waits for the end of the turn.

    `fd` is where a write may be tried at once; below zero the line does it itself.
    """

    out: bytes
    fd: int

    def write(self, data: bytes) -> None:
        """Take whole frames, or the rest of what was begun; never wait."""


class Outbox:
    """The lines with something to be written at the end of this turn."""

    def __init__(self) -> None:
        self._waiting: list[Line] = []
        self._asking: list[Line] = []
        self._crowd: Mapping[str, Line] = {}
        self._said: list[bytes] = []
        self._is_due = False

    def put(self, carrier: Line, data: bytes) -> None:
        """Whole frames for one line, which is written before those that only listen."""
        self.settle()
        if carrier.out:
            carrier.out += data
        else:
            carrier.out = data
        self._asking.append(carrier)
        self._ask()

    def put_all(self, carriers: Collection[Line], data: bytes) -> None:
        """The same frames for many lines; the bytes are shared until somebody gets more."""
        self.settle()
        append = self._waiting.append
        for carrier in carriers:
            if carrier.out:
                carrier.out += data
            else:
                carrier.out = data
                append(carrier)
        if carriers:
            self._ask()

    def tell(self, crowd: Mapping[str, Line], data: bytes) -> None:
        """The same for a channel: what is said to it in a row is put to its members once.

        Before anybody comes, goes or is told anything else it must be settled.
        """
        if crowd is not self._crowd:
            self.settle()
            self._crowd = crowd
        self._said.append(data)
        self._ask()

    def settle(self) -> None:
        """Put what was said to a channel to those who are in it now."""
        if self._said:
            crowd, said = self._crowd, self._said
            self._crowd, self._said = {}, []
            self.put_all(crowd.values(), said[0] if len(said) == 1 else b"".join(said))

    def _ask(self) -> None:
        if not self._is_due:
            self._is_due = True
            gevent.get_hub().loop.run_callback(self.flush)

    def flush(self) -> None:
        """Write everything now: one call a line, and whoever asked something comes first."""
        self.settle()
        self._is_due = False
        asking, waiting = self._asking, self._waiting
        self._asking, self._waiting = [], []
        write = os.write
        for lines in (asking, waiting):
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


OUTBOX = Outbox()
