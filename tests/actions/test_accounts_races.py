"""At the same moment: one name, one code, one session and the last two admins."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from support.accounts import actions, queries
from support.accounts.forms import RegisterForm
from support.base.actor import Role
from support.base.errors import Conflict, Declined, Invalid, NotFound
from tests.people import PASSPHRASE


def at_once(database, *deeds):
    """Do all of them at one moment, each in a transaction of its own; what each came to."""
    start = Barrier(len(deeds))

    def do(deed):
        start.wait()
        try:
            with database.unit() as unit:
                return deed(unit)
        except Declined as declined:
            return type(declined)

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


def form(handle):
    return RegisterForm.parse(
        {
            "handle": handle,
            "password": PASSPHRASE,
            "country": "PT",
            "timezone": "UTC",
            "adult": "1",
            "agree": "1",
        }
    )


@pytest.mark.parametrize("twins", [["wren"] * 6, ["wren", "WREN", "w-ren", "vvren", "wrén"]])
def test_of_look_alikes_that_register_at_once_one_gets_the_name(database, twins):
    forms = [form(twin) for twin in twins]
    deeds = [lambda unit, one=one: actions.register(unit, one, "hash") for one in forms]
    came_to = at_once(database, *deeds)
    assert came_to.count(Invalid) == len(twins) - 1
    (winner,) = [one for one in came_to if one is not Invalid]
    with database.read() as unit:
        assert queries.by_handle(unit, "wren").id == winner


def test_a_code_used_twice_at_once_works_once(database, people):
    with database.unit() as unit:
        code = actions.new_recovery_code(unit, people["mina"])
    with database.read() as unit:
        known = actions.check_code(queries.credentials(unit, "mina"), code)
    deeds = [
        lambda unit, mine=f"hash {number}": actions.recover(unit, known, mine)
        for number in range(4)
    ]
    assert sorted(str(one) for one in at_once(database, *deeds)).count("None") == 1


def test_two_admins_who_go_at_once_leave_one_behind(database, people):
    with database.unit() as unit:
        eve = actions.create(unit, "eve", Role.ADMIN, "hash")
    pairs = (
        lambda unit: actions.set_role(unit, people["ada"], Role.MEMBER),
        lambda unit: actions.ban(unit, eve, "reason", "safety"),
    )
    came_to = at_once(database, *pairs)
    assert came_to.count(Conflict) == 1
    with database.read() as unit:
        assert len(queries.admin_ids(unit)) == 1


def test_two_admins_who_erase_themselves_at_once_leave_one_behind(database, people):
    with database.unit() as unit:
        eve = actions.create(unit, "eve", Role.ADMIN, "hash")
    with database.read() as unit:
        both = [queries.actor_by_id(unit, one) for one in (people["ada"], eve)]
    deeds = [lambda unit, one=one: actions.erase(unit, one) for one in both]
    assert at_once(database, *deeds).count(Conflict) == 1
    with database.read() as unit:
        assert len(queries.admin_ids(unit)) == 1


def test_a_session_ended_by_two_at_once_is_ended_once(database, people):
    with database.unit() as unit:
        actions.begin_session(unit, people["mina"], actions.Stay())
        (here,) = queries.sessions_of(unit, people["mina"])
    deeds = [lambda unit: actions.end_session(unit, people["mina"], here.id)] * 3
    assert at_once(database, *deeds).count(NotFound) == 2
    with database.read() as unit:
        assert len(queries.revocations_after(unit, 0)) == 1


def test_who_logs_in_while_being_banned_is_out_all_the_same(database, people):
    with database.read() as unit:
        known = queries.credentials(unit, "otto")
    for _ in range(3):
        at_once(
            database,
            lambda unit: actions.sign_in(unit, known, actions.Stay()),
            lambda unit: actions.ban(unit, people["otto"], "selling", "no_trading"),
            lambda unit: actions.sign_in(unit, known, actions.Stay()),
        )
        with database.unit() as unit:
            assert queries.sessions_of(unit, people["otto"]) == []
            actions.lift(unit, people["otto"], "ban")


def test_shown_messages_counted_at_once_are_all_counted(database, people):
    with database.unit() as unit:
        new = actions.create(unit, "moss", Role.MEMBER, "hash")
    at_once(database, *[lambda unit: actions.count_shown(unit, new)] * 4)
    with database.read() as unit:
        assert queries.actor_by_id(unit, new).shown_messages == 4
    at_once(database, *[lambda unit: actions.count_shown(unit, new)] * 4)
    with database.read() as unit:
        assert queries.actor_by_id(unit, new).shown_messages == 5
