"""A host calls for a moderator, who sees the last words of the room; each look is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update

from support.accounts import queries as accounts
from support.audit import actions as audit
from support.base.actor import Actor
from support.base.clock import wire
from support.base.errors import NotFound
from support.base.ids import new_id
from support.chat import queries
from support.chat.actions.facts import AuthorNoticed, BackupCalled
from support.chat.actions.hosting import hosted
from support.chat.forms import BackupForm
from support.chat.models import BackupCall, Room
from support.chat.queries.log import history
from support.chat.rules.places import Kind
from support.crisis import queries as crisis
from support.db.unit import Unit
from support.notify import actions as notify

LAST_WORDS = 20
SHOWN_FOR = timedelta(hours=24)
MOST = 50
SEEN = "A moderator is looking at your room now."
NO_CALL = "There is no such call."


@dataclass(frozen=True, slots=True)
class Call:
    """A call as a moderator sees it in a list: no words, only who, where and when."""

    id: str
    room: str
    name: str
    by: str
    at: datetime
    answered_by: str | None

    def facts(self) -> dict[str, Any]:
        """As the wire wants it."""
        return {
            "id": self.id,
            "room": self.room,
            "name": self.name,
            "by": self.by,
            "at": wire(self.at),
            "answered_by": self.answered_by,
        }


def call_backup(unit: Unit, actor: Actor, form: BackupForm) -> None:
    """Call a moderator into the room; every moderator is told once for each call."""
    place = hosted(unit, actor, form.room)
    call = BackupCall(
        id=new_id(),
        room_id=place.room.id,
        by_id=actor.id,
        note=form.note,
        seq=place.room.seq,
        at=unit.now,
    )
    unit.session.add(call)
    unit.session.flush()
    staff = [each for each in _who_may_know(unit, place.room) if each != actor.id]
    notify.put(
        unit,
        key=f"backup:{place.room.id}:{call.id}",
        kind="backup",
        recipients=staff,
        payload={"room": place.room.id, "call": call.id},
    )
    audit.record(unit, actor.id, "chat.backup_called", f"room:{place.room.id}", call=call.id)
    unit.announce(BackupCalled(place.room.id))


def _who_may_know(unit: Unit, room: Room) -> list[str]:
    """The team; of a side room those who may answer its case, never the person it is about."""
    staff = accounts.staff_ids(unit)
    if room.kind != Kind.CRISIS:
        return list(staff)
    able = crisis.responders_of(unit, room.case_id or "")
    return [one for one in staff if one in able]


def open_calls(unit: Unit, actor: Actor) -> list[Call]:
    """The calls of the last day that others made, the newest first, those not answered before."""
    rows = unit.session.execute(
        select(BackupCall, Room.name)
        .join(Room, Room.id == BackupCall.room_id)
        .where(BackupCall.at > unit.now - SHOWN_FOR, BackupCall.by_id != actor.id)
        .where(or_(Room.kind != Kind.CRISIS, Room.person_id != actor.id))
        .order_by(BackupCall.answered_at.is_not(None), BackupCall.at.desc())
        .limit(MOST)
    ).all()
    names = _names(unit, [row for row, _ in rows])
    return [_call(row, name, names) for row, name in rows]


def look(unit: Unit, actor: Actor, call_id: str) -> tuple[Call, str, list[dict[str, Any]]]:
    """The call, its note and the last 20 messages; who looked is kept, and the host is told.

    After a day it is there no more, by address as in the list: help that is asked for now is not
    a window on the room for ever.
    """
    row = unit.session.get(BackupCall, call_id)
    if row is None or row.by_id == actor.id or row.at <= unit.now - SHOWN_FOR:
        raise NotFound(NO_CALL)
    place = queries.place(unit, actor, row.room_id)
    first = unit.session.execute(
        update(BackupCall)
        .where(BackupCall.id == call_id, BackupCall.answered_by.is_(None))
        .values(answered_by=actor.id, answered_at=unit.now)
        .returning(BackupCall.id)
    ).first()
    if first is not None:
        _tell_host(unit, row)
    unit.session.refresh(row)
    audit.record(unit, actor.id, "chat.backup_seen", f"room:{row.room_id}", call=call_id)
    messages, _ = history(unit, row.room_id, None, LAST_WORDS)
    return _call(row, place.room.name, _names(unit, [row])), row.note, messages


def _tell_host(unit: Unit, row: BackupCall) -> None:
    host = accounts.person(unit, row.by_id)
    notice = {"label": "backup_seen", "text": SEEN, "help": False}
    unit.announce(AuthorNoticed(host.id, host.country, row.room_id, "", notice))


def _names(unit: Unit, rows: list[BackupCall]) -> dict[str, str]:
    ids = {each for row in rows for each in (row.by_id, row.answered_by) if each}
    return {each.id: each.handle for each in accounts.people(unit, ids).values()}


def _call(row: BackupCall, name: str, names: dict[str, str]) -> Call:
    answered = names.get(row.answered_by or "")
    return Call(row.id, row.room_id, name, names.get(row.by_id, ""), row.at, answered)
