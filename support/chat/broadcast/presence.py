"""Who is here now, in this process: kept in memory, told at most once a second a room."""

import time
from dataclasses import dataclass, field
from typing import Any

import gevent

from support.web.sockets import LEAVING, room_channel, tell

TELL_EVERY_SECONDS = 1.0
TYPING_EVERY_SECONDS = 3.0


@dataclass(slots=True)
class _Room:
    group_id: str | None = None
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    sids: dict[str, str] = field(default_factory=dict)
    told: dict[str, dict[str, Any]] = field(default_factory=dict)
    is_due: bool = False


class Presence:
    """Joined sockets by room; a person is here while one of their sockets is."""

    def __init__(self) -> None:
        self._rooms: dict[str, _Room] = {}
        self._typed: dict[tuple[str, str], float] = {}

    def joined(self, sid: str, room_id: str, person: dict[str, Any], group_id: str | None) -> None:
        """A socket hears the room now."""
        room = self._rooms.setdefault(room_id, _Room())
        room.group_id = group_id
        room.sids[sid] = person["id"]
        room.people[person["id"]] = person
        self._tell_soon(room_id, room)

    def left(self, sid: str, room_id: str) -> None:
        """A socket hears the room no more."""
        room = self._rooms.get(room_id)
        person_id = room.sids.pop(sid, None) if room else None
        if room is None or person_id is None:
            return
        if person_id not in room.sids.values():
            room.people.pop(person_id, None)
        self._tell_soon(room_id, room)

    def gone(self, sid: str, _account_id: str) -> None:
        """A socket has ended."""
        for room_id in self.rooms_of(sid):
            self.left(sid, room_id)

    def people(self, room_id: str) -> list[dict[str, Any]]:
        """Who is here, by handle."""
        room = self._rooms.get(room_id)
        return sorted(room.people.values(), key=lambda each: each["handle"]) if room else []

    def rooms_of(self, sid: str) -> list[str]:
        """The rooms a socket hears."""
        return [room_id for room_id, room in self._rooms.items() if sid in room.sids]

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

    def _tell_soon(self, room_id: str, room: _Room) -> None:
        if not room.is_due:
            room.is_due = True
            gevent.spawn_later(TELL_EVERY_SECONDS, self._tell, room_id)

    def _tell(self, room_id: str) -> None:
        room = self._rooms.get(room_id)
        if room is None:
            return
        room.is_due = False
        joined = [room.people[each] for each in room.people.keys() - room.told.keys()]
        left = [room.told[each] for each in room.told.keys() - room.people.keys()]
        room.told = dict(room.people)
        if joined or left:
            told = {"room": room_id, "joined": joined, "left": left, "count": len(room.people)}
            tell(room_channel(room_id), "room:people", told)
        if not room.sids:
            del self._rooms[room_id]
            self._typed = {key: at for key, at in self._typed.items() if key[0] != room_id}


PRESENCE = Presence()
LEAVING.append(PRESENCE.gone)
