"""The house looks after every meeting's chair: what is due is claimed by holding the room's row.

Nothing of it is in memory: who was here when, whom we asked and when stand in rows, so that any
process can go on where another was killed.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import delete, select

from support.accounts import queries as accounts
from support.audit import actions as audit
from support.chat import queries
from support.chat.actions import log, passing_on
from support.chat.actions.chair import lapse, say, sit_down, tell_room
from support.chat.actions.course import course_of, take_course
from support.chat.actions.facts import PersonOut
from support.chat.models import Chair, ChairOffer, Comer, HostLine, Room
from support.chat.queries import chair as chairs
from support.chat.queries.chair import Sitting
from support.chat.rules.chair import Step, Why, holds_newcomers, next_step
from support.chat.rules.places import WRITERS_WHILE_ALONE, Hold
from support.db.insert import insert_all_new
from support.db.unit import Unit
from support.groups import actions as groups
from support.groups import queries as group_queries

MOST_STEPS = 6


def prepare(unit: Unit, room_ids: Sequence[str]) -> None:
    """Put a chair into each of these rooms, once."""
    rows: list[dict[str, Any]] = [
        {"room_id": room_id, "term": 1, "since": unit.now, "holds_back": False, "came": 0}
        for room_id in room_ids
    ]
    insert_all_new(unit, Chair, rows)


def due(unit: Unit) -> list[str]:
    """The rooms in which something may be due now."""
    duty = cache(lambda: chairs.is_moderator_on_duty(unit))
    return [one.room.id for one in chairs.sittings(unit) if _next(unit, one, duty) is not None]


def look_after(unit: Unit, room_id: str) -> list[Step]:
    """Do what is due in one room, if nobody else is at it; what was done."""
    mine = unit.session.scalar(
        select(Room.id).where(Room.id == room_id).with_for_update(skip_locked=True)
    )
    done: list[Step] = []
    duty = cache(lambda: chairs.is_moderator_on_duty(unit))
    while mine is not None and len(done) < MOST_STEPS:
        sitting = next(iter(chairs.sittings(unit, [room_id])), None)
        step = _next(unit, sitting, duty) if sitting else None
        if sitting is None or step is None:
            break
        _DO[step](unit, sitting)
        unit.session.flush()
        done.append(step)
        audit.record(unit, None, f"chat.chair_{step.value}", f"room:{room_id}")
    return done


def _next(unit: Unit, sitting: Sitting, duty: Callable[[], bool]) -> Step | None:
    """What is due; whom we could ask and who is on duty is looked up only where it may count."""
    step = next_step(sitting.facts(unit.now), unit.now)
    if step is None and sitting.facts(unit.now).is_alone:
        facts = sitting.facts(unit.now, on_duty=duty(), is_unguarded=not duty())
        return next_step(facts, unit.now)
    is_offered = sitting.chair.offered_at is not None and sitting.chair.paused_at is None
    if step not in (Step.OFFER, Step.PAUSE) and not is_offered:
        return step
    can_ask = bool(chairs.to_ask(unit, sitting, Why.LOST))
    return next_step(sitting.facts(unit.now, can_ask=can_ask), unit.now)


def _seat(unit: Unit, sitting: Sitting) -> None:
    here = sitting.facts(unit.now).hosts_here
    first = sitting.chair.first_id
    sit_down(unit, sitting.room, sitting.chair, first if first in here else here[0])


def _vacate(unit: Unit, sitting: Sitting) -> None:
    chair = sitting.chair
    chair.holder_id = chair.host_asked_at = None
    chair.since = unit.now
    chair.term += 1
    tell_room(unit, sitting.room, chair)


def _ask_host(unit: Unit, sitting: Sitting) -> None:
    chair, room = sitting.chair, sitting.room
    chair.host_asked_at = unit.now
    _offer(unit, sitting, Why.MISSING, "host_missing")
    say(unit, _key(unit, sitting, "own"), "host_missing", list(sitting.hosts), room)


def _ask_second(unit: Unit, sitting: Sitting) -> None:
    chair, room = sitting.chair, sitting.room
    chair.second_asked_at, chair.second_id = unit.now, None
    _offer(unit, sitting, Why.ALONE, "second_wanted")
    say(unit, _key(unit, sitting, "alone"), "host_alone", [chair.holder_id or ""], room)
    facts = sitting.facts(unit.now, on_duty=chairs.is_moderator_on_duty(unit))
    if holds_newcomers(facts) and not room.most_writers:
        _hold_back(unit, sitting)


def _hold_back(unit: Unit, sitting: Sitting) -> None:
    """Nobody is beside the host: new people's words wait, and few people write at a time."""
    chair, room = sitting.chair, sitting.room
    chair.holds_back = room.hold == Hold.NONE
    _narrow(unit, room, WRITERS_WHILE_ALONE, Hold.NEWCOMERS if chair.holds_back else None)


def _joined(unit: Unit, sitting: Sitting) -> None:
    lapse(unit, sitting.room.id, Why.ALONE)
    _widen(unit, sitting)


def _widen(unit: Unit, sitting: Sitting) -> None:
    """Somebody is beside the host, or a moderator on duty: all may write as the host has set it."""
    chair, room = sitting.chair, sitting.room
    is_ours = chair.holds_back and room.hold == Hold.NEWCOMERS
    chair.holds_back = False
    _narrow(unit, room, 0, Hold.NONE if is_ours else None)


def _offer_chair(unit: Unit, sitting: Sitting) -> None:
    sitting.chair.offered_at = unit.now
    _offer(unit, sitting, Why.LOST, "chair_offered")


def _returned(unit: Unit, sitting: Sitting) -> None:
    chair, room = sitting.chair, sitting.room
    chair.offered_at = chair.paused_at = None
    chair.term += 1
    lapse(unit, room.id, Why.LOST)
    tell_room(unit, room, chair)


def _pause(unit: Unit, sitting: Sitting) -> None:
    chair, room = sitting.chair, sitting.room
    chair.paused_at = unit.now
    if room.state != "paused" and room.ends_at is not None:
        take_course(unit, room, replace(course_of(room), state="paused", paused_at=unit.now))
    tell_room(unit, room, chair)
    people = [*sitting.hosts, *accounts.staff_ids(unit)]
    say(unit, _key(unit, sitting, "paused"), "meeting_paused", people, room)


def _call_off(unit: Unit, sitting: Sitting) -> None:
    room = sitting.room
    meeting_id = room.meeting_id or ""
    coming = group_queries.seated_ids(unit, meeting_id)
    groups.call_off(unit, meeting_id)
    came = [one for one in _comers(unit, room.id) if one not in {*coming, *sitting.hosts}]
    say(unit, f"called_off:{room.id}", "meeting_called_off", came, room)
    people = [*sitting.hosts, *accounts.staff_ids(unit)]
    say(unit, f"unhosted:{room.id}", "meeting_unhosted", people, room)


def _wind_up(unit: Unit, sitting: Sitting) -> None:
    """The meeting is over: how many came is kept, who came is not."""
    chair, room = sitting.chair, sitting.room
    chair.came = len(_comers(unit, room.id))
    chair.over_at, chair.holds_back, room.most_writers = unit.now, False, 0
    lapse(unit, room.id, *Why)
    for table in (Comer, HostLine):
        unit.session.execute(delete(table).where(table.room_id == room.id))
    unit.session.flush()
    _let_helpers_go(unit, sitting)
    if room.state == "closed":
        passing_on.count_room(unit, room)
        led = [one for one in (chair.first_id, chair.holder_id, chair.second_id) if one]
        say(unit, f"debrief:{room.id}", "look_back", led, room)


def _let_helpers_go(unit: Unit, sitting: Sitting) -> None:
    """Who came only to help hears the room no more; members of the group stay in it."""
    group_id = sitting.room.group_id or ""
    known = group_queries.standings(unit, [group_id], sitting.helpers)
    staff = set(accounts.staff_ids(unit)) if sitting.helpers else set()
    for one in sitting.helpers:
        if (group_id, one) not in known and one not in staff:
            unit.announce(PersonOut(sitting.room.id, one, "over"))


def _offer(unit: Unit, sitting: Sitting, why: Why, kind: str) -> None:
    """Ask everybody who can be asked; who was asked before is asked anew, for this term."""
    people = chairs.to_ask(unit, sitting, why)
    room, chair = sitting.room, sitting.chair
    for one in people:
        offer = chairs.offer_of(unit, one, room.id) or ChairOffer(room_id=room.id, account_id=one)
        offer.why, offer.term, offer.state, offer.at = why, chair.term, "open", unit.now
        unit.session.add(offer)
    say(unit, _key(unit, sitting, why), kind, people, room)


def _key(unit: Unit, sitting: Sitting, word: str) -> str:
    return f"chair:{sitting.room.id}:{word}:{unit.now.timestamp():.0f}"


def _comers(unit: Unit, room_id: str) -> list[str]:
    return list(unit.session.scalars(select(Comer.account_id).where(Comer.room_id == room_id)))


def _narrow(unit: Unit, room: Room, most_writers: int, hold: Hold | None) -> None:
    room.most_writers, room.hold = most_writers, hold or room.hold
    unit.session.flush()
    log.append(unit, room.id, "settings", {"settings": queries.settings_of(room)})


_DO: dict[Step, Callable[[Unit, Sitting], None]] = {
    Step.SEAT: _seat,
    Step.VACATE: _vacate,
    Step.ASK_HOST: _ask_host,
    Step.ASK_SECOND: _ask_second,
    Step.HOLD_BACK: _hold_back,
    Step.WIDEN: _widen,
    Step.JOINED: _joined,
    Step.OFFER: _offer_chair,
    Step.RETURNED: _returned,
    Step.PAUSE: _pause,
    Step.CALL_OFF: _call_off,
    Step.WIND_UP: _wind_up,
}
