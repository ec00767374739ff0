"""What chat tells mentoring: that a newcomer waits for an answer, and who hosted what closed."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from support.chat.models import Chair, Message, Room
from support.chat.queries.lounges import Waiting
from support.chat.rules.places import Kind, Said
from support.db.unit import Unit
from support.groups import queries as groups
from support.mentoring import actions as mentoring

CLOSED = ("closed", "debriefed")
LOOKED_BACK = timedelta(hours=24)
LONGEST = 360


def pass_on(unit: Unit, found: Sequence[Waiting]) -> int:
    """Tell of every newcomer who waits; what another process told meanwhile is not told again."""
    return sum(
        mentoring.nudge(unit, one.message_id, one.room_id, one.group_id, one.newcomer_id)
        for one in found
    )


def count_hosted(unit: Unit) -> int:
    """Who led the meetings that closed in the last day, or sat beside; how many are new."""
    rooms = unit.session.scalars(
        select(Room).where(
            Room.kind == Kind.MEETING,
            Room.state.in_(CLOSED),
            Room.meeting_id.is_not(None),
            Room.ends_at > unit.now - LOOKED_BACK,
        )
    ).all()
    return sum(count_room(unit, room) for room in rooms)


def count_room(unit: Unit, room: Room) -> int:
    """Who led this meeting, sat beside or spoke as a host of the group: each has it once."""
    chair = unit.session.get(Chair, room.id)
    led = {chair.first_id, chair.holder_id, chair.second_id} if chair else set()
    hosts = {one for one in led if one} | _who_spoke(unit, room)
    if room.meeting_id is None or room.starts_at is None or room.ends_at is None or not hosts:
        return 0
    over = chair.over_at if chair and chair.over_at else room.ends_at
    minutes = int((over - room.starts_at).total_seconds()) // 60
    counted = max(1, min(minutes, LONGEST))
    return mentoring.count_hosted(unit, room.meeting_id, hosts, room.starts_at, counted)


def _who_spoke(unit: Unit, room: Room) -> set[str]:
    """Hosts of the group who said something in it."""
    hosts = groups.host_ids(unit, room.group_id) if room.group_id else []
    spoke = select(Message.author_id).where(
        Message.room_id == room.id, Message.author_id.in_(hosts), Message.state == Said.VISIBLE
    )
    return set(unit.session.scalars(spoke.distinct()))
