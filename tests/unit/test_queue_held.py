"""A connection that is let go of while somebody waits on it: they wake, and close it themselves."""

import socket
from threading import Event, Thread

import psycopg
import pytest

from support.db.queue.held import Held


class Connection:
    """As much of psycopg's as is asked, round a real socket."""

    def __init__(self, fault=None):
        self.near, self.far = socket.socketpair()
        self.fault = fault
        self.closed = 0

    def fileno(self):
        if self.near.fileno() < 0:
            raise psycopg.OperationalError("the connection is closed")
        return self.near.fileno()

    def close(self):
        self.closed += 1
        self.near.close()
        if self.fault:
            raise self.fault


@pytest.fixture
def connection():
    made = Connection()
    yield made
    made.near.close()
    made.far.close()


def test_nobody_waits_so_it_is_closed_at_once(connection):
    Held(connection).let_go()
    assert connection.closed == 1


def test_whoever_waits_is_woken_and_the_file_stays_open_until_they_are_done(connection):
    held, waits, heard = Held(connection), Event(), []

    def wait():
        with held.used() as mine:
            waits.set()
            heard.append(mine.near.recv(1))
            heard.append(mine.closed)

    thread = Thread(target=wait)
    thread.start()
    waits.wait(10)
    held.let_go()
    thread.join(10)
    assert heard == [b"", 0]
    assert connection.closed == 1


def test_of_two_who_use_it_the_last_closes(connection):
    held = Held(connection)
    with held.used():
        with held.used():
            held.let_go()
        assert connection.closed == 0
    assert connection.closed == 1


def test_a_fault_of_the_user_still_closes_what_was_let_go(connection):
    held = Held(connection)

    def tear():
        with held.used():
            held.let_go()
            raise ValueError("torn")

    with pytest.raises(ValueError, match="torn"):
        tear()
    assert connection.closed == 1


def test_one_that_is_used_again_and_never_let_go_stays_open(connection):
    held = Held(connection)
    for _ in range(2):
        with held.used() as mine:
            assert mine is connection
    assert connection.closed == 0


@pytest.mark.parametrize("fault", [OSError("reset"), psycopg.OperationalError("gone")])
def test_letting_go_never_fails(fault):
    Held(Connection(fault)).let_go()
    dead = Connection()
    held = Held(dead)
    with held.used():
        dead.close()
        held.let_go()
