"""Hats hold in rooms too: whoever of the staff is a member there is among friends."""

import pytest

from support.base.errors import Forbidden, Locked
from support.chat import queries
from support.chat.actions import hosting, speaking
from support.chat.forms import SendForm, SettingsForm, SilenceForm
from support.chat.queries.speakers import speakers
from support.chat.rules.places import can, check_may_write
from support.groups import actions as groups
from support.groups.models import CircleHost
from tests.chat_world import evening_in, house_of


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with house_of(tmp_path_factory.mktemp("hats")) as made:
        yield made


@pytest.fixture
def eve(house):
    with evening_in(house) as evening:
        yield evening


def joins(eve, *handles):
    groups.take_in(eve.unit, eve.cast.group, [eve.cast[each] for each in handles])
    eve.unit.session.flush()


def locks(eve, handle, *, on=True):
    form = SettingsForm.parse({"room": eve.lounge, "locked": on})
    hosting.set_room(eve.unit, eve.who(handle), form)


def mutes(eve, handle, whom):
    asked = {"room": eve.lounge, "person": eve.cast[whom], "minutes": 5, "reason": "heat"}
    return hosting.mute(eve.unit, eve.who(handle), SilenceForm.parse(asked))


def offered(eve, handle):
    place = queries.place(eve.unit, eve.who(handle), eve.lounge)
    return can(place.setting, place.standing)


def quick_standing(eve, handle):
    """How the quick way of messages sees somebody; it has to be the same."""
    found = speakers(eve.unit, [eve.who(handle)], [eve.lounge])
    return found.standing(eve.who(handle), found.rooms[eve.lounge])


def test_a_moderator_from_outside_may_do_what_a_host_may(eve):
    locks(eve, "mo")
    assert mutes(eve, "mo", "mina")
    assert "host" in offered(eve, "mo")
    assert quick_standing(eve, "mo").hosts


@pytest.mark.parametrize("handle", ["mo", "ada"])
def test_who_is_here_as_a_member_has_no_tools_and_no_privilege(eve, handle):
    joins(eve, handle)
    for deed in (lambda: locks(eve, handle), lambda: mutes(eve, handle, "mina")):
        with pytest.raises(Forbidden):
            deed()
    assert offered(eve, handle) == ["read", "write", "react", "report"]
    assert not quick_standing(eve, handle).hosts
    locks(eve, "paul")
    place = queries.place(eve.unit, eve.who(handle), eve.lounge)
    with pytest.raises(Locked):
        check_may_write(place.setting, place.standing, None, eve.unit.now)
    with pytest.raises(Locked):
        speaking.post(eve.unit, eve.who(handle), said(eve))


def said(eve):
    form = {"room": eve.lounge, "client_id": "c-hat", "body": "a calm evening"}
    return SendForm.parse(form)


def test_where_all_of_the_staff_are_members_somebody_still_acts(eve):
    joins(eve, "mo", "rae", "ada")
    locks(eve, "mo")
    assert quick_standing(eve, "mo").hosts


def test_a_moderator_who_hosts_the_group_hosts_it(eve):
    joins(eve, "mo")
    eve.unit.session.add(CircleHost(circle_id=eve.cast.group, account_id=eve.cast["mo"]))
    eve.unit.session.flush()
    locks(eve, "mo")
    assert "host" in offered(eve, "mo")
    assert quick_standing(eve, "mo").hosts
