"""Hash and compare passphrases off the loop: in the hub's threads, a few at a time, no database."""

from collections.abc import Callable
from typing import TypeVar, cast

from flask import Flask, current_app
from gevent import get_hub
from gevent.lock import BoundedSemaphore

from support.base.errors import Unavailable
from support.base.hashing import PasswordHasher

_KEY = "handrail.hashing"
AT_ONCE = 2
MOST_WAITING = 100
R = TypeVar("R")


class Hashing:
    """One app's hasher and the short queue in front of it."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self.hasher = hasher
        self._turn = BoundedSemaphore(AT_ONCE)
        self._waiting = 0

    def run(self, work: Callable[..., R], *arguments: object) -> R:
        """Wait for a turn, then work in a thread while the loop serves others."""
        if self._waiting >= MOST_WAITING:
            raise Unavailable(
                "Many people are coming in just now. Please try again.", retry_after=5
            )
        self._waiting += 1
        try:
            with self._turn:
                return cast(R, get_hub().threadpool.apply(work, arguments))
        finally:
            self._waiting -= 1


def init_app(app: Flask, hasher: PasswordHasher) -> None:
    """Give the app its hasher; the cost is decided by whoever builds the app."""
    app.extensions[_KEY] = Hashing(hasher)


def hashed(passphrase: str) -> str:
    """The hash to keep of a new passphrase."""
    house = _hashing()
    return house.run(house.hasher.hash, passphrase)


def fits(passphrase: str, kept: str | None) -> bool:
    """Whether a passphrase fits; for nobody it takes as long and never does."""
    house = _hashing()
    return house.run(house.hasher.verify, passphrase, kept)


def renewed(passphrase: str, kept: str) -> str | None:
    """A hash at today's cost for a passphrase that fitted one of another cost; else nothing."""
    house = _hashing()
    return house.run(house.hasher.hash, passphrase) if house.hasher.is_outdated(kept) else None


def _hashing() -> Hashing:
    return cast(Hashing, current_app.extensions[_KEY])
