"""Log-in sessions: what a token opens, how long it lives, what ends it, and who may end it."""

import pytest

from support.accounts import actions, queries
from support.accounts.models import LoginSession, Revocation
from support.base.actor import Role
from support.base.errors import Banned, Invalid, NotFound
from support.base.hashing import code_digest, digest


def person(unit, handle):
    found = queries.by_handle(unit, handle)
    return found.id if found else actions.create(unit, handle, Role.MEMBER, "hash")


@pytest.fixture
def mina(database):
    with database.unit() as unit:
        return person(unit, "mina")


def come_in(database, account_id, **stay):
    with database.unit() as unit:
        return actions.begin_session(unit, account_id, actions.Stay(**stay))


def actor(database, token):
    with database.read() as unit:
        return queries.actor_for_session(unit, digest(token))


def in_use(database, token):
    seen = actor(database, token)
    with database.unit() as unit:
        actions.touch(unit, seen.session_id)


def test_the_token_itself_is_kept_nowhere(database, mina):
    token = come_in(database, mina)
    with database.read() as unit:
        kept = unit.session.query(LoginSession).filter_by(account_id=mina).one()
        assert token not in (kept.id, kept.token_hash)
        assert kept.token_hash == digest(token)
    assert actor(database, token).id == mina
    assert actor(database, kept.token_hash) is None
    assert actor(database, "") is None


def test_a_session_ends_a_day_after_its_last_use(database, clock, mina):
    token = come_in(database, mina)
    clock.forward(hours=23)
    in_use(database, token)
    clock.forward(hours=23, minutes=59)
    assert actor(database, token)
    clock.forward(minutes=1)
    assert actor(database, token) is None


def test_a_session_in_use_ends_after_a_week_all_the_same(database, clock, mina):
    token = come_in(database, mina)
    for _ in range(7 * 24 - 1):
        clock.forward(hours=1)
        in_use(database, token)
    clock.forward(hours=1)
    assert actor(database, token) is None


def test_a_remembered_session_lives_thirty_days_and_no_longer(database, clock, mina):
    token = come_in(database, mina, remember=True)
    clock.forward(days=29, hours=23)
    in_use(database, token)
    assert actor(database, token)
    clock.forward(hours=1)
    assert actor(database, token) is None


def test_a_long_session_becomes_a_short_one_when_its_owner_joins_the_staff(database, clock, mina):
    token = come_in(database, mina, remember=True)
    with database.unit() as unit:
        actions.set_role(unit, mina, Role.MODERATOR)
    assert actor(database, token).role is Role.MODERATOR
    clock.forward(hours=24)
    assert actor(database, token) is None


def test_use_is_noted_at_most_once_a_minute(database, clock, mina):
    token = come_in(database, mina)

    def seen_at():
        with database.read() as unit:
            return queries.sessions_of(unit, mina)[0].seen_at

    started = seen_at()
    clock.forward(seconds=59)
    in_use(database, token)
    assert seen_at() == started
    clock.forward(seconds=1)
    in_use(database, token)
    assert seen_at() == clock.now()


def test_one_session_is_ended_and_the_other_stays(database, mina):
    phone, desk = come_in(database, mina, device="Firefox, Android"), come_in(database, mina)
    gone = actor(database, phone).session_id
    with database.unit() as unit:
        actions.end_session(unit, mina, gone)
        assert unit.announced == [actions.SessionsEnded(mina, (gone,), "logged out")]
    assert actor(database, phone) is None
    assert actor(database, desk)
    with database.read() as unit:
        assert [one.id for one in queries.sessions_of(unit, mina)] != [gone]
        assert queries.revocations_after(unit, 0)[-1].session_id == gone


def test_a_session_is_ended_once_and_only_by_its_owner(database, mina):
    token = come_in(database, mina)
    session_id = actor(database, token).session_id
    with database.unit() as unit:
        otto = person(unit, "otto")
        with pytest.raises(NotFound):
            actions.end_session(unit, otto, session_id)
        actions.end_session(unit, mina, session_id)
        with pytest.raises(NotFound):
            actions.end_session(unit, mina, session_id)


def test_all_other_sessions_are_ended_and_this_one_stays(database, mina):
    here, *others = [come_in(database, mina) for _ in range(3)]
    with database.unit() as unit:
        kept = queries.actor_for_session(unit, digest(here)).session_id
        assert actions.end_other_sessions(unit, mina, kept) == 2
        assert actions.end_other_sessions(unit, mina, kept) == 0
    assert actor(database, here)
    assert [actor(database, token) for token in others] == [None, None]


def test_a_new_passphrase_ends_every_other_session(database, mina):
    here, there = come_in(database, mina), come_in(database, mina)
    with database.unit() as unit:
        me = queries.actor_for_session(unit, digest(here))
        actions.change_passphrase(unit, me, "another hash")
        assert unit.announced[0].reason == "password changed"
    assert actor(database, here)
    assert actor(database, there) is None
    with database.read() as unit:
        assert queries.credentials(unit, "mina").password_hash == "another hash"


def by_code(unit, code, password_hash="new"):
    known = actions.check_code(queries.credentials(unit, "mina"), code)
    actions.recover(unit, known, password_hash)


def test_the_recovery_code_opens_the_account_once_and_ends_every_session(database, mina):
    token = come_in(database, mina)
    with database.unit() as unit:
        code = actions.new_recovery_code(unit, mina)
        unit.session.flush()
        assert queries.credentials(unit, "mina").recovery_hash == code_digest(code)
    with database.unit() as unit:
        by_code(unit, f" {code.lower().replace('-', ' ')} ")
    assert actor(database, token) is None
    with database.unit() as unit, pytest.raises(Invalid):
        by_code(unit, code)
    with database.read() as unit:
        assert queries.credentials(unit, "mina").password_hash == "new"


def test_a_new_recovery_code_makes_the_old_one_void(database, mina):
    with database.unit() as unit:
        old = actions.new_recovery_code(unit, mina)
    with database.unit() as unit:
        new = actions.new_recovery_code(unit, mina)
    assert old != new
    with database.unit() as unit, pytest.raises(Invalid):
        by_code(unit, old)
    with database.unit() as unit:
        by_code(unit, new)


@pytest.mark.parametrize("known", [True, False])
def test_a_wrong_code_and_an_unknown_name_get_the_same_sentence(database, mina, known):
    with database.unit() as unit:
        found = queries.credentials(unit, "mina") if known else None
        with pytest.raises(Invalid) as refusal:
            actions.check_code(found, "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE")
        assert refusal.value.message == actions.WRONG_CODE


def test_a_code_read_a_moment_ago_and_used_since_opens_nothing(database, mina):
    with database.unit() as unit:
        code = actions.new_recovery_code(unit, mina)
    with database.unit() as unit:
        seen = actions.check_code(queries.credentials(unit, "mina"), code)
        actions.recover(unit, seen, "first")
        with pytest.raises(Invalid):
            actions.recover(unit, seen, "second")


def test_a_banned_person_does_not_come_back_by_the_code(database, mina):
    with database.unit() as unit:
        code = actions.new_recovery_code(unit, mina)
        actions.ban(unit, mina, "selling", "no_trading")
    with database.unit() as unit, pytest.raises(Banned):
        by_code(unit, code)


def test_what_ended_long_ago_is_forgotten(database, clock, mina):
    token = come_in(database, mina)
    with database.unit() as unit:
        actions.end_session(unit, mina, actor(database, token).session_id)
    clock.forward(hours=23)
    with database.unit() as unit:
        actions.forget_ended(unit)
        assert unit.session.query(Revocation).count() == 1
    clock.forward(days=31)
    with database.unit() as unit:
        actions.forget_ended(unit)
        assert unit.session.query(Revocation).count() == 0
        assert unit.session.query(LoginSession).filter_by(account_id=mina).count() == 0


def test_numbers_of_revocations_are_never_used_again(database, clock, mina):
    with database.unit() as unit:
        actions.ban(unit, mina, "a", "safety")
    with database.read() as unit:
        last = queries.last_revocation_id(unit)
    clock.forward(days=2)
    with database.unit() as unit:
        actions.forget_ended(unit)
    with database.unit() as unit:
        actions.ban(unit, mina, "b", "safety")
    with database.read() as unit:
        assert [one.id > last for one in queries.revocations_after(unit, last)] == [True]
