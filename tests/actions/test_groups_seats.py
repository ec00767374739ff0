"""Seats and the waiting list: who gets one, who waits, who moves up."""

import pytest
from sqlalchemy.exc import IntegrityError

from support.audit.models import Entry
from support.base.errors import Conflict, Ended, Forbidden, NotFound
from support.groups import actions, queries
from support.groups.models import Meeting, Seat
from support.groups.rules.words import Belonging, MeetingState, Place
from support.notify.models import Notice
from tests.groups_world import found_group, person, plan_meeting


@pytest.fixture
def evening(unit):
    """Night owls, hosted by Paul, with Mina in it, meets with two seats."""
    paul, mina = person(unit, "paul"), person(unit, "mina")
    group_id = found_group(unit, hosts=[paul], members=[mina])
    return plan_meeting(unit, group_id, seats=2)


def answer(unit, handle, meeting_id):
    seat = actions.rsvp(unit, person(unit, handle), meeting_id)
    return (seat.state.value, seat.place)


def test_two_sit_and_the_third_and_fourth_wait_in_order(unit, evening):
    assert answer(unit, "mina", evening) == ("seat", None)
    assert answer(unit, "nell", evening) == ("seat", None)
    assert answer(unit, "otis", evening) == ("waiting", 1)
    assert answer(unit, "pia", evening) == ("waiting", 2)
    assert queries.seated_handles(unit, evening) == ["mina", "nell"]


def test_asking_again_gives_the_same_answer_and_takes_nothing_more(unit, evening):
    for _ in range(3):
        assert answer(unit, "mina", evening) == ("seat", None)
    for name in ("nell", "otis", "otis", "otis"):
        last = answer(unit, name, evening)
    assert last == ("waiting", 1)
    assert queries.meeting_by_id(unit, evening).taken == 2


def test_who_waits_moves_up_when_somebody_gives_back(unit, evening):
    for name in ("mina", "nell", "otis", "pia"):
        answer(unit, name, evening)
    actions.cancel_rsvp(unit, person(unit, "mina"), evening)
    assert answer(unit, "otis", evening) == ("seat", None)
    assert answer(unit, "pia", evening) == ("waiting", 1)
    assert queries.meeting_by_id(unit, evening).taken == 2
    otis = person(unit, "otis").id
    assert [each.kind for each in unit.session.query(Notice).filter_by(account_id=otis)] == [
        "seat_free"
    ]
    assert actions.SeatGiven(evening, otis) in unit.announced


def test_who_gives_back_a_place_on_the_list_moves_the_others_up(unit, evening):
    for name in ("mina", "nell", "otis", "pia"):
        answer(unit, name, evening)
    actions.cancel_rsvp(unit, person(unit, "otis"), evening)
    assert answer(unit, "pia", evening) == ("waiting", 1)
    assert answer(unit, "otis", evening) == ("waiting", 2)


def test_giving_back_what_one_never_had_is_fine(unit, evening):
    actions.cancel_rsvp(unit, person(unit, "otto"), evening)
    assert queries.meeting_by_id(unit, evening).taken == 0


def test_hosts_take_no_seat(unit, evening):
    with pytest.raises(Conflict, match="need no seat"):
        actions.rsvp(unit, person(unit, "paul"), evening)
    assert queries.meeting_by_id(unit, evening).taken == 0


def test_there_is_no_seat_where_there_is_no_meeting(unit):
    for act in (actions.rsvp, actions.cancel_rsvp):
        with pytest.raises(NotFound):
            act(unit, person(unit, "mina"), "0" * 20)


@pytest.mark.parametrize("state", [MeetingState.CLOSED, MeetingState.CANCELLED])
def test_there_is_no_seat_when_it_is_over(unit, evening, state):
    actions.set_meeting_state(unit, evening, state)
    with pytest.raises(Ended):
        actions.rsvp(unit, person(unit, "mina"), evening)


def test_who_had_a_seat_still_hears_so_when_it_is_over(unit, evening):
    answer(unit, "mina", evening)
    actions.set_meeting_state(unit, evening, MeetingState.CLOSED)
    assert answer(unit, "mina", evening) == ("seat", None)


def test_sitting_down_in_an_open_group_is_coming_in(unit, evening):
    group_id = queries.meeting_by_id(unit, evening).group_id
    nell = person(unit, "nell")
    assert not queries.standing(unit, nell, group_id).is_member
    answer(unit, "nell", evening)
    assert queries.standing(unit, nell, group_id).is_member
    assert queries.group_by_id(unit, group_id).member_count == 2


@pytest.mark.parametrize("policy", ["request", "invited"])
def test_a_closed_groups_seats_are_for_its_members(unit, policy):
    paul, mina = person(unit, "paul"), person(unit, "mina")
    group_id = found_group(unit, hosts=[paul], members=[mina], policy=policy)
    meeting_id = plan_meeting(unit, group_id, seats=2)
    assert answer(unit, "mina", meeting_id) == ("seat", None)
    with pytest.raises(Forbidden, match="members"):
        actions.rsvp(unit, person(unit, "otto"), meeting_id)
    assert queries.belonging(unit, person(unit, "otto").id, group_id) is None


def test_a_meeting_without_a_number_of_seats_has_room_for_all(unit):
    group_id = found_group(unit, hosts=[person(unit, "paul")])
    meeting_id = plan_meeting(unit, group_id, seats=None)
    for number in range(5):
        assert answer(unit, f"guest{number}", meeting_id) == ("seat", None)
    assert queries.meeting_by_id(unit, meeting_id).seats_left is None


def test_who_leaves_the_group_frees_their_seats(unit, evening):
    for name in ("mina", "nell", "otis"):
        answer(unit, name, evening)
    actions.leave(unit, person(unit, "mina"), "night-owls")
    assert queries.seated_handles(unit, evening) == ["nell", "otis"]


def test_who_is_taken_out_of_the_group_loses_the_seat_and_does_not_get_it_back(unit, evening):
    mina = person(unit, "mina")
    answer(unit, "mina", evening)
    group_id = queries.meeting_by_id(unit, evening).group_id
    actions.remove_member(unit, group_id, mina.id)
    assert queries.seated_handles(unit, evening) == []
    with pytest.raises(Forbidden, match="taken out"):
        actions.rsvp(unit, mina, evening)
    actions.restore_member(unit, group_id, mina.id)
    assert queries.belonging(unit, mina.id, group_id) is Belonging.MEMBER
    assert answer(unit, "mina", evening) == ("seat", None)


def test_nobody_moves_up_at_a_meeting_that_is_over(unit, evening):
    for name in ("mina", "nell", "otis"):
        answer(unit, name, evening)
    actions.set_meeting_state(unit, evening, MeetingState.CLOSED)
    actions.cancel_rsvp(unit, person(unit, "mina"), evening)
    assert queries.seat_of(unit, person(unit, "otis").id, evening).state is Place.WAITING


def test_the_log_knows_of_each_seat_once(unit, evening):
    for _ in range(2):
        answer(unit, "mina", evening)
    actions.cancel_rsvp(unit, person(unit, "mina"), evening)
    actions.cancel_rsvp(unit, person(unit, "mina"), evening)
    verbs = [each.verb for each in unit.session.query(Entry).order_by(Entry.id)]
    assert verbs.count("groups.seat_taken") == 1
    assert verbs.count("groups.seat_freed") == 1


def test_the_table_itself_refuses_one_too_many(unit, evening):
    savepoint = unit.session.begin_nested()
    unit.session.get(Meeting, evening).taken = 3
    with pytest.raises(IntegrityError):
        unit.session.flush()
    savepoint.rollback()
    assert unit.session.query(Seat).count() == 0
