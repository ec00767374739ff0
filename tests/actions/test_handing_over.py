"""Handing somebody over with the yes of all three; hours that suit both; the yearly code."""

from datetime import date, timedelta
from threading import Thread

import pytest
from sqlalchemy import select, update

from support.accounts import actions as accounts
from support.audit.models import Entry
from support.base.actor import Role
from support.base.errors import Conflict, Declined, Invalid, NotFound
from support.mentoring import actions, queries
from support.mentoring.actions.memory import PairMemory
from support.mentoring.forms import HandleForm, HoursForm
from support.mentoring.jobs import remind_of_renewals
from support.mentoring.models import HandOver, MentorOffer, Pairing
from support.mentoring.ports import joined
from support.mentoring.queries import home as homes
from support.mentoring.queries import pairs
from support.mentoring.rules import caps
from support.notify.models import Outbox
from tests.actions.test_mentoring_leaving import Closing
from tests.mentoring_world import World


@pytest.fixture
def world(database, people):
    made = World(database, people)
    made.arrive("nora", role=Role.MENTOR, zone="America/New_York")
    made.offers()
    made.offers("nora", most=1)
    return made


@pytest.fixture
def rooms(monkeypatch, database):
    kept = Closing()
    monkeypatch.setattr(joined, "rooms", kept)
    return kept


@pytest.fixture
def pairing(world, rooms):
    return world.pair()


def hands(world, pairing, to="nora", by="paul"):
    return world.does(by, actions.hand_over, pairing, HandleForm.parse({"handle": to}))


def answers(world, handle, asked, *, yes=True):
    return world.does(handle, lambda unit, me: actions.answer_hand_over(unit, me, asked, yes=yes))


def news(world, handle):
    with world.database.read() as unit:
        rows = select(Outbox.kind).where(Outbox.recipient_id == world.ids[handle])
        kinds = unit.session.scalars(rows)
        return sorted(kind for kind in kinds if kind.startswith(("hand", "hours", "mentor_renew")))


def places(world):
    with world.database.read() as unit:
        rows = unit.session.execute(select(MentorOffer.account_id, MentorOffer.mentees))
        names = {account: handle for handle, account in world.ids.items()}
        return {names[account]: mentees for account, mentees in rows}


def walks(world, handle):
    return world.does(handle, pairs.walks)


# ------------------------------------------------------------------ all three say yes


@pytest.mark.parametrize("order", [("mina", "nora"), ("nora", "mina")])
def test_it_happens_when_both_others_have_said_yes_and_not_before(world, rooms, pairing, order):
    asked = hands(world, pairing)
    assert answers(world, order[0], asked) == "open"
    assert [one.handle for one in walks(world, "mina")] == ["paul"]
    assert answers(world, order[1], asked) == "done"
    [walk] = walks(world, "mina")
    assert (walk.handle, walk.room_id, walk.as_mentor) == ("nora", "room-2", False)
    assert rooms.closed == ["room-1"]
    assert walks(world, "paul") == []
    assert places(world) == {"paul": 0, "nora": 1}
    assert news(world, "mina") == ["hand_over_asked", "hand_over_done"]
    assert news(world, "nora") == ["hand_over_asked", "hand_over_done"]
    assert news(world, "paul") == ["hand_over_done"]


def test_a_yes_said_twice_is_one_yes(world, pairing):
    asked = hands(world, pairing)
    assert answers(world, "mina", asked) == answers(world, "mina", asked) == "open"


def test_the_one_who_asked_has_said_yes_by_asking_and_no_more(world, pairing):
    asked = hands(world, pairing)
    assert answers(world, "paul", asked) == "open"
    assert answers(world, "mina", asked) == "open"


@pytest.mark.parametrize(
    ("handle", "state"), [("mina", "declined"), ("nora", "declined"), ("paul", "withdrawn")]
)
def test_each_of_the_three_says_no_without_a_reason_and_all_stays(world, pairing, handle, state):
    asked = hands(world, pairing)
    assert answers(world, handle, asked, yes=False) == state
    assert [one.handle for one in walks(world, "mina")] == ["paul"]
    for other in {"mina", "nora", "paul"} - {handle}:
        assert "hand_over_off" in news(world, other)
    assert "hand_over_off" not in news(world, handle)
    with pytest.raises(NotFound):
        answers(world, "mina", asked)
    assert hands(world, pairing)


def test_of_fifty_yeses_at_once_one_hand_over_is_made(world, rooms, pairing):
    asked = hands(world, pairing)
    outcomes = []

    def say(handle):
        try:
            outcomes.append(answers(world, handle, asked))
        except Declined as declined:
            outcomes.append(declined.code)

    racers = [Thread(target=say, args=(("mina", "nora")[n % 2],)) for n in range(50)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert outcomes.count("done") == 1
    assert set(outcomes) <= {"done", "open", "not_found"}
    assert places(world) == {"paul": 0, "nora": 1}
    with world.database.read() as unit:
        assert len(unit.session.scalars(select(Pairing)).all()) == 2
    assert rooms.opened == 2


# ------------------------------------------------------------------ refusals


def test_only_the_mentor_of_the_two_asks(world, pairing):
    for handle in ("mina", "mo"):
        with pytest.raises(Conflict):
            hands(world, pairing, by=handle)
    with pytest.raises(NotFound):
        hands(world, pairing, by="nora", to="paul")


@pytest.mark.parametrize("to", ["paul", "mina", "mo", "nobody"])
def test_only_to_another_mentor(world, pairing, to):
    with pytest.raises(Invalid) as declined:
        hands(world, pairing, to)
    assert "handle" in declined.value.fields


def test_one_at_a_time(world, pairing):
    hands(world, pairing)
    with pytest.raises(Conflict):
        hands(world, pairing)


def test_strangers_hear_that_there_is_none(world, pairing):
    asked = hands(world, pairing)
    for handle in ("otto", "mo"):
        with pytest.raises(NotFound):
            answers(world, handle, asked)


@pytest.mark.parametrize("why", ["full", "paused", "another language", "a topic", "hidden"])
def test_nobody_is_handed_to_whom_the_hard_limits_keep_apart(world, pairing, why):
    world.seeks("mina", topics="grief")
    if why == "full":
        world.arrive("ben")
        world.pair("ben", "nora")
    elif why == "paused":
        world.does("nora", actions.pause, True)
    elif why == "another language":
        world.offers("nora", languages="pt")
    elif why == "a topic":
        world.offers("nora", not_taken="grief")
    else:
        world.does("mina", accounts.hide, world.ids["nora"], True)
    with pytest.raises(Conflict, match="cannot take them now"):
        hands(world, pairing)


def test_whoever_is_full_when_the_last_yes_comes_takes_nobody_and_nothing_changes(
    world, rooms, pairing
):
    asked = hands(world, pairing)
    answers(world, "mina", asked)
    world.arrive("ben")
    world.pair("ben", "nora")
    with pytest.raises(Conflict):
        answers(world, "nora", asked)
    assert [one.handle for one in walks(world, "mina")] == ["paul"]
    assert rooms.closed == []
    assert places(world) == {"paul": 1, "nora": 1}


def test_when_they_part_meanwhile_nothing_is_asked_any_more(world, pairing):
    asked = hands(world, pairing)
    world.does("mina", actions.end, pairing)
    with pytest.raises(NotFound):
        answers(world, "nora", asked)
    assert world.does("nora", pairs.passings) == []


def test_when_the_other_mentor_goes_or_is_forgotten_it_is_off(world, pairing):
    asked = hands(world, pairing)
    with world.database.unit() as unit:
        accounts.set_role(unit, world.ids["nora"], Role.MEMBER)
    assert world.does("mina", pairs.passings) == []
    with pytest.raises(NotFound):
        answers(world, "mina", asked)
    with world.database.unit() as unit:
        PairMemory().erase(unit, world.ids["nora"])
        assert unit.session.scalars(select(HandOver)).all() == []


def test_each_of_the_three_sees_what_was_asked_and_nobody_else(world, pairing):
    hands(world, pairing)
    for handle, is_own in (("paul", True), ("mina", False), ("nora", False)):
        [one] = world.does(handle, pairs.passings)
        assert (one.member, one.mentor, one.taker) == ("mina", "paul", "nora")
        assert (one.is_own, one.has_said_yes) == (is_own, False)
    assert world.does("otto", pairs.passings) == []


# ------------------------------------------------------------------ hours that suit both


def proposes(world, handle, pairing, *lines):
    form = HoursForm.parse({"hours": "\n".join(lines)})
    world.does(handle, actions.propose_hours, pairing, form)


def test_one_proposes_and_the_other_agrees_each_on_their_own_wall(world, rooms):
    pairing = world.pair("mina", "nora")
    proposes(world, "mina", pairing, "tue 19:00-21:00")
    [mine], [hers] = walks(world, "mina"), walks(world, "nora")
    assert (mine.hours, mine.hours_state) == (("tue 19:00-21:00",), "asked_by_me")
    assert (hers.hours, hers.hours_state) == (("tue 14:00-16:00",), "asked_of_me")
    world.does("nora", actions.agree_hours, pairing)
    assert walks(world, "mina")[0].hours_state == "agreed"
    assert news(world, "nora") == ["hours_asked"]
    assert news(world, "mina") == ["hours_agreed"]


def test_nobody_agrees_to_their_own_or_to_nothing_or_twice(world, pairing):
    with pytest.raises(Conflict):
        world.does("paul", actions.agree_hours, pairing)
    proposes(world, "paul", pairing, "sun 08:00-09:00")
    with pytest.raises(Conflict):
        world.does("paul", actions.agree_hours, pairing)
    world.does("mina", actions.agree_hours, pairing)
    with pytest.raises(Conflict):
        world.does("mina", actions.agree_hours, pairing)


def test_what_is_proposed_anew_is_agreed_anew(world, pairing):
    proposes(world, "paul", pairing, "sun 08:00-09:00")
    world.does("mina", actions.agree_hours, pairing)
    proposes(world, "mina", pairing, "sun 10:00-11:00")
    assert walks(world, "paul")[0].hours_state == "asked_of_me"


def test_hours_are_of_those_two_while_they_walk(world, pairing):
    with pytest.raises(NotFound):
        proposes(world, "otto", pairing, "sun 08:00-09:00")
    with pytest.raises(Invalid):
        proposes(world, "mina", pairing)
    world.does("mina", actions.end, pairing)
    with pytest.raises(Conflict):
        proposes(world, "mina", pairing, "sun 08:00-09:00")


# ------------------------------------------------------------------ the yearly code, probation


def sets(world, handle="paul", **values):
    with world.database.unit() as unit:
        row = update(MentorOffer).where(MentorOffer.account_id == world.ids[handle])
        unit.session.execute(row.values(**values))


def test_a_month_before_the_year_ends_they_hear_it_once_and_once_when_it_is_over(world, clock):
    sets(world, "nora", renew_on=date(2031, 1, 1))
    sets(world, renew_on=date(2030, 2, 15))
    for days in (10, 10, 0, 20, 10, 1):
        clock.forward(days=days)
        remind_of_renewals(world.database)
    assert news(world, "paul") == ["mentor_renew", "mentor_renew_over"]
    assert news(world, "nora") == []


def test_whose_year_is_over_is_not_proposed_takes_nobody_and_loses_nobody(world, clock, pairing):
    world.arrive("ben")
    ask = world.asks("ben")
    sets(world, renew_on=date(2030, 1, 1))
    clock.forward(days=1)
    world.seeks("otto")
    assert "paul" not in world.sees("otto")
    with pytest.raises(Conflict):
        world.accepts(ask)
    assert [one.handle for one in walks(world, "paul")] == ["mina"]
    world.does("paul", actions.renew)
    assert "paul" in world.sees("otto")
    world.accepts(ask)
    with world.database.read() as unit:
        assert queries.offer_of(unit, world.ids["paul"]).renew_on == date(2031, 1, 2)


def test_a_code_that_was_changed_is_signed_anew(world):
    sets(world, code_version=0)
    remind_of_renewals(world.database)
    assert news(world, "paul") == ["mentor_renew_over"]
    world.seeks()
    assert world.sees() == ["nora"]
    world.does("paul", actions.renew)
    assert world.sees() == ["nora", "paul"] or world.sees() == ["paul", "nora"]


@pytest.mark.parametrize(
    ("renew_on", "signed", "is_over"),
    [
        (date(2030, 1, 1), 1, False),
        (date(2029, 12, 31), 1, True),
        (date(2031, 1, 1), 0, True),
    ],
)
def test_when_a_year_is_over(renew_on, signed, is_over):
    assert caps.renewal_is_over(renew_on, signed, date(2030, 1, 1)) is is_over


def test_on_probation_one_walks_with_one_person(world):
    sets(world, probation=5)
    world.arrive("ben")
    ask = world.asks("ben")
    world.pair("mina")
    world.seeks("otto")
    assert "paul" not in world.sees("otto")
    with pytest.raises(Conflict, match="first five"):
        world.accepts(ask)
    sets(world, probation=0)
    world.accepts(ask)


def test_a_setback_is_a_pause_and_nothing_tells_one_from_the_other(world, pairing):
    world.does("paul", actions.rest)
    world.does("nora", actions.pause, True)
    with world.database.read() as unit:
        rows = unit.session.scalars(select(Entry).where(Entry.verb == "mentoring.paused")).all()
        assert [row.actor_id for row in rows] == [world.ids["paul"], world.ids["nora"]]
        assert len({str(row.detail) for row in rows}) == 1
    assert world.told("mina") == ["mentor_accepted", "mentor_paused"]


# ------------------------------------------------------------------ the home


def test_home_has_tonight_people_hours_and_who_waits(world, clock, pairing):
    world.seeks("otto", languages="pt")
    world.does("otto", actions.wait)
    clock.forward(hours=1)
    page = world.does("paul", homes.home)
    assert [one.handle for one in page.people] == ["mina"]
    assert (page.waiting, page.longest) == (1, clock.now() - timedelta(hours=1))
    assert (page.soon, page.hours) == ([], homes.Hours(0, 360, 0, 2))
    assert not page.renewal_is_over


def test_home_of_somebody_without_an_offer_has_the_usual_caps(world):
    world.arrive("wren", role=Role.MENTOR)
    page = world.does("wren", homes.home)
    assert (page.offer, page.people, page.hours) == (None, [], homes.Hours(0, 360, 0, 2))
