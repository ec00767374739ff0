"""What becomes of words after they were said: taken back, signed, read, and wiped in time."""

from sqlalchemy import delete, select, update

from support.base.actor import Actor
from support.base.errors import Conflict, Forbidden
from support.chat import queries
from support.chat.actions import leading, log
from support.chat.forms import ReactForm, SeenForm
from support.chat.models import BackupCall, Message, MessageReaction, Room, RoomSeen
from support.chat.queries.log import reactions_of
from support.chat.rules.places import Said, check_may_react
from support.db.insert import insert_new
from support.db.unit import Unit
from support.moderation import actions as moderation


def withdraw(unit: Unit, actor: Actor, message_id: str) -> None:
    """Take one's own words back, held or shown; a second time changes nothing."""
    message, _ = queries.message_place(unit, actor, message_id)
    if message.author_id != actor.id:
        raise Forbidden("You can take back only your own words.")
    if message.state in (Said.WITHDRAWN, Said.REMOVED):
        return
    was_shown = message.state == Said.VISIBLE
    message.state, message.body = Said.WITHDRAWN, ""
    message.warning = message.notice = None
    leading.forget(unit, [message.id])
    moderation.withdrawn(unit, "message", message.id)
    if was_shown:
        log.take_down(unit, message)


def react(unit: Unit, actor: Actor, form: ReactForm) -> dict[str, int]:
    """Put a calm sign on a message or take it off; the counts afterwards."""
    message, place = queries.message_place(unit, actor, form.message)
    if message.state != Said.VISIBLE:
        raise Conflict("These words are not shown any more.")
    check_may_react(place.setting, place.standing)
    changed = _sign(unit, actor, form)
    counts = reactions_of(unit, message.id)
    if changed:
        body = {
            "message": message.id,
            "reaction": form.reaction.value,
            "on": form.on,
            "count": counts.get(form.reaction, 0),
            "reactions": counts,
            "by": actor.id,
        }
        log.append(unit, message.room_id, "reaction", body)
    return counts


def _sign(unit: Unit, actor: Actor, form: ReactForm) -> bool:
    key = {"message_id": form.message, "account_id": actor.id, "reaction": form.reaction.value}
    if form.on:
        return insert_new(unit, MessageReaction, {**key, "at": unit.now})
    gone = delete(MessageReaction).filter_by(**key).returning(MessageReaction.message_id)
    return unit.session.scalar(gone) is not None


def seen(unit: Unit, actor: Actor, form: SeenForm) -> None:
    """Remember how far somebody has read; never backwards."""
    place = queries.place(unit, actor, form.room)
    seq = min(form.seq, place.room.seq)
    row = {"room_id": place.room.id, "account_id": actor.id, "seq": seq}
    if insert_new(unit, RoomSeen, row):
        return
    unit.session.execute(
        update(RoomSeen)
        .where(
            RoomSeen.room_id == place.room.id, RoomSeen.account_id == actor.id, RoomSeen.seq < seq
        )
        .values(seq=seq)
    )


def forget_words_of(unit: Unit, account_id: str) -> None:
    """Erase-me: every word of somebody is gone; sealed evidence is the desk's own."""
    _unpin_words_of(unit, account_id)
    _take_down_words_of(unit, account_id)
    unit.session.execute(
        update(Message)
        .where(Message.author_id == account_id)
        .values(state=Said.WITHDRAWN, body="", warning=None, notice=None)
    )
    leading.forget_of(unit, account_id)
    for traces in (MessageReaction, RoomSeen):
        unit.session.execute(delete(traces).where(traces.account_id == account_id))
    unit.session.execute(update(BackupCall).where(BackupCall.by_id == account_id).values(note=""))


def _take_down_words_of(unit: Unit, account_id: str) -> None:
    """Pages that are open let go of the words too, without being asked to load anew."""
    shown = (
        select(Message)
        .where(Message.author_id == account_id, Message.state == Said.VISIBLE)
        .order_by(Message.room_id, Message.seq)
    )
    log.take_down_all(unit, unit.session.scalars(shown).all())


def _unpin_words_of(unit: Unit, account_id: str) -> None:
    """Words that go cannot stay pinned."""
    theirs = select(Message.id).where(Message.author_id == account_id)
    rooms = select(Room).where(Room.pinned_id.in_(theirs)).order_by(Room.id)
    for room in unit.session.scalars(rooms).all():
        room.pinned_id = None
        unit.session.flush()
        log.append(unit, room.id, "pinned", {"pinned": None})
