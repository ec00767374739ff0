"""Speaking turns: hands up in order, one floor, given by the host or passed on."""

from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.base.errors import Conflict, Invalid
from support.chat import queries
from support.chat.actions import log
from support.chat.forms import TurnForm
from support.chat.rules.places import check_may_host
from support.chat.rules.turns import Floor, Turn, changed
from support.db.unit import Unit


def set_turn(unit: Unit, actor: Actor, form: TurnForm) -> dict[str, Any]:
    """Raise or lower a hand, pass the floor on, or (hosts) give and take it."""
    place = queries.place(unit, actor, form.room)
    if place.room.state == "closed":
        raise Conflict("This meeting is over.")
    if form.do in (Turn.GIVE, Turn.TAKE):
        check_may_host(place.standing)
    person = form.person or actor.id
    if person != actor.id:
        check_may_host(place.standing)
        if person not in accounts.people(unit, {person}):
            raise Invalid("There is no such person.", fields={"person": "Not here."})
    before = Floor(place.room.turns.get("holder"), tuple(place.room.turns.get("queue", ())))
    after = changed(before, form.do, person)
    if after != before:
        place.room.turns = {"holder": after.holder, "queue": list(after.queue)}
        flag_modified(place.room, "turns")
        unit.session.flush()
        log.append(unit, place.room.id, "turn", {"turn": place.room.turns})
    return {"turn": {"holder": after.holder, "queue": list(after.queue)}}
