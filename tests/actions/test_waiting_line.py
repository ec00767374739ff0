"""The line of those who wait: told when a place is free, seen after two days, never flooding."""

from threading import Thread

import pytest
from sqlalchemy import func, select

from support.base.actor import Role
from support.base.errors import Declined
from support.mentoring import actions, queries
from support.mentoring.jobs import look_at_waits
from support.mentoring.models import MentorAsk, MentorSearch
from support.mentoring.ports import joined
from support.mentoring.rules.caps import MOST_ASKS
from support.mentoring.rules.matching import MOST_WAITING
from support.moderation import queries as moderation
from support.notify.models import Outbox
from tests.mentoring_world import World


@pytest.fixture
def world(database, people):
    return World(database, people)


def told(world, handle, kind):
    with world.database.read() as unit:
        rows = select(func.count()).where(
            Outbox.recipient_id == world.ids[handle], Outbox.kind == kind
        )
        return unit.session.scalar(rows)


def waits(world, *handles):
    for handle in handles:
        world.seeks(handle)
        world.does(handle, actions.wait)


def race(*deeds):
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


def test_the_longest_wait_hears_first_of_a_place_and_only_as_many_as_it_has(world, clock):
    world.arrive("ben", "fern")
    for handle in ("mina", "ben", "fern"):
        waits(world, handle)
        clock.forward(minutes=5)
    look_at_waits(world.database)
    assert told(world, "mina", "mentor_fits") == 0
    world.offers(most=2)
    for _ in range(3):
        look_at_waits(world.database)
    assert [told(world, who, "mentor_fits") for who in ("mina", "ben", "fern")] == [1, 1, 0]


def test_a_place_that_was_lost_and_found_again_is_told_again(world, clock):
    world.offers()
    waits(world, "mina")
    look_at_waits(world.database)
    world.does("paul", actions.pause, True)
    look_at_waits(world.database)
    clock.forward(minutes=10)
    world.does("paul", actions.pause, False)
    look_at_waits(world.database)
    assert told(world, "mina", "mentor_fits") == 2


def test_an_answer_that_does_not_come_for_two_days_is_seen_by_the_team_once(world, clock):
    world.offers()
    world.asks()
    clock.forward(hours=47)
    look_at_waits(world.database)
    assert told(world, "mo", "mentor_waits") == 0
    clock.forward(hours=2)
    look_at_waits(world.database)
    look_at_waits(world.database)
    assert told(world, "mo", "mentor_waits") == 1


def test_one_who_waits_in_line_and_for_an_answer_is_one_person(world, clock):
    world.offers()
    world.asks()
    world.does("mina", actions.wait)
    clock.forward(hours=49)
    look_at_waits(world.database)
    with world.database.read() as unit:
        rows = unit.session.scalars(select(Outbox).where(Outbox.kind == "mentor_waits"))
        assert {row.payload["waiting"] for row in rows} == {1}


def test_whoever_stands_in_a_complaint_with_a_mentor_is_not_brought_to_them(world, monkeypatch):
    world.offers()
    world.seeks()
    assert world.sees() == ["paul"]
    both = {world.ids["mina"]: world.ids["paul"]}
    monkeypatch.setattr(joined, "conflicts", lambda _unit, who: frozenset({both.get(who, "")}))
    assert world.sees() == []
    with pytest.raises(Declined):
        world.does("mina", actions.ask, "paul")


def test_without_a_complaint_there_is_nobody_to_keep_apart(world):
    with world.database.read() as unit:
        assert moderation.in_complaints_with(unit, world.ids["mina"]) == frozenset()


def test_of_fifty_asks_of_one_member_at_once_three_are_made(world):
    mentors = [f"nora{number}" for number in range(10)]
    world.arrive(*mentors, role=Role.MENTOR)
    for mentor in mentors:
        world.offers(mentor)
    world.seeks()
    shown = world.sees()
    outcomes = race(
        *(lambda who=who: world.does("mina", actions.ask, who) for who in shown for _ in range(10))
    )
    assert outcomes.count("yes") == MOST_ASKS


def test_of_fifty_yeses_of_two_mentors_to_one_member_one_pair_is_made(world):
    world.arrive("nora", role=Role.MENTOR)
    world.offers()
    world.offers("nora")
    world.seeks()
    asks = {who: world.does("mina", actions.ask, who) for who in ("paul", "nora")}
    outcomes = race(
        *(lambda who=who: world.accepts(asks[who], who) for who in asks for _ in range(25))
    )
    assert outcomes.count("yes") == 1


def test_of_fifty_yeses_at_once_a_mentor_walks_with_as_many_as_they_said(world):
    handles = [f"fern{number}" for number in range(50)]
    world.arrive(*handles)
    world.offers(most=2)
    with world.database.unit() as unit:
        asks = [
            MentorAsk(member_id=world.ids[who], mentor_id=world.ids["paul"], at=unit.now)
            for who in handles
        ]
        unit.session.add_all(asks)
        unit.session.flush()
        ids = [ask.id for ask in asks]
    outcomes = race(*(lambda one=one: world.accepts(one) for one in ids))
    assert outcomes.count("yes") == 2
    assert outcomes.count("conflict") == 48
    assert len(world.does("paul", queries.mentees_of)) == 2


def test_whoever_stops_waiting_is_told_anew_when_they_wait_again(world):
    world.offers()
    waits(world, "mina")
    look_at_waits(world.database)
    with world.database.unit() as unit:
        actions.stop_waiting(unit, world.ids["mina"])
    with world.database.read() as unit:
        row = unit.session.get_one(MentorSearch, world.ids["mina"])
        assert (row.waiting_since, row.alerted_at, row.told_at) == (None, None, None)


def test_a_mentor_is_told_of_the_first_five_who_wait_and_sees_all_of_them(world):
    handles = [f"fern{number}" for number in range(MOST_WAITING + 2)]
    world.arrive(*handles)
    world.offers(most=6)
    for handle in handles:
        world.asks(handle)
    assert told(world, "paul", "mentor_asked") == MOST_WAITING
    assert len(world.does("paul", queries.asks_to)) == MOST_WAITING + 2


def test_whom_many_have_asked_is_proposed_after_others(world):
    handles = [f"fern{number}" for number in range(MOST_WAITING)]
    world.arrive(*handles)
    world.arrive("nora", role=Role.MENTOR)
    world.offers(most=6)
    for handle in handles:
        world.asks(handle)
    world.seeks()
    assert world.sees() == ["paul"]
    world.offers("nora", substances="clonazepam")
    assert world.sees() == ["nora"]
