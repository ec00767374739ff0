"""Several processes on one port: a parent that serves nobody, and children that it replaces.

Each child listens by itself on the same address (SO_REUSEPORT) and the kernel spreads newcomers,
so a child that dies closes its own door only. The parent holds the address, starts the children by
fork, starts another in the place of one that dies, and passes on the word to stop.
"""

import errno
import gc
import logging
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NoReturn

import gevent
import gevent.os
from gevent import monkey

from support.base.ids import new_id
from support.web.errors import where

log = logging.getLogger("handrail.serve")
PORT_PATIENCE = 10.0
STOP_PATIENCE = 8.0
SHORT_LIFE = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
LOOK_SECONDS = 0.05
MOST_TRIES = 3
sleep = monkey.get_original("time", "sleep")
waitpid = monkey.get_original("os", "waitpid")
close = monkey.get_original("os", "close")


class CannotServe(Exception):
    """The address is not to be had."""


@dataclass(slots=True)
class Place:
    """One of the places for a serving process, and who is in it now."""

    number: int
    origin: str = ""
    died: list[str] = field(default_factory=list)
    pid: int = 0
    born: float = 0.0
    pause: float = 0.0
    due: float = 0.0

    @property
    def is_first(self) -> bool:
        """Whether this is the first process of the whole site to come up."""
        return self.number == 1 and not self.died

    def begin(self, pid: int) -> None:
        """Somebody is in it."""
        self.pid, self.born = pid, time.monotonic()

    def end(self) -> None:
        """Whoever was in it has died; another comes at once, or a little later if it died young."""
        now = time.monotonic()
        is_young = now - self.born < SHORT_LIFE
        self.pause = min(2 * self.pause or FIRST_PAUSE, LONGEST_PAUSE) if is_young else 0.0
        self.pid, self.due = 0, now + (self.pause if self.pause > FIRST_PAUSE else 0.0)
        self.died = [*self.died[-9:], self.origin]


def listener(host: str, port: int) -> socket.socket:
    """A socket of one's own on an address that others of us listen on too."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind((host, port))
    return made


def hold(host: str, port: int) -> socket.socket:
    """Take the address, waiting for the last of an earlier site's children to be gone."""
    patience = time.monotonic() + PORT_PATIENCE
    while True:
        try:
            _check_free(host, port)
            return listener(host, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > patience:
                why = os.strerror(error.errno or 0)
                raise CannotServe(f"cannot listen on {host}:{port}: {why}") from error
            sleep(0.1)


def _check_free(host: str, port: int) -> None:
    """Without SO_REUSEPORT the kernel says whether anybody is there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


class Parent:
    """Keeps every place filled until it is told to stop."""

    def __init__(self, workers: int, serve: Callable[["Parent", Place], object]) -> None:
        self._places = [Place(number + 1) for number in range(workers)]
        self._serve = serve
        self._life, self._grip = os.pipe()
        self._news, self._bell = os.pipe()
        os.set_blocking(self._news, False)
        self._was_ready = False
        self._is_stopping = False

    def run(self) -> None:
        """Start the children, replace who dies, and end after they have ended."""
        gc.collect()
        gc.freeze()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told_to_stop)
        while not self._is_stopping:
            for place in self._places:
                self._look_after(place)
            sleep(LOOK_SECONDS)
            self._give_up_if_hopeless()
        self._end()

    def _told_to_stop(self, *_: object) -> None:
        self._is_stopping = True

    def say_ready(self) -> None:
        """In a child: it serves now."""
        os.write(self._bell, b".")

    def _give_up_if_hopeless(self) -> None:
        """Where nobody ever came up something is wrong that trying again does not mend."""
        if not self._was_ready:
            with suppress(BlockingIOError):
                self._was_ready = bool(os.read(self._news, 1))
        if not self._was_ready and all(len(place.died) >= MOST_TRIES for place in self._places):
            self._end()
            raise CannotServe("no serving process comes up; the lines above say why")

    def _look_after(self, place: Place) -> None:
        if place.pid and waitpid(place.pid, os.WNOHANG)[0]:
            log.warning("a serving process ended place=%s; another takes it", place.number)
            place.end()
        if not place.pid and place.due <= time.monotonic():
            place.origin = new_id()
            pid = gevent.os.fork_gevent()
            if not pid:
                self._live(place)
            place.begin(pid)

    def _live(self, place: Place) -> NoReturn:
        """In the child: serve until told to stop, or until the parent is gone."""
        try:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
            close(self._grip)  # at once: the patched one waits for the loop
            gevent.spawn(end_with, self._life)
            self._serve(self, place)
        except BaseException as error:
            kind = type(error).__name__
            log.error("a serving process could not go on kind=%s where=%s", kind, where(error))
        os._exit(1)

    def _end(self) -> None:
        """Ask the children to end; who does not in time is ended."""
        self._signal(signal.SIGTERM)
        patience = time.monotonic() + STOP_PATIENCE
        while self._living() and time.monotonic() < patience:
            sleep(LOOK_SECONDS)
        self._signal(signal.SIGKILL)

    def _living(self) -> bool:
        for place in self._places:
            if place.pid and waitpid(place.pid, os.WNOHANG)[0]:
                place.pid = 0
        return any(place.pid for place in self._places)

    def _signal(self, number: int) -> None:
        for place in self._places:
            if place.pid:
                os.kill(place.pid, number)


def end_with(life: int) -> None:
    """Wait until nobody holds the other end of this pipe: the parent is gone, so end calmly."""
    gevent.os.tp_read(life, 1)
    os.kill(os.getpid(), signal.SIGTERM)
