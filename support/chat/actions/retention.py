"""Old words go: a room keeps what is said for as many days as its header says, and no longer."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Delete, delete, update

from support.audit import actions as audit
from support.chat.actions import leading, log
from support.chat.models import BackupCall, Message, MessageReaction, Room, RoomEvent, RoomMeasure
from support.chat.queries.retention import (
    BATCH,
    MESSAGE,
    Due,
    cut,
    due_rooms,
    first_kept,
    old_messages,
    under_judgement,
)
from support.chat.rules.places import Said
from support.db.unit import Database, Unit
from support.moderation import actions as moderation

LEAST_BREATH, BREATHS = 0.01, 3
MEASURES_KEPT = timedelta(days=90)
CALLS_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Gone:
    """How much went; `sealed` words left the room and stay with the desk's open matters."""

    messages: int = 0
    events: int = 0
    sealed: int = 0

    def __add__(self, other: "Gone") -> "Gone":
        return Gone(
            self.messages + other.messages,
            self.events + other.events,
            self.sealed + other.sealed,
        )

    @property
    def is_nothing(self) -> bool:
        """Whether there was nothing to do."""
        return not (self.messages or self.events or self.sealed)


def forget_all(database: Database, by: str | None = None, most: int | None = None) -> Gone:
    """Take what is past its date, batch by batch, each its own transaction.

    Between two it rests three times as long as the last one took: who talks then comes first.

    `most` ends the run after so many batches; afterwards the SQLite file holds none of the bytes.
    """
    with database.read() as unit:
        left = due_rooms(unit)
    total, batches = Gone(), 0
    while left and (most is None or batches < most):
        began = time.monotonic()
        with database.unit() as unit:
            gone, left = forget_some(unit, left, by)
        total, batches = total + gone, batches + 1
        time.sleep(max(LEAST_BREATH, BREATHS * (time.monotonic() - began)))
    with database.unit() as unit:
        _forget_measures(unit)
    if not total.is_nothing:
        database.scrub()
    return total


def forget_some(unit: Unit, dues: Sequence[Due], by: str | None = None) -> tuple[Gone, list[Due]]:
    """One batch: about `BATCH` lines from the first of these rooms; the rooms that are left."""
    total, by_kind, left = Gone(), dict[str, int](), list(dues)
    while left and total.events + total.messages < BATCH:
        due = left[0]
        gone = _forget_in(unit, due)
        by_kind[due.kind] = by_kind.get(due.kind, 0) + gone.messages + gone.sealed
        total += gone
        if gone.is_nothing:
            left.pop(0)
    if not total.is_nothing:
        facts = {"events": total.events, "sealed": total.sealed, **by_kind}
        audit.record(unit, by, "chat.words_expired", "rooms", **facts)
    return total, left


def _forget_in(unit: Unit, due: Due) -> Gone:
    last = cut(unit, due)
    upto = last if last is not None else first_kept(unit, due.room_id) - 1
    old = old_messages(unit, due, upto)
    waiting = under_judgement(unit, old)
    sealed = [each for each in old if each.id in waiting and each.body]
    gone = [each.id for each in old if each.id not in waiting]
    for message in sealed:
        _seal(unit, message)
    away = [*gone, *(each.id for each in sealed)]
    _unpin(unit, due.room_id, away)
    _rows(unit, delete(MessageReaction).where(MessageReaction.message_id.in_(away)))
    messages = _rows(unit, delete(Message).where(Message.id.in_(gone))) if gone else 0
    events = 0
    if last is not None:
        old_lines = (RoomEvent.room_id == due.room_id, RoomEvent.seq <= last)
        events = _rows(unit, delete(RoomEvent).where(*old_lines))
    return Gone(messages, events, len(sealed))


def _seal(unit: Unit, message: Message) -> None:
    """The room forgets the words; the desk's sealed copy is there until the matter is closed."""
    leading.forget(unit, [message.id])
    moderation.seal(unit, MESSAGE, message.id, (message.body, message.state, message.at))
    unit.session.execute(
        update(Message)
        .where(Message.id == message.id)
        .values(state=Said.WITHDRAWN, body="", warning=None, notice=None)
    )


def _unpin(unit: Unit, room_id: str, message_ids: Sequence[str]) -> None:
    room = unit.session.get_one(Room, room_id)
    if room.pinned_id in message_ids:
        room.pinned_id = None
        log.append(unit, room_id, "pinned", {"pinned": None})


def _forget_measures(unit: Unit) -> None:
    """A host's mute or removal, with its reason, is forgotten a quarter of a year after its end."""
    old = RoomMeasure.until < unit.now - MEASURES_KEPT
    unit.session.execute(delete(RoomMeasure).where(old))
    unit.session.execute(delete(BackupCall).where(BackupCall.at < unit.now - CALLS_KEPT))


def _rows(unit: Unit, statement: Delete) -> int:
    done = unit.session.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", done).rowcount
