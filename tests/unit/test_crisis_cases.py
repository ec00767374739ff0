"""A case: who may take it, when it calls again, how it ends."""

from datetime import UTC, datetime, timedelta

import pytest

from support.base.errors import Conflict, Ended
from support.base.severity import Severity
from support.crisis.rules import (
    State,
    Step,
    after_signal,
    check_may_acknowledge,
    check_may_close,
    check_may_hand_over,
    check_may_note,
)
from support.crisis.rules.cases import Standing, acknowledgement_ends, calls

WATCH, URGENT, CRITICAL = Severity.WATCH, Severity.URGENT, Severity.CRITICAL
OPEN, HELD, CLOSED = State.OPEN, State.ACKNOWLEDGED, State.CLOSED


@pytest.mark.parametrize(
    ("state", "before", "signal", "step", "after"),
    [
        (OPEN, URGENT, WATCH, Step.NOTHING, URGENT),
        (OPEN, URGENT, URGENT, Step.NOTHING, URGENT),
        (OPEN, URGENT, CRITICAL, Step.RAISE, CRITICAL),
        (OPEN, CRITICAL, URGENT, Step.NOTHING, CRITICAL),
        (OPEN, WATCH, URGENT, Step.CALL, URGENT),
        (OPEN, WATCH, CRITICAL, Step.CALL, CRITICAL),
        (HELD, URGENT, CRITICAL, Step.CALL, CRITICAL),
        (HELD, URGENT, URGENT, Step.NOTHING, URGENT),
        (HELD, CRITICAL, WATCH, Step.NOTHING, CRITICAL),
        (HELD, Severity.NONE, WATCH, Step.RAISE, WATCH),
    ],
)
def test_severity_only_rises_and_a_graver_signal_calls_again(state, before, signal, step, after):
    assert after_signal(Standing(state, before), signal) == (step, after)


def test_watch_never_pages():
    assert not calls(WATCH)
    assert calls(URGENT)
    assert calls(CRITICAL)


def test_the_first_responder_wins_and_the_same_one_may_ask_again():
    assert check_may_acknowledge(Standing(OPEN, URGENT), "mo") is True
    assert check_may_acknowledge(Standing(HELD, URGENT, "mo"), "mo") is False
    with pytest.raises(Conflict):
        check_may_acknowledge(Standing(HELD, URGENT, "mo"), "rae")


def test_only_the_holder_hands_a_case_over_or_closes_it():
    held = Standing(HELD, URGENT, "mo")
    check_may_hand_over(held, "mo")
    check_may_close(held, "mo")
    check_may_note(held)
    for check in (check_may_hand_over, check_may_close):
        with pytest.raises(Conflict):
            check(held, "rae")
        with pytest.raises(Conflict):
            check(Standing(OPEN, URGENT), "rae")


def test_a_closed_case_takes_nothing_more():
    closed = Standing(CLOSED, URGENT, "mo")
    for check in (check_may_acknowledge, check_may_hand_over, check_may_close):
        with pytest.raises(Ended):
            check(closed, "mo")
    with pytest.raises(Ended):
        check_may_note(closed)


def test_ten_minutes_without_a_note_end_an_acknowledgement():
    now = datetime(2026, 11, 23, 3, tzinfo=UTC)
    assert acknowledgement_ends(now) == now + timedelta(minutes=10)
