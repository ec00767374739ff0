"""Two people for what is grave and no sanction: open a seal, destroy it, make a moderator."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from support.accounts import actions as accounts
from support.accounts import queries as people
from support.audit import actions as audit
from support.base.actor import Actor, Role
from support.base.errors import Conflict, NotFound
from support.base.sealing import CannotOpen
from support.db.unit import Unit
from support.moderation import queries
from support.moderation.actions import telling
from support.moderation.actions.sanctions import check_may_touch
from support.moderation.actions.sealing import destroy
from support.moderation.models import EvidenceLine, Signing
from support.moderation.ports import VISIBLE, joined
from support.moderation.rules.desk import check_is_staff, check_may_cosign
from support.moderation.rules.evidence import (
    OPEN_FOR,
    SIGN_WITHIN,
    Step,
    StepState,
    check_may_open,
    may_open,
    place_of,
)
from support.moderation.rules.steps import check_may_promote


@dataclass(frozen=True, slots=True)
class Unsealed:
    """One message that two people agreed to open; `body` is None where its author is gone."""

    place: int
    author: str
    at: datetime
    body: str | None
    was_shown: bool


def ask_about_item(unit: Unit, actor: Actor, item_id: str, step: Step, reason: str) -> str:
    """Ask that the seals of an item are opened, or destroyed."""
    item = queries.item_for(unit, actor, item_id)
    if not queries.seals_of(unit, item_id):
        raise NotFound("Nothing is sealed here.")
    wanted = Signing(kind=step, subject=item.id, account_id=item.author_id, reason=reason)
    return _ask(unit, actor, wanted, queries.who_may_agree(unit, actor.id, item))


def ask_for_moderator(unit: Unit, actor: Actor, handle: str, reason: str) -> str:
    """Ask that somebody becomes a moderator."""
    check_is_staff(actor)
    person = people.by_handle(unit, handle)
    if person is None:
        raise NotFound("There is nobody of this name.")
    check_may_touch(unit, actor, person.id)
    check_may_promote(person.role, admin_signs=actor.is_admin, is_asking=True)
    wanted = Signing(
        kind=Step.MAKE_MODERATOR, subject=person.id, account_id=person.id, reason=reason
    )
    return _ask(unit, actor, wanted, queries.who_may_sign(unit, actor.id, person.id))


def sign_step(unit: Unit, actor: Actor, step_id: str) -> Signing:
    """The second person agrees: now it is done. Of many at once, one counts."""
    found = queries.step_for(unit, actor, step_id)
    check_may_cosign(actor, found.account_id, found.by_id)
    if found.kind == Step.MAKE_MODERATOR:
        _check_an_admin_signs(unit, actor, found)
    _settle(unit, found, StepState.AGREED, cosigned_by=actor.id)
    if found.kind == Step.UNSEAL:
        found.open_until = unit.now + OPEN_FOR
    elif found.kind == Step.ERASE:
        seals = [seal.id for seal in queries.seals_of(unit, found.subject)]
        destroy(unit, seals, "two people", actor.id)
    else:
        accounts.set_role(unit, found.account_id, Role.MODERATOR)
    _record(unit, actor.id, "agreed", found)
    return found


def refuse_step(unit: Unit, actor: Actor, step_id: str) -> None:
    """Say no, or take one's own asking back."""
    found = queries.step_for(unit, actor, step_id)
    _settle(unit, found, StepState.REFUSED)
    _record(unit, actor.id, "refused", found)


def lapse_steps(unit: Unit) -> int:
    """What found no second signature in time is over, and was never done."""
    late = unit.session.scalars(
        select(Signing).where(Signing.state == StepState.PENDING, Signing.sign_by <= unit.now)
    ).all()
    for found in late:
        found.state, found.settled_at = StepState.LAPSED, unit.now
        _record(unit, None, "lapsed", found)
    return len(late)


def open_seals(unit: Unit, actor: Actor, item_id: str) -> list[Unsealed]:
    """Read what is sealed: the two who signed, for a day; every look is written down."""
    item = queries.item_for(unit, actor, item_id)
    step = queries.open_step(unit, item.id)
    signers = (step.by_id, step.cosigned_by) if step else ()
    check_may_open(may=may_open(actor.id, signers, step.open_until if step else None, unit.now))
    audit.record(unit, actor.id, "moderation.evidence_read", f"item:{item.id}")
    lines = queries.lines_of(unit, item.id)
    names = people.people(unit, {line.author_id for line in lines})
    return [_unsealed(line, names.get(line.author_id)) for line in lines]


def _unsealed(line: EvidenceLine, author: people.Person | None) -> Unsealed:
    handle = author.handle if author else ""
    if line.sealed is None:
        return Unsealed(line.place, handle, line.said_at, None, False)
    bound = place_of(line.evidence_id, line.place, line.author_id)
    try:
        state, _, body = joined.sealer.open(line.sealed, bound).partition("\n")
    except CannotOpen:
        raise Conflict("This seal was altered, or made with another key of the house.") from None
    return Unsealed(line.place, handle, line.said_at, body, state == VISIBLE)


def _ask(unit: Unit, actor: Actor, wanted: Signing, others: list[str]) -> str:
    """Write down who wants it and why, and tell the others; a step is asked for once at a time."""
    wanted.by_id, wanted.at, wanted.sign_by = actor.id, unit.now, unit.now + SIGN_WITHIN
    wanted.state = StepState.PENDING
    try:
        with unit.session.begin_nested():
            unit.session.add(wanted)
    except IntegrityError:
        raise Conflict("This waits for a second signature already.") from None
    telling.who_may_sign(unit, f"step:{wanted.id}", others)
    _record(unit, actor.id, "asked", wanted)
    return wanted.id


def _settle(unit: Unit, found: Signing, state: StepState, cosigned_by: str | None = None) -> None:
    settled = unit.session.execute(
        update(Signing)
        .where(
            Signing.id == found.id,
            Signing.state == StepState.PENDING,
            Signing.sign_by > unit.now,
        )
        .values(state=state, settled_at=unit.now, cosigned_by=cosigned_by)
        .returning(Signing.id)
    ).first()
    if settled is None:
        raise Conflict("This does not wait for a signature any more.")
    unit.session.refresh(found)


def _check_an_admin_signs(unit: Unit, actor: Actor, found: Signing) -> None:
    check_may_touch(unit, actor, found.account_id)
    person = people.person(unit, found.account_id)
    if not people.able_ids(unit, [person.id]):
        raise Conflict("They cannot come in at present, so they cannot become a moderator.")
    asked_by = people.person(unit, found.by_id)
    has_admin = actor.is_admin or asked_by.role is Role.ADMIN
    check_may_promote(person.role, admin_signs=has_admin, is_asking=False)


def _record(unit: Unit, actor_id: str | None, verb: str, found: Signing) -> None:
    kind = "account" if found.kind == Step.MAKE_MODERATOR else "item"
    subject = f"{kind}:{found.subject}"
    audit.record(unit, actor_id, f"moderation.step_{verb}", subject, step=found.kind, id=found.id)
