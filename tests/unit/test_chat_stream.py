"""A room's events in one process: once, in order, without a hole, whatever the queue does."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gevent
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from support.chat.actions.facts import RoomEventLogged, RoomGrew
from support.chat.broadcast import stream as module
from support.chat.broadcast.stream import Stream

ROOM = "lounge"


class Log:
    """A room's log, and what the sockets of this process were told."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.newest = 0
        self.told: list[int] = []
        self.reads = 0
        self.let_in: list[str] = []
        self.is_away = False
        patch.setattr(module, "tell", lambda _room, _name, event: self.told.append(event["seq"]))
        patch.setattr(module, "put_in", lambda sid, _room: self.let_in.append(sid))
        patch.setattr(module, "events_after", self._after)
        patch.setattr(
            module, "seqs_of", lambda _unit, rooms: [(each, self.newest) for each in rooms]
        )
        patch.setattr(module, "EARLY_SECONDS", 0)
        patch.setattr(module, "AGAIN_SECONDS", 0)
        self.stream = Stream()
        self.stream.begin(self._look)

    @contextmanager
    def _look(self) -> Iterator[Any]:
        if self.is_away:
            raise OperationalError("away", {}, Exception())
        yield None

    def _after(self, _unit: Any, _room: str, after: int) -> tuple[list[dict[str, Any]], bool]:
        self.reads += 1
        page = [event(seq) for seq in range(after + 1, self.newest + 1)]
        return page[:3], len(page) > 3

    def heard(self, *seqs: int) -> None:
        for seq in seqs:
            self.newest = max(self.newest, seq)
            self.stream.logged(RoomEventLogged(ROOM, event(seq)))

    def settle(self) -> None:
        for _ in range(8):
            gevent.sleep(0.001)


def event(seq: int) -> dict[str, Any]:
    return {"room": ROOM, "seq": seq, "kind": "message"}


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    return Log(monkeypatch)


def test_nobody_listens_so_nothing_is_told_or_kept(log: Log) -> None:
    log.heard(1, 2, 5)
    log.settle()
    assert (log.told, log.reads) == ([], 0)


def test_in_order_is_told_at_once_and_costs_no_read(log: Log) -> None:
    log.stream.follow(ROOM, 0)
    log.heard(1, 2, 3)
    assert (log.told, log.reads) == ([1, 2, 3], 0)


def test_what_was_told_is_not_told_again(log: Log) -> None:
    log.stream.follow(ROOM, 2)
    log.heard(1, 2, 3, 3, 2, 1)
    assert log.told == [3]


def test_what_comes_early_waits_for_what_is_before_it(log: Log) -> None:
    log.stream.follow(ROOM, 0)
    log.heard(3, 2)
    assert log.told == []
    log.heard(1)
    assert log.told == [1, 2, 3]
    log.settle()
    assert log.reads == 0


def test_what_never_comes_is_read_from_the_log(log: Log) -> None:
    log.stream.follow(ROOM, 0)
    log.heard(7)
    log.settle()
    assert log.told == [1, 2, 3, 4, 5, 6, 7]
    log.heard(8)
    assert log.told[-1] == 8


def test_the_log_that_cannot_be_read_now_is_read_later(log: Log) -> None:
    log.stream.follow(ROOM, 0)
    log.is_away = True
    log.heard(2)
    gevent.sleep(0)
    gevent.sleep(0)
    assert log.told == []
    log.is_away = False
    log.settle()
    assert log.told == [1, 2]


def test_an_event_told_by_its_number_alone_is_read(log: Log) -> None:
    log.stream.follow(ROOM, 0)
    log.newest = 1
    log.stream.grew(RoomGrew(ROOM, 1))
    log.stream.grew(RoomGrew("another room", 1))
    log.settle()
    assert log.told == [1]
    log.stream.grew(RoomGrew(ROOM, 1))
    log.settle()
    assert log.reads == 1


def test_a_look_at_all_rooms_finds_what_nobody_told(log: Log) -> None:
    log.stream.sweep()
    log.stream.follow(ROOM, 0)
    log.newest = 4
    log.stream.sweep()
    log.stream.sweep()
    assert log.told == [1, 2, 3, 4]
    log.heard(4, 5)
    assert log.told == [1, 2, 3, 4, 5]


def test_a_room_that_nobody_here_listens_to_any_more_is_forgotten(log: Log) -> None:
    log.stream.follow(ROOM, 0)
    log.heard(2)
    log.stream.forget(ROOM)
    log.settle()
    assert log.told == []


def test_who_comes_in_hears_from_exactly_there(log: Log) -> None:
    log.newest = 5
    log.stream.follow(ROOM, 5)
    assert log.stream.let_in(None, "mina", ROOM, 5)
    assert log.let_in == ["mina"]
    log.heard(6)
    assert log.told == [6]


def test_who_has_read_further_than_was_told_waits_until_the_others_have_heard_it(log: Log) -> None:
    log.stream.follow(ROOM, 3)
    log.newest = 5
    assert log.stream.let_in(None, "mina", ROOM, 5)
    assert log.told == [4, 5]  # to those who listened before; Mina has just read it
    log.heard(5)
    assert log.told == [4, 5]


def test_who_has_read_less_than_was_told_reads_again(log: Log) -> None:
    log.stream.follow(ROOM, 5)
    log.heard(6)
    assert not log.stream.let_in(None, "mina", ROOM, 5)
    assert log.let_in == []
    assert log.stream.let_in(None, "mina", ROOM, 6)


def test_a_room_forgotten_while_somebody_came_in_is_followed_anew(log: Log) -> None:
    assert not log.stream.let_in(None, "mina", ROOM, 5)
    assert log.stream.let_in(None, "mina", ROOM, 5)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.lists(st.sampled_from(["lose", "double", "late"]), max_size=30))
def test_whatever_the_queue_loses_doubles_or_delays_the_room_hears_all_in_order(
    seed: int, faults: list[str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        log = Log(patch)
        log.stream.follow(ROOM, 0)
        chance = random.Random(seed)
        arriving = []
        for seq, fault in enumerate(faults, start=1):
            arriving += {"lose": [], "double": [seq, seq], "late": [seq]}[fault]
        log.newest = len(faults)
        chance.shuffle(arriving)
        log.heard(*arriving)
        log.settle()
        log.stream.sweep()
        assert log.told == list(range(1, len(faults) + 1))
