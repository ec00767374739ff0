"""Who comes into a group and who takes a seat."""

from datetime import UTC, datetime, timedelta

import pytest

from support.base.errors import Conflict, Ended, Forbidden
from support.groups.rules.joining import (
    after_asking,
    check_is_waiting,
    check_may_decide,
    check_may_leave,
    check_may_take_part,
)
from support.groups.rules.seats import check_is_no_host, check_may_take_seat
from support.groups.rules.words import FOCUS, SLUG, Belonging, MeetingState, Policy, focus_word

NOW = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
MEMBER, REQUESTED, INVITED = Belonging.MEMBER, Belonging.REQUESTED, Belonging.INVITED


@pytest.mark.parametrize(
    ("policy", "before", "after"),
    [
        (Policy.OPEN, None, MEMBER),
        (Policy.OPEN, REQUESTED, MEMBER),
        (Policy.REQUEST, None, REQUESTED),
        (Policy.REQUEST, REQUESTED, REQUESTED),
        (Policy.REQUEST, MEMBER, MEMBER),
        (Policy.REQUEST, INVITED, MEMBER),
        (Policy.INVITED, INVITED, MEMBER),
        (Policy.INVITED, MEMBER, MEMBER),
    ],
)
def test_asking_to_join(policy, before, after):
    assert after_asking(policy, before) is after


def test_an_invited_group_takes_nobody_who_was_not_invited():
    with pytest.raises(Forbidden, match="by invitation"):
        after_asking(Policy.INVITED, None)


@pytest.mark.parametrize("policy", list(Policy))
def test_who_was_taken_out_does_not_walk_in_again(policy):
    with pytest.raises(Forbidden, match="ask a moderator"):
        after_asking(policy, Belonging.REMOVED)
    with pytest.raises(Forbidden, match="ask a moderator"):
        check_may_take_part(policy, Belonging.REMOVED)


@pytest.mark.parametrize("before", [None, REQUESTED])
@pytest.mark.parametrize("policy", [Policy.REQUEST, Policy.INVITED])
def test_a_seat_in_a_closed_group_is_for_members(policy, before):
    with pytest.raises(Forbidden, match="group's members"):
        check_may_take_part(policy, before)


def test_a_seat_in_an_open_group_is_for_all():
    check_may_take_part(Policy.OPEN, None)
    check_may_take_part(Policy.INVITED, MEMBER)
    check_may_take_part(Policy.REQUEST, INVITED)


def test_a_host_hands_over_before_leaving():
    with pytest.raises(Conflict, match="another host"):
        check_may_leave(is_host=True)
    check_may_leave(is_host=False)


def test_only_hosts_and_moderators_answer_requests():
    with pytest.raises(Forbidden):
        check_may_decide(is_host=False, is_staff=False)
    check_may_decide(is_host=True, is_staff=False)
    check_may_decide(is_host=False, is_staff=True)


@pytest.mark.parametrize("before", [None, MEMBER, Belonging.REMOVED])
def test_a_request_is_answered_once(before):
    with pytest.raises(Conflict, match="already answered"):
        check_is_waiting(before)
    check_is_waiting(REQUESTED)


def test_hosts_take_no_seat():
    with pytest.raises(Conflict, match="need no seat"):
        check_is_no_host(is_host=True)
    check_is_no_host(is_host=False)


@pytest.mark.parametrize("state", [MeetingState.CLOSED, MeetingState.CANCELLED])
def test_nobody_sits_down_when_it_is_over(state):
    with pytest.raises(Ended):
        check_may_take_seat(state, NOW + timedelta(hours=1), NOW)
    assert state.is_over


def test_nobody_sits_down_after_the_end():
    with pytest.raises(Ended, match="over"):
        check_may_take_seat(MeetingState.PLANNED, NOW, NOW)
    check_may_take_seat(MeetingState.OPEN, NOW + timedelta(minutes=1), NOW)


def test_focus_words_are_kept_in_one_form():
    assert focus_word(" Z Drugs ") == "z-drugs"
    assert FOCUS.fullmatch("z-drugs")
    assert not FOCUS.fullmatch("z drugs!")


@pytest.mark.parametrize("slug", ["-a", "a-", "Night", "a/b", "", "x" * 65])
def test_slugs_are_plain(slug):
    assert not SLUG.fullmatch(slug)
