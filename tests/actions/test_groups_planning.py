"""Hosts plan, change and end series: dates keep people, clocks their hour, feeds the truth."""

from datetime import datetime, timedelta

import icalendar
import pytest

from support.base.errors import Conflict, Forbidden, Invalid, NotFound
from support.base.zones import to_local
from support.chat.actions import keeping
from support.chat.actions import planning as chat_planning
from support.chat.forms import PlanForm
from support.chat.models import Room, SeriesScript
from support.groups import actions, queries
from support.groups.forms import MoveForm, PersonForm, parse_plan
from support.groups.models import HostAsked, Meeting
from support.groups.rules.feeds_out import calendar, entries
from support.notify.models import Notice
from tests.groups_world import found_group, person

ZONE = "Europe/Lisbon"


@pytest.fixture
def unit(trial):
    return trial


@pytest.fixture
def group(unit):
    """Paul hosts, Mina belongs."""
    return found_group(unit, [person(unit, "paul")], [person(unit, "mina")])


def sent(unit, days=1, **changes):
    """A plan as the page sends it, so many days from now at seven."""
    start = to_local(unit.now + timedelta(days=days), ZONE).replace(hour=19, minute=0)
    return {
        "title": "Slow taper",
        "start": f"{start:%Y-%m-%dT%H:%M}",
        "timezone": ZONE,
        "minutes": "60",
        "repeat": "weekly",
        **changes,
    }


def plans(unit, handle="paul", **changes):
    """Somebody plans a series; its id."""
    form = parse_plan(sent(unit, **changes))
    return actions.plan_series(unit, person(unit, handle), "night-owls", form)


def changes(unit, series, handle="paul", **more):
    """Somebody changes it."""
    who = person(unit, handle)
    form = actions.read_plan(unit, who, series, sent(unit, **more))
    actions.change_series(unit, who, series, form)


def meetings(unit, series):
    """The dates of a series, in order."""
    unit.session.flush()
    unit.session.expire_all()
    rows = unit.session.query(Meeting).filter_by(series_id=series)
    return rows.order_by(Meeting.original_start).all()


def told(unit, handle):
    """What somebody was told, by kind."""
    return [
        each.kind
        for each in unit.session.query(Notice).filter_by(account_id=person(unit, handle).id)
    ]


def only_group(unit):
    return queries.plan_of(unit, queries.group_by_slug(unit, "night-owls").id)


# ------------------------------------------------------------------ planning


def test_a_host_plans_and_the_list_the_group_and_the_feeds_have_it_at_once(unit, group):
    series = plans(unit)
    dates = meetings(unit, series)
    assert 27 <= len(dates) <= 28
    assert all(each.room_id for each in dates)
    assert queries.group_by_id(unit, group).next.id == dates[0].id
    (planned,) = only_group(unit)
    assert (planned.series.id, planned.repeat) == (series, "weekly")
    (slot,) = queries.public_slots(unit)
    assert [each["name"] for each in entries([slot], "https://x.test", unit.now)]


def test_only_hosts_and_the_team_plan(unit, group):
    for handle in ("mina", "otto"):
        with pytest.raises(Forbidden):
            plans(unit, handle)
    assert plans(unit, "mo")
    for act in (actions.end_series, lambda u, who, one: changes(u, one, who.handle)):
        with pytest.raises(Forbidden):
            act(unit, person(unit, "otto"), plans(unit))
    with pytest.raises(NotFound):
        actions.end_series(unit, person(unit, "paul"), "0" * 20)


@pytest.mark.parametrize("days", [-2, 400])
def test_a_first_date_lies_from_now_to_a_year_ahead(unit, group, days):
    with pytest.raises(Invalid) as wrong:
        plans(unit, days=days)
    assert "start" in wrong.value.fields


def test_a_group_has_so_many_series_and_not_more(unit, group):
    for _ in range(12):
        plans(unit, repeat="once")
    with pytest.raises(Conflict, match="end one first"):
        plans(unit)


# ------------------------------------------------------------------ changing


def test_at_another_hour_every_seat_stays_and_its_person_is_told_once(unit, group):
    series = plans(unit)
    first, second = meetings(unit, series)[:2]
    actions.rsvp(unit, person(unit, "mina"), first.id)
    rooms = [each.room_id for each in meetings(unit, series)]
    start = sent(unit)["start"].replace("T19:00", "T20:30")
    changes(unit, series, start=start, minutes="90")
    dates = meetings(unit, series)
    assert [each.room_id for each in dates] == rooms
    assert {each.local_start[11:] for each in dates} == {"20:30"}
    assert dates[0].ends_at - dates[0].starts_at == timedelta(minutes=90)
    assert queries.seated_ids(unit, first.id) == [person(unit, "mina").id]
    assert told(unit, "mina") == ["meeting_changed"]
    room = unit.session.get_one(Room, rooms[1], populate_existing=True)
    assert room.starts_at == dates[1].starts_at
    assert second.id == dates[1].id


def test_the_hour_stays_when_the_clocks_change_after_a_change_too(unit, group):
    series = plans(unit)
    changes(unit, series, timezone="Europe/London", start=sent(unit)["start"])
    dates = meetings(unit, series)
    assert {each.timezone for each in dates} == {"Europe/London"}
    assert {to_local(each.starts_at, "Europe/London").hour for each in dates} == {19}
    assert {each.starts_at.hour for each in dates} == {18, 19}


def test_a_new_weekday_takes_the_people_of_the_week_along(unit, group):
    series = plans(unit)
    first = meetings(unit, series)[0]
    actions.rsvp(unit, person(unit, "mina"), first.id)
    changes(unit, series, days=3)
    dates = meetings(unit, series)
    assert first.id in [each.id for each in dates]
    assert {datetime.fromisoformat(each.original_start).weekday() for each in dates} == {
        to_local(unit.now + timedelta(days=3), ZONE).weekday()
    }
    assert "cancelled" not in {each.state for each in dates}


def test_every_other_week_strikes_each_second_date_and_tells_its_people(unit, group):
    series = plans(unit)
    second = meetings(unit, series)[1]
    actions.rsvp(unit, person(unit, "mina"), second.id)
    changes(unit, series, repeat="fortnightly")
    states = [each.state for each in meetings(unit, series)]
    assert states[:4] == ["planned", "cancelled", "planned", "cancelled"]
    assert told(unit, "mina") == ["meeting_off"]
    changes(unit, series)
    states = {each.state for each in meetings(unit, series)[::2]}
    assert states == {"planned"}


def test_a_date_that_a_host_moved_or_called_off_stays_so(unit, group):
    series = plans(unit)
    off, moved = meetings(unit, series)[1:3]
    paul = person(unit, "paul")
    actions.cancel(unit, paul, off.id)
    elsewhere = datetime.fromisoformat(moved.local_start) + timedelta(days=1)
    actions.move(unit, paul, moved.id, MoveForm(start=elsewhere))
    start = sent(unit)["start"].replace("T19:00", "T20:30")
    changes(unit, series, start=start)
    _, is_off, is_moved = meetings(unit, series)[:3]
    assert (is_off.state, is_off.original_start[11:]) == ("cancelled", "20:30")
    assert is_moved.local_start == f"{elsewhere:%Y-%m-%dT%H:%M}"
    assert is_moved.original_start[11:] == "20:30"


def test_a_meeting_whose_doors_are_open_is_left_alone(unit, group):
    series = plans(unit)
    first = meetings(unit, series)[0]
    unit.now = first.starts_at - timedelta(minutes=10)
    keeping.move_by_clock(unit)
    assert meetings(unit, series)[0].state == "lobby"
    before = first.original_start
    changes(unit, series, start=before.replace("T19:00", "T22:00"))
    dates = meetings(unit, series)
    assert (dates[0].id, dates[0].original_start) == (first.id, before)
    assert [each.original_start[:10] for each in dates].count(before[:10]) == 1
    assert dates[1].original_start[11:] == "22:00"


def test_more_seats_let_those_who_wait_sit_down_and_none_loses_theirs(unit, group):
    series = plans(unit, seats="1")
    first = meetings(unit, series)[0]
    for handle in ("mina", "otto"):
        actions.rsvp(unit, person(unit, handle), first.id)
    changes(unit, series, seats="2")
    assert len(queries.seated_ids(unit, first.id)) == 2
    assert "seat_free" in told(unit, "otto")
    changes(unit, series, seats="1")
    assert (meetings(unit, series)[0].seats, meetings(unit, series)[1].seats) == (2, 1)


# ------------------------------------------------------------------ one date off, and the end


def test_a_date_off_is_told_to_everybody_it_concerns_and_not_to_who_did_it(unit, group):
    series = plans(unit)
    first = meetings(unit, series)[0]
    actions.rsvp(unit, person(unit, "otto"), first.id)
    actions.cancel(unit, person(unit, "paul"), first.id)
    assert told(unit, "mina") == told(unit, "otto") == ["meeting_off"]
    assert told(unit, "paul") == []
    assert [each.state for each in only_group(unit)[0].dates][:2] == ["cancelled", "planned"]


def test_a_series_ends_kindly_and_calendars_hear_of_it(unit, group):
    series = plans(unit)
    first = meetings(unit, series)[0]
    actions.rsvp(unit, person(unit, "mina"), first.id)
    actions.end_series(unit, person(unit, "paul"), series)
    assert {each.state for each in meetings(unit, series)} == {"cancelled"}
    assert sorted(told(unit, "mina")) == ["meeting_off", "series_ended"]
    assert only_group(unit) == []
    assert queries.group_by_id(unit, group).next is None
    assert entries(queries.public_slots(unit), "https://x.test", unit.now) == []
    assert actions.extend_due(unit) in (0, 1)
    assert {each.state for each in meetings(unit, series)} == {"cancelled"}


def events(unit):
    feed = calendar(queries.public_slots(unit), "x", "https://x.test")
    return icalendar.Calendar.from_ical(feed).walk("VEVENT")


def test_the_feed_follows_a_change_and_its_number_only_grows(unit, group):
    series = plans(unit)
    (before,) = events(unit)
    unit.now += timedelta(hours=1)
    actions.cancel(unit, person(unit, "paul"), meetings(unit, series)[1].id)
    start = sent(unit)["start"].replace("T19:00", "T20:30")
    changes(unit, series, start=start)
    (after,) = events(unit)
    assert after["sequence"] > before["sequence"]
    assert after["uid"] == before["uid"]
    assert f"{after['dtstart'].dt:%H:%M}" == "20:30"
    (off,) = after["exdate"].dts
    assert f"{off.dt:%Y-%m-%dT%H:%M}" == meetings(unit, series)[1].original_start


@pytest.mark.parametrize("is_off", [True, False])
def test_a_single_meeting_that_is_off_or_moved_is_one_event_that_says_so(unit, group, is_off):
    series = plans(unit, repeat="once")
    (only,) = meetings(unit, series)
    paul, later = person(unit, "paul"), datetime.fromisoformat(only.local_start) + timedelta(days=1)
    if is_off:
        actions.cancel(unit, paul, only.id)
    else:
        actions.move(unit, paul, only.id, MoveForm(start=later))
    (event,) = events(unit)
    assert event.get("status") == ("CANCELLED" if is_off else None)
    assert event["dtstart"].dt.day == (later.day - is_off)
    assert "recurrence-id" not in event


# ------------------------------------------------------------------ its script


def script_of(unit, series):
    kept = unit.session.get(SeriesScript, series)
    return [step["title"] for step in kept.script["steps"]] if kept else None


def test_a_series_begins_with_one_of_our_scripts_in_its_own_time(unit, group):
    paul = person(unit, "paul")
    form = PlanForm.parse(sent(unit, minutes="30", script="check_in"))
    series = chat_planning.plan(unit, paul, "night-owls", form)
    assert script_of(unit, series)[0] == "Welcome"
    kept = unit.session.get(SeriesScript, series)
    assert sum(step["minutes"] for step in kept.script["steps"]) == 30
    chat_planning.change(unit, paul, series, sent(unit, script="keep"))
    assert "Check-in" in script_of(unit, series)
    chat_planning.change(unit, paul, series, sent(unit, script="none"))
    assert script_of(unit, series) == []
    bare = chat_planning.plan(unit, paul, "night-owls", PlanForm.parse(sent(unit, script="none")))
    assert script_of(unit, bare) is None


# ------------------------------------------------------------------ hosting together


def asks(unit, handle, who="paul"):
    actions.ask_host(unit, person(unit, who), "night-owls", PersonForm(handle=handle))


def hosts(unit, group):
    return queries.host_handles(unit, [group])[group]


def test_a_mentor_is_asked_says_yes_and_hosts(unit, group):
    for _ in range(2):
        asks(unit, "mo")
    assert told(unit, "mo") == ["host_asked"]
    assert queries.hosts_asked(unit, group) == ["mo"]
    assert queries.asked_to_host(unit, person(unit, "mo")) == [("night-owls", "Night owls", "paul")]
    assert hosts(unit, group) == ["paul"]
    actions.answer_host(unit, person(unit, "mo"), "night-owls", yes=True)
    assert hosts(unit, group) == ["mo", "paul"]
    assert told(unit, "paul") == ["host_yes"]
    asks(unit, "mo")
    assert queries.hosts_asked(unit, group) == []


def test_no_needs_no_reason_and_nobody_answers_twice(unit, group):
    asks(unit, "mo")
    actions.answer_host(unit, person(unit, "mo"), "night-owls", yes=False)
    assert hosts(unit, group) == ["paul"]
    assert told(unit, "paul") == ["host_no"]
    with pytest.raises(NotFound):
        actions.answer_host(unit, person(unit, "mo"), "night-owls", yes=True)


@pytest.mark.parametrize("handle", ["mina", "nobody-here"])
def test_members_and_strangers_cannot_be_asked_and_both_get_the_same_answer(unit, group, handle):
    person(unit, "mina")
    with pytest.raises(Invalid, match="There is no mentor of this name"):
        asks(unit, handle)


def test_only_hosts_ask_and_they_can_take_it_back(unit, group):
    with pytest.raises(Forbidden):
        asks(unit, "mo", who="mina")
    asks(unit, "mo")
    form = PersonForm(handle="mo")
    with pytest.raises(Forbidden):
        actions.take_back_ask(unit, person(unit, "mina"), "night-owls", form)
    actions.take_back_ask(unit, person(unit, "paul"), "night-owls", form)
    with pytest.raises(NotFound):
        actions.answer_host(unit, person(unit, "mo"), "night-owls", yes=True)


def test_a_host_steps_down_but_not_the_last(unit, group):
    with pytest.raises(Conflict, match="only host"):
        actions.step_down(unit, person(unit, "paul"), "night-owls")
    asks(unit, "mo")
    actions.answer_host(unit, person(unit, "mo"), "night-owls", yes=True)
    actions.step_down(unit, person(unit, "paul"), "night-owls")
    assert hosts(unit, group) == ["mo"]
    # He is no member: whatever he has open of its rooms closes.
    left = [fact.account_id for fact in unit.announced if isinstance(fact, actions.MemberLeft)]
    assert left == [person(unit, "paul").id]
    with pytest.raises(Forbidden):
        actions.step_down(unit, person(unit, "paul"), "night-owls")


def test_who_is_erased_was_never_asked_and_has_asked_nobody(unit, group):
    asks(unit, "mo")
    actions.GroupMemory().erase(unit, person(unit, "mo").id)
    assert unit.session.query(HostAsked).count() == 0
