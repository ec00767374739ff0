"""Dates written ahead in a zone, moved, cancelled, and the next one kept beside the group."""

from datetime import datetime, timedelta

import pytest

from support.base.errors import Conflict, Ended, Forbidden, Invalid, NotFound
from support.base.zones import to_local
from support.chat.actions.course import take_course
from support.chat.actions.keeping import move_by_clock
from support.chat.models import Room
from support.chat.rules.meeting import Course
from support.groups import actions, jobs, ports, queries
from support.groups.forms import GroupForm, MoveForm, SeriesForm
from support.groups.models import Meeting
from support.groups.rules.words import MeetingState
from support.notify.models import Notice
from tests.groups_world import filters, found_group, person, plan_all, plan_meeting


@pytest.fixture
def group_id(unit):
    return found_group(unit, [person(unit, "paul")], [person(unit, "mina")])


def starts(unit, ids):
    return [queries.meeting_by_id(unit, each).starts_at for each in ids]


def test_a_weekly_series_is_written_down_for_half_a_year(unit, group_id):
    ids = plan_all(unit, group_id)
    assert 27 <= len(ids) <= 28
    assert starts(unit, ids) == sorted(starts(unit, ids))


CHANGES = [
    ("Europe/London", "2030-03-26T19:00Z", "2030-04-02T18:00Z"),
    ("America/New_York", "2030-03-06T00:00Z", "2030-03-12T23:00Z"),
    ("Australia/Sydney", "2030-04-02T08:00Z", "2030-04-09T09:00Z"),
]


@pytest.mark.parametrize(("zone", "before", "after"), CHANGES)
def test_the_wall_clock_stays_when_the_clocks_change(unit, group_id, zone, before, after):
    ids = plan_all(unit, group_id, start="2030-01-01T19:00", timezone=zone)
    instants = starts(unit, ids)
    assert datetime.fromisoformat(before) in instants
    assert datetime.fromisoformat(after) in instants
    assert {to_local(each, zone).hour for each in instants} == {19}


def test_a_meeting_that_is_on_is_the_next_one(unit, group_id, clock):
    begun = to_local(unit.now - timedelta(minutes=30), "UTC")
    first = plan_meeting(unit, group_id, start=f"{begun:%Y-%m-%dT%H:%M}", timezone="UTC")
    group = queries.group_by_id(unit, group_id)
    assert group.next.id == first
    assert group.next.starts_at < unit.now < group.next.ends_at


def test_a_single_date_that_is_past_is_over(unit, group_id):
    only = plan_all(unit, group_id, start="2029-11-23T22:00", rrule="")
    (meeting,) = [queries.meeting_by_id(unit, each) for each in only]
    assert meeting.state is MeetingState.CLOSED
    assert queries.group_by_id(unit, group_id).next is None


def test_a_rare_series_has_its_next_date_however_far(unit, group_id):
    ids = plan_all(
        unit, group_id, rrule="FREQ=MONTHLY;INTERVAL=11;BYMONTHDAY=1", start="2029-12-01T20:00"
    )
    assert [f"{each:%Y-%m}" for each in starts(unit, ids)] == ["2030-11"]


def test_every_date_has_its_own_room(unit, group_id, monkeypatch):
    opened = []

    class Rooms:
        def open_lounge(self, _unit, group_id, _name):
            return f"lounge-{group_id}"[:32]

        def open_meeting_rooms(self, _unit, meetings):
            opened.extend(meetings)

        def follow(self, *_rest, **_how):
            pass

    monkeypatch.setattr(ports, "_ROOMS", [Rooms()])
    ids = plan_all(unit, group_id)
    rooms = {queries.meeting_by_id(unit, each).room_id: each for each in ids}
    assert rooms == {each.room_id: each.meeting_id for each in opened}
    assert queries.meeting_of_room(unit, opened[3].room_id).id == ids[3]
    other = found_group(unit, [person(unit, "paul")], slug="early-birds")
    assert queries.group_by_id(unit, other).lounge_id.startswith("lounge-")


def test_time_moves_the_next_meeting_on_and_writes_more_dates(database, clock):
    with database.unit() as unit:
        group_id = found_group(unit, [person(unit, "paul")])
        ids = plan_all(unit, group_id)
    clock.forward(days=8)
    jobs.keep_next(database)
    with database.read() as unit:
        assert queries.group_by_id(unit, group_id).next.id == ids[2]
    clock.forward(days=14)
    jobs.write_ahead(database)
    jobs.write_ahead(database)
    with database.read() as unit:
        dates = unit.session.query(Meeting.original_start).all()
        assert len(dates) == len(set(dates)) == len(ids) + 3


def test_a_cancelled_date_is_off_the_list_and_the_next_one_takes_its_place(unit, group_id):
    first, second = plan_all(unit, group_id)[:2]
    mina, paul = person(unit, "mina"), person(unit, "paul")
    actions.rsvp(unit, mina, first)
    for _ in range(2):
        actions.cancel(unit, paul, first)
    assert queries.group_by_id(unit, group_id).next.id == second
    shown = queries.list_meetings(unit, filters(), "UTC").own
    assert shown[0].meeting.id == second
    kinds = [each.kind for each in unit.session.query(Notice).filter_by(account_id=mina.id)]
    assert kinds == ["meeting_off"]


def test_a_moved_date_keeps_its_seats_and_its_place_in_the_series(unit, group_id):
    first, second = plan_all(unit, group_id)[:2]
    mina = person(unit, "mina")
    actions.rsvp(unit, mina, first)
    later = to_local(unit.now + timedelta(days=9), "Europe/Lisbon")
    actions.move(unit, person(unit, "paul"), first, MoveForm(start=later))
    moved = queries.meeting_by_id(unit, first)
    assert moved.starts_at == unit.now + timedelta(days=9)
    assert moved.ends_at - moved.starts_at == timedelta(hours=1)
    assert moved.local_start != moved.original_start
    assert queries.seat_of(unit, mina.id, first).state == "seat"
    assert queries.group_by_id(unit, group_id).next.id == second


@pytest.mark.parametrize("handle", ["mina", "otto"])
def test_only_hosts_and_moderators_change_dates(unit, group_id, handle):
    first = plan_meeting(unit, group_id)
    form = MoveForm(start=to_local(unit.now + timedelta(days=1), "UTC"))
    with pytest.raises(Forbidden):
        actions.cancel(unit, person(unit, handle), first)
    with pytest.raises(Forbidden):
        actions.move(unit, person(unit, handle), first, form)
    actions.cancel(unit, person(unit, "mo"), first)


@pytest.mark.parametrize("days", [-1, 200])
def test_a_date_moves_only_to_the_near_future(unit, group_id, days):
    first = plan_meeting(unit, group_id)
    when = to_local(unit.now + timedelta(days=days), "Europe/Lisbon")
    with pytest.raises(Invalid, match="half a year"):
        actions.move(unit, person(unit, "paul"), first, MoveForm(start=when))


@pytest.mark.parametrize("state", [MeetingState.OPEN, MeetingState.CLOSED])
def test_what_has_begun_is_neither_moved_nor_cancelled(unit, group_id, state):
    first = plan_meeting(unit, group_id)
    actions.set_meeting_state(unit, first, state)
    paul = person(unit, "paul")
    with pytest.raises(Ended):
        actions.cancel(unit, paul, first)
    with pytest.raises(Ended):
        actions.move(unit, paul, first, MoveForm(start=to_local(unit.now, "UTC")))


def test_chat_moves_a_meeting_on_and_the_group_hears_of_it(unit, group_id):
    first, second = plan_all(unit, group_id)[:2]
    later = queries.meeting_by_id(unit, first).ends_at + timedelta(minutes=5)
    actions.set_meeting_state(unit, first, MeetingState.OPEN, ends_at=later)
    assert queries.meeting_by_id(unit, first).ends_at == later
    assert queries.group_by_id(unit, group_id).next.ends_at == later
    actions.set_meeting_state(unit, first, MeetingState.CLOSED)
    assert queries.group_by_id(unit, group_id).next.id == second
    room_id = queries.meeting_by_id(unit, first).room_id
    assert actions.MeetingChanged(first, group_id, room_id) in unit.announced


def test_nothing_is_there_that_is_not_there(unit):
    for look in (queries.group_by_slug, queries.group_by_id, queries.meeting_by_id):
        with pytest.raises(NotFound):
            look(unit, "0" * 20)
    with pytest.raises(NotFound):
        actions.set_meeting_state(unit, "0" * 20, MeetingState.OPEN)
    assert queries.meeting_of_room(unit, "0" * 20) is None


def test_two_groups_do_not_share_a_name_and_each_has_a_host(unit, group_id):
    with pytest.raises(Conflict, match="of this name"):
        found_group(unit, [person(unit, "paul")])
    with pytest.raises(Invalid, match="needs a host"):
        found_group(unit, [], slug="nobodys")


@pytest.mark.parametrize(
    ("field", "value"),
    [("slug", "Night Owls"), ("name", ""), ("stage", "cured"), ("policy", "secret"),
     ("language", "english!"), ("focus", ["a b/c"]), ("focus", "x" * 50), ("format", "video"),
     ("newcomers", "maybe"), ("colour", "red")],
)  # fmt: skip
def test_a_group_that_cannot_be_is_refused_at_its_field(field, value):
    good = {"slug": "night-owls", "name": "Night owls", "focus": ["diazepam"], "policy": "open"}
    with pytest.raises(Invalid) as no:
        GroupForm.parse({**good, field: value})
    assert field in no.value.fields


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", ""), ("start", "tomorrow"), ("start", "2030-01-01"), ("start", "1930-01-01T10:00"),
     ("timezone", "BST"), ("minutes", 0), ("minutes", 99999), ("seats", 0), ("seats", "many"),
     ("rrule", "FREQ=SECONDLY"), ("rrule", "FREQ=WEEKLY;INTERVAL=0"), ("colour", "red")],
)  # fmt: skip
def test_a_series_that_cannot_be_is_refused_at_its_field(field, value):
    good = {"title": "X", "start": "2030-01-01T19:00", "timezone": "UTC", "minutes": 60}
    with pytest.raises(Invalid) as no:
        SeriesForm.parse({**good, field: value})
    assert {field, "rrule"} & set(no.value.fields)


def test_a_rule_that_never_comes_true_is_refused():
    with pytest.raises(Invalid, match="never comes true"):
        SeriesForm.parse({"title": "X", "start": "2031-02-01T19:00", "timezone": "UTC",
                          "rrule": "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=30"})  # fmt: skip


def test_the_room_goes_with_its_date(unit, group_id):
    first, second = plan_all(unit, group_id)[:2]
    paul = person(unit, "paul")
    later = to_local(unit.now + timedelta(days=3), "Europe/Lisbon")
    actions.move(unit, paul, first, MoveForm(start=later))
    actions.cancel(unit, paul, second)
    rooms = {each: unit.session.get(Room, queries.meeting_by_id(unit, each).room_id)
             for each in (first, second)}  # fmt: skip
    assert (rooms[first].state, rooms[first].starts_at) == ("planned", unit.now + timedelta(days=3))
    assert rooms[second].state == "cancelled"
    assert move_by_clock(unit) == 0


def test_an_extended_meeting_is_on_for_longer_in_the_list_too(unit, group_id):
    first = plan_meeting(unit, group_id)
    meeting = queries.meeting_by_id(unit, first)
    room = unit.session.get(Room, meeting.room_id)
    longer = meeting.ends_at + timedelta(minutes=5)
    take_course(unit, room, Course("open", 0, longer))
    assert queries.meeting_by_id(unit, first).ends_at == longer
