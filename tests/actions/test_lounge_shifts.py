"""Shifts in the lounges: signing up, taking, giving back, handing on; every cap, fifty at once."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from support.accounts import actions as accounts
from support.base.actor import Role
from support.base.errors import Conflict, Declined, Invalid, NotFound
from support.mentoring import actions
from support.mentoring.actions.memory import PairMemory
from support.mentoring.forms import LimitsForm, LoungeShiftForm
from support.mentoring.jobs import lay_out_shifts
from support.mentoring.models import (
    HostedMeeting,
    LoungeNudge,
    LoungeShift,
    LoungeWatch,
    MentorOffer,
)
from support.mentoring.ports import joined
from support.mentoring.queries import shifts as queries
from support.notify.models import Outbox
from tests.mentoring_world import World

TUESDAY = 1
"""The clock of the tests stands at midnight before Tuesday, 1 January 2030, UTC and Lisbon."""


@pytest.fixture
def world(database, people):
    made = World(database, people)
    made.arrive("nora", role=Role.MENTOR)
    return made


def sign_up(world, handle="paul", **more):
    sent = {"weekday": TUESDAY, "start": "20:00", "minutes": 60, "timezone": "UTC", **more}
    return world.does(handle, actions.sign_up, LoungeShiftForm.parse(sent, "Europe/Lisbon"))


def limits(world, handle="paul", **more):
    form = LimitsForm.parse({"languages": "en", "most": 3, **more})
    world.does(handle, actions.set_limits, form)


def planned(world, handle="mo"):
    return world.does(handle, queries.ahead)


def whose(world):
    return [one.handle for one in planned(world)]


def told(world, handle):
    with world.database.read() as unit:
        rows = select(Outbox.kind).where(Outbox.recipient_id == world.ids[handle])
        return [kind for kind in unit.session.scalars(rows) if kind.startswith("shift")]


def free_watches(world, count, *, apart=timedelta(hours=2)):
    """Stretches that nobody has, an hour each, from this evening on."""
    with world.database.unit() as unit:
        begins = [unit.now + timedelta(hours=10) + apart * number for number in range(count)]
        rows = [LoungeWatch(starts_at=at, ends_at=at + timedelta(hours=1)) for at in begins]
        unit.session.add_all(rows)
        unit.session.flush()
        return [row.id for row in rows]


def on_shift(world):
    names = {account: handle for handle, account in world.ids.items()}
    with world.database.read() as unit:
        return [names[one] for one in queries.on_shift(unit)]


def race(*deeds):
    """Everybody at once; what became of each."""
    outcomes = []

    def run(deed):
        try:
            deed()
            outcomes.append("yes")
        except Declined as declined:
            outcomes.append(declined.code)

    racers = [Thread(target=run, args=(deed,)) for deed in deeds]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    return outcomes


# ------------------------------------------------------------------ signing up, being there


def test_who_signs_up_is_there_every_week_and_no_longer_than_said(world, clock):
    sign_up(world)
    first, second = planned(world)
    assert [first.handle, second.handle] == ["paul", "paul"]
    assert first.starts_at == datetime(2030, 1, 1, 20, tzinfo=UTC)
    assert second.starts_at - first.starts_at == timedelta(days=7)
    assert on_shift(world) == []
    clock.forward(hours=20)
    assert on_shift(world) == ["paul"]
    clock.forward(minutes=59)
    assert on_shift(world) == ["paul"]
    clock.forward(minutes=1)
    assert on_shift(world) == []


def test_only_the_next_time_is_one_date_and_no_weekly_shift(world):
    sign_up(world, once=True)
    assert whose(world) == ["paul"]
    with world.database.read() as unit:
        assert queries.weekly(unit) == []


def test_a_shift_of_the_autumn_night_is_where_the_wall_clock_says(world, clock):
    """Clocks in Lisbon go back on 27 October 2030: the same wall time, another hour in UTC."""
    clock.forward(days=292)
    sign_up(world, weekday=6, start="21:00", timezone="Europe/Lisbon")
    assert [one.starts_at.hour for one in planned(world)] == [20, 21]


def test_members_and_moderators_have_no_shifts(world):
    for handle in ("mina", "mo"):
        with pytest.raises(Conflict):
            sign_up(world, handle)


def test_who_may_not_act_is_not_on_shift(world, clock):
    sign_up(world)
    clock.forward(hours=20)
    with world.database.unit() as unit:
        until = unit.now + timedelta(days=1)
        accounts.suspend(unit, world.ids["paul"], until, "selling", "no_trading")
    assert on_shift(world) == []


def test_gaps_are_when_nobody_has_a_shift(world):
    sign_up(world)
    with world.database.read() as unit:
        gaps = queries.gaps(unit, planned(world))
    assert [(one.starts_at.day, one.starts_at.hour) for one in gaps] == [(1, 0), (1, 21), (8, 21)]
    assert gaps[0].ends_at == datetime(2030, 1, 1, 20, tzinfo=UTC)


def test_every_hour_the_next_two_weeks_are_laid_out_and_never_twice(world, clock):
    sign_up(world)
    clock.forward(days=7, hours=21)
    for _ in range(2):
        lay_out_shifts(world.database)
    assert [one.starts_at.day for one in planned(world)] == [15, 22]


def test_a_date_that_would_go_over_a_cap_is_laid_out_as_free(world, clock):
    sign_up(world)
    with world.database.unit() as unit:
        unit.session.execute(update(MentorOffer).values(week_minutes=30))
    clock.forward(days=8)
    lay_out_shifts(world.database)
    assert whose(world) == [None, None]


# ------------------------------------------------------------------ taking and giving back


def test_what_is_given_back_is_free_and_the_other_mentors_are_asked(world):
    sign_up(world)
    watch = planned(world)[0].id
    offered = world.does("paul", actions.give_back, watch)
    assert (offered.watches, offered.asked) == (1, ("nora",))
    assert whose(world) == [None, "paul"]
    assert told(world, "nora") == ["shift_free"]
    assert told(world, "paul") == []
    world.does("nora", actions.take, watch)
    assert whose(world) == ["nora", "paul"]
    assert told(world, "paul") == ["shift_taken"]


def test_with_no_other_mentor_the_team_hears_of_it(world):
    with world.database.unit() as unit:
        accounts.set_role(unit, world.ids["nora"], Role.MEMBER)
    sign_up(world)
    offered = world.does("paul", actions.give_back, planned(world)[0].id)
    assert offered.asked == ()
    assert told(world, "mo") == told(world, "ada") == ["shift_free"]


def test_who_took_it_can_be_told_twice_without_harm(world):
    [watch] = free_watches(world, 1)
    world.does("paul", actions.take, watch)
    world.does("paul", actions.take, watch)
    assert whose(world) == ["paul"]


def test_nobody_gives_back_what_is_not_theirs_or_takes_what_is_over(world, clock):
    sign_up(world)
    watch = planned(world)[0].id
    with pytest.raises(Conflict):
        world.does("nora", actions.give_back, watch)
    with pytest.raises(Conflict):
        world.does("nora", actions.take, watch)
    clock.forward(days=1)
    for deed in (actions.take, actions.give_back):
        with pytest.raises(NotFound):
            world.does("nora", deed, watch)
    with pytest.raises(NotFound):
        world.does("nora", actions.take, "nothing")


def test_a_weekly_shift_ends_and_what_others_took_of_it_stays_theirs(world):
    shift = sign_up(world)
    watch = planned(world)[0].id
    world.does("paul", actions.give_back, watch)
    world.does("nora", actions.take, watch)
    with pytest.raises(NotFound):
        world.does("nora", actions.give_up, shift)
    world.does("paul", actions.give_up, shift)
    assert whose(world) == ["nora"]
    with world.database.read() as unit:
        assert queries.weekly(unit) == []


# ------------------------------------------------------------------ caps


def test_the_cap_is_named_and_nothing_is_kept_of_what_was_refused(world):
    for hour in ("09:00", "12:00"):
        sign_up(world, start=hour, once=True)
    with pytest.raises(Conflict, match="shifts a day"):
        sign_up(world, start="20:00")
    with world.database.read() as unit:
        assert queries.weekly(unit) == []
    assert len(planned(world)) == 2


def test_hosted_hours_count_against_the_week(world):
    with world.database.unit() as unit:
        for number in range(5):
            began = unit.now - timedelta(hours=number)
            unit.session.add(
                HostedMeeting(
                    meeting_id=f"m{number}",
                    account_id=world.ids["paul"],
                    began_at=began,
                    minutes=360,
                    together=True,
                )
            )
    with pytest.raises(Conflict, match="hours a week"):
        sign_up(world)


def test_after_a_hard_case_nobody_takes_a_shift_or_a_person_for_a_while(world, monkeypatch):
    world.offers()
    ask = world.asks()
    paul = world.ids["paul"]
    resting = {paul: datetime(2030, 1, 1, 20, 30, tzinfo=UTC)}
    monkeypatch.setattr(joined, "resting", lambda _unit: resting)
    with pytest.raises(Conflict, match="hard case"):
        sign_up(world)
    with pytest.raises(Conflict, match="hard case"):
        world.accepts(ask)
    sign_up(world, start="21:00")
    monkeypatch.setattr(joined, "resting", lambda _unit: {})
    world.accepts(ask)


def test_limits_below_what_is_planned_are_refused_beside_their_field(world):
    sign_up(world)
    for sent, field in (
        ({"week_hours": 0}, "week_hours"),
        ({"day_shifts": 0}, "day_shifts"),
        ({"quiet": "19:00-21:00"}, "quiet"),
    ):
        with pytest.raises(Invalid) as declined:
            limits(world, **sent)
        assert list(declined.value.fields) == [field]
    limits(world, week_hours=1, day_shifts=1, quiet="22:00-08:00")
    limits(world)
    with world.database.read() as unit:
        offer = unit.session.get_one(MentorOffer, world.ids["paul"])
        assert (offer.week_minutes, offer.day_shifts, offer.quiet) == (60, 1, "22:00-08:00")


@pytest.mark.parametrize(
    "broken",
    [{"week_minutes": 1441}, {"day_shifts": 7}, {"week_minutes": -1}, {"probation": -1}],
)
def test_the_database_itself_refuses_limits_that_cannot_be(world, broken):
    limits(world)
    with pytest.raises(IntegrityError), world.database.unit() as unit:
        unit.session.execute(update(MentorOffer).values(**broken))


@pytest.mark.parametrize(
    "broken", [{"minutes": 20}, {"weekday": 7}], ids=["too short", "no such day"]
)
def test_the_database_itself_refuses_shifts_that_cannot_be(world, broken):
    sign_up(world)
    with pytest.raises(IntegrityError), world.database.unit() as unit:
        unit.session.execute(update(LoungeShift).values(**broken))


# ------------------------------------------------------------------ fifty at once


def test_of_fifty_who_take_one_shift_at_once_one_has_it(world):
    handles = [f"fern{number}" for number in range(50)]
    world.arrive(*handles, role=Role.MENTOR)
    [watch] = free_watches(world, 1)
    deeds = [lambda who=who: world.does(who, actions.take, watch) for who in handles]
    outcomes = race(*deeds)
    assert sorted(outcomes) == ["conflict"] * 49 + ["yes"]
    assert whose(world)[0] in handles


def test_of_fifty_shifts_taken_at_once_by_one_mentor_a_day_has_two(world):
    watches = free_watches(world, 50, apart=timedelta(minutes=16))
    with world.database.unit() as unit:
        for number, watch in enumerate(watches):
            row = unit.session.get_one(LoungeWatch, watch)
            row.starts_at = unit.now + timedelta(minutes=16 * number)
            row.ends_at = row.starts_at + timedelta(minutes=15)
    outcomes = race(*(lambda one=one: world.does("paul", actions.take, one) for one in watches))
    assert outcomes.count("yes") == 2
    assert whose(world).count("paul") == 2


def test_of_fifty_shifts_taken_at_once_by_one_mentor_a_week_has_its_hours(world):
    limits(world, week_hours=2, day_shifts=6)
    watches = free_watches(world, 50)
    outcomes = race(*(lambda one=one: world.does("paul", actions.take, one) for one in watches))
    mine = [one for one in planned(world) if one.handle == "paul"]
    assert outcomes.count("yes") == len(mine)
    for week in (range(1, 7), range(7, 14)):
        assert sum(one.starts_at.day in week for one in mine) <= 2


def test_of_fifty_who_sign_up_twice_at_once_nobody_is_in_two_places(world):
    outcomes = race(*[lambda: sign_up(world)] * 50)
    assert outcomes.count("yes") == 1
    with world.database.read() as unit:
        assert unit.session.scalar(select(func.count()).select_from(LoungeShift)) == 1


# ------------------------------------------------------------------ pause, leaving, forgetting


def test_a_pause_hands_the_coming_shifts_on_and_tells_whom_it_asked(world):
    sign_up(world)
    offered = world.does("paul", actions.pause, True)
    assert (offered.watches, offered.asked) == (2, ("nora",))
    assert whose(world) == [None, None]
    assert told(world, "nora") == ["shift_free"]
    with pytest.raises(Conflict, match="on a break"):
        world.does("paul", actions.take, planned(world)[0].id)


def test_whoever_comes_back_has_what_nobody_took(world):
    sign_up(world)
    world.does("paul", actions.pause, True)
    world.does("nora", actions.take, planned(world)[0].id)
    world.does("paul", actions.pause, False)
    assert whose(world) == ["nora", "paul"]


def test_a_mentor_on_a_break_is_not_asked_and_gets_no_dates(world, clock):
    sign_up(world)
    world.does("nora", actions.pause, True)
    offered = world.does("paul", actions.pause, True)
    assert offered.asked == ()
    clock.forward(days=8)
    lay_out_shifts(world.database)
    assert set(whose(world)) == {None}


def test_the_shift_that_runs_is_handed_on_too(world, clock):
    sign_up(world)
    clock.forward(hours=20, minutes=10)
    assert world.does("paul", actions.pause, True).watches == 2
    assert on_shift(world) == []
    world.does("nora", actions.take, planned(world)[0].id)
    assert on_shift(world) == ["nora"]


def test_whoever_mentors_no_more_has_no_shifts_and_others_are_asked(world):
    sign_up(world)
    sign_up(world, start="09:00", once=True)
    with world.database.unit() as unit:
        accounts.set_role(unit, world.ids["paul"], Role.MEMBER)
    assert whose(world) == [None]
    assert told(world, "nora") == ["shift_free"]
    with world.database.read() as unit:
        assert queries.weekly(unit) == []


def test_after_erasure_nothing_tells_whose_shift_it_was(world):
    sign_up(world)
    with world.database.unit() as unit:
        assert PairMemory().export(unit, world.ids["paul"])["shifts"] == [
            {"weekday": 1, "start": "20:00", "minutes": 60}
        ]
        PairMemory().erase(unit, world.ids["paul"])
    with world.database.read() as unit:
        rows = unit.session.scalars(select(LoungeWatch)).all()
        assert all(row.account_id is row.given_by_id is None for row in rows)
        assert queries.weekly(unit) == []


def test_what_is_long_past_is_forgotten_and_what_is_not_stays(world, clock):
    sign_up(world, once=True)
    with world.database.unit() as unit:
        for number, days in enumerate((401, 30)):
            unit.session.add(
                HostedMeeting(
                    meeting_id=f"m{number}",
                    account_id=world.ids["paul"],
                    began_at=unit.now - timedelta(days=days),
                    minutes=60,
                    together=True,
                )
            )
            unit.session.add(
                LoungeNudge(
                    message_id=f"m{number}",
                    room_id="r",
                    newcomer_id=world.ids["mina"],
                    told="shift",
                    at=unit.now - timedelta(days=days / 2),
                )
            )
    clock.forward(days=10)
    lay_out_shifts(world.database)
    with world.database.read() as unit:
        kept = [
            unit.session.scalar(select(func.count()).select_from(table))
            for table in (LoungeWatch, LoungeNudge, HostedMeeting)
        ]
        assert kept == [1, 1, 1]
    clock.forward(days=52)
    lay_out_shifts(world.database)
    with world.database.read() as unit:
        assert unit.session.scalar(select(func.count()).select_from(LoungeWatch)) == 0
