"""Who is here, by any process: told once a second, and never somebody whose line nobody holds."""

from typing import Any

import pytest

from support.chat.broadcast import presence as module
from support.chat.broadcast.presence import PeopleMoved, Presence, RollCall

ROOM, GROUP = "lounge", "owls"


def person(handle: str) -> dict[str, Any]:
    return {"id": f"id-{handle}", "handle": handle, "role": "member"}


class House:
    """Two processes that hear each other as long as the queue does not break."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.told: list[dict[str, Any]] = []
        self.due: list[Any] = []
        patch.setattr(module, "tell", lambda _room, _name, data: self.told.append(data))
        patch.setattr(
            module.gevent, "spawn_later", lambda _s, deed, *given: self.due.append((deed, given))
        )
        self.here, self.there = Presence(), Presence()
        self.is_broken = False
        for mine, other in ((self.here, self.there), (self.there, self.here)):
            mine.tell_others = self._carrying(other)
        self.here.origin, self.there.origin = "here", "there"

    def _carrying(self, other: Presence) -> Any:
        def carry(fact: object) -> None:
            if self.is_broken:
                return
            if isinstance(fact, PeopleMoved):
                other.moved(fact)
            elif isinstance(fact, RollCall):
                other.called(fact)

        return carry

    def a_second(self) -> list[dict[str, Any]]:
        """Let the second pass; what sockets were told at its end."""
        due, self.due = self.due, []
        for deed, given in due:
            deed(*given)
        told, self.told = self.told, []
        return told


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    return House(monkeypatch)


def handles(presence: Presence) -> list[str]:
    return [each["handle"] for each in presence.people(ROOM)]


def test_somebody_who_comes_by_one_process_is_here_in_both(house: House) -> None:
    house.here.joined("s1", ROOM, person("mina"), GROUP)
    house.there.joined("s2", ROOM, person("paul"), GROUP)
    assert handles(house.here) == handles(house.there) == ["mina", "paul"]
    counts = [each["count"] for each in house.a_second()]
    assert counts == [2, 2]  # once in each process


def test_a_second_telephone_is_no_second_person(house: House) -> None:
    house.here.joined("s1", ROOM, person("mina"), GROUP)
    house.there.joined("s2", ROOM, person("mina"), GROUP)
    house.a_second()
    assert handles(house.here) == ["mina"]
    house.here.left("s1", ROOM)
    assert handles(house.here) == handles(house.there) == ["mina"]
    house.there.left("s2", ROOM)
    assert handles(house.here) == handles(house.there) == []


def test_who_goes_in_one_process_is_told_in_the_other(house: House) -> None:
    house.here.joined("s1", ROOM, person("mina"), GROUP)
    house.there.joined("s2", ROOM, person("paul"), GROUP)
    house.a_second()
    house.there.gone("s2", "id-paul")
    (told,) = house.a_second()
    assert (told["left"], told["count"]) == ([person("paul")], 1)


def test_a_room_without_sockets_here_is_not_told_but_known(house: House) -> None:
    house.there.joined("s2", ROOM, person("paul"), GROUP)
    assert len(house.a_second()) == 1
    assert handles(house.here) == ["paul"]
    house.here.joined("s1", ROOM, person("mina"), GROUP)
    told = house.a_second()
    assert [each["joined"] for each in told] == [[person("mina")]] * 2


def test_when_a_process_dies_nobody_is_here_by_it(house: House) -> None:
    house.here.joined("s1", ROOM, person("mina"), GROUP)
    house.there.joined("s2", ROOM, person("paul"), GROUP)
    house.there.joined("s3", ROOM, person("mina"), GROUP)
    house.a_second()
    house.here.lost("there")
    assert handles(house.here) == ["mina"]
    (told,) = house.a_second()
    assert told["left"] == [person("paul")]


def test_after_a_break_a_roll_call_puts_everything_right(house: House) -> None:
    house.there.joined("s2", ROOM, person("paul"), GROUP)
    house.there.joined("s3", "kitchen", person("rae"), GROUP)
    house.is_broken = True
    house.there.left("s2", ROOM)
    house.there.joined("s4", ROOM, person("otto"), GROUP)
    assert handles(house.here) == ["paul"]
    house.is_broken = False
    house.there.tell_all()
    assert handles(house.here) == ["otto"]
    assert [each["handle"] for each in house.here.people("kitchen")] == ["rae"]


def test_nobody_seems_to_leave_while_a_roll_is_called(house: House) -> None:
    house.here.joined("s1", ROOM, person("mina"), GROUP)
    house.there.joined("s2", ROOM, person("paul"), GROUP)
    house.a_second()
    house.here.called(RollCall("there", is_end=False))
    assert handles(house.here) == ["mina", "paul"]
    assert house.a_second() == []
    house.here.moved(PeopleMoved("there", ROOM, (person("paul"),), ()))
    house.here.called(RollCall("there", is_end=True))
    assert house.a_second() == []
    house.here.called(RollCall("there", is_end=True))  # an end without a beginning says nothing
    assert handles(house.here) == ["mina", "paul"]


def test_a_long_roll_is_said_in_pieces(house: House) -> None:
    for number in range(2 * module.A_ROLL_HOLDS + 1):
        house.there.joined(f"s{number}", ROOM, person(f"p{number:03}"), GROUP)
    said: list[object] = []
    house.there.tell_others = said.append
    house.there.tell_all()
    assert [len(each.came) for each in said if isinstance(each, PeopleMoved)] == [40, 40, 1]


def test_empty_rooms_are_forgotten(house: House) -> None:
    house.here.joined("s1", ROOM, person("mina"), GROUP)
    house.a_second()
    house.here.gone("s1", "id-mina")
    house.a_second()
    assert house.here._rooms == house.there._rooms == {}
    assert house.here.rooms_of("s1") == []


def test_typing_is_passed_on_once_in_three_seconds(house: House) -> None:
    assert house.here.may_tell_typing(ROOM, "id-mina")
    assert not house.here.may_tell_typing(ROOM, "id-mina")
    assert house.here.may_tell_typing(ROOM, "id-paul")
    assert house.here.may_tell_typing("kitchen", "id-mina")


def test_the_list_stays_in_order_whoever_comes_and_goes_in_whichever_process(house):
    for handle in ("rae", "mina"):
        house.here.joined(f"sid-{handle}", ROOM, person(handle), GROUP)
    assert handles(house.here) == ["mina", "rae"]
    house.here.joined("sid-mo", ROOM, person("mo"), GROUP)
    house.here.joined("sid-mo-2", ROOM, person("mo"), GROUP)
    assert handles(house.here) == ["mina", "mo", "rae"]
    house.there.joined("sid-ada", ROOM, person("ada"), GROUP)
    assert handles(house.here) == handles(house.there) == ["ada", "mina", "mo", "rae"]
    house.here.joined("sid-paul", ROOM, person("paul"), GROUP)
    house.here.left("sid-mina", ROOM)
    assert handles(house.here) == ["ada", "mo", "paul", "rae"]
    house.here.lost("there")
    assert handles(house.here) == ["mo", "paul", "rae"]


def test_who_looks_at_the_list_cannot_change_it(house):
    house.here.joined("sid-mina", ROOM, person("mina"), GROUP)
    house.here.people(ROOM).clear()
    assert handles(house.here) == ["mina"]


def test_a_new_role_is_shown_in_the_list(house):
    house.here.joined("sid-mina", ROOM, person("mina"), GROUP)
    assert house.here.people(ROOM)[0]["role"] == "member"
    house.here.joined("sid-mina", ROOM, {**person("mina"), "role": "mentor"}, GROUP)
    assert [each["role"] for each in house.here.people(ROOM)] == ["mentor"]


class Watch:
    """A clock that is set by hand, and how long each telling was put off."""

    def __init__(self, patch: pytest.MonkeyPatch, house: House) -> None:
        self.at, self.waits = 500.0, list[float]()
        patch.setattr(module.time, "monotonic", lambda: self.at)

        def later(seconds: float, deed: Any, *given: Any) -> None:
            self.waits.append(round(seconds, 3))
            house.due.append((deed, given))

        patch.setattr(module.gevent, "spawn_later", later)


@pytest.fixture
def alone(house: House) -> Presence:
    """One process, which tells nobody else."""
    house.here.tell_others = None
    return house.here


def test_who_comes_to_a_quiet_room_is_told_at_once_and_who_comes_with_them_too(
    monkeypatch: pytest.MonkeyPatch, house: House, alone: Presence
) -> None:
    watch = Watch(monkeypatch, house)
    alone.joined("s1", ROOM, person("mina"), GROUP)
    alone.joined("s2", ROOM, person("paul"), GROUP)
    assert watch.waits == [module.GATHER_SECONDS]
    (told,) = house.a_second()
    assert told["count"] == 2
    watch.at += module.TELL_EVERY_SECONDS
    alone.left("s2", ROOM)
    assert watch.waits[1:] == [module.GATHER_SECONDS]
    (told,) = house.a_second()
    assert [each["handle"] for each in told["left"]] == ["paul"]


def test_in_a_busy_room_all_who_come_and_go_within_a_second_are_told_together(
    monkeypatch: pytest.MonkeyPatch, house: House, alone: Presence
) -> None:
    watch = Watch(monkeypatch, house)
    alone.joined("s1", ROOM, person("mina"), GROUP)
    house.a_second()
    watch.at += 0.3
    alone.joined("s2", ROOM, person("paul"), GROUP)
    alone.joined("s3", ROOM, person("rae"), GROUP)
    alone.left("s3", ROOM)
    assert watch.waits[1:] == [0.7]
    watch.at += 0.7
    (told,) = house.a_second()
    assert ([each["handle"] for each in told["joined"]], told["left"]) == (["paul"], [])
    assert told["count"] == 2


def test_a_change_that_nobody_could_hear_of_puts_nothing_off(
    monkeypatch: pytest.MonkeyPatch, house: House, alone: Presence
) -> None:
    watch = Watch(monkeypatch, house)
    alone.joined("s1", ROOM, person("mina"), GROUP)
    house.a_second()
    watch.at += 0.2
    alone.left("s1", ROOM)
    watch.at += 0.8
    assert house.a_second() == []
    alone.joined("s4", ROOM, person("paul"), GROUP)
    assert watch.waits[-1] == module.GATHER_SECONDS
    (told,) = house.a_second()
    assert [each["handle"] for each in told["joined"]] == ["paul"]
