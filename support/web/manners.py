"""Who lately sent what no client of ours sends, or more, is served in a lane of its own, last.

Nobody is refused for it: frames and handshakes of such a log-in wait for their turn, one at a time,
and after each the lane rests nine times as long as it took. So ten thousand malformed frames cost
the others a tenth of the loop at most. A few slips are free, and all of them are forgiven.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import gevent
from gevent.lock import BoundedSemaphore

FREE = 3.0
FORGIVEN_IN = 10.0  # seconds for one slip
MOST = 18.0  # so nobody waits longer than two and a half minutes for their good name
A_SLIP, HALF_A_SLIP = 1.0, 0.5  # a line that had to be ended; an event that is none of ours
RESTS = 9.0
LONGEST_REST = 0.05
MOST_KNOWN = 10_000
MOST_PACKETS, PACKETS_IN = 300, 10.0  # a page that is read and written in fast sends thirty
MOST_WAITING = 200  # handshakes in the lane; each holds a greenlet and a socket
HELP = '"help:now"'  # whoever asks for help waits behind nobody, whatever they sent before
Now = Callable[[], float]


class Manners:
    """How often each log-in slipped of late."""

    def __init__(self, now: Now = time.monotonic) -> None:
        self._now = now
        self._slips: dict[str, tuple[float, float]] = {}

    def slipped(self, token: str, weight: float = A_SLIP) -> None:
        """One more."""
        if len(self._slips) >= MOST_KNOWN:
            self._forget()
        self._slips[token] = (min(MOST, self._left(token) + weight), self._now())

    def are_poor(self, token: str) -> bool:
        """Whether this log-in is served after everybody else."""
        return token in self._slips and self._left(token) > FREE

    def _left(self, token: str) -> float:
        slips, at = self._slips.get(token, (0.0, 0.0))
        return max(0.0, slips - (self._now() - at) / FORGIVEN_IN)

    def _forget(self) -> None:
        """Those whose slips are forgiven; all of them, should there be that many others."""
        self._slips = {each: was for each, was in self._slips.items() if self._left(each)}
        if len(self._slips) >= MOST_KNOWN:
            self._slips.clear()


class Pace:
    """How many packets each log-in sent in these ten seconds, whatever was in them."""

    def __init__(self, now: Now = time.monotonic) -> None:
        self._now = now
        self._ends_at = 0.0
        self._counts: dict[str, int] = {}

    def is_too_fast(self, token: str) -> bool:
        """Count one more; whether that is more than any page sends."""
        now = self._now()
        if now >= self._ends_at:
            self._ends_at = now + PACKETS_IN
            self._counts.clear()
        count = self._counts[token] = self._counts.get(token, 0) + 1
        return count > MOST_PACKETS


class Lane:
    """One piece of work at a time, in the order of asking, with a rest after each."""

    def __init__(
        self, now: Now = time.monotonic, rest: Callable[[float], object] = gevent.sleep
    ) -> None:
        self._now = now
        self._rest = rest
        self._turn = BoundedSemaphore(1)
        self._free_at = 0.0
        self._waiting = 0

    @property
    def is_full(self) -> bool:
        """Whether so many wait that one more had better come again later."""
        return self._waiting >= MOST_WAITING

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for it; a failure in it is the caller's."""
        self._waiting += 1
        try:
            self._turn.acquire()
        finally:
            self._waiting -= 1
        try:
            yield from self._worked()
        finally:
            self._turn.release()

    def _worked(self) -> Iterator[None]:
        wait = self._free_at - self._now()
        if wait > 0:
            self._rest(wait)
        began = self._now()
        try:
            yield
        finally:
            ended = self._now()
            self._free_at = ended + min(LONGEST_REST, RESTS * (ended - began))


MANNERS = Manners()
PACE = Pace()
LANE = Lane()


def in_turn(token: str, packet: str = "") -> AbstractContextManager[None]:
    """At once for nearly everybody; else in the lane."""
    if not MANNERS.are_poor(token) or HELP in packet[:40]:
        return nullcontext()
    return LANE.turn()


def must_come_later(token: str) -> bool:
    """Whether a handshake would only make a full lane longer."""
    return LANE.is_full and MANNERS.are_poor(token)
