"""The heartbeat of every line, from one greenlet: who gives no sign of life is let go."""

import logging
from collections import deque
from typing import Protocol

import gevent

from support.web.outbox import OUTBOX, Line

log = logging.getLogger("handrail.sockets")
BEAT_SECONDS = 12
COME_IN_SECONDS = 10
PING_PACKET = b"\x81\x012"


class Living(Line, Protocol):
    """A line that gives signs of life, or does not."""

    turn: int
    is_alive: bool
    is_let_in: bool

    @property
    def closed(self) -> bool:
        """Whether it has ended."""

    def end(self) -> None:
        """End it."""


class Beats:
    """Lines by the second in which they are pinged; a turn of the wheel takes twelve."""

    def __init__(self) -> None:
        self._turns: list[set[Living]] = [set() for _ in range(BEAT_SECONDS)]
        self._outside: deque[tuple[int, Living]] = deque()
        self._second = 0
        self._ticking: gevent.Greenlet | None = None

    def join(self, carrier: Living) -> None:
        """From now on this line is pinged; it has some seconds to come in."""
        carrier.turn = self._second % BEAT_SECONDS
        self._turns[carrier.turn].add(carrier)
        self._outside.append((self._second + COME_IN_SECONDS, carrier))
        if self._ticking is None or self._ticking.dead:
            self._ticking = gevent.spawn(self._tick_for_ever)

    def leave(self, carrier: Living) -> None:
        """This line has ended."""
        self._turns[carrier.turn].discard(carrier)

    def tick(self) -> None:
        """One second has passed."""
        self._second += 1
        while self._outside and self._outside[0][0] <= self._second:
            late = self._outside.popleft()[1]
            if not late.is_let_in:
                late.end()
        due = list(self._turns[self._second % BEAT_SECONDS])
        for carrier in due:
            if not carrier.is_alive or not carrier.is_let_in:
                carrier.end()
            carrier.is_alive = False
        OUTBOX.put_all([each for each in due if not each.closed], PING_PACKET)

    def _tick_for_ever(self) -> None:
        while True:
            gevent.sleep(1)
            try:
                self.tick()
            except Exception as error:
                log.error("beat failed kind=%s", type(error).__name__)


BEATS = Beats()
