"""A meeting's course and its script: moved by hosts and the clock, told to the room by its log."""

from typing import Any

from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Conflict
from support.chat import queries
from support.chat.actions import log
from support.chat.actions.shown import check_words
from support.chat.actions.turns import take_floor
from support.chat.forms import MoveForm, ScriptForm
from support.chat.models import Room, SeriesScript
from support.chat.queries.seats import meeting_of
from support.chat.rules.meeting import OVER, Ask, Course, moved, paused_for, rescripted
from support.chat.rules.places import Kind, check_may_host
from support.chat.rules.scripts import TEMPLATES, Script, Template, fitted
from support.chat.rules.turns import Floor, read, wound_on
from support.db.unit import Unit
from support.groups import actions as groups
from support.groups import queries as group_queries
from support.groups.rules.words import MeetingState


def move(unit: Unit, actor: Actor, form: MoveForm) -> dict[str, Any]:
    """Move a meeting along its course; everybody in the room hears it in the log."""
    room = _meeting_room(unit, actor, form.room)
    unit.session.refresh(room, with_for_update=True)  # nobody else moves it meanwhile
    ask = Ask(form.to, form.step, form.minutes)
    after = moved(course_of(room), ask, queries.script_of(unit, room), unit.now)
    take_course(unit, room, after)
    audit.record(unit, actor.id, "chat.meeting_moved", f"room:{room.id}", to=form.to.value)
    return meeting_body(room)


def course_of(room: Room) -> Course:
    """Where the meeting in this room is now."""
    if room.ends_at is None:
        raise Conflict("This room has no meeting.")
    return Course(room.state, room.step, room.ends_at, room.step_ends_at, room.paused_at)


def take_course(unit: Unit, room: Room, course: Course) -> None:
    """Write a meeting's new course down, for its group too, and log it."""
    if room.script is None and room.state == "planned":
        room.script = queries.script_of(unit, room).kept()
    if room.paused_at is not None and course.paused_at is None:
        _wind_on(unit, room)
    room.state, room.step, room.ends_at = course.state, course.step, course.ends_at
    room.step_ends_at, room.paused_at = course.step_ends_at, course.paused_at
    unit.session.flush()
    if room.meeting_id is not None:
        state = MeetingState(course.state)
        groups.set_meeting_state(unit, room.meeting_id, state, ends_at=course.ends_at)
    log.append(unit, room.id, "meeting", meeting_body(room))
    if course.state in OVER and room.turns:
        take_floor(unit, room, Floor())


def _wind_on(unit: Unit, room: Room) -> None:
    """A turn goes on with the time it had left before the pause."""
    before = read(room.turns)
    after = wound_on(before, paused_for(course_of(room), unit.now))
    if after != before:
        take_floor(unit, room, after)


def meeting_body(room: Room) -> dict[str, Any]:
    """A meeting's course as its log tells it."""
    found = meeting_of(room)
    del found["id"]
    return found


def set_script(unit: Unit, actor: Actor, form: ScriptForm) -> dict[str, Any]:
    """Give a meeting its script, or all meetings of its series; a running step keeps its time."""
    room = _meeting_room(unit, actor, form.room)
    if room.state in OVER:
        raise Conflict("This meeting is over.")
    check_words(unit, "steps", _words_of(form.script))
    if form.for_series:
        _keep_for_series(unit, actor, room, form.script)
    before = queries.script_of(unit, room)
    room.script = form.script.kept()
    after = rescripted(course_of(room), before, form.script, unit.now)
    room.step, room.step_ends_at = after.step, after.step_ends_at
    unit.session.flush()
    log.append(unit, room.id, "meeting", meeting_body(room))
    what = "series" if form.for_series else "meeting"
    audit.record(unit, actor.id, "chat.script_set", f"room:{room.id}", what=what)
    return meeting_body(room)


def _words_of(script: Script) -> str:
    return "\n".join([script.closing, *(f"{step.title}: {step.words}" for step in script.steps)])


def _keep_for_series(unit: Unit, actor: Actor, room: Room, script: Script) -> None:
    series_id = group_queries.meeting_by_id(unit, str(room.meeting_id)).series_id
    kept = unit.session.get(SeriesScript, series_id)
    if kept is None:
        kept = SeriesScript(series_id=series_id)
        unit.session.add(kept)
    kept.script, kept.by_id, kept.at = script.kept(), actor.id, unit.now


def script_for_host(
    unit: Unit, actor: Actor, room_id: str, name: Template | None
) -> tuple[Room, Script]:
    """The script as it stands, or a template in the time that this meeting has."""
    room = _meeting_room(unit, actor, room_id)
    if name is None:
        return room, queries.script_of(unit, room)
    length = course_of(room).ends_at - (room.starts_at or unit.now)
    return room, fitted(TEMPLATES[name], int(length.total_seconds() // 60))


def _meeting_room(unit: Unit, actor: Actor, room_id: str) -> Room:
    place = queries.place(unit, actor, room_id)
    check_may_host(place.standing)
    room = place.room
    if room.kind != Kind.MEETING or room.ends_at is None or room.meeting_id is None:
        raise Conflict("This room has no meeting.")
    return room
