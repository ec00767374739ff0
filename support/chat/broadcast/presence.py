"""Who is here now, in every process: kept in memory, told soon, at most once a second a room.

Each process tells the others who came to it and who went. What is known of a process is dropped
when it says goodbye or falls silent, so nobody seems to be here whose line nobody holds.
"""

import time
from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gevent

from support.chat.broadcast.stream import STREAM
from support.db.crossing import in_passing
from support.web.sockets import LEAVING, room_channel, tell

TELL_EVERY_SECONDS = 1.0
GATHER_SECONDS = 0.4  # a line that drops and comes back, or many who come together, are told once
TYPING_EVERY_SECONDS = 3.0
A_ROLL_HOLDS = 40
Person = dict[str, Any]


@in_passing
@dataclass(frozen=True, slots=True)
class PeopleMoved:
    """These came to a room by one process, and those went."""

    origin: str
    room_id: str
    came: tuple[Person, ...]
    went: tuple[str, ...]


@in_passing
@dataclass(frozen=True, slots=True)
class RollCall:
    """What one process says between the beginning and the end is everybody it has."""

    origin: str
    is_end: bool


@dataclass(slots=True)
class _Room:
    group_id: str | None = None
    people: dict[str, Person] = field(default_factory=dict)
    sids: dict[str, str] = field(default_factory=dict)
    away: dict[str, dict[str, Person]] = field(default_factory=dict)
    told: dict[str, Person] = field(default_factory=dict)
    is_due: bool = False
    told_at: float = -TELL_EVERY_SECONDS
    listed: list[Person] | None = None

    def add(self, person: Person) -> None:
        """Somebody is here; a list that is kept gets them in their place."""
        if self.people.get(person["id"]) == person:
            return
        if self.away or person["id"] in self.people:
            self.listed = None
        elif self.listed is not None:
            insort(self.listed, person, key=_handle)
        self.people[person["id"]] = person

    def by_handle(self) -> list[Person]:
        """Everybody, sorted once until somebody comes or goes."""
        if self.listed is None:
            self.listed = sorted(self.everybody().values(), key=_handle)
        return list(self.listed)

    def everybody(self) -> dict[str, Person]:
        """Whoever is here by any process."""
        if not self.away:
            return self.people
        found: dict[str, Person] = {}
        for people in self.away.values():
            found |= people
        return found | self.people


def _handle(person: Person) -> str:
    return str(person["handle"])


class Presence:
    """Joined sockets by room; a person is here while one of their sockets is, in any process."""

    def __init__(self) -> None:
        self.origin = ""
        self.tell_others: Callable[[object], None] | None = None
        self._rooms: dict[str, _Room] = {}
        self._heard: dict[str, set[str]] = {}
        self._rolls: dict[str, dict[str, dict[str, Person]]] = {}
        self._typed: dict[tuple[str, str], float] = {}

    def begin(self) -> None:
        """Start with an empty house."""
        for kept in (self._rooms, self._heard, self._rolls, self._typed):
            kept.clear()

    # -- here ------------------------------------------------------------------------

    def joined(self, sid: str, room_id: str, person: Person, group_id: str | None) -> None:
        """A socket hears the room now."""
        room = self._rooms.setdefault(room_id, _Room())
        if not room.sids:
            room.told = dict(room.everybody())
        room.group_id = group_id
        room.sids[sid] = person["id"]
        self._heard.setdefault(sid, set()).add(room_id)
        if room.people.get(person["id"]) != person:
            self._say(PeopleMoved(self.origin, room_id, (person,), ()))
        room.add(person)
        self._tell_soon(room_id, room)

    def left(self, sid: str, room_id: str) -> None:
        """A socket hears the room no more."""
        room = self._rooms.get(room_id)
        person_id = room.sids.pop(sid, None) if room else None
        if room is None or person_id is None:
            return
        self._heard[sid].discard(room_id)
        if person_id not in room.sids.values():
            room.people.pop(person_id, None)
            room.listed = None
            self._say(PeopleMoved(self.origin, room_id, (), (person_id,)))
        self._tell_soon(room_id, room)

    def gone(self, sid: str, _account_id: str) -> None:
        """A socket has ended."""
        for room_id in self.rooms_of(sid):
            self.left(sid, room_id)
        self._heard.pop(sid, None)

    # -- elsewhere ---------------------------------------------------------------------

    def moved(self, fact: PeopleMoved) -> None:
        """Somebody came or went by another process."""
        if (roll := self._rolls.get(fact.origin)) is not None:
            roll.setdefault(fact.room_id, {}).update({each["id"]: each for each in fact.came})
            return
        room = self._rooms.setdefault(fact.room_id, _Room())
        people = room.away.setdefault(fact.origin, {})
        people.update({each["id"]: each for each in fact.came})
        for person_id in fact.went:
            people.pop(person_id, None)
        room.listed = None
        self._tell_soon(fact.room_id, room)

    def called(self, fact: RollCall) -> None:
        """Another process says all it has: the old is replaced only when all of it is there."""
        if not fact.is_end:
            self._rolls[fact.origin] = {}
        elif (roll := self._rolls.pop(fact.origin, None)) is not None:
            self._replace(fact.origin, roll)

    def lost(self, origin: str) -> None:
        """A process is no more: nobody is here by it."""
        self._rolls.pop(origin, None)
        self._replace(origin, {})

    def _replace(self, origin: str, roll: dict[str, dict[str, Person]]) -> None:
        for room_id in roll.keys() | self._rooms.keys():
            room = self._rooms.setdefault(room_id, _Room())
            if room.away.pop(origin, {}) != roll.get(room_id, {}):
                self._tell_soon(room_id, room)
            if room_id in roll:
                room.away[origin] = roll[room_id]
            room.listed = None

    def tell_all(self) -> None:
        """Tell the other processes everybody who is here by this one."""
        self._say(RollCall(self.origin, is_end=False))
        for room_id, room in self._rooms.items():
            people = list(room.people.values())
            for start in range(0, len(people), A_ROLL_HOLDS):
                some = tuple(people[start : start + A_ROLL_HOLDS])
                self._say(PeopleMoved(self.origin, room_id, some, ()))
        self._say(RollCall(self.origin, is_end=True))

    def _say(self, fact: object) -> None:
        if self.tell_others is not None:
            self.tell_others(fact)

    # -- questions ---------------------------------------------------------------------

    def people(self, room_id: str) -> list[Person]:
        """Who is here, by handle."""
        room = self._rooms.get(room_id)
        return room.by_handle() if room else []

    def here(self, room_id: str) -> list[Person]:
        """Who is here by this process."""
        room = self._rooms.get(room_id)
        return list(room.people.values()) if room else []

    def rooms_of(self, sid: str) -> list[str]:
        """The rooms a socket hears."""
        return list(self._heard.get(sid, ()))

    def group_of(self, room_id: str) -> str | None:
        """The group whose room this is."""
        room = self._rooms.get(room_id)
        return room.group_id if room else None

    def may_tell_typing(self, room_id: str, account_id: str) -> bool:
        """Whether three seconds have passed since this was last passed on."""
        now, key = time.monotonic(), (room_id, account_id)
        if now - self._typed.get(key, -TYPING_EVERY_SECONDS) < TYPING_EVERY_SECONDS:
            return False
        self._typed[key] = now
        return True

    # -- telling -----------------------------------------------------------------------

    def _tell_soon(self, room_id: str, room: _Room) -> None:
        if not room.is_due:
            room.is_due = True
            rest = room.told_at + TELL_EVERY_SECONDS - time.monotonic()
            gevent.spawn_later(max(GATHER_SECONDS, rest), self._tell, room_id)

    def _tell(self, room_id: str) -> None:
        room = self._rooms.get(room_id)
        if room is None:
            return
        room.is_due = False
        here = dict(room.everybody())
        joined = [here[each] for each in here.keys() - room.told.keys()]
        left = [room.told[each] for each in room.told.keys() - here.keys()]
        room.told = here
        if room.sids and (joined or left):
            room.told_at = time.monotonic()
            told = {"room": room_id, "joined": joined, "left": left, "count": len(here)}
            tell(room_channel(room_id), "room:people", told)
        if not room.sids:
            STREAM.forget(room_id)
            self._typed = {key: at for key, at in self._typed.items() if key[0] != room_id}
        if not room.sids and not here:
            del self._rooms[room_id]


PRESENCE = Presence()
LEAVING.append(PRESENCE.gone)
