"""Sanctions: the least that helps, timed, told, undoable; two people sign what is grave."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from support.accounts import queries as accounts
from support.audit import actions as audit
from support.base.actor import Actor, Role
from support.base.errors import Conflict, Invalid, NotFound
from support.db.unit import Unit
from support.groups import queries as groups
from support.moderation import queries
from support.moderation.actions import force, telling
from support.moderation.forms import ReasonForm, SanctionForm
from support.moderation.models import Sanction
from support.moderation.rules.colleagues import ONE_IN, TEAM, stop_for, takes_two
from support.moderation.rules.desk import (
    MEANWHILE,
    HouseRule,
    SanctionKind,
    SanctionState,
    check_is_staff,
    check_may_cosign,
    check_may_sanction,
    ends_at,
)


@dataclass(frozen=True, slots=True)
class Order:
    """What shall happen to whom, why, and because of which item."""

    person_id: str
    kind: SanctionKind
    minutes: int | None
    reason: str
    rule: HouseRule
    group_id: str | None = None
    item_id: str | None = None
    decision_id: str | None = None


@dataclass(frozen=True, slots=True)
class Imposed:
    """The sanction's id, whether it holds or waits, and until when what holds now holds."""

    id: str
    state: SanctionState
    until: datetime | None


def sanction(unit: Unit, actor: Actor, handle: str, form: SanctionForm) -> Imposed:
    """Do something about a person, apart from any message."""
    check_is_staff(actor)
    person = accounts.by_handle(unit, handle)
    if person is None:
        raise NotFound("There is nobody of this name.")
    order = Order(person.id, form.kind, form.minutes, form.reason, form.rule)
    if form.kind is SanctionKind.REMOVE_FROM_GROUP:
        order = Order(
            person.id, form.kind, None, form.reason, form.rule, _group(unit, person.id, form.group)
        )
    return impose(unit, actor, order)


def impose(unit: Unit, actor: Actor, order: Order) -> Imposed:
    """Put a sanction in force; what takes two waits for the second, a short suspension does not."""
    person = check_may_touch(unit, actor, order.person_id)
    _check_is_no_host(unit, order)
    made = _row(unit, actor, order, colleague=person.role in TEAM)
    unit.session.add(made)
    unit.session.flush()
    until = made.until
    if made.needs_second:
        meanwhile = _meanwhile(unit, actor, made)
        until = meanwhile.until if meanwhile else None
        telling.who_may_sign(unit, f"sanction:{made.id}", _signers(unit, actor, made))
    else:
        force.take_hold(unit, made)
    telling.person_of(unit, made)
    _record(unit, actor, "imposed", made)
    return Imposed(made.id, SanctionState(made.state), until)


def cosign(unit: Unit, actor: Actor, sanction_id: str) -> Imposed:
    """A second moderator agrees: from now on it holds. Where an admin asked, any moderator may."""
    found = queries.sanction_by_id(unit, actor, sanction_id)
    check_may_cosign(actor, found.account_id, found.by_id)
    check_may_touch(unit, actor, found.account_id, first=False)
    signed = unit.session.execute(
        update(Sanction)
        .where(
            Sanction.id == sanction_id,
            Sanction.state == SanctionState.PENDING,
            Sanction.sign_by > unit.now,
        )
        .values(state=SanctionState.IN_FORCE, cosigned_by=actor.id, cosigned_at=unit.now)
        .returning(Sanction.id)
    ).first()
    if signed is None:
        raise Conflict("This does not wait for a signature any more.")
    unit.session.refresh(found)
    end_meanwhile(unit, found)
    force.take_hold(unit, found)
    _record(unit, actor, "cosigned", found)
    return Imposed(found.id, SanctionState.IN_FORCE, found.until)


def end(unit: Unit, actor: Actor, sanction_id: str, form: ReasonForm) -> None:
    """End a sanction before its time, or say no to one that waits for a signature."""
    found = queries.sanction_by_id(unit, actor, sanction_id)
    check_may_touch(unit, actor, found.account_id)
    stop(unit, found, SanctionState.ENDED, actor.id)
    found.end_reason = form.reason
    telling.ended(unit, found, unit.now)
    _record(unit, actor, "ended", found)


def stop(unit: Unit, found: Sanction, state: SanctionState, by_id: str | None) -> None:
    """Take a sanction and what held meanwhile off the person, effects and all."""
    stopped = unit.session.execute(
        update(Sanction)
        .where(
            Sanction.id == found.id,
            Sanction.state.in_((SanctionState.PENDING, SanctionState.IN_FORCE)),
        )
        .values(state=state, ended_at=unit.now, ended_by=by_id)
        .returning(Sanction.id)
    ).first()
    if stopped is None:
        raise Conflict("This is over already.")
    unit.session.refresh(found)
    force.let_go(unit, found)
    end_meanwhile(unit, found)


def check_may_touch(
    unit: Unit, actor: Actor, person_id: str, *, first: bool = True
) -> accounts.Person:
    """Raise unless this moderator may decide about this person, who is given back."""
    person = accounts.person(unit, person_id)
    check_may_sanction(
        actor,
        person_id,
        person_is_admin=first and person.role is Role.ADMIN,
        near=person_id in queries.near(unit, actor.id),
    )
    return person


def _row(unit: Unit, actor: Actor, order: Order, *, colleague: bool) -> Sanction:
    grave = takes_two(order.kind, order.minutes, colleague=colleague)
    return Sanction(
        account_id=order.person_id,
        kind=order.kind,
        group_id=order.group_id,
        by_id=actor.id,
        needs_second=grave,
        about_staff=colleague,
        item_id=order.item_id,
        decision_id=order.decision_id,
        reason=order.reason,
        rule=order.rule,
        minutes=order.minutes,
        at=unit.now,
        until=ends_at(order.kind, order.minutes, unit.now),
        sign_by=unit.now + timedelta(minutes=MEANWHILE) if grave else None,
        state=SanctionState.PENDING if grave else SanctionState.IN_FORCE,
    )


def _meanwhile(unit: Unit, actor: Actor, pending: Sanction) -> Sanction | None:
    """A day's suspension, for a colleague an hour's or none, until somebody signs."""
    minutes = _stop_for(unit, actor, pending) if pending.about_staff else MEANWHILE
    if minutes is None:
        return None
    order = Order(
        pending.account_id,
        SanctionKind.SUSPEND,
        minutes,
        pending.reason,
        HouseRule(pending.rule),
        item_id=pending.item_id,
        decision_id=pending.decision_id,
    )
    made = _row(unit, actor, order, colleague=False)
    made.meanwhile_for, made.about_staff = pending.id, pending.about_staff
    try:
        with unit.session.begin_nested():
            unit.session.add(made)
    except IntegrityError:
        return None  # they stop another colleague at this moment: one at a time
    force.take_hold(unit, made)
    return made


def _stop_for(unit: Unit, actor: Actor, pending: Sanction) -> int | None:
    return stop_for(
        SanctionKind(pending.kind),
        pending.minutes,
        stopped_lately=queries.has_stopped_a_colleague(unit, actor.id, unit.now - ONE_IN),
        others=len(_signers(unit, actor, pending)),
    )


def _signers(unit: Unit, actor: Actor, pending: Sanction) -> list[str]:
    return queries.who_may_sign(unit, actor.id, pending.account_id)


def end_meanwhile(unit: Unit, found: Sanction) -> None:
    """What held while a grave measure waited is over."""
    rows = unit.session.scalars(
        select(Sanction).where(
            Sanction.meanwhile_for == found.id, Sanction.state == SanctionState.IN_FORCE
        )
    ).all()
    for row in rows:
        row.state, row.ended_at, row.ended_by = SanctionState.ENDED, unit.now, found.ended_by
        unit.session.flush()
        force.let_go(unit, row)


def _group(unit: Unit, person_id: str, wanted: str) -> str:
    """The group meant: the one named, or the only one."""
    own = groups.groups_of(unit, person_id)
    if wanted:
        own = [group_id for group_id in own if group_id == wanted]
    if len(own) != 1:
        raise Invalid("Which group is meant?", fields={"group": "Please pick one of the groups."})
    return own[0]


def _check_is_no_host(unit: Unit, order: Order) -> None:
    """A host who was taken out would leave meetings without anybody in the chair."""
    if order.group_id and groups.is_host(unit, order.person_id, order.group_id):
        raise Conflict("This person hosts the group. It needs another host first.")


def _record(unit: Unit, actor: Actor, verb: str, found: Sanction) -> None:
    audit.record(
        unit,
        actor.id,
        f"moderation.sanction_{verb}",
        f"account:{found.account_id}",
        sanction=found.id,
        kind=found.kind,
        rule=found.rule,
    )
