"""Greenlets that are kept: to start one costs ten times what it costs to go on with one.

A new greenlet asks the system for a stack of its own and gives it back at its end. So a few that
have done their work rest here until there is more.
"""

from collections.abc import Callable
from typing import Any

import gevent

MOST_RESTING = 8


class Hands:
    """Does what it is given soon, in the loop of whoever asks, and each thing in a greenlet."""

    def __init__(self, most: int = MOST_RESTING) -> None:
        self._most = most
        self._resting: list[Any] = []

    def do(self, deed: Callable[..., object], *given: Any) -> None:
        """Do this when the loop next has a moment; what it raises ends only its own greenlet."""
        hub = gevent.get_hub()
        if self._resting and self._resting[-1].parent is hub:
            hub.loop.run_callback(self._resting.pop().switch, deed, given)
        else:
            gevent.spawn(self._live, deed, given)

    def _live(self, deed: Callable[..., object], given: tuple[Any, ...]) -> None:
        hub = gevent.get_hub()
        while True:
            deed(*given)
            if len(self._resting) >= self._most:
                return
            self._resting.append(gevent.getcurrent())
            deed, given = hub.switch()

    def rest(self) -> None:
        """Let go of whoever rests: nothing more will be asked."""
        hub, resting, self._resting = gevent.get_hub(), self._resting, []
        gevent.killall([each for each in resting if each.parent is hub], block=False)
