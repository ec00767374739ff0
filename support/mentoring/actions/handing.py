"""Hand somebody over to another mentor: asked by one, and done when all three have said yes."""

from sqlalchemy import select

from support.accounts import queries as accounts
from support.audit import actions as audit
from support.base.actor import Actor, Role
from support.base.errors import Conflict, Invalid, NotFound
from support.db.insert import insert_new
from support.db.unit import Unit
from support.mentoring import queries
from support.mentoring.actions.pairing import begin, close, free_a_place, take_a_place
from support.mentoring.actions.searching import may_walk_with
from support.mentoring.forms import HandleForm
from support.mentoring.models import HandOver, Pairing
from support.mentoring.rules.caps import check_is_mentor
from support.notify import actions as notify

NONE = "There is no such hand-over."


def hand_over(unit: Unit, actor: Actor, pairing_id: str, form: HandleForm) -> str:
    """The mentor asks both: the one they walk with, and the one who would go on."""
    check_is_mentor(actor)
    pairing = queries.pairing_for(unit, actor, pairing_id)
    if pairing.ended_at is not None or pairing.mentor_id != actor.id:
        raise NotFound("There is no such pairing.")
    taker = accounts.by_handle(unit, form.handle)
    if taker is None or taker.role is not Role.MENTOR or taker.id in (actor.id, pairing.member_id):
        raise Invalid("Please check what is marked.", fields={"handle": "Please name a mentor."})
    if not may_walk_with(unit, pairing.member_id, taker.id):
        raise Conflict("This mentor cannot take them now.")
    if not insert_new(
        unit, HandOver, {"pairing_id": pairing.id, "taker_id": taker.id, "at": unit.now}
    ):
        raise Conflict("You have asked already. Wait for the answer, or take it back.")
    made = unit.session.scalars(
        select(HandOver).where(HandOver.pairing_id == pairing.id, HandOver.state == "open")
    ).one()
    audit.record(unit, actor.id, "mentoring.hand_over_asked", f"pairing:{pairing.id}")
    _tell(unit, "hand_over_asked", made.id, pairing.member_id, taker.id)
    return made.id


def answer_hand_over(unit: Unit, actor: Actor, hand_over_id: str, *, yes: bool) -> str:
    """Each of the other two says yes, or one no; nobody asks why. Gives the state."""
    row = unit.session.scalar(select(HandOver).where(HandOver.id == hand_over_id).with_for_update())
    if row is None or row.state != "open":
        raise NotFound(NONE)
    pairing = unit.session.get_one(Pairing, row.pairing_id, with_for_update=True)
    if actor.id not in (pairing.member_id, pairing.mentor_id, row.taker_id):
        raise NotFound(NONE)
    if not yes:
        return _call_off(unit, actor, row, pairing)
    if actor.id == pairing.member_id:
        row.member_yes_at = row.member_yes_at or unit.now
    elif actor.id == row.taker_id:
        row.taker_yes_at = row.taker_yes_at or unit.now
    if row.member_yes_at and row.taker_yes_at:
        _hand(unit, actor, row, pairing)
    return row.state


def _call_off(unit: Unit, actor: Actor, row: HandOver, pairing: Pairing) -> str:
    is_own = actor.id == pairing.mentor_id
    row.state, row.decided_at = "withdrawn" if is_own else "declined", unit.now
    audit.record(unit, actor.id, f"mentoring.hand_over_{row.state}", f"pairing:{pairing.id}")
    others = {pairing.member_id, pairing.mentor_id, row.taker_id} - {actor.id}
    _tell(unit, "hand_over_off", row.id, *others)
    return row.state


def _hand(unit: Unit, actor: Actor, row: HandOver, pairing: Pairing) -> None:
    """One place is taken and one freed, the old room closes and a new one opens, all or nothing."""
    row.state, row.decided_at = "done", unit.now
    unit.session.flush()
    if not may_walk_with(unit, pairing.member_id, row.taker_id):
        raise Conflict("This mentor cannot take them now.")
    take_a_place(unit, row.taker_id)
    close(unit, pairing, pairing.mentor_id)
    free_a_place(unit, pairing.mentor_id)
    made = begin(unit, pairing.member_id, row.taker_id)
    audit.record(unit, actor.id, "mentoring.handed_over", f"pairing:{made.id}")
    _tell(unit, "hand_over_done", row.id, pairing.member_id, pairing.mentor_id, row.taker_id)


def _tell(unit: Unit, kind: str, about: str, *recipients: str) -> None:
    able = accounts.able_ids(unit, recipients)
    notify.put(unit, key=f"{kind}:{about}", kind=kind, recipients=sorted(able), payload={})
