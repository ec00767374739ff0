"""Many at once: never one seat too many, nobody lost, nobody twice, on both databases."""

import threading
from collections import Counter

import pytest

from support.base.errors import Conflict
from support.db.unit import is_outage
from support.groups import actions, queries
from support.groups.models import Circle, Meeting, Membership, Seat
from tests.groups_world import found_group, person, plan_meeting

GUESTS = 100


def at_once(database, works):
    """Run each piece of work in a thread and a transaction of its own; gives what came of them.

    Who finds the database too busy asks again, as a browser does after a 503.
    """
    answers, start = [], threading.Barrier(len(works))

    def attempt(work):
        try:
            with database.unit() as unit:
                return work(unit)
        except Exception as error:
            return error

    def run(work):
        start.wait()
        answer = attempt(work)
        while isinstance(answer, Exception) and is_outage(answer):
            answer = attempt(work)
        answers.append(answer)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.fixture
def crowd(database):
    """A hundred guests, and a meeting with ten seats."""
    with database.unit() as unit:
        group_id = found_group(unit, [person(unit, "paul")])
        meeting_id = plan_meeting(unit, group_id, seats=10)
        guests = [person(unit, f"guest{number}") for number in range(GUESTS)]
    return meeting_id, guests


def coming(actor, meeting_id):
    return lambda unit: actions.rsvp(unit, actor, meeting_id)


def going(actor, meeting_id):
    return lambda unit: actions.cancel_rsvp(unit, actor, meeting_id)


def seats(database, meeting_id):
    with database.read() as unit:
        states = unit.session.query(Seat.state).filter_by(meeting_id=meeting_id)
        return Counter(row[0] for row in states), unit.session.get_one(Meeting, meeting_id).taken


def test_a_hundred_ask_for_ten_seats(database, crowd):
    meeting_id, guests = crowd
    answers = at_once(database, [coming(guest, meeting_id) for guest in guests])
    assert Counter(answer.state.value for answer in answers) == {"seat": 10, "waiting": 90}
    assert sorted(answer.place for answer in answers if answer.place) == list(range(1, 91))
    assert seats(database, meeting_id) == (Counter(seat=10, waiting=90), 10)
    with database.read() as unit:
        assert unit.session.query(Circle.member_count).scalar() == GUESTS
        assert unit.session.query(Membership).count() == GUESTS


def test_one_person_asking_twenty_times_at_once_has_one_seat(database, crowd):
    meeting_id, guests = crowd
    answers = at_once(database, [coming(guests[0], meeting_id)] * 20)
    assert {answer.state.value for answer in answers} == {"seat"}
    assert seats(database, meeting_id) == (Counter(seat=1), 1)


def test_who_waits_moves_up_once_however_many_leave_at_once(database, crowd):
    meeting_id, guests = crowd
    with database.unit() as unit:
        for guest in guests[:40]:
            actions.rsvp(unit, guest, meeting_id)
    leaving = [going(guest, meeting_id) for guest in guests[:5]] * 3
    arriving = [coming(guest, meeting_id) for guest in guests[40:60]]
    answers = at_once(database, leaving + arriving)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    counted, taken = seats(database, meeting_id)
    assert (counted["seat"], taken) == (10, 10)
    assert counted.total() == 55
    with database.read() as unit:
        ids = queries.seated_ids(unit, meeting_id)
    assert ids == [guest.id for guest in guests[5:15]]


def test_members_are_counted_right_when_all_join_and_leave_at_once(database, crowd):
    _, guests = crowd
    joining = [
        lambda unit, guest=guest: actions.join(unit, guest, "night-owls") for guest in guests[:20]
    ]
    at_once(database, joining * 2)
    leaving = [
        lambda unit, guest=guest: actions.leave(unit, guest, "night-owls") for guest in guests[:8]
    ]
    answers = at_once(database, leaving * 2)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    with database.read() as unit:
        assert unit.session.query(Circle.member_count).scalar() == 12
        assert unit.session.query(Membership).count() == 12


def test_the_host_asking_among_them_gets_no_seat(database, crowd):
    meeting_id, guests = crowd
    with database.unit() as unit:
        paul = person(unit, "paul")
    works = [coming(each, meeting_id) for each in (*guests[:9], paul)]
    answers = at_once(database, works)
    assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [Conflict]
    assert seats(database, meeting_id)[1] == 9


def test_dates_are_written_once_when_two_workers_write_ahead(database, clock):
    with database.unit() as unit:
        plan_meeting(unit, found_group(unit, [person(unit, "paul")]))
    clock.forward(days=30)
    answers = at_once(database, [actions.extend_due] * 4)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    with database.read() as unit:
        dates = [row[0] for row in unit.session.query(Meeting.original_start)]
    assert len(dates) == len(set(dates)) == 32
