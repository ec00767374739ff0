"""Change the rota: who is called is decided by weekly shifts, and by nothing else."""

from sqlalchemy import func, select

from support.accounts import actions as account_actions
from support.accounts import queries as accounts
from support.audit import actions as audit
from support.base.actor import Role
from support.base.errors import Invalid, NotFound
from support.crisis.forms import ShiftForm
from support.crisis.models import RotaShift
from support.db.unit import Unit


def add_shift(unit: Unit, by: str | None, form: ShiftForm) -> str:
    """Put somebody on call every week; a mentor becomes a responder by it."""
    person = accounts.by_handle(unit, form.handle)
    if person is None:
        raise _wrong("There is nobody with this name.")
    if person.role is Role.MEMBER:
        raise _wrong("Only mentors, moderators and admins can be on the rota.")
    shift = RotaShift(
        account_id=person.id,
        weekday=form.weekday,
        start=form.start,
        minutes=form.minutes,
        timezone=form.timezone,
        created_at=unit.now,
    )
    unit.session.add(shift)
    unit.session.flush()
    if person.role is Role.MENTOR:
        account_actions.set_on_rota(unit, person.id, True, by)
    audit.record(
        unit, by, "crisis.shift_added", f"shift:{shift.id}", weekday=form.weekday, start=form.start
    )
    return shift.id


def remove_shift(unit: Unit, by: str | None, shift_id: str) -> None:
    """Take a shift away; with the last one a mentor is a responder no more."""
    shift = unit.session.get(RotaShift, shift_id)
    if shift is None:
        raise NotFound("There is no such shift.")
    unit.session.delete(shift)
    unit.session.flush()
    audit.record(unit, by, "crisis.shift_removed", f"shift:{shift_id}")
    left = select(func.count()).where(RotaShift.account_id == shift.account_id)
    is_mentor = accounts.person(unit, shift.account_id).role is Role.MENTOR
    if is_mentor and not unit.session.scalar(left):
        account_actions.set_on_rota(unit, shift.account_id, False, by)


def _wrong(sentence: str) -> Invalid:
    return Invalid("Please check what is marked.", fields={"handle": sentence})
