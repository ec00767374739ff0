"""How often anybody may try anything: one moving window, in memory or in Redis."""

import time

from limits import RateLimitItemPerSecond
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from support.base.errors import RateLimited
from support.settings import Settings


class Limits:
    """Counts tries by name and key."""

    def __init__(self, settings: Settings) -> None:
        queue = settings.queue_url or ""
        storage = storage_from_string(queue if queue.startswith("redis://") else "memory://")
        self._windows = MovingWindowRateLimiter(storage)
        self._is_on = settings.rates

    def hit(self, name: str, key: str, amount: int, seconds: int) -> None:
        """Count one try; raise RateLimited when `amount` in `seconds` are used up."""
        if not self._is_on:
            return
        item = RateLimitItemPerSecond(amount, seconds)
        if not self._windows.hit(item, name, key):
            wait = max(1, round(self._windows.get_window_stats(item, name, key)[0] - time.time()))
            raise RateLimited("Too many tries. Please wait a little.", retry_after=wait)


_LIMITS: list[Limits] = []


def init_limits(settings: Settings) -> None:
    """Start counting afresh, for the app that is made now."""
    _LIMITS[:] = [Limits(settings)]


def hit(name: str, key: str, amount: int, seconds: int) -> None:
    """Count one try of `name` by `key`; raise RateLimited past `amount` in `seconds`."""
    if _LIMITS:
        _LIMITS[0].hit(name, key, amount, seconds)
