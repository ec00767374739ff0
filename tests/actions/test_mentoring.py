"""Becoming a mentor, being found, the cap that holds, and parting, on a real database."""

from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from support.accounts import actions as accounts
from support.accounts import queries as accounts_queries
from support.base.actor import Role
from support.base.errors import Conflict, Forbidden, Invalid, NotFound
from support.mentoring import actions, queries
from support.mentoring.actions.memory import PairMemory
from support.mentoring.forms import ApplyForm, LimitsForm, SearchForm, VoteForm
from support.mentoring.jobs import look_at_waits
from support.mentoring.models import (
    MentorApplication,
    MentorAsk,
    MentorOffer,
    MentorSearch,
    MentorVote,
    Pairing,
)
from support.notify.models import Outbox
from tests.desk_world import a_board, open_desk
from tests.people import CHEAP, PASSPHRASE, actor
from tests.unit.test_mentoring_rules import APPLICATION

YES, NO = {"yes": "1", "reason": "I know her."}, {"yes": "0", "reason": "Too early."}


@pytest.fixture
def act(database, people):
    """Do something as somebody, in a transaction of its own."""

    def within(deed, handle, *given):
        with database.unit() as unit:
            return deed(unit, actor(unit, handle), *given)

    return within


@pytest.fixture
def applied(act):
    return lambda handle="otto": act(actions.apply, handle, ApplyForm.parse(APPLICATION))


@pytest.fixture
def seeking(act):
    """Somebody who looks for a mentor."""

    def seek(handle="mina", **more):
        form = SearchForm.parse({"languages": "en", "substances": "diazepam", **more})
        act(actions.seek, handle, form)

    return seek


@pytest.fixture
def offering(act):
    """Paul takes people."""

    def offer(handle="paul", **more):
        sent = {"languages": "en", "substances": "diazepam", "most": 2, **more}
        act(actions.set_limits, handle, LimitsForm.parse(sent))

    return offer


@pytest.fixture
def asked(act, seeking, offering):
    def ask(handle="mina"):
        seeking(handle)
        return act(actions.ask, handle, "paul")

    offering()
    return ask


@pytest.fixture
def newcomers(database, people):
    """More members, by name."""

    def arrive(*handles):
        kept = CHEAP.hash(PASSPHRASE)
        about = accounts.About("PT", "Europe/Lisbon", settled=True)
        with database.unit() as unit:
            for handle in handles:
                accounts.create(unit, handle, Role.MEMBER, kept, about)

    return arrive


def told(database, handle, people):
    with database.read() as unit:
        rows = unit.session.scalars(
            select(Outbox.kind).where(Outbox.recipient_id == people[handle]).order_by(Outbox.id)
        )
        return set(rows)


# ------------------------------------------------------------------ becoming one


def test_two_moderators_make_a_mentor_and_one_does_not(database, act, applied, people):
    application = applied()
    assert act(actions.vote, "mo", application, VoteForm.parse(YES)) == "open"
    with database.read() as unit:
        assert actor(unit, "otto").role == "member"
    assert act(actions.vote, "rae", application, VoteForm.parse(YES)) == "approved"
    with database.read() as unit:
        assert actor(unit, "otto").role == "mentor"
        offer = queries.offer_of(unit, people["otto"])
        assert (offer.most, offer.mentees, offer.probation) == (3, 0, 5)
    assert "mentor_application" in told(database, "mo", people)
    assert "mentor_welcome" in told(database, "otto", people)


def test_a_yes_and_a_no_wait_for_a_third(act, applied):
    application = applied()
    act(actions.vote, "mo", application, VoteForm.parse(YES))
    assert act(actions.vote, "rae", application, VoteForm.parse(NO)) == "open"
    assert act(actions.vote, "ada", application, VoteForm.parse(NO)) == "refused"
    with pytest.raises(Conflict):
        act(actions.vote, "ada", application, VoteForm.parse(YES))


def test_nobody_votes_twice(act, applied):
    application = applied()
    act(actions.vote, "mo", application, VoteForm.parse(YES))
    with pytest.raises(Conflict):
        act(actions.vote, "mo", application, VoteForm.parse(YES))


def test_fifty_yeses_at_once_from_two_people_make_one_mentor_once(database, act, applied, people):
    application = applied()
    outcomes = []

    def say(handle):
        try:
            outcomes.append(act(actions.vote, handle, application, VoteForm.parse(YES)))
        except Conflict:
            outcomes.append("late")

    racers = [Thread(target=say, args=(("mo", "rae")[n % 2],)) for n in range(20)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(each for each in outcomes if each != "late") == ["approved", "open"]
    with database.read() as unit:
        assert unit.session.scalar(select(func.count()).select_from(MentorVote)) == 2


def test_one_application_at_a_time_and_it_can_be_taken_back(act, applied):
    applied()
    with pytest.raises(Conflict):
        applied()
    act(actions.withdraw, "otto")
    with pytest.raises(Conflict):
        act(actions.withdraw, "otto")
    assert applied()


def test_whoever_finished_last_month_is_asked_to_come_back(act):
    form = ApplyForm.parse({**APPLICATION, "finished_on": "2099-01-01"})
    with pytest.raises(Invalid) as declined:
        act(actions.apply, "otto", form)
    assert "finished_on" in declined.value.fields


def test_applications_are_for_moderators_and_never_ones_own(database, act, applied, people):
    application = applied()
    for handle in ("mina", "paul", "otto"):
        with pytest.raises(Forbidden):
            act(queries.applications, handle)
        with pytest.raises(Forbidden):
            act(actions.vote, handle, application, VoteForm.parse(YES))
    with pytest.raises(NotFound):
        act(actions.vote, "mo", "nothing", VoteForm.parse(YES))
    assert [line.handle for line in act(queries.applications, "mo")] == ["otto"]


def test_mentors_and_staff_do_not_apply(act):
    for handle in ("paul", "mo"):
        with pytest.raises(Conflict):
            act(actions.apply, handle, ApplyForm.parse(APPLICATION))


# ------------------------------------------------------------------ finding one


def test_a_mentor_who_fits_is_proposed_with_reasons(act, seeking, offering):
    offering()
    seeking()
    [one] = act(actions.look, "mina").proposals
    assert (one.handle, one.shared) == ("paul", ("diazepam",))


def test_who_was_hidden_or_said_no_is_not_proposed(act, asked, people):
    request = asked()
    assert act(actions.look, "mina").proposals == []
    act(actions.decline, "paul", request)
    assert act(actions.look, "mina").proposals == []
    act(lambda unit, me: accounts.hide(unit, me, people["paul"], True), "otto")
    form = SearchForm.parse({"languages": "en"})
    act(actions.seek, "otto", form)
    assert act(actions.look, "otto").proposals == []


def test_whoever_a_mentor_hides_is_not_brought_to_them(act, seeking, offering, people):
    offering()
    seeking()
    act(lambda unit, me: accounts.hide(unit, me, people["mina"], True), "paul")
    assert act(actions.look, "mina").proposals == []


def test_a_suspended_mentor_is_not_proposed(database, act, seeking, offering, people):
    offering()
    seeking()
    with database.unit() as unit:
        accounts.suspend(unit, people["paul"], unit.now + timedelta(days=1), "x", "safety")
    assert act(actions.look, "mina").proposals == []


def test_mentors_do_not_look_for_mentors_here(act):
    with pytest.raises(Forbidden):
        act(actions.seek, "paul", SearchForm.parse({"languages": "en"}))


def test_the_line_is_honest(act, seeking, newcomers, clock):
    newcomers("fern", "moss")
    for handle in ("fern", "moss", "mina"):
        seeking(handle)
    assert act(actions.wait, "fern") == 1
    clock.forward(minutes=1)
    assert act(actions.wait, "moss") == 2
    clock.forward(minutes=1)
    assert act(actions.wait, "mina") == 3
    assert act(actions.wait, "moss") == 2
    act(lambda unit, me: actions.stop_waiting(unit, me.id), "fern")
    assert act(actions.look, "mina").place == 2


def test_whoever_seeks_nothing_cannot_wait(act):
    with pytest.raises(Conflict):
        act(actions.wait, "mina")


def test_nobody_waits_two_days_unseen_and_the_team_hears_once(
    database, act, seeking, people, clock
):
    seeking()
    act(actions.wait, "mina")
    clock.forward(hours=47)
    look_at_waits(database)
    assert "mentor_waits" not in told(database, "mo", people)
    clock.forward(hours=2)
    for _ in range(2):
        look_at_waits(database)
    with database.read() as unit:
        rows = select(func.count()).where(
            Outbox.kind == "mentor_waits", Outbox.recipient_id == people["mo"]
        )
        assert unit.session.scalar(rows) == 1


# ------------------------------------------------------------------ asking and accepting


def test_a_yes_makes_a_room_for_two(database, act, asked, people):
    request = asked()
    room = act(lambda unit, me: actions.accept(unit, me, request).room_id, "paul")
    assert room
    with database.read() as unit:
        assert queries.is_of_pair(unit, people["mina"], room)
        assert queries.is_of_pair(unit, people["paul"], room)
        assert not queries.is_of_pair(unit, people["mo"], room)
        assert queries.tied_to(unit, [people["mina"]]) == {
            people["mina"]: frozenset({people["paul"]})
        }
    assert act(actions.look, "mina").mentor.handle == "paul"
    assert "mentor_accepted" in told(database, "mina", people)


def test_a_request_is_for_the_mentor_who_was_asked(act, asked):
    request = asked()
    with pytest.raises(Conflict):
        act(actions.accept, "mina", request)
    with pytest.raises(NotFound):
        act(actions.take_back, "otto", request)
    act(actions.take_back, "mina", request)
    with pytest.raises(NotFound):
        act(actions.accept, "paul", request)


def test_asking_needs_a_search_and_a_mentor_who_fits(act, seeking, offering):
    with pytest.raises(Conflict):
        act(actions.ask, "mina", "paul")
    seeking()
    for handle in ("paul", "otto", "nobody"):
        with pytest.raises(NotFound):
            act(actions.ask, "mina", handle)
    offering()
    assert act(actions.ask, "mina", "paul")


def test_the_cap_holds_whoever_accepts_at_once(database, act, asked, newcomers, people):
    handles = [f"guest{n}" for n in range(6)]
    newcomers(*handles)
    requests = [asked(handle) for handle in handles]
    outcomes = []

    def accept(request):
        try:
            act(lambda unit, me: actions.accept(unit, me, request).id, "paul")
            outcomes.append("yes")
        except Conflict:
            outcomes.append("full")

    racers = [Thread(target=accept, args=(each,)) for each in requests]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(outcomes) == ["full"] * 4 + ["yes"] * 2
    with database.read() as unit:
        assert unit.session.get_one(MentorOffer, people["paul"]).mentees == 2
        assert unit.session.scalar(select(func.count()).select_from(Pairing)) == 2


def test_the_database_itself_keeps_the_cap_and_one_mentor_a_person(database, act, asked, people):
    request = asked()
    act(lambda unit, me: actions.accept(unit, me, request).id, "paul")
    values = {"member_id": people["mina"], "mentor_id": people["mo"]}
    with pytest.raises(IntegrityError), database.unit() as unit:
        unit.session.execute(insert(Pairing).values(**values, began_at=unit.now))
    with pytest.raises(IntegrityError), database.unit() as unit:
        unit.session.execute(update(MentorOffer).values(mentees=3))


def test_a_cap_below_the_people_one_has_is_refused(act, asked, offering):
    request = asked()
    act(lambda unit, me: actions.accept(unit, me, request).id, "paul")
    with pytest.raises(Invalid) as declined:
        offering(most=0)
    assert "most" in declined.value.fields


def test_a_pause_turns_nobody_away_who_is_there_and_tells_them(
    database, act, asked, people, newcomers
):
    newcomers("fern")
    request = asked()
    act(lambda unit, me: actions.accept(unit, me, request).id, "paul")
    waiting = asked("fern")
    act(actions.pause, "paul", True)
    act(actions.pause, "paul", True)
    assert "mentor_paused" in told(database, "mina", people)
    assert act(actions.look, "mina").mentor.handle == "paul"
    with pytest.raises(NotFound):
        act(actions.accept, "paul", waiting)
    act(actions.pause, "paul", False)
    assert "mentor_back" in told(database, "mina", people)


def test_three_asks_at_once_are_enough(database, act, seeking, offering, newcomers, people):
    newcomers("one", "two", "three")
    with database.unit() as unit:
        for handle in ("one", "two", "three"):
            person = accounts_queries.by_handle(unit, handle)
            accounts.set_role(unit, person.id, Role.MENTOR)
    for handle in ("paul", "one", "two", "three"):
        offering(handle)
    seeking()
    for handle in ("paul", "one", "two"):
        act(actions.ask, "mina", handle)
    with pytest.raises(Conflict):
        act(actions.ask, "mina", "three")


# ------------------------------------------------------------------ parting


@pytest.mark.parametrize("who", ["mina", "paul"])
def test_either_ends_it_and_the_place_is_free(database, act, asked, people, who):
    request = asked()
    pairing, room = act(
        lambda unit, me: (lambda it: (it.id, it.room_id))(actions.accept(unit, me, request)), "paul"
    )
    with pytest.raises(NotFound):
        act(actions.end, "mo", pairing)
    act(actions.end, who, pairing)
    with pytest.raises(Conflict):
        act(actions.end, who, pairing)
    other = {"mina": "paul", "paul": "mina"}[who]
    assert "mentor_ended" in told(database, other, people)
    assert "mentor_ended" not in told(database, who, people)
    with database.read() as unit:
        assert not queries.is_of_pair(unit, people["mina"], room)
        assert unit.session.get_one(MentorOffer, people["paul"]).mentees == 0


def test_an_erased_person_leaves_no_word_here_and_frees_the_place(database, act, asked, people):
    request = asked()
    act(lambda unit, me: actions.accept(unit, me, request).id, "paul")
    with database.unit() as unit:
        PairMemory().erase(unit, people["mina"])
    with database.read() as unit:
        assert unit.session.get_one(MentorOffer, people["paul"]).mentees == 0
        assert unit.session.get(MentorSearch, people["mina"]) is None
        assert unit.session.scalar(select(func.count()).select_from(MentorAsk)) == 0
        assert queries.mentees_of(unit, actor(unit, "paul")) == []


def test_an_erased_applicant_leaves_no_application(database, act, applied, people):
    act(actions.vote, "mo", applied(), VoteForm.parse(YES))
    with database.unit() as unit:
        PairMemory().erase(unit, people["otto"])
    with database.read() as unit:
        assert unit.session.scalar(select(func.count()).select_from(MentorApplication)) == 0
        assert unit.session.scalar(select(func.count()).select_from(MentorVote)) == 0


def test_one_hears_all_that_is_kept_of_one(database, act, asked, applied, people):
    request = asked()
    act(lambda unit, me: actions.accept(unit, me, request).id, "paul")
    applied()
    with database.read() as unit:
        mina, paul, otto = (
            PairMemory().export(unit, people[handle]) for handle in ("mina", "paul", "otto")
        )
    assert mina["search"]["substances"] == ["diazepam"]
    assert [each["as"] for each in mina["pairings"]] == ["member"]
    assert paul["offer"]["languages"] == ["en"]
    assert [each["as"] for each in paul["pairings"]] == ["mentor"]
    assert otto["applications"][0]["why"] == APPLICATION["why"]


def test_nobody_decides_about_a_person_they_walk_with(database, people):
    with a_board() as board, database.unit() as unit:
        desk = open_desk(unit, board)
        pair = {"member_id": people["otto"], "mentor_id": people["rae"], "began_at": unit.now}
        unit.session.execute(insert(Pairing).values(**pair))
        item = desk.held("otto", "sourcing")
        with pytest.raises(NotFound):
            desk.decides("rae", item)
        desk.decides("mo", item)


def test_whoever_becomes_a_mentor_again_keeps_the_people_they_walk_with(
    database, act, applied, people
):
    with database.unit() as unit:
        pair = {"member_id": people["mina"], "mentor_id": people["otto"], "began_at": unit.now}
        unit.session.execute(insert(Pairing).values(**pair))
    application = applied()
    for handle in ("mo", "rae"):
        act(actions.vote, handle, application, VoteForm.parse(YES))
    with database.read() as unit:
        assert unit.session.get_one(MentorOffer, people["otto"]).mentees == 1
