"""What time does by itself: held words that nobody judged, sanctions that are over."""

from sqlalchemy import select, update

from support.audit import actions as audit
from support.db.unit import Unit
from support.moderation.actions import telling
from support.moderation.actions.facts import queue_changed
from support.moderation.actions.findings import is_settled
from support.moderation.actions.keeping import close_quietly
from support.moderation.models import ReviewItem, Sanction
from support.moderation.ports import target
from support.moderation.rules.desk import Closing, ItemState, SanctionState

AT_ONCE = 50


def lapse_held(unit: Unit) -> int:
    """Held words that nobody judged in time are not shown, and their author is told so."""
    late = unit.session.scalars(
        select(ReviewItem)
        .where(ReviewItem.state == ItemState.OPEN, ReviewItem.held_until <= unit.now)
        .order_by(ReviewItem.held_until)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for item in late:
        item.held_until = None
        target(item.target_kind).keep(unit, item.target_id)
        if is_settled(unit, item):
            close_quietly(unit, item, Closing.LAPSED)
        telling.lapsed(unit, item)
    for item in late:
        # Only now: the log's lock comes after the rooms' locks, as everywhere, or two would wait.
        audit.record(unit, None, "moderation.item_lapsed", f"item:{item.id}")
    if late:
        queue_changed(unit, late[0].id)
    return len(late)


def end_sanctions(unit: Unit) -> int:
    """What has run its time is over; what found no second signature in time never began."""
    over = unit.session.scalars(
        select(Sanction.id).where(
            Sanction.state == SanctionState.IN_FORCE, Sanction.until <= unit.now
        )
    ).all()
    unsigned = unit.session.execute(
        select(Sanction.id, Sanction.by_id).where(
            Sanction.state == SanctionState.PENDING, Sanction.sign_by <= unit.now
        )
    ).all()
    gone = [*over, *(row.id for row in unsigned)]
    if gone:
        unit.session.execute(
            update(Sanction)
            .where(
                Sanction.id.in_(gone),
                Sanction.state.in_((SanctionState.PENDING, SanctionState.IN_FORCE)),
            )
            .values(state=SanctionState.ENDED, ended_at=unit.now)
        )
    for row in unsigned:
        telling.unsigned(unit, row.id, row.by_id)
    for row in unsigned:
        audit.record(unit, None, "moderation.sanction_unsigned", f"sanction:{row.id}")
    return len(gone)
