"""The conflict rule over casts that chance made: nothing about oneself or a friend reaches one."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.base.errors import Conflict, Forbidden
from support.moderation.queries.conflicts import TiedItem, hidden_from
from support.moderation.rules.desk import (
    Staff,
    Ties,
    check_is_free,
    check_may_cosign,
    may_handle,
)
from tests.clocks import FrozenClock

PEOPLE = [f"p{number}" for number in range(8)]
some = st.frozensets(st.sampled_from(PEOPLE))
NOW = FrozenClock().now()
house = settings(max_examples=200, deadline=None, derandomize=True, database=None)


@st.composite
def casts(draw):
    """Who works at the desk, who of them are admins, and who is tied to one item."""
    staff = draw(st.frozensets(st.sampled_from(PEOPLE), min_size=1))
    admins = draw(st.frozensets(st.sampled_from(sorted(staff))))
    ties = Ties(draw(st.sampled_from(PEOPLE)), draw(some), draw(some))
    return Staff(staff, admins), ties


def handlers(staff, ties):
    return {who for who in staff.ids if may_handle(who, ties, staff)}


@house
@given(casts())
def test_nobody_ever_judges_themselves(cast):
    staff, ties = cast
    assert ties.author_id not in handlers(staff, ties)


@house
@given(casts())
def test_who_is_free_of_ties_always_may(cast):
    staff, ties = cast
    free = staff.ids - ties.near - ties.reporters - {ties.author_id}
    assert free <= handlers(staff, ties)


@house
@given(casts())
def test_a_friend_or_reporter_may_only_as_admin_and_only_when_nobody_else_is_left(cast):
    staff, ties = cast
    free = staff.ids - ties.near - ties.reporters - {ties.author_id}
    tied = handlers(staff, ties) - free
    assert tied <= staff.admins
    assert not (tied and free)


@house
@given(casts())
def test_nothing_is_lost_while_an_admin_other_than_the_author_is_there(cast):
    staff, ties = cast
    if staff.admins - {ties.author_id}:
        assert handlers(staff, ties)


@house
@given(casts(), some)
def test_one_more_moderator_without_ties_takes_it_off_every_tied_hand(cast, more):
    staff, ties = cast
    fresh = more - staff.ids - ties.near - ties.reporters - {ties.author_id}
    wider = Staff(staff.ids | fresh, staff.admins)
    if fresh:
        assert handlers(wider, ties) == wider.ids - ties.near - ties.reporters - {ties.author_id}


@house
@given(casts(), some)
def test_more_ties_never_open_an_item_to_a_moderator_who_is_no_admin(cast, more):
    staff, ties = cast
    tighter = Ties(ties.author_id, ties.near | more, ties.reporters)
    plain = staff.ids - staff.admins
    assert handlers(staff, tighter) & plain <= handlers(staff, ties) & plain


@house
@given(casts(), st.lists(st.tuples(st.sampled_from(PEOPLE), some, some), max_size=6))
def test_what_is_hidden_from_the_list_is_what_may_not_be_handled(cast, items):
    staff, _ = cast
    tied = [
        TiedItem(f"item-{number}", NOW, Ties(author, near, reporters))
        for number, (author, near, reporters) in enumerate(items)
    ]
    for who in staff.ids:
        hidden = hidden_from(who, tied, staff)
        assert hidden == {one.id for one in tied if not may_handle(who, one.ties, staff)}


@house
@given(
    st.sampled_from(PEOPLE),
    st.sampled_from([None, *PEOPLE]),
    st.integers(min_value=-300, max_value=300),
)
def test_a_claim_keeps_exactly_the_others_out_and_only_while_it_lasts(who, holder, seconds):
    until = NOW + timedelta(seconds=seconds) if holder else None
    if holder and holder != who and seconds > 0:
        with pytest.raises(Conflict):
            check_is_free(who, holder, until, NOW)
    else:
        check_is_free(who, holder, until, NOW)


@house
@given(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE))
def test_nobody_signs_twice_or_for_themselves(who, person, signed_by):
    from_outside = who not in (person, signed_by)

    class Signer:
        id = who

    if from_outside:
        check_may_cosign(Signer, person, signed_by)
        return
    with pytest.raises(Forbidden):
        check_may_cosign(Signer, person, signed_by)
