"""How often anybody may try anything: one moving window, in memory, that every process counts in.

A try is told to the other processes in passing, so that a limit is the same however many there
are; while the queue is away each counts its own, and nobody is kept from speaking by that.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from support.base.errors import RateLimited
from support.base.hashing import digest
from support.db.crossing import in_passing
from support.settings import Settings


@in_passing
@dataclass(frozen=True, slots=True)
class Tried:
    """Somebody tried something; who it was cannot be read from the key."""

    name: str
    key: str
    amount: int
    seconds: int


class Limits:
    """Counts tries by name and key."""

    def __init__(self, settings: Settings) -> None:
        self._windows = MovingWindowRateLimiter(MemoryStorage())
        self._is_on = settings.rates
        self.tell_others: Callable[[object], None] | None = None

    def hit(self, name: str, key: str, amount: int, seconds: int) -> None:
        """Count one try; raise RateLimited when `amount` in `seconds` are used up."""
        if not self._is_on:
            return
        item = RateLimitItemPerSecond(amount, seconds)
        key = digest(key)
        if not self._windows.hit(item, name, key):
            wait = max(1, round(self._windows.get_window_stats(item, name, key)[0] - time.time()))
            raise RateLimited("Too many tries. Please wait a little.", retry_after=wait)
        if self.tell_others is not None:
            self.tell_others(Tried(name, key, amount, seconds))

    def heard(self, tried: Tried) -> None:
        """Count a try of another process."""
        item = RateLimitItemPerSecond(tried.amount, tried.seconds)
        self._windows.hit(item, tried.name, tried.key)


_LIMITS: list[Limits] = []


def init_limits(settings: Settings) -> None:
    """Start counting afresh, for the app that is made now."""
    _LIMITS[:] = [Limits(settings)]


def tell_others(tell: Callable[[object], None]) -> None:
    """From now on the other processes count too."""
    for limits in _LIMITS:
        limits.tell_others = tell


def heard(tried: Tried) -> None:
    """A try of another process."""
    for limits in _LIMITS:
        limits.heard(tried)


def hit(name: str, key: str, amount: int, seconds: int) -> None:
    """Count one try of `name` by `key`; raise RateLimited past `amount` in `seconds`."""
    if _LIMITS:
        _LIMITS[0].hit(name, key, amount, seconds)
