"""Signs of life in a meeting, as one process sees them: lines that come, go and fall silent."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from support.chat.actions.lines import BY_PAGE
from support.chat.broadcast import signs as module
from support.chat.broadcast.signs import LINE_HOLDS, PAGE_HOLDS, POLL_HOLDS, Signs
from support.chat.queries.chair import Sitting
from support.chat.rules.chair import GONE_AFTER

NOW = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
ROOM, PROCESS = "the room", "this process"


class House:
    """Who has joined, whose line is open, and which ended line had been silent."""

    def __init__(self):
        self.people, self.lines, self.silent = {}, set(), set()

    def here(self, room_id):
        return list(self.people.values()) if room_id == ROOM else []

    def rooms_of(self, sid):
        return [ROOM] if sid in self.people else []

    def joins(self, who, role="member"):
        self.people[who] = {"id": who, "handle": who, "role": role}
        self.lines.add(who)


@pytest.fixture
def house(monkeypatch):
    made = House()
    monkeypatch.setattr(module, "PRESENCE", made)
    monkeypatch.setattr(module, "fell_silent", lambda sid: sid in made.silent)
    monkeypatch.setattr(module, "account_channel", lambda account_id: account_id)
    monkeypatch.setattr(module, "sids", lambda one: [one] if one in made.lines else [])
    return made


@pytest.fixture
def signs(house):
    return Signs()


def sitting(*hosts, helpers=(), holder=None):
    chair = SimpleNamespace(holder_id=holder)
    return Sitting(SimpleNamespace(id=ROOM), chair, hosts or ("paul",), tuple(helpers))


def look(signs, *sittings, seconds=0):
    """What would be written: by whom, by what, and how far from now."""
    now = NOW + timedelta(seconds=seconds)
    seen = signs.look(sittings or (sitting(),), PROCESS, now)
    lines = {(one.account_id, one.origin): one.until - now for one in seen.lines}
    return lines, sorted(account for _, account in seen.came)


def goes(signs, house, who):
    """Their line ends, as the house hears it: first the signs, then who is here."""
    signs.left(who, who)
    house.people.pop(who, None)
    house.lines.discard(who)


def test_nothing_is_written_of_a_room_in_which_nobody_is(signs):
    assert look(signs) == ({}, [])
    assert not signs.look([sitting()], PROCESS, NOW)


def test_a_leader_counts_a_moment_longer_and_a_member_is_only_counted_once(signs, house):
    house.joins("paul", "mentor")
    house.joins("mina")
    assert look(signs) == ({("paul", PROCESS): LINE_HOLDS}, ["mina", "paul"])
    assert look(signs, seconds=2) == ({("paul", PROCESS): LINE_HOLDS}, [])


@pytest.mark.parametrize("role", ["moderator", "admin"])
def test_the_team_is_watched_too_since_they_can_sit_beside(signs, house, role):
    house.joins("mo", role)
    assert look(signs)[0] == {("mo", PROCESS): LINE_HOLDS}


@pytest.mark.parametrize(
    "who", [sitting(helpers=("wren",)), sitting(holder="wren"), sitting("paul", "wren")]
)
def test_whoever_may_lead_is_watched(signs, house, who):
    house.joins("wren", "mentor")
    assert look(signs, who)[0] == {("wren", PROCESS): LINE_HOLDS}


def test_who_goes_is_gone_from_that_moment_and_it_is_written_once(signs, house):
    house.joins("paul")
    look(signs)
    goes(signs, house, "paul")
    assert look(signs, seconds=2)[0] == {("paul", PROCESS): timedelta(0)}
    assert look(signs, seconds=4)[0] == {}


def test_a_line_that_fell_silent_was_gone_for_all_the_time_that_counts(signs, house):
    house.joins("paul")
    look(signs)
    house.silent.add("paul")
    goes(signs, house, "paul")
    assert look(signs, seconds=2)[0] == {("paul", PROCESS): -GONE_AFTER}


def test_who_is_back_before_the_next_look_was_never_gone(signs, house):
    house.joins("paul")
    look(signs)
    goes(signs, house, "paul")
    house.joins("paul")
    assert look(signs, seconds=2)[0] == {("paul", PROCESS): LINE_HOLDS}


@pytest.mark.parametrize("holds", [PAGE_HOLDS, POLL_HOLDS])
def test_a_page_counts_for_a_while_and_once(signs, holds):
    signs.by_page(ROOM, "paul", holds)
    assert look(signs) == ({("paul", BY_PAGE): holds}, ["paul"])
    assert look(signs, seconds=2) == ({}, [])


def test_a_members_page_is_counted_and_not_watched(signs):
    signs.by_page(ROOM, "mina")
    assert look(signs) == ({}, ["mina"])


def test_beside_a_line_the_page_says_nothing(signs, house):
    house.joins("paul")
    signs.by_page(ROOM, "paul")
    assert look(signs)[0] == {("paul", PROCESS): LINE_HOLDS}


def test_a_line_that_ends_takes_the_promise_of_its_page_along(signs, house):
    house.joins("paul")
    signs.by_page(ROOM, "paul")
    goes(signs, house, "paul")
    assert look(signs)[0] == {("paul", PROCESS): timedelta(0)}


def test_who_leads_by_a_line_that_never_joined_is_here_while_it_is_open(signs, house):
    house.lines.add("paul")
    signs.acts(ROOM, "paul")
    assert look(signs)[0] == {("paul", PROCESS): LINE_HOLDS}
    house.lines.discard("paul")
    assert look(signs, seconds=2)[0] == {("paul", PROCESS): timedelta(0)}


def test_once_joined_only_the_room_counts(signs, house):
    signs.acts(ROOM, "paul")
    house.joins("paul")
    look(signs)
    house.people.clear()
    assert look(signs, seconds=2)[0] == {("paul", PROCESS): timedelta(0)}


def test_when_the_meeting_is_over_nothing_of_it_is_remembered(signs, house):
    house.joins("paul")
    signs.acts(ROOM, "wren")
    look(signs)
    assert not signs.look([], PROCESS, NOW)
    assert look(signs) == ({("paul", PROCESS): LINE_HOLDS}, ["paul"])


def test_a_nameless_line_that_ends_is_nobodys(signs, house):
    house.silent.add("stranger")
    signs.left("stranger", "")
    assert look(signs) == ({}, [])
