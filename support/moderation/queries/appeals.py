"""Appeals: one's own, the one behind an item, what can be appealed, and how they ended."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from support.base.errors import NotFound
from support.db.unit import Unit
from support.moderation.models import Appeal, Decision, ReviewItem, Sanction
from support.moderation.rules.appeals import ABOUT_WORDS, Outcome, is_live
from support.moderation.rules.desk import SanctionKind, SanctionState

KEEPS_OUT = (SanctionKind.SUSPEND, SanctionKind.BAN)
_LIVE = (SanctionState.PENDING, SanctionState.IN_FORCE)


@dataclass(frozen=True, slots=True)
class Action:
    """Something that was decided about a person and can be looked at again."""

    id: str
    sanction: Sanction | None
    decision: Decision | None
    item: ReviewItem | None
    against_id: str | None
    second_id: str | None
    rule: str
    at: datetime
    until: datetime | None
    is_live: bool


@dataclass(frozen=True, slots=True)
class OwnAppeal:
    """How an appeal stands, as the person who made it reads it."""

    at: datetime
    due_at: datetime
    text: str
    outcome: str | None
    reply: str | None
    answered_at: datetime | None


def action_about(unit: Unit, account_id: str, action_id: str) -> Action:
    """The sanction or decision about this person; what is about somebody else is not there."""
    sanction = unit.session.get(Sanction, action_id)
    if sanction and sanction.account_id == account_id and sanction.meanwhile_for is None:
        if sanction.state == SanctionState.UNDONE:
            raise NotFound("This was taken back.")
        return _of_sanction(unit, sanction)
    decision = unit.session.get(Decision, action_id)
    item = unit.session.get(ReviewItem, decision.item_id) if decision else None
    is_theirs = item is not None and item.author_id == account_id
    if decision is None or not is_theirs or decision.by_id is None or decision.undone_at:
        raise NotFound("There is no such decision.")
    if decision.verdict not in ABOUT_WORDS:
        raise NotFound("There is no such decision.")
    return Action(
        decision.id, None, decision, item, decision.by_id, None, decision.rule, decision.at,
        None, False,
    )  # fmt: skip


def what_keeps_out(unit: Unit, account_id: str) -> Sanction | None:
    """The sanction that somebody who cannot come in would appeal: the one that lasts longest."""
    rows = unit.session.scalars(
        select(Sanction)
        .where(
            Sanction.account_id == account_id,
            Sanction.kind.in_(KEEPS_OUT),
            Sanction.state.in_(_LIVE),
            Sanction.meanwhile_for.is_(None),
        )
        .order_by(Sanction.at.desc(), Sanction.id)
    ).all()
    live = [row for row in rows if row.until is None or row.until > unit.now]
    endless = next((row for row in live if row.until is None), None)
    return endless or max(live, key=lambda row: row.until or row.at, default=None)


def appeal_of_item(unit: Unit, item_id: str) -> Appeal | None:
    """The appeal that an entry of the queue is about."""
    return unit.session.scalar(select(Appeal).where(Appeal.item_id == item_id))


def own_appeals(unit: Unit, account_id: str, ids: Collection[str]) -> dict[str, OwnAppeal]:
    """This person's appeals by the id of the action they are about."""
    rows = unit.session.execute(
        select(Appeal, ReviewItem.due_at)
        .join(ReviewItem, ReviewItem.id == Appeal.item_id)
        .where(Appeal.account_id == account_id)
        .order_by(Appeal.at.desc())
        .limit(100)
    ).all()
    found = {}
    for appeal, due_at in rows:
        about = appeal.sanction_id or appeal.decision_id or ""
        if about in ids:
            found[about] = OwnAppeal(
                appeal.at, due_at, appeal.text, appeal.outcome, appeal.reply, appeal.answered_at
            )
    return found


@dataclass(frozen=True, slots=True)
class AppealedAction:
    """What an appeal is about, as the desk reads it."""

    what: str
    reason: str
    at: datetime
    until: datetime | None
    state: str
    can_shorten: bool
    item: ReviewItem | None


def facts_of(unit: Unit, appeal: Appeal) -> AppealedAction:
    """The sanction or decision that somebody appealed."""
    if appeal.decision_id:
        made = unit.session.get_one(Decision, appeal.decision_id)
        item = unit.session.get(ReviewItem, made.item_id)
        return AppealedAction(made.verdict, made.reason, made.at, None, "", False, item)
    row = unit.session.get_one(Sanction, appeal.sanction_id)
    may = is_live(row.state) and row.kind in ("mute", "suspend", "ban")
    item = unit.session.get(ReviewItem, row.item_id) if row.item_id else None
    return AppealedAction(row.kind, row.reason, row.at, row.until, row.state, may, item)


def overturns(unit: Unit, since: datetime, until: datetime) -> dict[str, dict[str, int]]:
    """By rule of the house: how many answers kept, shortened or lifted. Nobody is named."""
    rows = unit.session.execute(
        select(Appeal.rule, Appeal.outcome, func.count())
        .where(Appeal.answered_at >= since, Appeal.answered_at < until)
        .group_by(Appeal.rule, Appeal.outcome)
    ).all()
    found: dict[str, dict[str, int]] = {}
    for rule, outcome, count in rows:
        found.setdefault(rule, {each.value: 0 for each in Outcome})[outcome or ""] = count
    return dict(sorted(found.items()))


def overturns_lately(unit: Unit, days: int = 90) -> dict[str, dict[str, int]]:
    """The same for the last quarter."""
    return overturns(unit, unit.now - timedelta(days=days), unit.now + timedelta(seconds=1))


def _of_sanction(unit: Unit, row: Sanction) -> Action:
    item = unit.session.get(ReviewItem, row.item_id) if row.item_id else None
    return Action(
        row.id, row, None, item, row.by_id, row.cosigned_by, row.rule, row.at, row.until,
        is_live(row.state) and (row.until is None or row.until > unit.now),
    )  # fmt: skip
