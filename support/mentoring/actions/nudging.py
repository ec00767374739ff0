"""Somebody new has had no answer: whoever is there is told, once, and not a word of theirs."""

from support.audit import actions as audit
from support.db.insert import insert_new
from support.db.unit import Unit
from support.mentoring.models import LoungeNudge
from support.mentoring.queries import nudges
from support.notify import actions as notify


def nudge(unit: Unit, message_id: str, room_id: str, group_id: str, newcomer_id: str) -> bool:
    """Claim the nudge by its row, whatever process comes first, and tell who can answer."""
    told, people = nudges.to_tell(unit, group_id, newcomer_id)
    claimed = {
        "message_id": message_id,
        "room_id": room_id,
        "newcomer_id": newcomer_id,
        "told": told,
        "at": unit.now,
    }
    if not insert_new(unit, LoungeNudge, claimed):
        return False
    notify.put(
        unit,
        key=f"lounge_waits:{message_id}",
        kind="lounge_waits",
        recipients=people,
        payload={"room": room_id},
    )
    audit.record(unit, None, "mentoring.nudged", f"room:{room_id}", told=told)
    return True
