"""What moderation may do with messages: the port that this area fills."""

from collections.abc import Collection

from sqlalchemy import select

from support.base.actor import Actor
from support.base.errors import NotFound
from support.chat import queries
from support.chat.actions import log, speaking
from support.chat.models import Message, MessageLink, Room
from support.chat.rules.places import PUBLIC, Said
from support.db.unit import Unit
from support.groups import queries as groups
from support.moderation.ports import Snapshot

UNTOUCHED = (Said.WITHDRAWN,)


class MessageTarget:
    """Messages, as the moderators' desk reads and changes them."""

    def seen_by(self, unit: Unit, actor: Actor, target_id: str) -> Snapshot:
        """The words, if this person can read them now; otherwise NotFound."""
        message, _ = queries.message_place(unit, actor, target_id)
        if message.state != Said.VISIBLE:
            raise NotFound("There is no such message.")
        return self._snapshot(unit, message)

    def snapshot(self, unit: Unit, target_id: str) -> Snapshot:
        """The words whoever asks, removed ones too; NotFound once they are gone for good."""
        return self._snapshot(unit, _message(unit, target_id))

    def neighbours(
        self, unit: Unit, target_id: str, before: int = 10, after: int = 10
    ) -> list[Snapshot]:
        """What was said round it in the same room, ascending, the words themselves left out."""
        message = _message(unit, target_id)
        shown = select(Message).where(
            Message.room_id == message.room_id,
            Message.seq.is_not(None),
            Message.state == Said.VISIBLE,
            Message.id != message.id,
        )
        earlier = unit.session.scalars(
            shown.where(Message.at <= message.at).order_by(Message.seq.desc()).limit(before)
        ).all()
        later = unit.session.scalars(
            shown.where(Message.at > message.at).order_by(Message.seq).limit(after)
        ).all()
        return [_bare(each) for each in [*reversed(earlier), *later]]

    def bodies(self, unit: Unit, target_ids: Collection[str]) -> dict[str, str]:
        """The words of many at once, whatever their state; those gone for good are left out."""
        wanted = select(Message.id, Message.body).where(Message.id.in_(target_ids))
        return {row.id: row.body for row in unit.session.execute(wanted)}

    def shown_lately(self, unit: Unit, most: int) -> dict[str, str]:
        """The newest words in lounges and meetings; what two people say to each other is not."""
        rows = unit.session.execute(
            select(Message.id, Message.body)
            .join(Room, Room.id == Message.room_id)
            .where(Message.state == Said.VISIBLE, Room.kind.in_(PUBLIC))
            .order_by(Message.at.desc())
            .limit(most)
        )
        return {row.id: row.body for row in rows}

    def said_by(self, unit: Unit, author_id: str, most: int) -> list[Snapshot]:
        """The newest words of one person in lounges and meetings, whatever their state."""
        rows = unit.session.scalars(
            select(Message)
            .join(Room, Room.id == Message.room_id)
            .where(
                Message.author_id == author_id,
                Message.state.not_in(UNTOUCHED),
                Room.kind.in_(PUBLIC),
            )
            .order_by(Message.at.desc(), Message.seq.desc())
            .limit(most)
        )
        return [_bare(row) for row in rows]

    def naming(self, unit: Unit, domains: Collection[str], most: int) -> list[Snapshot]:
        """The newest words of anybody in lounges and meetings that lead to one of these."""
        if not domains:
            return []
        rows = unit.session.scalars(
            select(Message)
            .join(MessageLink, MessageLink.message_id == Message.id)
            .join(Room, Room.id == Message.room_id)
            .where(
                MessageLink.host.in_(domains),
                Message.state.not_in(UNTOUCHED),
                Room.kind.in_(PUBLIC),
            )
            .order_by(MessageLink.at.desc(), MessageLink.message_id)
            .limit(most)
        )
        return [_bare(row) for row in dict.fromkeys(rows)]

    def let_through(self, unit: Unit, target_id: str) -> None:
        """Show held or removed words; words their author took back stay away."""
        message = _message(unit, target_id)
        if message.state not in (*UNTOUCHED, Said.VISIBLE):
            speaking.show(unit, message)

    def remove(self, unit: Unit, target_id: str) -> None:
        """Take the words away from everybody."""
        _take_away(unit, _message(unit, target_id), Said.REMOVED)

    def keep(self, unit: Unit, target_id: str) -> None:
        """Held words stay held for good, and shown ones are taken back."""
        _take_away(unit, _message(unit, target_id), Said.KEPT)

    def send_back(self, unit: Unit, target_id: str) -> None:
        """Hold the words until their author says them in another way."""
        _take_away(unit, _message(unit, target_id), Said.HELD)

    def put_back(self, unit: Unit, target_id: str, state: str) -> None:
        """Undo: the state the words were in before somebody decided."""
        if state == Said.VISIBLE:
            self.let_through(unit, target_id)
        else:
            _take_away(unit, _message(unit, target_id), Said(state))

    def _snapshot(self, unit: Unit, message: Message) -> Snapshot:
        room = unit.session.get_one(Room, message.room_id)
        hosts = tuple(groups.host_ids(unit, room.group_id)) if room.group_id else ()
        return Snapshot(
            author_id=message.author_id,
            room_id=message.room_id,
            body=message.body,
            state=message.state,
            at=message.at,
            id=message.id,
            group_id=room.group_id,
            host_ids=hosts,
        )


def _bare(message: Message) -> Snapshot:
    return Snapshot(
        message.author_id, message.room_id, message.body, message.state, message.at, message.id
    )


def _message(unit: Unit, message_id: str) -> Message:
    message = unit.session.get(Message, message_id)
    if message is None:
        raise NotFound("There is no such message.")
    return message


def _take_away(unit: Unit, message: Message, state: Said) -> None:
    """Give the words a state in which nobody else reads them; tell the room if it had them."""
    if message.state in UNTOUCHED or message.state == state:
        return
    was_shown = message.state == Said.VISIBLE
    message.state = state
    if was_shown:
        log.take_down(unit, message)
