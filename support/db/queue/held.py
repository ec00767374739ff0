"""A connection that somebody may be waiting on when another lets go of it.

The loop watches the number of an open file for whoever waits. Were the file closed under it, the
event loop would end the whole process (libev: "I/O watcher with invalid fd"). So whoever waits
closes; whoever lets go only hangs up, which wakes them.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg


class Held:
    """One connection and how many are at it."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._users = 0
        self._is_over = False

    @contextmanager
    def used(self) -> Iterator[psycopg.Connection]:
        """The connection, for as long as the block asks it something."""
        self._users += 1
        try:
            yield self._connection
        finally:
            self._users -= 1
            if self._is_over and not self._users:
                self._close()

    def let_go(self) -> None:
        """Close it now, or as soon as whoever waits on it has heard that it is over."""
        self._is_over = True
        with suppress(psycopg.Error, OSError):
            if self._users:
                _hang_up(self._connection.fileno())
            else:
                self._close()

    def _close(self) -> None:
        with suppress(psycopg.Error, OSError):
            self._connection.close()


def _hang_up(number: int) -> None:
    """End the talk at both sides; the file itself stays open."""
    with socket.socket(fileno=os.dup(number)) as line:
        line.shutdown(socket.SHUT_RDWR)
