"""Whoever looks what other processes did goes on looking, whatever a look ends with."""

from collections.abc import Callable

import gevent
import psycopg
import pytest
from gevent.event import Event
from sqlalchemy.exc import OperationalError

from support.accounts import broadcast as accounts
from support.serve import crossing

FAULTS = [
    OperationalError("SELECT", None, Exception("away")),
    psycopg.OperationalError("terminating connection due to administrator command"),
    KeyError("a fault of ours"),
]


class Enough(gevent.GreenletExit):
    """The test has seen enough."""


class Looks:
    """A look that fails at first."""

    def __init__(self, fault: Exception) -> None:
        self.fates: list[BaseException | None] = [fault, None, Enough()]
        self.count = 0

    def __call__(self, *_: object) -> int:
        self.count += 1
        fate = self.fates.pop(0)
        if fate is not None:
            raise fate
        return 0


def ended_by_the_test(loop: Callable[[], object]) -> None:
    with gevent.Timeout(20), pytest.raises(Enough):
        loop()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_look_at_facts_or_rooms_that_fails_is_not_the_last(fault, monkeypatch, caplog):
    monkeypatch.setattr(crossing, "FACTS_EVERY_SECONDS", 0)
    looks, asked = Looks(fault), Event()
    house = crossing.Crossing(None)  # type: ignore[arg-type]
    ended_by_the_test(lambda: house._again_and_again(looks, asked, lambda: 0))
    assert looks.count == 3
    assert f"could not look: kind={type(fault).__name__}" in caplog.text
    assert "administrator" not in caplog.text


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_look_for_ended_sessions_that_fails_is_not_the_last(fault, monkeypatch, caplog):
    monkeypatch.setattr(accounts, "LOOK_EVERY_SECONDS", 0)
    looks = Looks(fault)
    monkeypatch.setattr(accounts.Watch, "__init__", lambda *_: None)
    monkeypatch.setattr(accounts.Watch, "look", looks)
    ended_by_the_test(lambda: accounts.watch(None))  # type: ignore[arg-type]
    assert looks.count == 3
    assert f"kind={type(fault).__name__}" in caplog.text
    assert "administrator" not in caplog.text
