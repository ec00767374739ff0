"""A mentor who is none any more, or is banned, leaves nobody waiting."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from support.accounts import actions as accounts
from support.accounts import ports
from support.base.actor import Role
from support.base.errors import Conflict, NotFound
from support.mentoring import actions, queries
from support.mentoring.models import MentorAsk, MentorOffer, Pairing
from support.mentoring.ports import joined
from tests.mentoring_world import World


@pytest.fixture
def world(database, people):
    return World(database, people)


class Closing:
    """Rooms of which only the closing is kept."""

    def __init__(self):
        self.opened, self.closed = 0, []

    def open(self, unit):
        self.opened += 1
        return f"room-{self.opened}"

    def close(self, unit, room_id, people):
        self.closed.append(room_id)


@pytest.fixture
def rooms(monkeypatch, database):
    kept = Closing()
    monkeypatch.setattr(joined, "rooms", kept)
    return kept


def loses_role(world, handle="paul", role=Role.MEMBER):
    with world.database.unit() as unit:
        accounts.set_role(unit, world.ids[handle], role)


def is_banned(world, handle="paul"):
    with world.database.unit() as unit:
        accounts.ban(unit, world.ids[handle], "selling", "no_trading")


WAYS = pytest.mark.parametrize("leaves", [loses_role, is_banned])


def state_of(world, ask):
    with world.database.read() as unit:
        row = unit.session.get_one(MentorAsk, ask)
        return row.state, row.decided_at


def pair_of(world, pairing):
    with world.database.read() as unit:
        row = unit.session.get_one(Pairing, pairing)
        return row.ended_at, row.ended_by


@WAYS
def test_whoever_asked_hears_a_kind_no_and_waits_no_longer(world, clock, leaves):
    world.offers()
    ask = world.asks()
    leaves(world)
    assert state_of(world, ask) == ("withdrawn", clock.now())
    assert world.told("mina") == ["mentor_declined"]
    assert world.does("mina", queries.asks_of) == []


@WAYS
def test_whoever_walked_with_them_is_told_and_free_to_seek_again(world, rooms, clock, leaves):
    world.offers()
    pairing = world.pair()
    leaves(world)
    assert pair_of(world, pairing) == (clock.now(), world.ids["paul"])
    assert rooms.closed == ["room-1"]
    assert world.told("mina") == ["mentor_accepted", "mentor_ended"]
    assert world.does("mina", queries.mentor_of) is None
    world.arrive("nora", role=Role.MENTOR)
    world.offers("nora")
    assert world.sees("mina") == ["nora"]
    world.pair("mina", "nora")


@WAYS
def test_their_places_are_counted_as_free(world, leaves):
    world.offers()
    world.arrive("ben")
    world.pair("mina")
    world.pair("ben")
    leaves(world)
    with world.database.read() as unit:
        assert unit.session.get_one(MentorOffer, world.ids["paul"]).mentees == 0


@WAYS
def test_the_pairs_and_asks_of_other_mentors_stay_as_they_are(world, leaves):
    world.arrive("nora", role=Role.MENTOR)
    world.arrive("ben")
    world.offers("nora")
    pairing = world.pair("mina", "nora")
    ask = world.asks("ben", "nora")
    leaves(world)
    assert pair_of(world, pairing) == (None, None)
    assert state_of(world, ask) == ("open", None)
    assert world.told("ben") == []
    assert "mentor_ended" not in world.told("mina")


@WAYS
def test_an_end_of_long_ago_is_not_told_again(world, clock, leaves):
    world.offers()
    pairing = world.pair()
    world.does("mina", actions.end, pairing)
    ended = pair_of(world, pairing)
    clock.forward(days=3)
    leaves(world)
    assert pair_of(world, pairing) == ended
    assert "mentor_ended" not in world.told("mina")


@WAYS
def test_the_log_names_each_pair_that_ended_and_no_moderator_for_it(world, leaves):
    world.offers()
    world.pair()
    leaves(world)
    assert world.deeds()[-1] == (None, "mentoring.ended")


@WAYS
def test_a_member_who_is_kept_out_herself_gets_no_letter_about_it(world, clock, leaves):
    world.offers()
    pairing = world.pair()
    with world.database.unit() as unit:
        end = clock.now() + timedelta(days=7)
        accounts.suspend(unit, world.ids["mina"], end, "rest", "kindness")
    leaves(world)
    assert pair_of(world, pairing)[0] is not None
    assert world.told("mina") == ["mentor_accepted"]


@pytest.mark.parametrize("role", [Role.MEMBER, Role.MODERATOR, Role.ADMIN])
def test_any_other_role_ends_it_also_a_higher_one(world, role):
    world.offers()
    pairing = world.pair()
    loses_role(world, role=role)
    assert pair_of(world, pairing)[0] is not None


def test_the_same_role_again_ends_nothing(world):
    world.offers()
    pairing = world.pair()
    loses_role(world, role=Role.MENTOR)
    assert pair_of(world, pairing) == (None, None)


@pytest.mark.parametrize("measure", ["mute", "suspend"])
def test_a_measure_that_passes_ends_no_pair(world, clock, measure):
    world.offers()
    pairing = world.pair()
    with world.database.unit() as unit:
        end = clock.now() + timedelta(days=1)
        getattr(accounts, measure)(unit, world.ids["paul"], end, "rest", "kindness")
    assert pair_of(world, pairing) == (None, None)


def test_a_request_that_was_closed_so_cannot_be_accepted_by_who_comes_back(world):
    world.offers()
    ask = world.asks()
    loses_role(world)
    loses_role(world, role=Role.MENTOR)
    with pytest.raises(NotFound):
        world.accepts(ask)


def test_who_comes_back_may_be_asked_anew_for_they_said_no_to_nobody(world):
    world.offers()
    first = world.asks()
    loses_role(world)
    assert world.sees() == []
    loses_role(world, role=Role.MENTOR)
    assert world.sees() == ["paul"]
    assert world.asks() != first


def test_a_pair_that_ended_so_is_not_ended_again_by_the_member(world):
    world.offers()
    pairing = world.pair()
    is_banned(world)
    with pytest.raises(Conflict, match="ended already"):
        world.does("mina", actions.end, pairing)


def test_a_role_that_could_not_be_changed_ended_nothing(world):
    world.offers()
    pairing = world.pair()

    class Stop(Exception):
        """The transaction fails after the change."""

    def fails(unit):
        accounts.set_role(unit, world.ids["paul"], Role.MEMBER)
        raise Stop

    with pytest.raises(Stop), world.database.unit() as unit:
        fails(unit)
    assert pair_of(world, pairing) == (None, None)
    assert world.told("mina") == ["mentor_accepted"]


def test_a_mentor_without_an_offer_or_anybody_leaves_quietly(world):
    world.arrive("nora", role=Role.MENTOR)
    before = world.deeds()
    loses_role(world, "nora")
    is_banned(world, "nora")
    assert world.deeds() == before
    with world.database.read() as unit:
        assert list(unit.session.scalars(select(Pairing))) == []


class Heard:
    """An area that only writes down who left."""

    def __init__(self):
        self.left, self.out = [], []

    def leave(self, unit, account_id):
        self.left.append(account_id)

    def kept_out(self, unit, account_id):
        self.out.append(account_id)


def test_an_area_that_asked_twice_hears_once_and_in_the_same_transaction(world, monkeypatch):
    monkeypatch.setattr(ports, "MENTOR_LEAVERS", list(ports.MENTOR_LEAVERS))
    heard = Heard()
    ports.register_mentor_leaver(heard)
    ports.register_mentor_leaver(heard)
    loses_role(world, "otto", Role.MODERATOR)
    is_banned(world, "mina")
    assert (heard.left, heard.out) == ([], [world.ids["mina"]])
    loses_role(world)
    assert heard.left == [world.ids["paul"]]


# ------------------------------------------------------------------ a member who is banned


def test_a_banned_member_takes_up_nobodys_place(world, rooms, clock):
    world.offers(most=1)
    pairing = world.pair()
    is_banned(world, "mina")
    assert pair_of(world, pairing) == (clock.now(), world.ids["mina"])
    assert rooms.closed == ["room-1"]
    assert world.told("paul") == ["mentor_asked", "mentor_ended"]
    world.arrive("ben")
    world.pair("ben")


def test_a_banned_member_neither_asks_nor_waits_any_more(world):
    world.offers()
    world.arrive("ben")
    ask = world.asks()
    world.seeks("ben")
    world.does("ben", actions.wait)
    is_banned(world, "mina")
    is_banned(world, "ben")
    assert state_of(world, ask)[0] == "withdrawn"
    assert world.does("paul", queries.asks_to) == []
    with world.database.read() as unit:
        assert queries.waiting_count(unit) == 0


def test_a_mentor_who_becomes_a_member_again_keeps_their_own_mentor(world):
    world.offers()
    pairing = world.pair("otto")
    loses_role(world, "otto", Role.MENTOR)
    loses_role(world, "otto", Role.MEMBER)
    assert pair_of(world, pairing) == (None, None)
