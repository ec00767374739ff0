"""Greenlets that are kept: who has done one piece does the next, and nobody is in the way."""

from collections.abc import Iterator

import gevent
import pytest

from support.db.hands import Hands


class Work:
    """Pieces of work, and by whom each was done."""

    def __init__(self) -> None:
        self.done: list[tuple[str, gevent.Greenlet]] = []

    def piece(self, name: str, seconds: float = 0) -> None:
        if seconds:
            gevent.sleep(seconds)
        self.done.append((name, gevent.getcurrent()))

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.done]

    @property
    def hands(self) -> int:
        return len({who for _, who in self.done})


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def hands() -> Iterator[Hands]:
    made = Hands(most=2)
    yield made
    made.rest()
    gevent.sleep(0)


def all_done(work: Work, count: int) -> None:
    """Until so many pieces are done."""
    while len(work.done) < count:
        gevent.sleep(0)
    gevent.sleep(0)


def test_one_piece_after_the_other_is_done_by_the_same_greenlet(hands, work):
    for count, name in enumerate(["one", "two", "three"], start=1):
        hands.do(work.piece, name)
        all_done(work, count)
    assert work.names == ["one", "two", "three"]
    assert work.hands == 1


def test_a_piece_is_not_done_before_the_loop_has_a_moment(hands, work):
    hands.do(work.piece, "soon")
    assert work.names == []
    all_done(work, 1)
    hands.do(work.piece, "soon again")
    assert work.names == ["soon"]
    all_done(work, 2)


def test_who_waits_holds_nobody_up_and_no_more_rest_than_are_wanted(hands, work):
    for number in range(5):
        hands.do(work.piece, str(number), 0.001)
    all_done(work, 5)
    assert sorted(work.names) == list("01234")
    assert work.hands == 5
    assert len(hands._resting) == 2


def test_a_piece_that_fails_ends_its_own_greenlet_and_no_other(hands, work, capfd):
    hands.do(work.piece, "one")
    all_done(work, 1)
    hands.do(_fails)
    gevent.sleep(0)
    gevent.sleep(0)
    assert hands._resting == []
    hands.do(work.piece, "two")
    all_done(work, 2)
    assert work.names == ["one", "two"]
    assert "ZeroDivisionError" in capfd.readouterr().err


def _fails() -> float:
    return 1 / 0


def test_who_is_let_go_has_ended(hands, work):
    hands.do(work.piece, "one")
    all_done(work, 1)
    (resting,) = hands._resting
    hands.rest()
    gevent.sleep(0)
    gevent.sleep(0)
    assert resting.dead
    hands.do(work.piece, "two")
    all_done(work, 2)
    assert work.hands == 2
