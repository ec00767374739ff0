"""Who people are, as other areas read it: by id, by any look of a name, and only who may act."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.accounts import actions, queries
from support.accounts.actions import Stay
from support.base.actor import Role
from support.base.errors import Conflict, NotFound
from support.base.hashing import digest
from tests.people import actor

DAY = timedelta(days=1)


def ids(unit, *handles):
    return [actor(unit, handle).id for handle in handles]


@pytest.mark.parametrize("typed", ["mina", "Mina", "MINA", " mina ", "m.i.n.a", "mi-na", "mína"])
def test_a_name_is_found_however_it_is_dressed(trial, typed):
    found = queries.by_handle(trial, typed)
    assert found is not None
    assert found.handle == "mina"


@pytest.mark.parametrize("typed", ["", " ", "mina2", "minna-", "no one", "%", "_", "m%"])
def test_another_name_is_nobodys(trial, typed):
    assert queries.by_handle(trial, typed) is None


def test_of_a_look_alike_and_the_very_name_the_very_name_is_meant(trial):
    actions.create(trial, "MlNA", Role.MEMBER, "hash")
    trial.session.flush()
    assert queries.by_handle(trial, "MlNA").handle == "MlNA"
    assert queries.by_handle(trial, "mina").handle == "mina"


def test_people_are_read_together_and_unknown_ids_are_left_out(trial):
    mina, mo = ids(trial, "mina", "mo")
    found = queries.people(trial, [mina, mo, mina, "nobody"])
    assert {one: person.handle for one, person in found.items()} == {mina: "mina", mo: "mo"}
    assert queries.people(trial, []) == {}
    assert queries.zones_of(trial, [mina, "nobody"]) == {mina: "Europe/Lisbon"}


def test_somebody_who_is_not_there_is_said_to_be_so(trial):
    with pytest.raises(NotFound, match="no such person"):
        queries.person(trial, "nobody")
    assert queries.actor_by_id(trial, "nobody") is None
    assert queries.anyone_by_id(trial, "nobody") is None


@pytest.mark.parametrize(
    ("state", "acts", "is_anyone", "named"),
    [
        ("here", True, True, True),
        ("muted", True, True, True),
        ("suspended", False, True, True),
        ("banned", False, True, True),
        ("erased", False, False, True),
    ],
)
def test_who_may_act_who_may_be_reached_and_who_is_only_a_name(
    trial, state, acts, is_anyone, named
):
    mina = actor(trial, "mina")
    deed = {
        "here": lambda: None,
        "muted": lambda: actions.mute(trial, mina.id, None, "x", "safety"),
        "suspended": lambda: actions.suspend(trial, mina.id, None, "x", "safety"),
        "banned": lambda: actions.ban(trial, mina.id, "x", "safety"),
        "erased": lambda: actions.erase(trial, mina),
    }
    deed[state]()
    trial.session.flush()
    assert (queries.actor_by_id(trial, mina.id) is not None) is acts
    assert (queries.anyone_by_id(trial, mina.id) is not None) is is_anyone
    assert (queries.able_ids(trial, [mina.id]) == {mina.id}) is acts
    assert (mina.id in queries.people(trial, [mina.id])) is named


def test_the_staff_are_moderators_and_admins_in_the_order_they_came(trial):
    mo, rae, ada = ids(trial, "mo", "rae", "ada")
    assert set(queries.staff_ids(trial)) == {mo, rae, ada}
    assert queries.admin_ids(trial) == queries.admin_ids(trial, held=True) == [ada]
    trial.now += DAY
    late = actions.create(trial, "late", Role.MODERATOR, "hash")
    trial.session.flush()
    assert queries.staff_ids(trial)[-1] == late


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_read_back_as_it_was_given(trial, role):
    otto = actor(trial, "otto").id
    actions.set_role(trial, otto, role)
    trial.session.flush()
    assert queries.person(trial, otto).role is role
    assert (otto in queries.staff_ids(trial)) is (role in (Role.MODERATOR, Role.ADMIN))
    assert (otto in queries.admin_ids(trial)) is (role is Role.ADMIN)


# ------------------------------------------------------------------ by their log-ins


def test_many_log_ins_are_read_together_each_as_they_stand_now(trial):
    mina, mo = ids(trial, "mina", "mo")
    for one in (mina, mo):
        actions.begin_session(trial, one, Stay())
    sessions = {one: queries.sessions_of(trial, one)[0].id for one in (mina, mo)}
    actions.mute(trial, mina, trial.now + DAY, "x", "safety")
    trial.session.flush()
    found = queries.actors_for_sessions(trial, [*sessions.values(), "none"])
    assert {one.id for one in found.values()} == {mina, mo}
    assert found[sessions[mina]].muted_until == trial.now + DAY
    assert found[sessions[mo]].session_id == sessions[mo]
    assert queries.actors_for_sessions(trial, []) == {}


@pytest.mark.parametrize("end", ["ended", "expired", "banned", "suspended", "erased"])
def test_a_log_in_that_is_over_is_nobodys(trial, end):
    mina = actor(trial, "mina")
    token = actions.begin_session(trial, mina.id, Stay())
    session = queries.sessions_of(trial, mina.id)[0].id
    deed = {
        "ended": lambda: actions.end_session(trial, mina.id, session),
        "expired": lambda: setattr(trial, "now", trial.now + DAY),
        "banned": lambda: actions.ban(trial, mina.id, "x", "safety"),
        "suspended": lambda: actions.suspend(trial, mina.id, None, "x", "safety"),
        "erased": lambda: actions.erase(trial, mina),
    }
    deed[end]()
    trial.session.flush()
    assert queries.actors_for_sessions(trial, [session]) == {}
    assert queries.actor_for_session(trial, digest(token)) is None


def test_another_token_opens_nothing(trial):
    actions.begin_session(trial, actor(trial, "mina").id, Stay())
    assert queries.actor_for_session(trial, digest("guessed")) is None
    assert queries.actor_for_session(trial, "") is None


def test_where_one_is_signed_in_the_last_used_is_first(trial):
    mina = actor(trial, "mina").id
    for device in ("Firefox, Android", "Chrome, Windows"):
        actions.begin_session(trial, mina, Stay(device=device))
        trial.now += timedelta(minutes=2)
    found = queries.sessions_of(trial, mina)
    assert [one.device for one in found] == ["Chrome, Windows", "Firefox, Android"]
    actions.touch(trial, found[1].id)
    trial.session.flush()
    assert [one.device for one in queries.sessions_of(trial, mina)] == [
        "Firefox, Android",
        "Chrome, Windows",
    ]


@pytest.mark.parametrize("whose", ["another", "over", "unknown"])
def test_nobody_ends_a_log_in_that_is_not_theirs_or_is_over(trial, whose):
    mina, otto = ids(trial, "mina", "otto")
    actions.begin_session(trial, mina, Stay())
    session = queries.sessions_of(trial, mina)[0].id
    if whose == "over":
        actions.end_session(trial, mina, session)
    who = otto if whose == "another" else mina
    with pytest.raises(NotFound, match="over already"):
        actions.end_session(trial, who, "none" if whose == "unknown" else session)


# ------------------------------------------------------------------ whom one hides


def test_hiding_is_told_one_way_and_keeps_two_apart_both_ways(trial):
    mina, otto, rae = ids(trial, "mina", "otto", "rae")
    actions.hide(trial, actor(trial, "mina"), otto, on=True)
    trial.session.flush()
    assert queries.hidden_by(trial, mina) == {otto}
    assert queries.hidden_by(trial, otto) == frozenset()
    assert queries.hides(trial, mina, otto)
    assert not queries.hides(trial, otto, mina)
    assert queries.hidden_either_way(trial, mina) == {otto}
    assert queries.hidden_either_way(trial, otto) == {mina}
    assert queries.hidden_either_way(trial, rae) == frozenset()


@pytest.mark.parametrize("on", [True, False])
def test_nobody_hides_themselves_and_nobody_hides_nobody(trial, on):
    mina = actor(trial, "mina")
    with pytest.raises(Conflict, match="hide yourself"):
        actions.hide(trial, mina, mina.id, on)
    with pytest.raises(NotFound):
        actions.hide(trial, mina, "nobody", on)


DEEDS = st.lists(st.tuples(st.sampled_from(["otto", "rae", "paul"]), st.booleans()), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(DEEDS)
def test_the_last_word_about_each_person_counts(trial, deeds):
    mina = actor(trial, "mina")
    for handle in ("otto", "rae", "paul"):
        actions.hide(trial, mina, actor(trial, handle).id, on=False)
    for handle, on in deeds:
        actions.hide(trial, mina, actor(trial, handle).id, on)
        trial.session.flush()
    last = dict(deeds)
    wanted = {actor(trial, handle).id for handle, on in last.items() if on}
    assert queries.hidden_by(trial, mina.id) == wanted
