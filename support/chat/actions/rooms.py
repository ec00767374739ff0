"""Rooms come into being with their group, meeting or case; what other areas ask of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.base.errors import Declined
from support.chat.actions import log
from support.chat.actions.course import meeting_body
from support.chat.actions.facts import PersonOut
from support.chat.actions.speaking import post
from support.chat.actions.tending import forget_words_of
from support.chat.actions.turns import lower_hands
from support.chat.forms import SendForm
from support.chat.models import Message, Room
from support.chat.queries import place
from support.chat.queries.log import own_waiting, snapshot, words_of
from support.chat.rules.places import KEEPS_DAYS, Kind, Said
from support.crisis.ports import Said as Spoken
from support.db.unit import Unit
from support.groups import queries as groups
from support.groups.ports import Occurrence

LAST_WORDS = 10


class GroupRooms:
    """What groups know of chat: how to open a lounge and a meeting's room."""

    def open_lounge(self, unit: Unit, group_id: str, name: str) -> str:
        """A group's standing room; its id."""
        return _open(unit, Room(kind=Kind.LOUNGE, name=name, group_id=group_id))

    def open_meeting_rooms(self, unit: Unit, meetings: Sequence[Occurrence]) -> None:
        """The rooms of these occurrences, written in one go."""
        rows: list[dict[str, Any]] = [
            {
                "id": each.room_id,
                "kind": Kind.MEETING,
                "name": each.name,
                "group_id": each.group_id,
                "meeting_id": each.meeting_id,
                "state": "closed" if each.is_over else "planned",
                "starts_at": each.starts_at,
                "ends_at": each.ends_at,
                "keeps_days": KEEPS_DAYS[Kind.MEETING],
                "turns": {},
                "created_at": unit.now,
            }
            for each in meetings
        ]
        if rows:
            unit.session.execute(insert(Room), rows)

    def follow(  # noqa: PLR0913 - a date is its room, its two instants and its name
        self,
        unit: Unit,
        room_id: str,
        starts_at: datetime,
        ends_at: datetime,
        *,
        is_off: bool,
        name: str | None = None,
    ) -> None:
        """A date was moved or called off: who is in its room hears it, and no lobby opens."""
        room = unit.session.get_one(Room, room_id)
        room.name = name or room.name
        room.starts_at, room.ends_at = starts_at, ends_at
        room.state = "cancelled" if is_off else "planned"
        unit.session.flush()
        log.append(unit, room.id, "meeting", meeting_body(room))

    def left(self, unit: Unit, group_id: str, account_id: str) -> None:
        """Somebody goes from the group: no hand of theirs stays up, and no turn waits for them."""
        lower_hands(unit, account_id, group_id)


class SideRooms:
    """What crisis knows of chat: a quiet room for a person and those who answer."""

    def open(self, unit: Unit, case_id: str, person_id: str) -> str:
        """The side room of a case; the same one however often it is asked for."""
        known = unit.session.scalar(select(Room.id).where(Room.case_id == case_id))
        if known:
            return known
        return _open(
            unit, Room(kind=Kind.CRISIS, name="Side room", case_id=case_id, person_id=person_id)
        )

    def read(self, unit: Unit, room_id: str, person_id: str) -> list[dict[str, Any]]:
        """What was said in it, and the person's own words that wait."""
        return [*snapshot(unit, room_id), *own_waiting(unit, room_id, person_id)]

    def say(
        self, unit: Unit, actor: Actor, room_id: str, body: str, client_id: str
    ) -> dict[str, Any]:
        """Write into it for its person, reviewed and stored as any words are."""
        form = SendForm(room_id, body, client_id, "", "")
        return post(unit, actor, form).message


class PersonsWords:
    """What crisis asks of chat: what the person it is about has said."""

    def said(
        self, unit: Unit, reader: Actor, person_id: str, room_id: str, since: datetime
    ) -> list[Spoken]:
        """Ten at most, the newest last; held words are for staff alone."""
        states = [Said.VISIBLE, Said.HELD] if reader.is_staff else [Said.VISIBLE]
        rows = unit.session.execute(
            select(Message.at, Message.body, Message.state)
            .where(Message.room_id == room_id, Message.author_id == person_id)
            .where(Message.at >= since, Message.state.in_(states))
            .order_by(Message.at.desc())
            .limit(LAST_WORDS)
        ).all()
        return [Spoken(row.at, row.body, row.state == Said.HELD) for row in reversed(rows)]


class PairRooms:
    """What mentoring knows of chat: a room for two people who both agreed."""

    def open(self, unit: Unit) -> str:
        """A new room; who may enter it is asked of the pairing."""
        return _open(unit, Room(kind=Kind.MENTORING, name="Mentoring room"))

    def close(self, unit: Unit, room_id: str, people: Sequence[str]) -> None:
        """They have parted: whoever is in it hears so, and then no more of it."""
        room = unit.session.get_one(Room, room_id)
        room.state = "ended"
        log.append(unit, room.id, "meeting", meeting_body(room))
        for person_id in people:
            unit.announce(PersonOut(room.id, person_id, "parted"))


class RoomHosts:
    """What crisis asks of chat: who hosts the room that somebody calls from."""

    def hosts_of(self, unit: Unit, account_id: str, room_id: str) -> list[str] | None:
        """The hosts' ids; None where this person may not know the room."""
        actor = accounts.actor_by_id(unit, account_id)
        if actor is None:
            return None
        try:
            room = place(unit, actor, room_id).room
        except Declined:
            return None
        hosts = groups.host_ids(unit, room.group_id) if room.group_id else []
        return [host for host in hosts if host != account_id]


class Words:
    """What accounts ask of chat: forget a person's words, and hand them out."""

    name = "messages"

    def erase(self, unit: Unit, account_id: str) -> None:
        """Every word of theirs is gone, and no hand of theirs stays up."""
        lower_hands(unit, account_id)
        forget_words_of(unit, account_id)

    def export(self, unit: Unit, account_id: str) -> list[dict[str, str]]:
        """Every word of theirs that is still kept, with when and where."""
        return words_of(unit, account_id)


def _open(unit: Unit, room: Room) -> str:
    room.keeps_days = KEEPS_DAYS[Kind(room.kind)]
    room.created_at = unit.now
    room.turns = {}
    unit.session.add(room)
    unit.session.flush()
    return room.id
