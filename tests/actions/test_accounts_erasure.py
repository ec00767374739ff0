"""Erase me, and give me what is mine: nothing is left but what must be, nothing is held back."""

import json

import pytest

from support.accounts import actions, ports, queries
from support.accounts.models import Account
from support.base.actor import Role
from support.base.hashing import digest


class Words:
    """An area above that keeps words of people."""

    name = "words"

    def __init__(self):
        self.kept = {}

    def erase(self, unit, account_id):
        self.kept.pop(account_id, None)

    def export(self, unit, account_id):
        return self.kept.get(account_id, [])


@pytest.fixture
def words():
    before = list(ports.ERASERS), list(ports.EXPORTERS)
    area = Words()
    ports.register_eraser(area)
    ports.register_eraser(area)
    ports.register_exporter(area)
    ports.register_exporter(area)
    yield area
    ports.ERASERS[:], ports.EXPORTERS[:] = before


@pytest.fixture
def wren(unit):
    about = actions.About("PT", "Europe/Lisbon", "wren@example.org")
    return actions.create(unit, "Wren", Role.MEMBER, "hash", about)


def test_an_erased_person_is_gone_with_words_name_mail_and_place(unit, wren, words):
    words.kept[wren] = ["down to 5 mg, shaky"]
    token = actions.begin_session(unit, wren, actions.Stay(device="Firefox, Android"))
    actions.erase(unit, queries.actor_by_id(unit, wren))
    unit.session.flush()
    assert words.kept == {}
    assert queries.actor_for_session(unit, digest(token)) is None
    assert queries.actor_by_id(unit, wren) is None
    assert queries.by_handle(unit, "Wren") is None
    assert queries.credentials(unit, "Wren") is None
    left = queries.person(unit, wren)
    assert left.handle.startswith("left-")
    assert (left.email, left.country, left.timezone) == (None, "", "UTC")
    row = unit.session.get(Account, wren)
    assert "wren" not in json.dumps([str(value).lower() for value in vars(row).values()])
    assert (row.password_hash, row.recovery_hash) == ("", None)


def test_nobody_takes_the_place_of_an_erased_person(unit, wren):
    actions.erase(unit, queries.actor_by_id(unit, wren))
    unit.session.flush()
    assert not queries.is_free(unit, "wren")
    assert not queries.is_free(unit, "w.r.e.n")
    assert queries.is_free(unit, "rowan")


def test_an_erased_moderator_holds_no_role_any_more(unit):
    rae = actions.create(unit, "raebird", Role.MODERATOR, "hash")
    actions.set_on_rota(unit, rae, True)
    actions.erase(unit, queries.actor_by_id(unit, rae))
    unit.session.flush()
    assert rae not in queries.staff_ids(unit)
    assert rae not in queries.rota_mentor_ids(unit)


def test_whom_an_erased_person_hid_and_who_hid_them_is_forgotten(unit, wren):
    moss = queries.actor_by_id(unit, actions.create(unit, "Moss", Role.MEMBER, "hash"))
    me = queries.actor_by_id(unit, wren)
    actions.hide(unit, me, moss.id, True)
    actions.hide(unit, moss, wren, True)
    actions.erase(unit, me)
    assert queries.hidden_by(unit, wren) == queries.hidden_by(unit, moss.id) == frozenset()


def test_the_sockets_of_an_erased_person_are_cut(unit, wren):
    actions.begin_session(unit, wren, actions.Stay())
    actions.erase(unit, queries.actor_by_id(unit, wren))
    assert actions.SessionsEnded(wren, None, "logged out") in unit.announced


def test_a_person_gets_everything_that_is_kept_of_them(unit, wren, words):
    words.kept[wren] = ["down to 5 mg, shaky"]
    actions.begin_session(unit, wren, actions.Stay(device="Firefox, Android"))
    given = actions.export(unit, queries.actor_by_id(unit, wren))
    assert given["words"] == ["down to 5 mg, shaky"]
    account = given["account"]
    assert account["handle"] == "Wren"
    assert account["email"] == "wren@example.org"
    assert account["sessions"][0]["device"] == "Firefox, Android"
    assert account["created_at"].endswith("Z")
    json.dumps(given)


def test_an_export_holds_no_hash_and_no_token(unit, wren):
    given = json.dumps(actions.export(unit, queries.actor_by_id(unit, wren)))
    assert "hash" not in given
    assert "token" not in given
