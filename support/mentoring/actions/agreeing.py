"""Hours that suit both of a pair: one proposes, the other agrees, and either may propose anew."""

from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Conflict
from support.db.unit import Unit
from support.mentoring import queries
from support.mentoring.forms import HoursForm
from support.mentoring.models import Pairing
from support.notify import actions as notify


def propose_hours(unit: Unit, actor: Actor, pairing_id: str, form: HoursForm) -> None:
    """These hours, on the wall of one's own zone; what was agreed before holds no more."""
    pairing = _walking(unit, actor, pairing_id)
    pairing.hours = [str(slot) for slot in form.hours]
    pairing.hours_by_id, pairing.hours_agreed_at = actor.id, None
    audit.record(unit, actor.id, "mentoring.hours_asked", f"pairing:{pairing.id}")
    _tell(unit, actor, pairing, "hours_asked")


def agree_hours(unit: Unit, actor: Actor, pairing_id: str) -> None:
    """The other says yes to what was proposed."""
    pairing = _walking(unit, actor, pairing_id)
    if pairing.hours_by_id in (None, actor.id) or pairing.hours_agreed_at is not None:
        raise Conflict("There is nothing to agree to now.")
    pairing.hours_agreed_at = unit.now
    audit.record(unit, actor.id, "mentoring.hours_agreed", f"pairing:{pairing.id}")
    _tell(unit, actor, pairing, "hours_agreed")


def _walking(unit: Unit, actor: Actor, pairing_id: str) -> Pairing:
    pairing = queries.pairing_for(unit, actor, pairing_id)
    if pairing.ended_at is not None:
        raise Conflict("This has ended already.")
    return pairing


def _tell(unit: Unit, actor: Actor, pairing: Pairing, kind: str) -> None:
    other = pairing.mentor_id if actor.id == pairing.member_id else pairing.member_id
    key = f"{kind}:{pairing.id}:{unit.now.isoformat()}"
    notify.put(unit, key=key, kind=kind, recipients=[other], payload={})
