"""Who leads a meeting: what is due at each moment, decided from facts alone, by a fake clock."""

from datetime import UTC, datetime, timedelta

import pytest

from support.base.errors import Conflict, Forbidden
from support.chat.rules.chair import (
    Facts,
    Step,
    check_may_reclaim,
    check_may_take,
    holds_newcomers,
    is_free,
    is_gone,
    is_paused_by_us,
    next_step,
)

TEN = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)


def at(**span):
    """A moment, counted from the beginning of the meeting."""
    return TEN + timedelta(**span)


def meeting(state="lobby", **facts):
    return Facts(state=state, starts_at=TEN, **facts)


def led(state="open", **facts):
    """Paul leads and is here, Rae sits beside him."""
    seats = {"holder": "paul", "hosts_here": ("paul", "rae"), "second_asked_at": None}
    return meeting(state, **{**seats, **facts})


def left(lost_at, **facts):
    """Paul led and is gone since then."""
    gone = {"holder": "paul", "lost_at": lost_at, "hosts_here": ()}
    return meeting(**{"state": "open", **gone, **facts})


# ------------------------------------------------------------------ before it begins


@pytest.mark.parametrize(
    ("minutes", "asked", "due"),
    [
        (-11, None, None),
        (-10, None, Step.ASK_HOST),
        (-9, -10, None),
        (1, -10, None),
        (2, -10, Step.ASK_HOST),
        (3, 2, None),
        (9, 2, None),
        (10, 2, Step.CALL_OFF),
        (14, None, Step.CALL_OFF),
    ],
)
def test_with_no_host_others_are_asked_ten_minutes_before_two_after_and_then_it_is_off(
    minutes, asked, due
):
    asked_at = None if asked is None else at(minutes=asked)
    assert next_step(meeting(host_asked_at=asked_at), at(minutes=minutes)) is due


@pytest.mark.parametrize(("minutes", "due"), [(18, None), (19, Step.CALL_OFF)])
def test_a_host_who_left_late_or_a_meeting_made_late_leaves_ten_minutes_for_another(minutes, due):
    left_at_nine = meeting(lost_at=at(minutes=9), host_asked_at=at(minutes=9))
    assert next_step(left_at_nine, at(minutes=minutes)) is due


def test_the_first_host_who_is_here_sits_down_even_a_minute_before_it_would_be_called_off():
    late = meeting(hosts_here=("paul",), host_asked_at=at(minutes=2))
    assert next_step(late, at(minutes=9, seconds=59)) is Step.SEAT


def test_a_host_who_leaves_the_lobby_leaves_the_chair_free_for_the_next():
    gone = meeting(holder="paul", hosts_here=("rae",))
    assert next_step(gone, at(minutes=-3)) is Step.VACATE


@pytest.mark.parametrize(
    ("minutes", "asked", "due"),
    [
        (-11, None, None),
        (-10, None, Step.ASK_SECOND),
        (-1, -10, None),
        (2, -10, Step.ASK_SECOND),
        (16, 2, None),
        (17, 2, Step.ASK_SECOND),
    ],
)
def test_who_hosts_alone_is_told_and_others_are_asked_and_not_again_too_soon(minutes, asked, due):
    asked_at = None if asked is None else at(minutes=asked)
    alone = led("lobby" if minutes < 0 else "open", hosts_here=("paul",), second_asked_at=asked_at)
    assert next_step(alone, at(minutes=minutes)) is due


def test_two_hosts_or_a_host_and_a_moderator_in_the_room_need_nobody():
    assert next_step(led(), at(minutes=5)) is None
    beside_mo = led(hosts_here=("paul",), others_here=("mo",))
    assert next_step(beside_mo, at(minutes=5)) is None


def test_when_a_second_has_come_new_peoples_words_are_let_through_again():
    assert next_step(led(holds_back=True), at(minutes=5)) is Step.JOINED


@pytest.mark.parametrize(
    ("facts", "free"),
    [
        (meeting("open"), True),
        (led(), False),
        (left(at(seconds=10)), False),
        (left(at(seconds=9)), True),
        (led(hosts_here=("rae",), lost_at=at(seconds=25)), False),
    ],
)
def test_a_chair_is_free_when_nobody_has_it_or_its_holder_is_gone_for_twenty_seconds(facts, free):
    assert is_free(facts, at(seconds=29.5)) is free


def test_the_room_narrows_as_soon_as_a_host_is_alone_unguarded_and_once():
    alone = {"hosts_here": ("paul",), "second_asked_at": at(minutes=2)}
    assert next_step(led(**alone), at(minutes=5)) is None
    assert next_step(led(**alone, is_unguarded=True), at(minutes=5)) is Step.HOLD_BACK
    narrow = led(**alone, is_unguarded=True, holds_back=True)
    assert next_step(narrow, at(minutes=5)) is None
    guarded = led(**alone, on_duty=True, holds_back=True)
    assert next_step(guarded, at(minutes=5)) is Step.WIDEN
    assert next_step(led(**alone, on_duty=True), at(minutes=5)) is None
    assert next_step(led(is_unguarded=True), at(minutes=5)) is None


@pytest.mark.parametrize(("on_duty", "holds"), [(False, True), (True, False)])
def test_new_peoples_words_wait_where_a_host_is_alone_and_no_moderator_is_on_duty(on_duty, holds):
    assert holds_newcomers(led(hosts_here=("paul",), on_duty=on_duty)) is holds
    assert not holds_newcomers(led(on_duty=on_duty))


# ------------------------------------------------------------------ while it goes on


@pytest.mark.parametrize("state", ["open", "closing", "paused"])
@pytest.mark.parametrize(("seconds", "due"), [(0, None), (19.9, None), (20, Step.OFFER)])
def test_twenty_seconds_after_the_host_is_lost_the_chair_is_offered(state, seconds, due):
    assert next_step(left(TEN, state=state), at(seconds=seconds)) is due


def test_a_short_break_of_the_line_is_no_loss():
    assert not is_gone(TEN, at(seconds=19))
    assert is_gone(TEN, at(seconds=20))


@pytest.mark.parametrize(("seconds", "due"), [(20, None), (49.9, None), (50, Step.PAUSE)])
def test_who_was_asked_has_half_a_minute_then_the_meeting_waits(seconds, due):
    assert next_step(left(TEN, offered_at=at(seconds=20)), at(seconds=seconds)) is due


def test_with_nobody_to_ask_the_meeting_waits_at_once():
    assert next_step(left(TEN, can_ask=False), at(seconds=20)) is Step.PAUSE


def test_when_everybody_said_no_the_meeting_waits_at_once():
    asked = left(TEN, can_ask=False, offered_at=at(seconds=20))
    assert next_step(asked, at(seconds=25)) is Step.PAUSE


def test_a_co_host_who_is_here_is_asked_and_the_meeting_goes_on():
    beside = left(TEN, hosts_here=("rae",), can_ask=False)
    assert next_step(beside, at(seconds=20)) is Step.OFFER
    asked = left(TEN, hosts_here=("rae",), offered_at=at(seconds=20))
    assert next_step(asked, at(minutes=5)) is None


def test_a_meeting_that_waits_already_is_not_paused_twice():
    waits = left(TEN, state="paused", offered_at=at(seconds=20), paused_at=at(seconds=50))
    assert is_paused_by_us(waits)
    assert next_step(waits, at(minutes=5)) is None


@pytest.mark.parametrize("facts", [{"offered_at": TEN}, {"paused_at": TEN, "state": "paused"}])
def test_a_host_who_is_back_in_time_has_their_chair(facts):
    back = led(**facts)
    assert next_step(back, at(minutes=1)) is Step.RETURNED


def test_a_meeting_that_was_open_before_there_were_chairs_gets_its_host_seated():
    assert next_step(meeting("open", hosts_here=("paul",)), at(minutes=20)) is Step.SEAT
    nobody = meeting("open", lost_at=at(minutes=20))
    assert next_step(nobody, at(minutes=20, seconds=10)) is None
    assert next_step(nobody, at(minutes=20, seconds=20)) is Step.OFFER


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_when_it_is_over_it_is_wound_up(state):
    assert next_step(meeting(state, holder="paul"), at(hours=1)) is Step.WIND_UP


# ------------------------------------------------------------------ yes, and back again


def test_only_who_was_asked_may_take_the_chair_and_only_while_it_is_free():
    check_may_take(3, 3)
    with pytest.raises(Forbidden, match="not asked"):
        check_may_take(None, 3)
    with pytest.raises(Conflict, match="Thank you"):
        check_may_take(2, 3)
    with pytest.raises(Conflict, match="You said no"):
        check_may_take(3, 3, said_no=True)
    with pytest.raises(Conflict, match="Thank you"):
        check_may_take(2, 3, said_no=True)


@pytest.mark.parametrize(
    ("is_first", "is_host", "holder_is_host", "may"),
    [
        (True, True, False, True),
        (True, False, True, True),
        (False, True, False, True),
        (False, True, True, False),
        (False, False, False, False),
    ],
)
def test_a_chair_goes_back_to_whom_it_was_or_to_a_host_from_a_stand_by(
    is_first, is_host, holder_is_host, may
):
    facts = {"is_first": is_first, "is_host": is_host, "holder_is_host": holder_is_host}
    if may:
        check_may_reclaim(**facts)
        return
    with pytest.raises(Forbidden):
        check_may_reclaim(**facts)
