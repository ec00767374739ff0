"""A host takes words out of sight until a moderator has read them, and can undo it at once."""

from support.accounts import queries as accounts
from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Conflict, Forbidden, NotFound
from support.chat import queries
from support.chat.actions import log, speaking
from support.chat.actions.facts import AuthorNoticed
from support.chat.actions.hosting import Undoable, check_target, hosted
from support.chat.forms import HideForm
from support.chat.models import Message, Room
from support.chat.rules.places import Said
from support.db.unit import Unit
from support.moderation import actions as moderation
from support.moderation.rules import DANGER, screen

TOLD = (
    "A host took this message out of sight. A moderator reads it. You have done nothing wrong; "
    "you can say it another way."
)
STAYS = "These words may be a call for help, so they stay. Please call a moderator."


def hide(unit: Unit, actor: Actor, form: HideForm) -> None:
    """Only words of members, and never a call for help: that is not a host's to put away."""
    message = _message(unit, actor, form)
    if message.state == Said.HELD:
        return
    if message.state != Said.VISIBLE:
        raise Conflict("These words are not shown any more.")
    check_target(unit, actor, unit.session.get_one(Room, form.room), message.author_id)
    if DANGER & set(screen(message.body).labels):
        raise Forbidden(STAYS)
    moderation.hide_for_host(unit, actor, message.id)
    message.state = Said.HELD
    log.take_down(unit, message)
    _tell_author(unit, message)
    audit.record(unit, actor.id, "chat.hidden", f"message:{message.id}")


def unhide(unit: Unit, actor: Actor, form: HideForm) -> None:
    """A slip: the words are shown again, to all as before."""
    message = _message(unit, actor, form)
    moderation.unhide_for_host(unit, actor, message.id)
    message.notice = None
    if message.state == Said.HELD:
        speaking.show(unit, message)
    audit.record(unit, actor.id, "chat.hidden_undone", f"message:{message.id}")


def hidden_lately(unit: Unit, actor: Actor, room_id: str) -> list[Undoable]:
    """What this host took out of sight a moment ago, for a page without script."""
    found = moderation.hidden_lately(unit, actor, room_id)
    people = accounts.people(unit, {each.author_id for each in found})
    return [
        Undoable(each.target_id, people[each.author_id].handle)
        for each in found
        if each.author_id in people
    ]


def _message(unit: Unit, actor: Actor, form: HideForm) -> Message:
    """The words, for a host of the room they were shown in."""
    hosted(unit, actor, form.room)
    message, _ = queries.message_place(unit, actor, form.message)
    if message.room_id != form.room:
        raise NotFound("There is no such message.")
    return message


def _tell_author(unit: Unit, message: Message) -> None:
    author = accounts.person(unit, message.author_id)
    message.notice = {"label": "host_hidden", "text": TOLD, "help": False}
    told = AuthorNoticed(author.id, author.country, message.room_id, message.id, message.notice)
    unit.announce(told)
