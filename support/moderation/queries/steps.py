"""Grave steps that wait for a second signature, and those that were agreed to."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.base.errors import NotFound
from support.db.unit import Unit
from support.moderation.models import ReviewItem, Sanction, Signing
from support.moderation.queries.conflicts import may_see, near, staff_now, ties_of
from support.moderation.rules.desk import check_is_staff, may_handle
from support.moderation.rules.evidence import Step, StepState


@dataclass(frozen=True, slots=True)
class StepLine:
    """One grave step, with everybody's handle."""

    id: str
    kind: str
    item_id: str | None
    person: str
    by: str
    is_mine: bool
    reason: str
    at: datetime
    sign_by: datetime
    state: str
    cosigned_by: str | None
    open_until: datetime | None


def step_for(unit: Unit, actor: Actor, step_id: str) -> Signing:
    """The step, locked, if it exists for this moderator: nothing about oneself or a friend does."""
    check_is_staff(actor)
    found = unit.session.scalar(select(Signing).where(Signing.id == step_id).with_for_update())
    if found is None or not _exists_for(unit, actor, found):
        raise NotFound("There is no such entry.")
    return found


def who_may_sign(unit: Unit, asked_by: str, person_id: str) -> list[str]:
    """Who could agree to a measure about somebody: not whoever asks, and nobody close to them."""
    return sorted(staff_now(unit).ids - near(unit, person_id) - {asked_by, person_id})


def who_may_agree(unit: Unit, asked_by: str, item: ReviewItem) -> list[str]:
    """Who could agree to a step about an entry: everybody it exists for, but for whoever asks."""
    staff, ties = staff_now(unit), ties_of(unit, item)
    return sorted(one for one in staff.ids - {asked_by} if may_handle(one, ties, staff))


def has_stopped_a_colleague(unit: Unit, by_id: str, since: datetime) -> bool:
    """Whether this person alone kept one of the team out since then."""
    found = select(Sanction.id).where(
        Sanction.by_id == by_id,
        Sanction.about_staff.is_(True),
        Sanction.meanwhile_for.is_not(None),
        Sanction.at > since,
    )
    return unit.session.scalar(found.limit(1)) is not None


def open_step(unit: Unit, item_id: str) -> Signing | None:
    """The newest agreement to open the seals of an item."""
    return unit.session.scalar(
        select(Signing)
        .where(
            Signing.subject == item_id,
            Signing.kind == Step.UNSEAL,
            Signing.state == StepState.AGREED,
        )
        .order_by(Signing.settled_at.desc(), Signing.id)
        .limit(1)
    )


def steps_waiting(unit: Unit, actor: Actor) -> tuple[StepLine, ...]:
    """What waits for a second signature, without what this moderator may not know of."""
    check_is_staff(actor)
    rows = unit.session.scalars(
        select(Signing)
        .where(Signing.state == StepState.PENDING, Signing.sign_by > unit.now)
        .order_by(Signing.sign_by, Signing.id)
        .limit(100)
    ).all()
    return _lines(unit, actor, [row for row in rows if _exists_for(unit, actor, row)])


def steps_about(unit: Unit, actor: Actor, item_id: str) -> tuple[StepLine, ...]:
    """What was asked about the seals of an item, newest first."""
    rows = unit.session.scalars(
        select(Signing).where(Signing.subject == item_id).order_by(Signing.at.desc()).limit(10)
    ).all()
    return _lines(unit, actor, list(rows))


def _exists_for(unit: Unit, actor: Actor, found: Signing) -> bool:
    if found.kind == Step.MAKE_MODERATOR:
        return actor.id != found.account_id and found.account_id not in near(unit, actor.id)
    item = unit.session.get(ReviewItem, found.subject)
    return item is not None and may_see(unit, actor, item)


def _lines(unit: Unit, actor: Actor, rows: list[Signing]) -> tuple[StepLine, ...]:
    ids = {row.account_id for row in rows} | {row.by_id for row in rows}
    ids |= {row.cosigned_by for row in rows if row.cosigned_by}
    names = {person_id: person.handle for person_id, person in accounts.people(unit, ids).items()}
    return tuple(
        StepLine(
            id=row.id,
            kind=row.kind,
            item_id=None if row.kind == Step.MAKE_MODERATOR else row.subject,
            person=names.get(row.account_id, ""),
            by=names.get(row.by_id, ""),
            is_mine=row.by_id == actor.id,
            reason=row.reason,
            at=row.at,
            sign_by=row.sign_by,
            state=row.state,
            cosigned_by=names.get(row.cosigned_by or ""),
            open_until=row.open_until,
        )
        for row in rows
    )
