"""The chair by page: what somebody is asked, their yes or no, and their own chair back."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from support.base.errors import Conflict
from support.chat import forms, queries
from support.chat.actions import chair as chairs
from support.chat.queries.afterwards import to_look_back_at
from support.chat.queries.chair import asked_of
from support.chat.queries.chair_page import asked_object, handed_over
from support.groups import queries as groups
from support.web.access import MEMBERS, allow
from support.web.answers import done, reshow, show, submitted
from support.web.work import current_actor, reading, unit_of_work

bp = Blueprint("chair", __name__)


@bp.get("/chair")
@allow(MEMBERS)
def asked() -> ResponseReturnValue:
    """What I am asked now, and the lists I am on."""
    return show("chat/chair.html", _facts())


@bp.post("/rooms/<room_id>/chair")
@allow(MEMBERS)
def set_chair(room_id: str) -> ResponseReturnValue:
    """Say yes or no, or take one's own chair back."""
    form = forms.ChairForm.parse({**submitted(), "room": room_id})
    try:
        with unit_of_work() as unit:
            seat = chairs.set_chair(unit, current_actor(unit), form)
            facts: dict[str, Any] = {"seat": seat}
            if seat != "declined":  # whoever says no may not even know of the room
                facts |= handed_over(queries.room_by_id(unit, room_id))
    except Conflict as late:
        return reshow("chat/chair.html", late, **_facts())
    return done(facts, "/chair" if seat == "declined" else f"/rooms/{room_id}")


def _facts() -> dict[str, Any]:
    with reading() as unit:
        actor = current_actor(unit)
        lists = groups.my_stand_bys(unit, actor)
        return {
            "asked": [asked_object(one) for one in asked_of(unit, actor)],
            "look_back": [
                {"meeting": meeting_id, "title": title}
                for meeting_id, title in to_look_back_at(unit, actor)
            ],
            "to_host": [
                {"group": slug, "name": name, "by": by}
                for slug, name, by in groups.asked_to_host(unit, actor)
            ],
            "lists": [
                {
                    "group": one.group_slug,
                    "name": one.group_name,
                    "meeting": one.meeting_id,
                    "title": one.title,
                }
                for one in lists
            ],
        }
