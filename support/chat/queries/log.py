"""Read a room's log and what it points at: what is taken away is away in every answer."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    Integer,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)

from support.accounts import queries as accounts
from support.accounts.queries import Person
from support.base.clock import wire
from support.chat.forms import MOST_EVENTS, MOST_SEQ, SNAPSHOT
from support.chat.models import Message, MessageReaction, Room, RoomEvent
from support.chat.rules.places import ON_THE_WIRE, Said
from support.db.prepared import Among, Prepared
from support.db.seen import Seen
from support.db.unit import Unit

GONE = (Said.REMOVED, Said.WITHDRAWN)
WAITING = (Said.HELD, Said.KEPT)
ABOUT_WORDS = ("message", "edited", "removed")
_AUTHOR = accounts.names()
_COMMA: Any = literal_column("','")
_SIGNS = (
    select(func.aggregate_strings(MessageReaction.reaction, _COMMA))
    .where(MessageReaction.message_id == Message.id)
    .correlate(Message)
    .scalar_subquery()
)
_ABOUT = (_AUTHOR.c.handle, _AUTHOR.c.role, _SIGNS)
_SPOKEN = (Message, *_ABOUT)
_BEFORE = (
    select(*Message.__table__.columns, *_ABOUT)
    .select_from(Message)
    .outerjoin(_AUTHOR, _AUTHOR.c.id == Message.author_id)
    .where(Message.room_id == bindparam("room"), Message.seq < bindparam("before"))
    .order_by(Message.seq.desc())
    .limit(bindparam("most", type_=Integer))
)
_OLDER = _BEFORE.with_only_columns(*_SPOKEN)
_SEEN = Seen(Message, _BEFORE)
_IS_ABOUT_WORDS = or_(*(RoomEvent.kind == kind for kind in ABOUT_WORDS))
_AFTER = (
    select(*RoomEvent.__table__.columns, *Message.__table__.columns, *_ABOUT)
    .select_from(RoomEvent)
    .outerjoin(Message, and_(Message.id == RoomEvent.message_id, _IS_ABOUT_WORDS))
    .outerjoin(_AUTHOR, _AUTHOR.c.id == Message.author_id)
    .where(RoomEvent.room_id == bindparam("room"), RoomEvent.seq > bindparam("after"))
    .order_by(RoomEvent.seq)
    .limit(bindparam("most", type_=Integer))
)
_TOLD = _AFTER.with_only_columns(RoomEvent, *_SPOKEN, maintain_column_froms=True)
_LINES = Seen(RoomEvent, _AFTER, Message)

_FIRST = (
    select(RoomEvent.seq)
    .where(RoomEvent.room_id == bindparam("room"))
    .order_by(RoomEvent.seq)
    .limit(1)
)
_OLDEST = Prepared(_FIRST)
_SEQS = Prepared(select(Room.id, Room.seq).where(Among(Room.id, "rooms")))


class Named(NamedTuple):
    """Somebody's name and role, as a list needs them."""

    id: str
    handle: str
    role: str


def snapshot(unit: Unit, room_id: str) -> list[dict[str, Any]]:
    """The newest 50 messages, ascending."""
    return history(unit, room_id, None, SNAPSHOT)[0]


def history(
    unit: Unit, room_id: str, before: int | None, limit: int
) -> tuple[list[dict[str, Any]], bool]:
    """At most `limit` messages before a seq, ascending, and whether there are older ones."""
    asked = {"room": room_id, "before": MOST_SEQ if before is None else before, "most": limit + 1}
    if unit.is_bare:
        rows: Sequence[Any] = _SEEN.rows(unit.session, **asked)
    else:
        rows = unit.session.execute(_OLDER, asked).all()
    return [_spoken(*row) for row in rows[:limit][::-1]], len(rows) > limit


def own_waiting(unit: Unit, room_id: str, account_id: str) -> list[dict[str, Any]]:
    """This person's own words that wait for a moderator, for their page alone."""
    rows = unit.session.scalars(
        select(Message)
        .where(
            Message.room_id == room_id,
            Message.author_id == account_id,
            Message.state.in_(WAITING),
        )
        .order_by(Message.at.desc())
        .limit(10)
    )
    return objects(unit, list(rows)[::-1], for_author=True)


def events_after(
    unit: Unit, room_id: str, after: int, limit: int = MOST_EVENTS
) -> tuple[list[dict[str, Any]], bool]:
    """The log after a seq, ascending, and whether there is more of it."""
    asked = {"room": room_id, "after": after, "most": limit + 1}
    if unit.is_bare:
        rows: Sequence[Any] = _LINES.rows(unit.session, **asked)
    else:
        rows = unit.session.execute(_TOLD, asked).all()
    events = []
    for line, message, *about in rows[:limit]:
        found = {message.id: _spoken(message, *about)} if message is not None else {}
        events.append(event_object(line, found))
    return events, len(rows) > limit


def oldest_event(unit: Unit, room_id: str) -> int | None:
    """The first seq that is still kept."""
    if unit.is_bare:
        rows = _OLDEST.rows(unit.session, room=room_id)
        return rows[0][0] if rows else None
    return unit.session.scalar(_FIRST, {"room": room_id})


def seqs_of(unit: Unit, room_ids: Sequence[str]) -> list[tuple[str, int]]:
    """How far the logs of these rooms go, in one statement."""
    return [(row[0], row[1]) for row in _SEQS.rows(unit.session, rooms=room_ids)]


def event_object(row: RoomEvent, messages: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """One event as the wire wants it."""
    event = {"room": row.room_id, "seq": row.seq, "kind": row.kind, "at": wire(row.at), **row.body}
    message = messages.get(row.message_id or "")
    if row.kind in ABOUT_WORDS:
        event["message"] = message or {
            "id": row.message_id,
            "room": row.room_id,
            "seq": row.seq,
            "state": "removed",
        }
    return event


def objects(
    unit: Unit, rows: Sequence[Message], *, for_author: bool = False
) -> list[dict[str, Any]]:
    """Messages as the wire wants them: whatever is not shown now has no words for others."""
    people = accounts.people(unit, {row.author_id for row in rows})
    signs = _reactions(unit, [row.id for row in rows])
    return [
        _shown(row, people.get(row.author_id), signs.get(row.id), for_author=for_author)
        for row in rows
    ]


def removed_objects(unit: Unit, rows: Sequence[Message]) -> list[dict[str, Any]]:
    """Messages that go now, as the wire wants them: who and when, and no words."""
    people = accounts.people(unit, {row.author_id for row in rows})
    gone = {"state": Said.REMOVED.value}
    return [_bare(row, people.get(row.author_id)) | gone for row in rows]


def _spoken(
    row: Message, handle: str | None, role: str | None, signs: str | None
) -> dict[str, Any]:
    """A message as one statement found it, with its author's name and its signs."""
    author = None if handle is None or role is None else Named(row.author_id, handle, role)
    counted = dict(sorted(Counter(signs.split(",")).items())) if signs else None
    return _shown(row, author, counted)


def _shown(
    row: Message,
    author: Person | Named | None,
    signs: dict[str, int] | None,
    *,
    for_author: bool = False,
) -> dict[str, Any]:
    bare = _bare(row, author)
    if row.state == Said.VISIBLE or (for_author and row.state in WAITING):
        return _with_words(bare, row, signs)
    return {**bare, "state": Said.REMOVED.value}


def new_object(row: Message, author: dict[str, str]) -> dict[str, Any]:
    """A message that is shown for the first time: nobody has signed it yet."""
    return _with_words({**_bare(row, None), "author": author}, row, None)


def _bare(row: Message, author: Person | Named | None) -> dict[str, Any]:
    state = Said(row.state)
    found: dict[str, Any] = {
        "id": row.id,
        "room": row.room_id,
        "author": author_object(row.author_id, author),
        "at": wire(row.at),
        "state": ON_THE_WIRE.get(state, state).value,
    }
    return found if row.seq is None else {**found, "seq": row.seq}


def _with_words(
    bare: dict[str, Any], row: Message, reactions: dict[str, int] | None
) -> dict[str, Any]:
    found = {**bare, "body": row.body}
    if row.edited_at:
        found["edited_at"] = wire(row.edited_at)
    for name, value in (("reply_to", row.reply_to), ("warning", row.warning)):
        if value:
            found[name] = value
    return {**found, "reactions": reactions} if reactions else found


def author_object(account_id: str, person: Person | Named | None) -> dict[str, str]:
    """Who said it; somebody erased has no name left."""
    if person is None:
        return {"id": account_id, "handle": "", "role": "member"}
    return {"id": person.id, "handle": person.handle, "role": person.role}


def _reactions(unit: Unit, ids: Sequence[str]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    if not ids:
        return found
    rows = unit.session.execute(
        select(MessageReaction.message_id, MessageReaction.reaction, func.count())
        .where(MessageReaction.message_id.in_(ids))
        .group_by(MessageReaction.message_id, MessageReaction.reaction)
    )
    for message_id, reaction, count in rows:
        found.setdefault(message_id, {})[reaction] = count
    return found


def reactions_of(unit: Unit, message_id: str) -> dict[str, int]:
    """The signs on one message, counted."""
    return _reactions(unit, [message_id]).get(message_id, {})


def words_of(unit: Unit, account_id: str) -> list[dict[str, str]]:
    """Everything a person said that is still kept, oldest first, for their own export."""
    rows = unit.session.scalars(
        select(Message)
        .where(Message.author_id == account_id, Message.state.not_in(GONE))
        .order_by(Message.at)
    )
    return [{"room": row.room_id, "at": wire(row.at), "body": row.body} for row in rows]
