"""A second look by somebody else is asked for: once, in the same queue, and not forgotten there."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from support.audit import actions as audit
from support.base.errors import Conflict
from support.base.ids import new_id
from support.base.severity import Severity
from support.db.unit import Unit
from support.moderation import queries
from support.moderation.actions import telling
from support.moderation.actions.facts import queue_changed
from support.moderation.models import Appeal, ReviewItem
from support.moderation.queries import Action
from support.moderation.rules.appeals import APPEAL, RANK, check_may_appeal, due_for_appeal
from support.moderation.rules.desk import ItemState, may_handle

AT_ONCE = 50
ONCE = "You have appealed this already. The answer stands on this page when it is there."


def appeal(unit: Unit, account_id: str, action_id: str, text: str) -> datetime:
    """Ask that somebody else looks again; by when they should have answered."""
    action = queries.action_about(unit, account_id, action_id)
    check_may_appeal(action.at, unit.now, is_live=action.is_live)
    made = Appeal(
        id=new_id(),
        account_id=account_id,
        sanction_id=action.sanction.id if action.sanction else None,
        decision_id=action.decision.id if action.decision else None,
        against_id=action.against_id,
        second_id=action.second_id,
        rule=action.rule,
        text=text,
        at=unit.now,
    )
    item = _entry(unit, made, action)
    made.item_id = item.id
    try:
        with unit.session.begin_nested():
            unit.session.add(item)
            unit.session.flush()
            unit.session.add(made)
    except IntegrityError:
        raise Conflict(ONCE) from None
    audit.record(unit, account_id, "moderation.appealed", f"item:{item.id}", action=action_id)
    queue_changed(unit, item.id)
    return item.due_at


def ask_again_about_late(unit: Unit) -> int:
    """Nobody answered in time: whoever may answer hears of it once a day, the person once."""
    late = unit.session.scalars(
        select(ReviewItem)
        .where(
            ReviewItem.state == ItemState.OPEN,
            ReviewItem.rank == RANK,
            ReviewItem.target_kind == APPEAL,
            ReviewItem.due_at <= unit.now,
        )
        .order_by(ReviewItem.due_at)
        .limit(AT_ONCE)
    ).all()
    staff = queries.staff_now(unit)
    for item in late:
        ties = queries.ties_of(unit, item)
        able = [one for one in sorted(staff.ids) if may_handle(one, ties, staff)]
        telling.appeal_late(unit, item, able)
    return len(late)


def _entry(unit: Unit, made: Appeal, action: Action) -> ReviewItem:
    return ReviewItem(
        id=new_id(),
        target_kind=APPEAL,
        target_id=made.id,
        author_id=made.account_id,
        room_id=action.item.room_id if action.item else None,
        group_id=action.item.group_id if action.item else None,
        labels="",
        label="",
        severity=Severity.NONE,
        rank=RANK,
        state=ItemState.OPEN,
        opened_at=unit.now,
        due_at=due_for_appeal(unit.now, action.until if action.is_live else None),
    )
