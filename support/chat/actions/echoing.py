"""Words that stand in several rooms come to the desk, also where they look harmless."""

from support.chat.models import Message, Room
from support.chat.rules.places import PUBLIC, Said
from support.db.unit import Unit
from support.groups import queries as groups
from support.moderation import actions as moderation
from support.moderation.ports import TargetRef


def show_to_desk(unit: Unit, message_id: str) -> None:
    """An entry without a label: nothing is held, nobody is told, a moderator may look.

    What two people say to each other comes to the desk by a finding or a report alone.
    """
    message = unit.session.get(Message, message_id)
    if message is None or message.state != Said.VISIBLE:
        return
    room = unit.session.get_one(Room, message.room_id)
    if room.kind not in PUBLIC:
        return
    hosts = groups.host_ids(unit, room.group_id) if room.group_id else []
    target = TargetRef(
        "message", message.id, message.author_id, room.id, tuple(hosts), room.group_id
    )
    moderation.show_repeated(unit, target)
