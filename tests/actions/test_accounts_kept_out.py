"""Kept quiet or out: what each measure leaves, how two of them meet, and who is spared."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from support.accounts import actions, ports, queries, rules
from support.accounts.actions import SessionsEnded
from support.accounts.actions.sessions import StandingChanged
from support.accounts.models import Account, Revocation
from support.audit.models import Entry
from support.base.actor import Role
from support.base.errors import Banned, Conflict, NotFound
from support.base.hashing import digest
from tests.people import actor

DAY = timedelta(days=1)
WEEK = 7 * DAY


@pytest.fixture
def mina(trial):
    return actor(trial, "mina").id


def row(unit, account_id):
    unit.session.flush()
    return unit.session.get_one(Account, account_id)


def comes_in(unit, handle="mina"):
    return actions.sign_in(unit, queries.credentials(unit, handle), actions.Stay())


def puts(unit, kind, account_id, until):
    """Any of the three measures in one way of saying it."""
    if kind == "ban":
        actions.ban(unit, account_id, "why", "safety", until)
    else:
        getattr(actions, kind)(unit, account_id, until, "why", "safety")


ALL = pytest.mark.parametrize("kind", ["mute", "suspend", "ban"])
OUT = pytest.mark.parametrize("kind", ["suspend", "ban"])


# ------------------------------------------------------------------ one measure


@ALL
@pytest.mark.parametrize("until", [None, WEEK])
def test_each_measure_says_it_changed_and_stands_in_the_log_by_its_code(trial, mina, kind, until):
    puts(trial, kind, mina, trial.now + until if until else None)
    assert StandingChanged(mina) in trial.announced
    entry = trial.session.scalars(select(Entry).order_by(Entry.id.desc()).limit(1)).one()
    verb = {"mute": "muted", "suspend": "suspended", "ban": "banned"}[kind]
    assert (entry.verb, entry.subject) == (f"accounts.{verb}", f"account:{mina}")
    assert entry.detail == {"code": "safety"}


@ALL
def test_the_words_of_the_reason_never_reach_the_log(trial, mina, kind):
    puts(trial, kind, mina, None)
    details = str(trial.session.execute(select(Entry.detail, Entry.subject)).all())
    assert "why" not in details


@ALL
def test_a_measure_taken_back_is_logged_by_its_kind_and_lets_the_person_act(trial, mina, kind):
    puts(trial, kind, mina, None)
    actions.lift(trial, mina, kind)
    assert queries.standing(trial, mina).kind is None
    assert queries.actor_by_id(trial, mina) is not None
    assert row(trial, mina).muted_until is None
    entry = trial.session.scalars(select(Entry).order_by(Entry.id.desc()).limit(1)).one()
    assert (entry.verb, entry.detail) == ("accounts.lifted", {"code": kind})


@pytest.mark.parametrize("kind", ["", "warn", "Ban", "bans", "remove_from_group"])
def test_a_measure_nobody_knows_cannot_be_taken_back(trial, mina, kind):
    actions.ban(trial, mina, "why", "safety")
    with pytest.raises(NotFound, match="no such measure"):
        actions.lift(trial, mina, kind)
    assert queries.standing(trial, mina).kind == "ban"


@ALL
def test_taking_back_what_was_never_there_changes_nothing(trial, mina, kind):
    before = queries.standing(trial, mina)
    actions.lift(trial, mina, kind)
    assert queries.standing(trial, mina) == before


@ALL
@pytest.mark.parametrize("who", ["nobody", "gone"])
def test_nobody_can_be_kept_out_who_is_not_there(trial, mina, kind, who):
    if who == "gone":
        actions.erase(trial, actor(trial, "mina"))
    with pytest.raises(NotFound):
        puts(trial, kind, mina if who == "gone" else "nobody", None)


# ------------------------------------------------------------------ when it ends


@OUT
@pytest.mark.parametrize(("after", "out"), [(-1, True), (0, False), (1, False)])
def test_the_end_itself_is_free_again(trial, mina, kind, after, out):
    puts(trial, kind, mina, trial.now + DAY)
    trial.now += DAY + timedelta(seconds=after)
    assert (queries.actor_by_id(trial, mina) is None) is out
    assert (queries.standing(trial, mina).kind == kind) is out
    if out:
        with pytest.raises(Banned):
            comes_in(trial)
    else:
        assert comes_in(trial)


@pytest.mark.parametrize("years", [1, 100, 5000])
def test_without_an_end_is_without_an_end(trial, mina, years):
    actions.suspend(trial, mina, None, "why", "safety")
    trial.now += timedelta(days=365 * years)
    assert queries.standing(trial, mina).kind == "suspend"
    assert queries.standing(trial, mina).until is None


def test_a_later_measure_of_one_kind_takes_the_place_of_the_earlier(trial, mina):
    actions.suspend(trial, mina, trial.now + WEEK, "first", "safety")
    actions.suspend(trial, mina, trial.now + DAY, "second", "privacy")
    standing = queries.standing(trial, mina)
    assert (standing.until, standing.reason, standing.rule) == (
        trial.now + DAY,
        "second",
        "privacy",
    )


def test_a_ban_with_an_end_gives_way_to_one_without(trial, mina):
    actions.ban(trial, mina, "first", "safety", trial.now + DAY)
    actions.ban(trial, mina, "second", "safety")
    trial.now += WEEK
    assert queries.standing(trial, mina).kind == "ban"


# ------------------------------------------------------------------ two at once


def test_a_ban_outranks_a_suspension_and_leaves_it_behind_when_lifted(trial, mina):
    actions.suspend(trial, mina, trial.now + WEEK, "rest", "safety")
    actions.ban(trial, mina, "selling", "no_trading")
    assert queries.standing(trial, mina).kind == "ban"
    actions.lift(trial, mina, "ban")
    assert queries.standing(trial, mina).kind == "suspend"
    assert queries.actor_by_id(trial, mina) is None


def test_a_ban_that_ran_out_leaves_a_longer_suspension_in_force(trial, mina):
    actions.ban(trial, mina, "selling", "no_trading", trial.now + DAY)
    actions.suspend(trial, mina, trial.now + WEEK, "rest", "safety")
    trial.now += 2 * DAY
    assert queries.standing(trial, mina).kind == "suspend"


@OUT
def test_a_mute_beside_keeps_its_own_end_and_the_graver_reason_is_told(trial, mina, kind):
    puts(trial, kind, mina, trial.now + DAY)
    actions.mute(trial, mina, trial.now + WEEK, "shouting", "no_harassment")
    standing = queries.standing(trial, mina)
    assert (standing.kind, standing.reason, standing.rule) == (kind, "why", "safety")
    assert row(trial, mina).muted_until == trial.now + WEEK


@OUT
def test_a_mute_after_the_graver_one_is_over_says_its_own_reason(trial, mina, kind):
    puts(trial, kind, mina, trial.now + DAY)
    trial.now += DAY
    actions.mute(trial, mina, None, "shouting", "no_harassment")
    assert row(trial, mina).standing_reason == "shouting"
    assert row(trial, mina).muted_until == rules.FOREVER


# ------------------------------------------------------------------ sessions and sockets


@OUT
def test_every_log_in_ends_and_each_end_is_written_down_for_other_processes(trial, mina, kind):
    tokens = [actions.begin_session(trial, mina, actions.Stay()) for _ in range(3)]
    puts(trial, kind, mina, None)
    assert [queries.actor_for_session(trial, digest(token)) for token in tokens] == [None] * 3
    rows = trial.session.scalars(select(Revocation).where(Revocation.account_id == mina)).all()
    word = "banned" if kind == "ban" else "suspended"
    assert [one.reason for one in rows] == [word] * 4
    assert sum(one.session_id is None for one in rows) == 1
    ended = [one for one in trial.announced if isinstance(one, SessionsEnded)]
    assert [len(one.session_ids or ()) for one in ended] == [3, 0]


def test_a_mute_ends_no_log_in_and_is_read_at_the_next_message(trial, mina):
    token = actions.begin_session(trial, mina, actions.Stay())
    actions.mute(trial, mina, trial.now + DAY, "why", "safety")
    trial.session.flush()
    known = queries.actor_for_session(trial, digest(token))
    assert known.muted_until == trial.now + DAY
    assert not [one for one in trial.announced if isinstance(one, SessionsEnded)]


@OUT
def test_a_log_in_that_was_over_is_not_ended_again(trial, mina, kind):
    actions.begin_session(trial, mina, actions.Stay())
    actions.end_sessions(trial, mina, "logged out")
    puts(trial, kind, mina, None)
    rows = trial.session.scalars(select(Revocation.reason).where(Revocation.account_id == mina))
    assert sorted(rows) == sorted(["logged out", "banned" if kind == "ban" else "suspended"])


# ------------------------------------------------------------------ who is spared


@OUT
def test_the_last_admin_is_not_put_out_and_nothing_of_it_is_left(trial, kind):
    ada = actor(trial, "ada").id
    before = trial.session.scalar(select(Entry.id).order_by(Entry.id.desc()).limit(1))
    with pytest.raises(Conflict, match="last admin"):
        puts(trial, kind, ada, None)
    assert queries.standing(trial, ada).kind is None
    assert trial.session.scalar(select(Entry.id).order_by(Entry.id.desc()).limit(1)) == before


def test_the_last_admin_can_be_muted_and_still_runs_the_site(trial):
    ada = actor(trial, "ada").id
    actions.mute(trial, ada, None, "why", "safety")
    assert queries.admin_ids(trial) == [ada]


@OUT
def test_of_two_admins_one_can_be_put_out_and_then_the_other_not(trial, kind):
    ada, mo = actor(trial, "ada").id, actor(trial, "mo").id
    actions.set_role(trial, mo, Role.ADMIN)
    puts(trial, kind, ada, trial.now + DAY)
    assert queries.admin_ids(trial) == [mo]
    with pytest.raises(Conflict, match="last admin"):
        puts(trial, kind, mo, None)
    with pytest.raises(Conflict, match="last admin"):
        actions.set_role(trial, mo, Role.MEMBER)
    trial.now += DAY
    puts(trial, kind, mo, None)


@OUT
def test_staff_who_are_out_are_in_no_list_until_they_are_back(trial, kind):
    mo = actor(trial, "mo").id
    actions.set_on_rota(trial, mo, True)
    puts(trial, kind, mo, trial.now + DAY)
    trial.session.flush()
    assert mo not in queries.staff_ids(trial)
    assert mo not in queries.rota_mentor_ids(trial)
    assert queries.able_ids(trial, [mo]) == set()
    assert queries.person(trial, mo).handle == "mo"
    trial.now += DAY
    assert mo in queries.staff_ids(trial)
    assert mo in queries.rota_mentor_ids(trial)


# ------------------------------------------------------------------ a way on


class Way:
    """A side room for some people."""

    template = "way.html"

    def __init__(self, *people):
        self.people = people

    def offer(self, unit, account_id):
        return {"url": f"/help/{account_id}"} if account_id in self.people else None


@pytest.fixture
def ways(monkeypatch):
    monkeypatch.setattr(ports, "WAYS_IN", {})
    return ports.WAYS_IN


@pytest.mark.parametrize(
    ("reason", "leads"),
    [
        ("banned", True),
        ("suspended", True),
        ("logged out", False),
        ("role changed", False),
        ("password changed", False),
        ("", False),
    ],
)
def test_only_who_is_kept_out_is_led_on_to_an_open_case(trial, mina, ways, reason, leads):
    ports.register_way_in("side_room", Way(mina))
    assert ports.way_after(trial, mina, reason) == (f"/help/{mina}" if leads else None)


def test_without_a_case_or_without_such_a_way_there_is_none(trial, mina, ways):
    assert ports.way_after(trial, mina, "banned") is None
    ports.register_way_in("side_room", Way("somebody"))
    assert ports.way_after(trial, mina, "banned") is None


def test_an_appeal_is_no_way_that_an_open_page_goes_by_itself(trial, mina, ways):
    ports.register_way_in("appeal", Way(mina))
    assert ports.way_after(trial, mina, "banned") is None


def test_a_way_said_twice_is_the_last_one(trial, mina, ways):
    ports.register_way_in("side_room", Way())
    ports.register_way_in("side_room", Way(mina))
    assert list(ways) == ["side_room"]
    assert ports.way_after(trial, mina, "banned") == f"/help/{mina}"


@OUT
def test_the_way_is_told_with_the_end_of_every_log_in(trial, mina, ways, kind):
    ports.register_way_in("side_room", Way(mina))
    actions.begin_session(trial, mina, actions.Stay())
    puts(trial, kind, mina, None)
    told = [one.way_in for one in trial.announced if isinstance(one, SessionsEnded)]
    assert told == [f"/help/{mina}"] * 2
