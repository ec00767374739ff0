"""What is to be written: gathered for each line while a turn of the loop lasts, then written once.

Whatever is sent to one line, a broadcast, an answer or a notice, goes through here in the order in
which it was said. So an answer neither overtakes nor trails the broadcast it belongs to.
"""

from collections.abc import Iterable
from typing import Protocol

import gevent


class Line(Protocol):
    """What can be written to; `out` waits for the end of the turn."""

    out: bytes

    def write(self, data: bytes) -> None:
        """Take whole frames; never wait."""


class Outbox:
    """The lines with something to be written at the end of this turn."""

    def __init__(self) -> None:
        self._waiting: list[Line] = []
        self._is_due = False

    def put(self, carrier: Line, data: bytes) -> None:
        """Whole frames for one line."""
        self.put_all((carrier,), data)

    def put_all(self, carriers: Iterable[Line], data: bytes) -> None:
        """The same frames for many lines; the bytes are shared until somebody gets more."""
        append = self._waiting.append
        for carrier in carriers:
            if carrier.out:
                carrier.out += data
            else:
                carrier.out = data
                append(carrier)
        if self._waiting and not self._is_due:
            self._is_due = True
            gevent.get_hub().loop.run_callback(self.flush)

    def flush(self) -> None:
        """Write everything now."""
        self._is_due = False
        waiting, self._waiting = self._waiting, []
        for carrier in waiting:
            data, carrier.out = carrier.out, b""
            carrier.write(data)


OUTBOX = Outbox()
