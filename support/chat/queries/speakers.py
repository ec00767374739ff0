"""How many people stand in many rooms: what every message asks, in three quick statements.

It gives the facts that `queries.place` gives, for lounges and meeting rooms; the rules that judge
them are the same. Crisis and mentoring rooms are not here: their messages go the ordinary way.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from support.base.actor import Actor
from support.chat.models import Room
from support.chat.queries.measures import Until, measures
from support.chat.queries.places import sits_here
from support.chat.rules.places import PUBLIC, Hold, Kind, Setting, Standing
from support.db.prepared import Among, Prepared
from support.db.unit import Unit
from support.groups import queries as groups

_ROOMS = Prepared(
    select(
        Room.id, Room.kind, Room.state, Room.slow_seconds, Room.locked, Room.hold,
        Room.cross_talk, Room.group_id, Room.seq, Room.most_writers,
    )
    .where(Among(Room.id, "rooms"))
    .order_by(Room.id)
    .with_for_update()
)  # fmt: skip


@dataclass(slots=True)
class OpenRoom:
    """A room whose row this transaction holds: `seq` may be counted on."""

    id: str
    setting: Setting
    group_id: str
    seq: int


@dataclass(frozen=True, slots=True)
class Speakers:
    """What is known of these people in these rooms."""

    rooms: dict[str, OpenRoom]
    standings: dict[tuple[str, str], groups.Standing]
    until: Until
    sitting: frozenset[tuple[str, str]]

    def standing(self, actor: Actor, room: OpenRoom) -> Standing | None:
        """How this person stands in this room; None for whoever may not know of it."""
        known = self.standings.get((room.group_id, actor.id))
        if known is None and not actor.is_staff:
            return None
        muted = self.until.get((room.id, actor.id, "mute"))
        if actor.muted_until and (muted is None or actor.muted_until > muted):
            muted = actor.muted_until
        return Standing(
            enters=True,
            hosts=self._hosts(actor, room.group_id, known),
            muted_until=muted,
            removed_until=self.until.get((room.id, actor.id, "remove")),
        )

    def _hosts(self, actor: Actor, group_id: str, known: groups.Standing | None) -> bool:
        if actor.is_staff:
            return (group_id, actor.id) not in self.sitting
        return known is not None and known.is_host


def speakers(unit: Unit, actors: Sequence[Actor], room_ids: Collection[str]) -> Speakers:
    """Read all of it, and hold the rooms' rows: what is said is numbered in this transaction."""
    people = {actor.id for actor in actors}
    rooms = {
        row[0]: OpenRoom(row[0], _setting((*row[1:7], row[9])), row[7], row[8])
        for row in _ROOMS.rows(unit.session, rooms=room_ids)
        if row[1] in PUBLIC and row[7] is not None
    }
    until = measures(unit, room_ids, people)
    group_ids = {room.group_id for room in rooms.values()}
    standings = groups.standings(unit, group_ids, people)
    staff = {actor.id for actor in actors if actor.is_staff}
    sitting = frozenset(
        (group_id, person_id)
        for (group_id, person_id), standing in standings.items()
        if person_id in staff and sits_here(unit, person_id, group_id, standing)
    )
    return Speakers(rooms, standings, until, sitting)


@lru_cache(256)
def _setting(row: tuple[Any, ...]) -> Setting:
    """Without the floor: while one speaks at a time, words go the ordinary way."""
    kind, state, slow_seconds, locked, hold, cross_talk, most_writers = row
    return Setting(
        kind=Kind(kind),
        state=state,
        slow_seconds=slow_seconds,
        locked=bool(locked),
        hold=Hold(hold),
        cross_talk=bool(cross_talk),
        most_writers=most_writers,
    )
