"""What the operator does at the command line: a record like any other, that can be appealed."""

from datetime import datetime

from sqlalchemy import select

from support.accounts import actions as accounts
from support.audit import actions as audit
from support.base.errors import Invalid
from support.db.unit import Unit
from support.moderation.actions import force, sanctions, telling
from support.moderation.models import Sanction
from support.moderation.queries import LIVE
from support.moderation.rules.appeals import minutes_between
from support.moderation.rules.desk import HouseRule, SanctionKind, SanctionState

LIFTED = "Lifted by the people who run this place."


def ban_by_operator(
    unit: Unit, person_id: str, reason: str, rule: HouseRule, until: datetime | None
) -> str:
    """Keep somebody out at once; whoever runs the machine needs no second signature."""
    if until is not None and until <= unit.now:
        raise Invalid("This end is over already.")
    made = Sanction(
        account_id=person_id,
        kind=SanctionKind.BAN,
        by_id=None,
        needs_second=False,
        reason=reason,
        rule=rule,
        minutes=minutes_between(unit.now, until) if until else None,
        at=unit.now,
        until=until,
        state=SanctionState.IN_FORCE,
    )
    unit.session.add(made)
    unit.session.flush()
    force.take_hold(unit, made)
    telling.person_of(unit, made)
    _record(unit, "imposed", made)
    return made.id


def lift_by_operator(unit: Unit, person_id: str, kind: SanctionKind) -> None:
    """Take a measure back, whoever made it, and its record with it."""
    live = select(Sanction).where(
        Sanction.account_id == person_id, Sanction.kind == kind, Sanction.state.in_(LIVE)
    )
    for found in unit.session.scalars(live.order_by(Sanction.at, Sanction.id)).all():
        sanctions.stop(unit, found, SanctionState.ENDED, None)
        found.end_reason = LIFTED
        telling.ended(unit, found, unit.now)
        _record(unit, "ended", found)
    accounts.lift(unit, person_id, kind.value)


def _record(unit: Unit, verb: str, found: Sanction) -> None:
    about = {"sanction": found.id, "kind": found.kind, "rule": found.rule}
    audit.record(unit, None, f"moderation.sanction_{verb}", f"account:{found.account_id}", **about)
