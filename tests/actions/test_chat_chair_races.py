"""Fifty say yes at once, and processes sweep at once: one leads, and each thing happens once."""

from datetime import timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import distinct, func, select

from support.accounts import actions as accounts
from support.accounts import queries as people
from support.base.actor import Role
from support.base.errors import Conflict, Locked
from support.chat.actions import chair as chairs
from support.chat.actions import course, keeping, lines, sitting, speaking
from support.chat.actions.lines import Line, Seen
from support.chat.forms import ChairForm, MoveForm, SendForm
from support.chat.models import Chair, ChairOffer, Message, Room
from support.chat.rules.chair import Step
from support.db.unit import Database
from support.groups import actions as groups
from support.groups.forms import StandByForm
from support.groups.models import Meeting
from support.notify.models import Notice
from tests.actions.test_groups_races import at_once
from tests.groups_world import found_group, person, plan_meeting

MENTORS = 50


@pytest.fixture
def meeting(database: Database, clock):
    """A meeting that Paul opened and lost; fifty mentors stand by. Its room and the mentors."""
    with database.unit() as unit:
        paul = person(unit, "paul")
        group = found_group(unit, [paul])
        meeting_id = plan_meeting(unit, group)
        room = unit.session.get_one(Meeting, meeting_id).room_id
        mentors = [
            accounts.create(
                unit,
                f"mentor{number}",
                Role.MENTOR,
                "no log-in",
                accounts.About("PT", "Europe/Lisbon", settled=True),
            )
            for number in range(MENTORS)
        ]
        unit.session.flush()
        for one in mentors:
            actor = people.actor_by_id(unit, one)
            groups.stand_by(unit, actor, meeting_id, StandByForm(on=True, all_of_group=False))
        unit.session.get_one(Room, room).state = "open"
        sitting.prepare(unit, [room])
        lines.keep_lines(unit, Seen([Line(room, paul.id, "one", clock.now())]))
    with database.unit() as unit:
        sitting.look_after(unit, room)
    clock.forward(seconds=20)
    return room, mentors


def says_yes(account_id, room):
    def work(unit):
        actor = people.actor_by_id(unit, account_id)
        return chairs.set_chair(unit, actor, ChairForm.parse({"room": room, "do": "accept"}))

    return work


def test_of_fifty_who_say_yes_at_once_one_leads_and_all_others_are_thanked(database, meeting):
    room, mentors = meeting
    with database.unit() as unit:
        assert sitting.look_after(unit, room) == [Step.OFFER]
    answers = at_once(database, [says_yes(one, room) for one in mentors])
    assert answers.count("chair") == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == MENTORS - 1
    with database.read() as unit:
        holder = unit.session.get_one(Chair, room).holder_id
        taken = select(ChairOffer.account_id).where(ChairOffer.helps_since.is_not(None))
        assert list(unit.session.scalars(taken)) == [holder]
    with database.unit() as unit:
        assert says_yes(holder, room)(unit) == "chair"


def writes(account_id, room):
    def work(unit):
        form = SendForm.parse({"room": room, "body": "a calm evening", "client_id": "w1"})
        return speaking.post(unit, people.actor_by_id(unit, account_id), form)

    return work


def test_of_fifty_who_write_at_once_to_a_host_alone_eight_are_heard(database, meeting):
    room, guests = meeting
    with database.unit() as unit:
        held = unit.session.get_one(Room, room)
        held.most_writers = 8
        groups.take_in(unit, held.group_id, guests)
    answers = at_once(database, [writes(one, room) for one in guests])
    assert sum(isinstance(answer, Locked) for answer in answers) == len(guests) - 8
    with database.read() as unit:
        shown = select(func.count(distinct(Message.author_id))).where(Message.room_id == room)
        assert unit.session.scalar(shown) == 8


def test_whoever_sweeps_at_the_same_moment_asks_and_tells_once(database, meeting):
    room, _ = meeting
    done = at_once(database, [lambda unit: sitting.look_after(unit, room) for _ in range(8)])
    assert sorted(step for steps in done for step in steps) == [Step.OFFER]
    with database.read() as unit:
        told = select(func.count()).where(Notice.kind == "chair_offered")
        assert unit.session.scalar(told) == MENTORS


def test_what_fell_due_while_nobody_swept_is_done_by_the_next_who_does(database, meeting, clock):
    """A kill: nothing is in memory, so another Database on the same rows goes on."""
    room, _ = meeting
    clock.forward(minutes=3)
    other = Database(str(database.engine.url.render_as_string(hide_password=False)), clock)
    with other.unit() as unit:
        assert sitting.look_after(unit, room) == [Step.OFFER]
    clock.forward(seconds=30)
    with database.unit() as unit:
        assert sitting.look_after(unit, room) == [Step.PAUSE]
        assert unit.now - unit.session.get_one(Chair, room).offered_at == timedelta(seconds=30)
    other.dispose()


@pytest.fixture
def planned(database, clock):
    """A meeting of Paul's whose lobby has just fallen due: him and its room."""
    with database.unit() as unit:
        paul = person(unit, "paul")
        meeting_id = plan_meeting(unit, found_group(unit, [paul]))
        room = unit.session.get_one(Meeting, meeting_id).room_id
    clock.forward(minutes=50)
    return paul, room


def test_a_clock_that_looks_while_the_host_opens_leaves_the_meeting_open(database, planned):
    """The host's move is written and not yet kept when the clock comes by."""
    paul, room = planned
    moved, found = Event(), []

    def look():
        moved.wait(10)
        with database.unit() as unit:
            found.append(keeping.move_by_clock(unit))

    thread = Thread(target=look)
    thread.start()
    with database.unit() as unit:
        course.move(unit, paul, MoveForm.parse({"room": room, "to": "open"}))
        moved.set()
        thread.join(0.5)  # where rows are locked the clock passes by; else it waits for this
    thread.join()
    assert found == [0]
    with database.read() as unit:
        assert unit.session.get_one(Room, room).state == "open"


def test_two_who_move_a_meeting_at_once_move_it_one_after_the_other(database, planned):
    paul, room = planned

    def opens(unit):
        return course.move(unit, paul, MoveForm.parse({"room": room, "to": "open"}))["state"]

    answers = at_once(database, [opens, opens])
    assert answers.count("open") == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1
