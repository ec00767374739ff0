"""From what rooms announce to what sockets are sent."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from support.base.actor import Actor
from support.base.clock import SystemClock
from support.chat.actions.facts import (
    AuthorNoticed,
    PersonOut,
    RoomEventLogged,
    RoomGrew,
    Typing,
)
from support.chat.actions.speaking import Posted
from support.chat.broadcast.presence import PRESENCE, PeopleMoved, RollCall
from support.chat.broadcast.signs import SIGNS
from support.chat.broadcast.stream import STREAM
from support.crisis import queries as crisis
from support.db.crossing import Looking
from support.db.unit import Announcements
from support.groups.actions import MemberLeft
from support.web.sockets import account_channel, room_channel, sids, speaking, take_out, tell

__all__ = ["LISTENERS", "PRESENCE", "SIGNS", "STREAM", "answer_of", "begin", "dressed"]


def begin(looking: Looking) -> None:
    """Start with an empty house; `looking` opens a reading unit where something is missing."""
    STREAM.begin(looking)
    PRESENCE.begin()
    SIGNS.begin()


def noticed(fact: AuthorNoticed) -> None:
    """The author alone is told about their own words."""
    notice = dressed(fact.notice, fact.country)
    about = {"room": fact.room_id, "message": fact.message_id}
    tell(account_channel(fact.account_id), "notice", {k: v for k, v in about.items() if v} | notice)


def dressed(notice: Mapping[str, Any], country: str) -> dict[str, Any]:
    """A stored notice in the reader's language, with the numbers of their country if it has any."""
    with speaking():
        text = gettext(notice["text"])
    params = notice.get("params")
    found: dict[str, Any] = {"label": notice["label"], "text": text % params if params else text}
    if notice.get("case"):
        found["case"] = notice["case"]
    if notice.get("help"):
        card = crisis.help_for(country, SystemClock().now()).facts()
        found["resources"] = card["resources"]
    return found


def answer_of(posted: Posted, actor: Actor) -> dict[str, Any]:
    """The acknowledgement of a message: the same by socket and by page."""
    found: dict[str, Any] = {"message": posted.message}
    if posted.notice:
        found["notice"] = dressed(posted.notice, actor.country)
    return found


def person_out(fact: PersonOut) -> None:
    """Somebody taken out of a room hears nothing more of it."""
    STREAM.times_out += 1
    _out(fact.account_id, fact.room_id)


def member_left(fact: MemberLeft) -> None:
    """Somebody who left a group, or was taken out of it, hears none of its rooms any more."""
    STREAM.times_out += 1
    for sid in sids(account_channel(fact.account_id)):
        for room_id in PRESENCE.rooms_of(sid):
            if PRESENCE.group_of(room_id) == fact.group_id:
                _out(fact.account_id, room_id)


def _out(account_id: str, room_id: str) -> None:
    for sid in sids(account_channel(account_id)):
        PRESENCE.left(sid, room_id)
    take_out(account_channel(account_id), room_channel(room_id))


def typing(fact: Typing) -> None:
    """The room hears that somebody writes, at most once in three seconds."""
    if PRESENCE.may_tell_typing(fact.room_id, fact.account_id):
        told = {"room": fact.room_id, "handle": fact.handle}
        tell(room_channel(fact.room_id), "room:typing", told)


LISTENERS: Announcements = {
    RoomEventLogged: [STREAM.logged],
    RoomGrew: [STREAM.grew],
    PeopleMoved: [PRESENCE.moved],
    RollCall: [PRESENCE.called],
    AuthorNoticed: [noticed],
    PersonOut: [person_out],
    Typing: [typing],
    MemberLeft: [member_left],
}
