"""The quieter half of mentoring: what is written down, who hears what, and what stays closed."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from support.accounts import actions as accounts
from support.audit.models import Entry
from support.base.actor import Role
from support.base.errors import Conflict, Forbidden, Invalid, NotFound
from support.mentoring import actions, queries
from support.mentoring.actions.memory import PairMemory
from support.mentoring.forms import SearchForm
from support.mentoring.jobs import TICKS
from support.mentoring.models import MentorApplication, MentorAsk, MentorSearch, Pairing
from support.mentoring.ports import joined
from tests.mentoring_world import World


@pytest.fixture
def world(database, people):
    return World(database, people)


class Rooms:
    """Rooms that are only counted."""

    def __init__(self):
        self.opened, self.closed = [], []

    def open(self, unit):
        self.opened.append(f"room-{len(self.opened) + 1}")
        return self.opened[-1]

    def close(self, unit, room_id, people):
        self.closed.append(room_id)


@pytest.fixture
def rooms(monkeypatch, database):
    counted = Rooms()
    monkeypatch.setattr(joined, "rooms", counted)
    return counted


@pytest.fixture
def without_rooms(monkeypatch, database):
    monkeypatch.setattr(joined, "rooms", None)


# ------------------------------------------------------------------ becoming one


@pytest.mark.parametrize(
    ("finished", "may"),
    [("2029-01-01", True), ("2029-01-02", False), ("2028-12-31", True), ("2029-12-31", False)],
)
def test_a_year_is_a_year_to_the_day(world, clock, finished, may):
    assert clock.now().date() == date(2030, 1, 1)
    if may:
        assert world.applies(finished_on=finished)
        return
    with pytest.raises(Invalid) as refused:
        world.applies(finished_on=finished)
    assert "Come back then" in refused.value.fields["finished_on"]


def test_a_taper_that_ends_in_the_future_is_not_finished(world):
    with pytest.raises(Invalid):
        world.applies(finished_on="2031-01-01")


def test_every_step_of_an_application_is_in_the_log_with_who_took_it(world):
    application = world.applies()
    world.does("otto", actions.withdraw)
    again = world.applies()
    world.votes("mo", again)
    world.votes("rae", again, yes=False)
    assert world.deeds() == [
        ("otto", "mentoring.applied"),
        ("otto", "mentoring.withdrew"),
        ("otto", "mentoring.applied"),
        ("mo", "mentoring.said_yes"),
        ("rae", "mentoring.said_no"),
    ]
    assert application != again


def test_the_reasons_of_votes_and_applications_stay_out_of_the_log(world):
    world.votes("mo", world.applies(why="Because of my brother."))
    with world.database.read() as unit:
        lines = [
            f"{one.subject} {one.detail}"
            for one in unit.session.scalars(select(Entry))
            if one.verb.startswith("mentoring")
        ]
    assert lines
    assert not [line for line in lines if "brother" in line or "I know" in line]


def test_the_whole_staff_hears_of_an_application_and_nobody_else(world):
    world.applies()
    heard = [one for one in ("mo", "rae", "ada", "mina", "paul", "otto") if world.told(one)]
    assert heard == ["mo", "rae", "ada"]


def test_a_second_application_is_news_again(world):
    world.applies()
    world.does("otto", actions.withdraw)
    world.applies()
    assert world.told("mo") == ["mentor_application", "mentor_application"]


def test_two_noes_are_a_kind_no_and_one_may_apply_again(world):
    application = world.applies()
    world.votes("mo", application, yes=False)
    assert world.votes("rae", application, yes=False) == "refused"
    assert world.told("otto") == ["mentor_not_now"]
    with world.database.read() as unit:
        row = unit.session.get_one(MentorApplication, application)
        assert (row.state, row.decided_at) == ("refused", unit.now)
        assert queries.offer_of(unit, world.ids["otto"]) is None
    assert world.applies() != application


def test_an_applicant_who_is_refused_stays_a_member(world):
    application = world.applies()
    for handle in ("mo", "rae"):
        world.votes(handle, application, yes=False)
    with pytest.raises(Conflict, match="not a mentor"):
        world.offers("otto")


def test_nobody_votes_on_what_was_taken_back(world):
    application = world.applies()
    world.does("otto", actions.withdraw)
    with pytest.raises(Conflict, match="decided already"):
        world.votes("mo", application)


def test_a_withdrawn_application_says_since_when(world, clock):
    application = world.applies()
    clock.forward(days=3)
    world.does("otto", actions.withdraw)
    with world.database.read() as unit:
        row = unit.session.get_one(MentorApplication, application)
        assert (row.state, row.decided_at) == ("withdrawn", clock.now())
        assert row.made_at == clock.now() - timedelta(days=3)


def test_yeses_of_an_earlier_application_do_not_count_for_the_next(world):
    first = world.applies()
    world.votes("mo", first)
    world.does("otto", actions.withdraw)
    second = world.applies()
    assert world.votes("rae", second) == "open"
    assert world.votes("mo", second) == "approved"


def test_a_new_mentor_begins_with_three_places_probation_and_a_year(world, clock):
    application = world.applies()
    for handle in ("mo", "rae"):
        world.votes(handle, application)
    with world.database.read() as unit:
        offer = queries.offer_of(unit, world.ids["otto"])
        assert (offer.most, offer.mentees, offer.probation) == (3, 0, 5)
        assert offer.renew_on == (clock.now() + timedelta(days=365)).date()
        assert offer.offer["not_taken"] == ["alcohol"]
        assert offer.paused_at is None


def test_a_new_mentor_is_proposed_with_what_they_wrote(world):
    application = world.applies(not_taken="", hours="")
    for handle in ("mo", "rae"):
        world.votes(handle, application)
    world.seeks()
    assert world.sees() == ["otto"]


def test_moderators_see_the_oldest_first_and_what_others_said(world, clock):
    world.arrive("fern")
    world.applies("fern")
    clock.forward(hours=1)
    world.votes("mo", world.applies("otto"), yes=False)
    lines = world.does("rae", queries.applications)
    assert [line.handle for line in lines] == ["fern", "otto"]
    assert [line.may_vote for line in lines] == [True, True]
    assert [(vote.by, vote.yes, vote.reason) for vote in lines[1].votes] == [
        ("mo", False, "I know them.")
    ]
    assert [line.may_vote for line in world.does("mo", queries.applications)] == [True, False]


def test_what_is_decided_waits_for_nobody(world):
    application = world.applies()
    for handle in ("mo", "rae"):
        world.votes(handle, application)
    assert world.does("ada", queries.applications) == []


def test_a_moderator_who_applied_before_they_were_one_does_not_see_their_own(world):
    application = world.applies()
    with world.database.unit() as unit:
        accounts.set_role(unit, world.ids["otto"], Role.MODERATOR)
    assert world.does("otto", queries.applications) == []
    with pytest.raises(Forbidden, match="Another moderator"):
        world.votes("otto", application)


# ------------------------------------------------------------------ limits and pauses


def test_a_mentor_made_by_command_has_an_empty_offer_of_three_until_they_write_one(world, clock):
    world.does("paul", actions.pause, False)
    with world.database.read() as unit:
        offer = queries.offer_of(unit, world.ids["paul"])
        assert (offer.offer, offer.most, offer.mentees) == ({"languages": []}, 3, 0)
        assert offer.renew_on == date(2031, 1, 1)
    world.seeks()
    assert world.sees() == []


def test_whoever_is_made_a_mentor_on_the_29th_of_february_has_a_next_year_too(world, clock):
    clock.forward(days=(date(2032, 2, 29) - clock.now().date()).days)
    world.offers()
    with world.database.read() as unit:
        assert queries.offer_of(unit, world.ids["paul"]).renew_on == date(2033, 2, 28)


def test_limits_are_replaced_whole(world):
    world.offers(hours="tue 19:00-21:00", not_taken="grief", stages="tapering")
    world.offers(substances="clonazepam")
    with world.database.read() as unit:
        assert queries.offer_of(unit, world.ids["paul"]).offer == {
            "substances": ["clonazepam"],
            "stages": [],
            "languages": ["en"],
            "not_taken": [],
            "hours": [],
            "experience": [],
        }


def test_the_log_has_how_many_and_nothing_of_what(world):
    world.offers(most=4)
    with world.database.read() as unit:
        entry = unit.session.scalars(
            select(Entry).where(Entry.verb == "mentoring.limits_set")
        ).one()
        assert (entry.actor_id, entry.detail) == (world.ids["paul"], {"most": 4})


def test_a_cap_of_just_as_many_as_one_has_is_good_and_takes_nobody_more(world):
    world.arrive("fern")
    world.offers()
    world.pair()
    world.offers(most=1)
    world.seeks("fern")
    assert world.sees("fern") == []


@pytest.mark.parametrize("handle", ["mina", "mo", "ada"])
def test_who_is_no_mentor_has_no_limits_and_no_pause(world, handle):
    with pytest.raises(Conflict, match="not a mentor"):
        world.offers(handle)
    with pytest.raises(Conflict, match="not a mentor"):
        world.does(handle, actions.pause, True)


def test_a_pause_is_written_down_once_and_so_is_coming_back(world):
    world.offers()
    for on in (False, True, True, False, False):
        world.does("paul", actions.pause, on)
    assert [verb for _, verb in world.deeds()] == [
        "mentoring.limits_set",
        "mentoring.paused",
        "mentoring.back",
    ]


def test_a_pause_turns_down_whoever_asked_and_they_can_ask_another(world):
    world.arrive("ash", role=Role.MENTOR)
    world.offers()
    world.offers("ash")
    ask = world.asks()
    world.does("paul", actions.pause, True)
    assert world.told("mina") == ["mentor_declined"]
    with world.database.read() as unit:
        row = unit.session.get_one(MentorAsk, ask)
        assert (row.state, row.decided_at) == ("declined", unit.now)
    assert world.does("mina", actions.ask, "ash")


def test_a_pause_is_told_to_ones_own_people_alone(world):
    world.arrive("ash", role=Role.MENTOR)
    world.arrive("fern", "moss")
    world.offers()
    world.offers("ash")
    world.pair("mina", "paul")
    world.pair("fern", "ash")
    parted = world.pair("moss", "paul")
    world.does("moss", actions.end, parted)
    world.does("paul", actions.pause, True)
    assert "mentor_paused" in world.told("mina")
    assert "mentor_paused" not in world.told("fern")
    assert "mentor_paused" not in world.told("moss")


def test_on_a_pause_nobody_is_accepted_and_none_is_proposed(world):
    world.offers()
    world.seeks()
    world.does("paul", actions.pause, True)
    assert world.sees() == []
    with pytest.raises(NotFound, match="cannot take you"):
        world.does("mina", actions.ask, "paul")
    world.does("paul", actions.pause, False)
    assert world.sees() == ["paul"]


# ------------------------------------------------------------------ looking


def test_a_search_is_replaced_and_keeps_its_place_in_the_line(world, clock):
    world.seeks()
    assert world.does("mina", actions.wait) == 1
    since = clock.now()
    clock.forward(hours=5)
    world.seeks(stage="finished", languages="pt")
    with world.database.read() as unit:
        search = unit.session.get_one(MentorSearch, world.ids["mina"])
        assert (search.waiting_since, search.made_at) == (since, clock.now())
        assert (search.seeks["stage"], search.seeks["languages"]) == ("finished", ["pt"])


def test_waiting_twice_is_waiting_once(world, clock):
    world.seeks()
    world.does("mina", actions.wait)
    clock.forward(hours=1)
    assert world.does("mina", actions.wait) == 1
    assert [verb for _, verb in world.deeds()] == ["mentoring.waits"]


def test_whoever_has_a_mentor_neither_waits_nor_asks(world):
    world.arrive("ash", role=Role.MENTOR)
    world.offers()
    world.offers("ash")
    world.pair()
    with pytest.raises(Conflict, match="You have a mentor"):
        world.does("mina", actions.wait)
    with pytest.raises(Conflict, match="You have a mentor"):
        world.does("mina", actions.ask, "ash")
    assert world.sees() == []


def test_two_who_wait_since_the_same_moment_are_both_told_the_truth(world):
    world.arrive("fern")
    for handle in ("mina", "fern"):
        world.seeks(handle)
        assert world.does(handle, actions.wait) == 1


def test_who_looks_and_does_not_wait_has_no_place(world):
    world.seeks()
    found = world.does("mina", actions.look)
    assert (found.place, found.mentor, found.asked) == (None, None, [])
    assert world.does("otto", actions.look).search is None


@pytest.mark.parametrize(
    ("zone", "seen"),
    [("Europe/Lisbon", ["ash"]), ("America/New_York", []), ("Atlantic/Azores", ["ash"])],
)
def test_hours_are_weighed_in_the_zone_each_lives_in(world, zone, seen):
    world.arrive("ash", role=Role.MENTOR, zone=zone)
    world.offers("ash", hours="tue 19:00-21:00")
    world.seeks(hours="tue 19:00-21:00")
    assert world.sees() == seen


def test_old_hours_that_cannot_be_read_any_more_shut_nobody_out(world):
    world.offers()
    with world.database.unit() as unit:
        offer = queries.offer_of(unit, world.ids["paul"])
        offer.offer = {**offer.offer, "hours": ["whenever"]}
    world.seeks(hours="tue 19:00-21:00")
    assert world.sees() == ["paul"]


def test_a_no_stays_a_no_and_a_request_taken_back_does_not(world):
    world.offers()
    ask = world.asks()
    world.does("mina", actions.take_back, ask)
    assert world.sees() == ["paul"]
    ask = world.does("mina", actions.ask, "paul")
    world.does("paul", actions.decline, ask)
    assert world.sees() == []
    with pytest.raises(NotFound, match="cannot take you"):
        world.does("mina", actions.ask, "paul")


def test_a_no_to_one_is_no_no_to_another(world):
    world.arrive("fern")
    world.offers()
    world.does("paul", actions.decline, world.asks("mina"))
    world.seeks("fern")
    assert world.sees("fern") == ["paul"]


def test_a_banned_mentor_is_asked_by_nobody(world):
    world.offers()
    world.seeks()
    with world.database.unit() as unit:
        accounts.ban(unit, world.ids["paul"], "gone", "safety")
    assert world.sees() == []
    with pytest.raises(NotFound):
        world.does("mina", actions.ask, "paul")


def test_long_waits_are_counted_together_and_only_while_people_wait(world, clock):
    world.arrive("fern")
    for handle in ("mina", "fern", "otto"):
        world.seeks(handle)
        world.does(handle, actions.wait)
    world.does("otto", lambda unit, me: actions.stop_waiting(unit, me.id))
    clock.forward(hours=48, seconds=1)
    with world.database.unit() as unit:
        assert actions.alert_of_long_waits(unit) == 2
    assert world.told("mo") == ["mentor_waits"]
    with world.database.unit() as unit:
        assert actions.alert_of_long_waits(unit) == 0


def test_exactly_two_days_are_not_yet_too_long(world, clock):
    world.seeks()
    world.does("mina", actions.wait)
    clock.forward(hours=48)
    with world.database.unit() as unit:
        assert actions.alert_of_long_waits(unit) == 0


def test_who_waits_anew_is_told_of_anew(world, clock):
    world.seeks()
    for _ in range(2):
        world.does("mina", actions.wait)
        clock.forward(hours=49)
        with world.database.unit() as unit:
            assert actions.alert_of_long_waits(unit) == 1
        world.does("mina", lambda unit, me: actions.stop_waiting(unit, me.id))
    assert world.told("ada") == ["mentor_waits", "mentor_waits"]


def test_the_number_of_those_who_wait_is_counted(world):
    world.arrive("fern")
    for handle in ("mina", "fern"):
        world.seeks(handle)
        world.does(handle, actions.wait)
    world.seeks("otto")
    with world.database.read() as unit:
        assert queries.waiting_count(unit) == 2


def test_waits_are_looked_at_every_ten_minutes_and_shifts_laid_out_every_hour():
    assert [(job.name, job.every_seconds, job.alone) for job in TICKS] == [
        ("mentoring.waits", 600.0, True),
        ("mentoring.shifts", 3600.0, True),
        ("mentoring.renewals", 3600.0, True),
    ]


# ------------------------------------------------------------------ asking and accepting


def test_the_mentor_hears_who_asks_and_the_longest_wait_stands_first(world, clock):
    world.arrive("fern")
    world.offers()
    world.asks("fern")
    clock.forward(minutes=5)
    world.asks("mina")
    assert [one.handle for one in world.does("paul", queries.asks_to)] == ["fern", "mina"]
    assert world.told("paul") == ["mentor_asked", "mentor_asked"]
    assert [one.handle for one in world.does("mina", queries.asks_of)] == ["paul"]


@pytest.mark.parametrize("deed", [actions.accept, actions.decline])
def test_another_mentor_has_no_such_request(world, deed):
    world.arrive("ash", role=Role.MENTOR)
    world.offers()
    world.offers("ash")
    ask = world.asks()
    with pytest.raises(NotFound, match="no such request"):
        world.does("ash", deed, ask)
    with pytest.raises(NotFound, match="no such request"):
        world.does("paul", deed, "never")


def test_a_request_that_was_answered_is_answered_once(world):
    world.offers()
    ask = world.asks()
    world.does("paul", actions.decline, ask)
    for handle, deed in (
        ("paul", actions.accept),
        ("paul", actions.decline),
        ("mina", actions.take_back),
    ):
        with pytest.raises(NotFound):
            world.does(handle, deed, ask)
    assert world.told("mina") == ["mentor_declined"]


def test_nobody_takes_back_what_they_did_not_ask(world):
    world.offers()
    ask = world.asks()
    for handle in ("paul", "otto", "ada"):
        with pytest.raises(NotFound):
            world.does(handle, actions.take_back, ask)
    assert [one.handle for one in world.does("paul", queries.asks_to)] == ["mina"]


def test_taking_a_request_back_tells_nobody(world):
    world.offers()
    world.does("mina", actions.take_back, world.asks())
    assert world.told("paul") == ["mentor_asked"]
    assert world.told("mina") == []


def test_the_first_yes_withdraws_the_other_requests_and_ends_the_wait(world):
    world.arrive("ash", role=Role.MENTOR)
    world.offers()
    world.offers("ash")
    first = world.asks("mina", "paul")
    other = world.does("mina", actions.ask, "ash")
    world.does("mina", actions.wait)
    world.accepts(first)
    with pytest.raises(NotFound):
        world.accepts(other, "ash")
    found = world.does("mina", actions.look)
    assert (found.place, found.asked, found.mentor.handle) == (None, [], "paul")
    with world.database.read() as unit:
        states = {row.id: row.state for row in unit.session.scalars(select(MentorAsk))}
    assert states == {first: "accepted", other: "withdrawn"}


def test_a_refused_yes_changes_nothing(world):
    world.arrive("fern")
    world.offers(most=1)
    late = world.asks("fern")
    world.accepts(world.asks("mina"))
    with pytest.raises(Conflict, match="as many people"):
        world.accepts(late)
    with world.database.read() as unit:
        assert unit.session.get_one(MentorAsk, late).state == "open"
        assert queries.offer_of(unit, world.ids["paul"]).mentees == 1
    assert world.told("fern") == []


def test_a_suspended_member_is_told_nothing_of_a_yes(world):
    world.offers()
    ask = world.asks()
    with world.database.unit() as unit:
        until = unit.now + timedelta(days=1)
        accounts.suspend(unit, world.ids["mina"], until, "x", "safety")
    world.does("paul", actions.decline, ask)
    assert world.told("mina") == []


def test_the_room_of_two_opens_with_the_yes_and_closes_with_the_end(world, rooms):
    world.offers()
    pairing = world.pair()
    assert (rooms.opened, rooms.closed) == (["room-1"], [])
    world.does("mina", actions.end, pairing)
    assert rooms.closed == ["room-1"]


def test_without_a_chat_two_people_are_a_pair_all_the_same(world, without_rooms):
    world.offers()
    pairing = world.pair()
    tie = world.does("mina", actions.look).mentor
    assert (tie.handle, tie.room_id) == ("paul", None)
    world.does("paul", actions.end, pairing)
    assert world.does("mina", actions.look).mentor is None


def test_after_an_end_one_may_find_each_other_again(world):
    world.offers(most=1)
    first = world.pair()
    world.does("paul", actions.end, first)
    assert world.pair() != first
    with world.database.read() as unit:
        assert len(unit.session.scalars(select(Pairing)).all()) == 2


def test_an_end_says_who_and_when_and_frees_one_place_only(world, clock):
    world.arrive("fern")
    world.offers()
    pairing = world.pair("mina")
    world.pair("fern")
    clock.forward(days=2)
    world.does("mina", actions.end, pairing)
    with world.database.read() as unit:
        row = unit.session.get_one(Pairing, pairing)
        assert (row.ended_at, row.ended_by) == (clock.now(), world.ids["mina"])
        assert queries.offer_of(unit, world.ids["paul"]).mentees == 1
    assert [one.handle for one in world.does("paul", queries.mentees_of)] == ["fern"]


def test_nobody_ends_what_is_not_there(world):
    for handle in ("mina", "paul", "ada"):
        with pytest.raises(NotFound, match="no such pairing"):
            world.does(handle, actions.end, "never")


def test_who_walks_with_whom_is_known_from_both_sides_while_it_lasts(world):
    world.arrive("fern")
    world.offers()
    mina, fern, paul = (world.ids[one] for one in ("mina", "fern", "paul"))
    pairing = world.pair("mina")
    world.pair("fern")
    with world.database.read() as unit:
        assert queries.tied_to(unit, [paul, mina]) == {
            paul: frozenset({mina, fern}),
            mina: frozenset({paul}),
        }
        assert queries.tied_to(unit, [world.ids["otto"]]) == {}
    world.does("paul", actions.end, pairing)
    with world.database.read() as unit:
        assert queries.tied_to(unit, [mina]) == {}


def test_a_room_of_two_is_nobody_elses_and_nobodys_after_the_end(world, rooms):
    world.offers()
    pairing = world.pair()

    def inside():
        with world.database.read() as unit:
            found = [
                one
                for one in ("mina", "paul", "otto", "ada")
                if queries.is_of_pair(unit, world.ids[one], "room-1")
            ]
            assert not queries.is_of_pair(unit, world.ids["mina"], "room-2")
            return found

    assert inside() == ["mina", "paul"]
    world.does("mina", actions.end, pairing)
    assert inside() == []


# ------------------------------------------------------------------ going away


def test_a_mentor_who_is_erased_closes_their_rooms_and_their_people_may_seek_again(world, rooms):
    world.arrive("fern")
    world.offers()
    world.pair("mina")
    world.pair("fern")
    with world.database.unit() as unit:
        PairMemory().erase(unit, world.ids["paul"])
    assert sorted(rooms.closed) == ["room-1", "room-2"]
    with world.database.read() as unit:
        assert queries.offer_of(unit, world.ids["paul"]) is None
    for handle in ("mina", "fern"):
        assert world.does(handle, actions.look).mentor is None
        assert world.does(handle, actions.wait)


def test_erasing_one_leaves_the_others_as_they_were(world):
    world.arrive("fern")
    world.offers()
    world.pair("fern")
    world.asks("mina")
    world.applies("otto")
    with world.database.unit() as unit:
        PairMemory().erase(unit, world.ids["mina"])
    assert world.does("fern", actions.look).mentor.handle == "paul"
    assert [line.handle for line in world.does("mo", queries.applications)] == ["otto"]
    assert world.does("paul", queries.asks_to) == []


def test_an_ended_pairing_is_not_ended_again_by_an_erasure(world, rooms, clock):
    world.offers()
    pairing = world.pair()
    world.does("paul", actions.end, pairing)
    clock.forward(days=1)
    with world.database.unit() as unit:
        PairMemory().erase(unit, world.ids["mina"])
        row = unit.session.get_one(Pairing, pairing)
        assert (row.ended_by, row.ended_at) == (world.ids["paul"], unit.now - timedelta(days=1))
    assert rooms.closed == ["room-1"]


def test_who_did_nothing_here_gets_an_empty_page_of_it(world):
    with world.database.read() as unit:
        assert PairMemory().export(unit, world.ids["otto"]) == {
            "applications": [],
            "offer": None,
            "search": None,
            "shifts": [],
            "pairings": [],
        }


def test_an_export_says_when_it_began_and_ended_and_names_nobody(world, clock):
    world.offers()
    pairing = world.pair()
    clock.forward(days=1)
    world.does("mina", actions.end, pairing)
    with world.database.read() as unit:
        kept = PairMemory().export(unit, world.ids["mina"])
    assert kept["pairings"] == [
        {
            "as": "member",
            "began_at": "2030-01-01T00:00:00.000Z",
            "ended_at": "2030-01-02T00:00:00.000Z",
        }
    ]
    assert "paul" not in str(kept)
    assert world.ids["paul"] not in str(kept)


@pytest.mark.parametrize("handle", ["paul"])
def test_a_mentor_does_not_seek_and_a_moderator_may(world, handle):
    with pytest.raises(Forbidden, match="people who look"):
        world.does(handle, actions.seek, SearchForm.parse({"languages": "en"}))
    world.does("mo", actions.seek, SearchForm.parse({"languages": "en"}))


@pytest.mark.parametrize("role", [Role.MEMBER, Role.MODERATOR])
def test_who_is_no_mentor_any_more_is_proposed_to_nobody(world, role):
    world.offers()
    world.seeks()
    with world.database.unit() as unit:
        accounts.set_role(unit, world.ids["paul"], role)
    assert world.sees() == []
    with pytest.raises(NotFound, match="cannot take you"):
        world.does("mina", actions.ask, "paul")


@pytest.mark.parametrize("what", ["moderator", "admin", "banned"])
def test_much_may_have_happened_since_somebody_applied(world, what):
    application = world.applies()
    with world.database.unit() as unit:
        if what == "banned":
            accounts.ban(unit, world.ids["otto"], "gone", "safety")
        else:
            accounts.set_role(unit, world.ids["otto"], Role(what))
    world.votes("mo", application)
    with pytest.raises(Conflict, match="cannot become a mentor now"):
        world.votes("rae", application)
    with world.database.read() as unit:
        assert unit.session.get_one(MentorApplication, application).state == "open"
        assert queries.offer_of(unit, world.ids["otto"]) is None
