"""Mutes, suspensions and bans: who is kept out, until when, why, and which sockets fall."""

from datetime import timedelta

import pytest

from support.accounts import actions, queries, rules
from support.base.actor import Role
from support.base.errors import Banned, NotFound, SignInNeeded
from support.base.hashing import digest

HOUR = timedelta(hours=1)


@pytest.fixture
def otto(unit):
    found = queries.by_handle(unit, "otto")
    return found.id if found else actions.create(unit, "otto", Role.MEMBER, "hash")


def come_in(unit, account_id):
    return actions.begin_session(unit, account_id, actions.Stay())


def sees(unit, token):
    return queries.actor_for_session(unit, digest(token))


def ended(unit):
    return [fact for fact in unit.announced if isinstance(fact, actions.SessionsEnded)]


def test_a_ban_ends_every_session_at_once_and_tells_every_process(unit, otto):
    phone, desk = come_in(unit, otto), come_in(unit, otto)
    assert sees(unit, phone).id == sees(unit, desk).id == otto
    actions.ban(unit, otto, "selling", "no_trading")
    unit.session.flush()
    assert sees(unit, phone) is None
    assert sees(unit, desk) is None
    assert queries.actor_by_id(unit, otto) is None
    assert {fact.reason for fact in ended(unit)} == {"banned"}
    assert ended(unit)[-1].session_ids is None
    rows = [one for one in queries.revocations_after(unit, 0) if one.account_id == otto]
    assert len(rows) == 3
    assert {one.reason for one in rows} == {"banned"}
    assert queries.last_revocation_id(unit) == rows[-1].id


def test_a_banned_person_cannot_come_in_and_is_told_why(unit, otto):
    actions.ban(unit, otto, "selling", "no_trading")
    known = queries.credentials(unit, "otto")
    with pytest.raises(Banned):
        actions.sign_in(unit, known, actions.Stay())
    standing = queries.standing(unit, otto)
    assert standing == rules.Standing("ban", None, "selling", "no_trading", account_id=otto)


@pytest.mark.parametrize("kind", ["ban", "suspend"])
def test_a_measure_with_an_end_ends_by_itself(database, clock, kind):
    with database.unit() as unit:
        found = queries.by_handle(unit, "otto")
        otto = found.id if found else actions.create(unit, "otto", Role.MEMBER, "hash")
        until = unit.now + HOUR
        if kind == "ban":
            actions.ban(unit, otto, "reason", "safety", until)
        else:
            actions.suspend(unit, otto, until, "reason", "safety")
        now = queries.standing(unit, otto)
        assert now == rules.Standing(kind, until, "reason", "safety", account_id=otto)
    clock.forward(minutes=59)
    with database.read() as unit:
        assert queries.actor_by_id(unit, otto) is None
    clock.forward(minutes=1)
    with database.unit() as unit:
        assert queries.actor_by_id(unit, otto).id == otto
        assert queries.standing(unit, otto).kind is None
        assert actions.sign_in(unit, queries.credentials(unit, "otto"), actions.Stay())


def test_a_suspension_without_end_has_no_end(unit, otto):
    actions.suspend(unit, otto, None, "reason", "safety")
    assert queries.standing(unit, otto).until is None
    assert queries.standing(unit, otto).kind == "suspend"
    with pytest.raises(Banned):
        actions.sign_in(unit, queries.credentials(unit, "otto"), actions.Stay())


def test_a_mute_leaves_the_person_in_and_their_sessions_alone(unit, otto):
    token = come_in(unit, otto)
    actions.mute(unit, otto, unit.now + HOUR, "three insults", "no_harassment")
    unit.session.flush()
    assert sees(unit, token).muted_until == unit.now + HOUR
    assert ended(unit) == []
    actions.mute(unit, otto, None, "again", "no_harassment")
    unit.session.flush()
    assert sees(unit, token).muted_until == rules.FOREVER


def test_a_mute_does_not_hide_the_reason_of_a_ban(unit, otto):
    actions.ban(unit, otto, "selling", "no_trading")
    actions.mute(unit, otto, None, "insults", "no_harassment")
    assert queries.standing(unit, otto).reason == "selling"


def test_every_measure_can_be_taken_back(unit, otto):
    actions.mute(unit, otto, None, "a", "safety")
    actions.suspend(unit, otto, None, "b", "safety")
    actions.ban(unit, otto, "c", "safety")
    actions.lift(unit, otto, "ban")
    assert queries.standing(unit, otto).kind == "suspend"
    actions.lift(unit, otto, "suspend")
    assert queries.standing(unit, otto).kind is None
    actions.lift(unit, otto, "mute")
    unit.session.flush()
    assert queries.actor_by_id(unit, otto).muted_until is None
    with pytest.raises(NotFound):
        actions.lift(unit, otto, "hug")


def test_staff_who_are_kept_out_are_not_called(unit, otto):
    actions.set_role(unit, otto, Role.MODERATOR)
    unit.session.flush()
    assert otto in queries.staff_ids(unit)
    actions.suspend(unit, otto, unit.now + HOUR, "reason", "safety")
    unit.session.flush()
    assert otto not in queries.staff_ids(unit)


def test_a_passphrase_that_changed_while_it_was_compared_lets_nobody_in(unit, otto):
    known = queries.credentials(unit, "otto")
    stale = queries.Credentials(known.id, "another hash", None)
    with pytest.raises(SignInNeeded):
        actions.sign_in(unit, stale, actions.Stay())
