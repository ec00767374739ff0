"""A limit is the same however many processes there are, and names nobody on the queue."""

from pathlib import Path

import pytest

from support.base.errors import RateLimited
from support.settings import Settings
from support.web import limits as module
from support.web.limits import Limits, Tried


def limits_of(*, rates: bool = True, queue: str | None = None) -> Limits:
    settings = Settings(
        data=Path("."), database_url="sqlite://", secret_key="x", rates=rates, queue_url=queue
    )
    return Limits(settings)


def tries_left(limits: Limits, key: str, amount: int = 5) -> int:
    """How many more tries are let through."""
    for number in range(amount + 1):
        try:
            limits.hit("login", key, amount, 60)
        except RateLimited:
            return number
    raise AssertionError("there is no limit")


def test_so_many_tries_and_no_more() -> None:
    limits = limits_of()
    assert tries_left(limits, "mina") == 5
    assert tries_left(limits, "mina") == 0
    assert tries_left(limits, "paul") == 5


def test_a_try_in_one_process_counts_in_the_other() -> None:
    here, there = limits_of(), limits_of()
    here.tell_others = lambda fact: there.heard(fact) if isinstance(fact, Tried) else None
    here.hit("login", "mina", 5, 60)
    here.hit("login", "mina", 5, 60)
    assert tries_left(there, "mina") == 3
    assert tries_left(there, "paul") == 5


def test_a_try_that_was_refused_is_not_told() -> None:
    told: list[object] = []
    limits = limits_of()
    limits.tell_others = told.append
    assert tries_left(limits, "mina", amount=2) == 2
    assert len(told) == 2


def test_what_is_told_does_not_say_who_it_was() -> None:
    told: list[object] = []
    limits = limits_of()
    limits.tell_others = told.append
    limits.hit("login", "mina", 5, 60)
    limits.hit("login", "192.0.2.7", 5, 60)
    assert "mina" not in str(told)
    assert "192.0.2.7" not in str(told)


def test_a_redis_that_is_away_keeps_nobody_from_speaking() -> None:
    limits = limits_of(queue="redis://127.0.0.1:1/0")
    assert tries_left(limits, "mina") == 5


def test_without_limits_nothing_is_counted_or_told() -> None:
    limits = limits_of(rates=False)
    limits.tell_others = lambda _: pytest.fail("told")
    for _ in range(50):
        limits.hit("login", "mina", 5, 60)


def test_the_house_hears_and_tells_through_the_same_limits(monkeypatch) -> None:
    limits, told = limits_of(), []
    monkeypatch.setattr(module, "_LIMITS", [limits])
    module.tell_others(told.append)
    module.hit("login", "mina", 5, 60)
    (tried,) = told
    module.heard(tried)
    assert tries_left(limits, "mina") == 3
