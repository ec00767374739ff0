"""The room's page, its history and events by HTTP, and sending without script."""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.base.clock import wire
from support.base.errors import Declined, NotFound
from support.base.fields import Fields
from support.base.ids import new_id
from support.chat import queries
from support.chat.actions import hiding, holds, hosting, speaking
from support.chat.broadcast import PRESENCE, SIGNS, answer_of, dressed
from support.chat.broadcast.signs import POLL_HOLDS
from support.chat.forms import MOST_EVENTS, MOST_SEQ, SNAPSHOT, SendForm
from support.chat.queries.chair_page import chair_object
from support.chat.queries.log import history, own_waiting
from support.chat.queries.notices import own_notices
from support.chat.queries.places import Place
from support.chat.queries.seats import (
    caught_up,
    floor_for,
    room_object,
    seen_up_to,
    you_object,
)
from support.chat.rules.cards import CARDS, words_of
from support.chat.rules.places import MESSAGES, MESSAGES_IN, Kind
from support.crisis import queries as crisis
from support.db.unit import Unit
from support.groups import queries as groups
from support.moderation import queries as moderation
from support.web.access import MEMBERS, allow
from support.web.answers import asked, done, reshow, show, submitted
from support.web.limits import hit
from support.web.work import current_actor, reading, workshop

bp = Blueprint("rooms", __name__)


@bp.get("/rooms/<room_id>")
@allow(MEMBERS)
def page(room_id: str) -> ResponseReturnValue:
    """The chat page; as JSON history before a seq, events after one, or the newest messages."""
    with reading() as unit:
        actor = current_actor(unit)
        place = queries.place(unit, actor, room_id)
        fields = Fields(asked(), strict=False)
        before = fields.optional_integer("before", 0, MOST_SEQ)
        after = fields.optional_integer("after", 0, MOST_SEQ)
        limit = fields.integer("limit", 1, MOST_EVENTS, SNAPSHOT if before else MOST_EVENTS)
        fields.done()
        _seen_by_page(place, actor, after)
        facts = _facts(unit, place, before, after, limit)
        facts |= _chair(unit, actor, place)
        return show("chat/room.html", facts, **_furniture(unit, actor, place, before))


def _chair(unit: Unit, actor: Actor, place: Place) -> dict[str, Any]:
    """Who leads the meeting in this room, if there is one soon."""
    chair = chair_object(unit, actor, place) if place.room.kind == Kind.MEETING else None
    return {"chair": chair} if chair else {}


def _seen_by_page(place: Place, actor: Actor, after: int | None) -> None:
    """Without a line, a page that is opened or asks again for what is new is a sign of life."""
    if place.room.kind != Kind.MEETING:
        return
    if request.accept_mimetypes.best != "application/json":
        SIGNS.by_page(place.room.id, actor.id)
    elif after is not None:
        SIGNS.by_page(place.room.id, actor.id, POLL_HOLDS)


def _facts(
    unit: Unit, place: Place, before: int | None, after: int | None, limit: int
) -> dict[str, Any]:
    found: dict[str, Any] = {"room": room_object(unit, place), "now": wire(unit.now)}
    if before is not None:
        messages, more = history(unit, place.room.id, before, limit)
        return {**found, "seq": place.room.seq, "messages": messages, "more": more}
    return {**found, "more": False, **caught_up(unit, place, after, limit)}


def _furniture(unit: Unit, actor: Actor, place: Place, before: int | None) -> dict[str, Any]:
    """What the page needs beyond the facts: only where a page is asked for."""
    if request.accept_mimetypes.best == "application/json":
        return {}
    messages, more = history(unit, place.room.id, before, SNAPSHOT)
    waiting = [] if before else own_waiting(unit, place.room.id, actor.id)
    back = "/groups"
    if place.room.group_id:
        back = f"/groups/{groups.group_by_id(unit, place.room.group_id).slug}"
    room = {**room_object(unit, place), "back": back}
    return {
        "room": room,
        "you": you_object(actor, place),
        "messages": _with_own(messages, waiting),
        "more": more,
        "people": PRESENCE.people(place.room.id),
        "settings": queries.settings_of(place.room),
        "hidden_people": sorted(accounts.hidden_by(unit, actor.id)),
        "reported": moderation.folded_for(unit, actor.id, place.room.id),
        "client_id": new_id(),
        "seen": seen_up_to(unit, actor, place.room.id),
        "notices": [] if before else _notices(unit, actor, place),
        "floor": floor_for(unit, actor, place.room),
        "numbers": _numbers(unit, actor, place),
        **_for_hosts(unit, actor, place),
    }


def _for_hosts(unit: Unit, actor: Actor, place: Place) -> dict[str, Any]:
    """What the host's panel holds: first words, how much waits, what can be taken back still."""
    if not place.standing.hosts:
        return {}
    return {
        "cards": CARDS,
        "card": words_of(str(asked().get("card", ""))),
        "holds": holds.how_many(unit, actor, place),
        "undoable": hosting.undoable(unit, actor, place.room.id),
        "hid_lately": hiding.hidden_lately(unit, actor, place.room.id),
    }


def _numbers(unit: Unit, actor: Actor, place: Place) -> list[dict[str, Any]]:
    """Who to call at once: in view while people wait for a meeting."""
    if place.room.kind != Kind.MEETING:
        return []
    resources: list[dict[str, Any]] = crisis.help_for(actor.country, unit.now).facts()["resources"]
    return [each for each in resources if each["kind"] == "emergency"][:2]


def _notices(unit: Unit, actor: Actor, place: Place) -> list[dict[str, Any]]:
    """What the author was told: why words wait, and the one newest card with help."""
    told = [
        {"message": message_id, **dressed(notice, actor.country)}
        for message_id, notice in own_notices(unit, actor, place.room.id)
    ]
    cards = [notice for notice in told if "resources" in notice][:1]
    own_case = crisis.own_case(unit, actor.id) if cards else None
    if own_case and own_case["case"] == cards[0].get("case"):
        cards[0].update(own_case)
    return [notice for notice in told if "resources" not in notice] + cards


def _with_own(
    messages: list[dict[str, Any]], waiting: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The author sees their own waiting words where they stand, or at the end."""
    own = {each["id"]: each for each in waiting}
    shown = [own.pop(each["id"], each) for each in messages]
    return shown + list(own.values())


@bp.post("/rooms/<room_id>/messages")
@allow(MEMBERS)
def send(room_id: str) -> ResponseReturnValue:
    """Say something by HTTP: the same checks, review, storage and answer as by socket."""
    try:
        return _send(room_id)
    except (NotFound, KeyError):
        raise
    except Declined as declined:
        with reading() as unit:
            actor = current_actor(unit)
            place = queries.place(unit, actor, room_id)
            found = {**_facts(unit, place, None, None, SNAPSHOT), **_chair(unit, actor, place)}
            furniture = _furniture(unit, actor, place, None)
        return reshow("chat/room.html", declined, **{**found, **furniture})


def _send(room_id: str) -> ResponseReturnValue:
    data = {**submitted(), "room": room_id}
    data.setdefault("client_id", new_id())
    form = SendForm.parse(data)

    def work(unit: Unit) -> tuple[Actor, speaking.Posted]:
        actor = current_actor(unit)
        hit("messages", actor.id, MESSAGES, MESSAGES_IN)
        return actor, speaking.post(unit, actor, form)

    with workshop().database.unit() as unit:
        actor, posted = work(unit)
    return done(answer_of(posted, actor), f"/rooms/{room_id}#m-{posted.message['id']}")
