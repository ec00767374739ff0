"""What a second look at a message needs of the room, and what becomes of what it finds."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import distinct, func, select

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.base.severity import Severity, gravest
from support.chat.actions import log
from support.chat.actions.facts import AuthorNoticed
from support.chat.models import Message, Room
from support.chat.queries import lately
from support.chat.rules.places import Said
from support.chat.rules.words import taken_back, told_after
from support.crisis import actions as crisis
from support.db.unit import Unit
from support.groups import queries as groups
from support.moderation import actions as moderation
from support.moderation.ports import Earlier, Lately, Talk, TargetRef
from support.moderation.rules import DANGER, Screening

BEFORE = 5


class RoomTalk:
    """Messages, as the second look reads and changes them."""

    def talks(self, unit: Unit, ids: Sequence[str]) -> list[Talk]:
        """The words that still stand, shown or held, each with the last five of its room."""
        found = unit.session.scalars(select(Message).where(Message.id.in_(ids))).all()
        standing = {each.id: each for each in found if each.state in (Said.VISIBLE, Said.HELD)}
        return [_talk(unit, standing[one]) for one in ids if one in standing]

    def since(self, unit: Unit, at: datetime) -> list[Lately]:
        """What was said or reworded from a moment on, the oldest first."""
        return [Lately(*one) for one in lately.said_since(unit, at)]

    def count_between(self, unit: Unit, at: datetime, end: datetime) -> int:
        """How many messages that still stand were said from one moment to another."""
        return lately.count_between(unit, at, end)

    def rooms_with(self, unit: Unit, author_id: str, body: str, since: datetime) -> int:
        """In how many rooms somebody has said the very same words since then."""
        rooms = select(func.count(distinct(Message.room_id))).where(
            Message.author_id == author_id, Message.at >= since, Message.body == body
        )
        return unit.session.scalar(rooms) or 0

    def act(self, unit: Unit, talk: Talk, screening: Screening) -> bool:
        """Raise what was found, and take back what must be held; False if nothing was to do.

        Words that were changed, judged by a person, or taken away meanwhile are left alone, and so
        is whatever tier 1 did: a second look only adds.
        """
        message = unit.session.get(Message, talk.id, with_for_update=True)
        author = accounts.actor_by_id(unit, talk.author_id)
        if message is None or author is None or not _still(message, talk):
            return False
        room = unit.session.get_one(Room, message.room_id)
        hosts = groups.host_ids(unit, room.group_id) if room.group_id else []
        target = TargetRef("message", message.id, author.id, room.id, tuple(hosts), room.group_id)
        if not moderation.adds_to(unit, target, screening, message.edited_at or message.at):
            return False
        takes_back = screening.holds and message.state == Said.VISIBLE
        is_held = takes_back or message.state == Said.HELD
        moderation.file_findings(unit, target, screening, is_held)
        if takes_back:
            message.state = Said.HELD
            log.take_down(unit, message)
        case = _call_for_help(unit, target, screening)
        _tell_author(unit, author, message, screening, case, took=takes_back)
        return True


def _talk(unit: Unit, message: Message) -> Talk:
    """The last lines are those that others can read, and the author's own held ones stay out."""
    before = unit.session.execute(
        select(Message.body, Message.author_id)
        .where(
            Message.room_id == message.room_id,
            Message.state == Said.VISIBLE,
            Message.seq.is_not(None),
            Message.seq < message.seq if message.seq is not None else Message.at <= message.at,
            Message.id != message.id,
        )
        .order_by(Message.seq.desc())
        .limit(BEFORE)
    ).all()
    lines = [Earlier(body, author_id == message.author_id) for body, author_id in reversed(before)]
    return Talk(message.id, message.author_id, message.body, tuple(lines))


def _still(message: Message, talk: Talk) -> bool:
    return message.body == talk.text and message.state in (Said.VISIBLE, Said.HELD)


def _call_for_help(unit: Unit, target: TargetRef, screening: Screening) -> str | None:
    """The same case as tier 1 would open; a doubtful finding shows the card and calls nobody."""
    found = [each for each in screening.findings if each.label in DANGER]
    severity = gravest(each.severity for each in found)
    if severity.rank < Severity.URGENT.rank:
        return None
    return crisis.raise_signal(
        unit,
        target.author_id,
        severity=severity,
        labels=tuple(dict.fromkeys(each.label for each in found)),
        room_id=target.room_id,
        host_ids=[host for host in target.host_ids if host != target.author_id],
        source=f"message:{target.id}",
    ).id


def _tell_author(  # noqa: PLR0913 - the parts of one notice
    unit: Unit,
    author: Actor,
    message: Message,
    screening: Screening,
    case: str | None,
    *,
    took: bool,
) -> None:
    """The private card, or why the words were taken back: to the author alone, at once."""
    if took:
        words = taken_back(screening.labels, screening.hold_label)
    else:
        words = told_after(screening.labels, (message.notice or {}).get("label"))
    if words is None:
        return
    notice: dict[str, Any] = {"label": words.label, "text": words.text, "help": words.shows_help}
    if case:
        notice["case"] = case
    message.notice = notice
    unit.announce(AuthorNoticed(author.id, author.country, message.room_id, message.id, notice))
