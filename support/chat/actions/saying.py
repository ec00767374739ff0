"""Saying many things at once: what nothing stands against is checked, stored and numbered together.

The checks are those of `speaking.post`. Whatever one of them stops, whatever review has anything to
say about, and whatever is rare (an answer, a slow room, a newcomer, a crisis room) is left to
`speaking.post` itself, so this way has no refusal, no hold and no case of its own.
"""

from collections.abc import Sequence
from typing import Any, Protocol, cast

from sqlalchemy import Table, bindparam, insert, update

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.base.clock import wire
from support.base.errors import Declined
from support.base.ids import new_id
from support.chat.actions import leading
from support.chat.actions.facts import RoomEventLogged
from support.chat.actions.speaking import NEWCOMER_COUNTS_TO, Posted
from support.chat.forms import SendForm
from support.chat.models import Message, Room, RoomEvent
from support.chat.queries.speakers import OpenRoom, Speakers, speakers
from support.chat.rules.places import Said, check_may_write, waits_for_moderator
from support.db.prepared import Prepared
from support.db.unit import Unit
from support.moderation.rules import screen

_MESSAGE = ("id", "room_id", "seq", "author_id", "client_id", "body", "warning", "state", "at")
_EVENT = ("room_id", "seq", "kind", "message_id", "body", "at")
_MESSAGES = Prepared(insert(cast(Table, Message.__table__)), _MESSAGE)
_EVENTS = Prepared(insert(cast(Table, RoomEvent.__table__)), _EVENT)
_COUNT_ON = Prepared(
    update(cast(Table, Room.__table__))
    .where(Room.id == bindparam("room"))
    .values(seq=bindparam("newest"))
)
_NO_WORDS = "{}"


class Asked(Protocol):
    """A message, and the log-in by which it came."""

    @property
    def session_id(self) -> str: ...

    @property
    def form(self) -> SendForm: ...


def say(unit: Unit, asked: Sequence[Asked]) -> list[Posted | None]:
    """Store and show what nothing stands against; None for what must go the ordinary way."""
    actors = accounts.actors_for_sessions(unit, {one.session_id for one in asked})
    known = speakers(unit, list(actors.values()), {one.form.room for one in asked})
    saying = _Saying(unit, known)
    found = [saying.one(actors.get(one.session_id), one.form) for one in asked]
    saying.store()
    return found


class _Saying:
    """The rows of one transaction, in the order in which they are numbered."""

    def __init__(self, unit: Unit, known: Speakers) -> None:
        self._unit = unit
        self._known = known
        self._at = wire(unit.now)
        self._messages: list[dict[str, Any]] = []
        self._events: list[dict[str, Any]] = []
        self._links: list[dict[str, Any]] = []
        self._rooms: dict[str, OpenRoom] = {}
        self._seen: set[tuple[str, str, str]] = set()

    def one(self, actor: Actor | None, form: SendForm) -> Posted | None:
        """Take one message in, if nothing stands against it."""
        room = self._known.rooms.get(form.room)
        if actor is None or room is None or not self._is_free(actor, room, form):
            return None
        room.seq += 1
        self._rooms[room.id], message_id = room, new_id()
        row = {
            "id": message_id,
            "room_id": room.id,
            "seq": room.seq,
            "author_id": actor.id,
            "client_id": form.client_id,
            "body": form.body,
            "warning": form.warning or None,
            "state": Said.VISIBLE.value,
            "at": self._unit.now,
        }
        self._messages.append(row)
        self._links += leading.links_of(message_id, form.body, self._unit.now)
        self._log(actor, row)
        shown = {"id": row["id"], "state": Said.VISIBLE.value, "at": self._at, "seq": room.seq}
        return Posted(shown, None)

    def _is_free(self, actor: Actor, room: OpenRoom, form: SendForm) -> bool:
        """Whether neither rules nor review have a word to say, and it comes the first time."""
        now, key = self._unit.now, (room.id, actor.id, form.client_id)
        standing = self._known.standing(actor, room)
        is_narrow = bool(room.setting.slow_seconds or room.setting.most_writers)
        if standing is None or key in self._seen or is_narrow or form.reply_to:
            return False
        try:
            check_may_write(room.setting, standing, None, now)
        except Declined:
            return False
        is_newcomer = actor.is_newcomer(now)
        if actor.shown_messages < NEWCOMER_COUNTS_TO:
            return False
        if waits_for_moderator(room.setting, standing, is_newcomer):
            return False
        if screen(form.body, author_is_newcomer=is_newcomer).findings:
            return False
        self._seen.add(key)
        return True

    def _log(self, actor: Actor, row: dict[str, Any]) -> None:
        room_id, seq = row["room_id"], row["seq"]
        self._events.append(
            {
                "room_id": room_id,
                "seq": seq,
                "kind": "message",
                "message_id": row["id"],
                "body": _NO_WORDS,
                "at": self._unit.now,
            }
        )
        message = {
            "id": row["id"],
            "room": room_id,
            "seq": seq,
            "author": {"id": actor.id, "handle": actor.handle, "role": actor.role.value},
            "at": self._at,
            "state": Said.VISIBLE.value,
            "body": row["body"],
        }
        if row["warning"]:
            message["warning"] = row["warning"]
        event = {"room": room_id, "seq": seq, "kind": "message", "at": self._at, "message": message}
        self._unit.announce(RoomEventLogged(room_id, event))

    def store(self) -> None:
        """Write all rows, each table once."""
        if not self._messages:
            return
        session = self._unit.session
        counts = [{"room": room.id, "newest": room.seq} for room in self._rooms.values()]
        _COUNT_ON.write(session, counts)
        _MESSAGES.write(session, self._messages)
        _EVENTS.write(session, self._events)
        leading.keep(self._unit, self._links)
