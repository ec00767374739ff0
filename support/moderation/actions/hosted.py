"""Hosts decide about words of little risk that wait in their own room; all else is the desk's."""

from dataclasses import dataclass

from sqlalchemy import select

from support.base.actor import Actor
from support.base.errors import Conflict, NotFound
from support.base.severity import Severity
from support.db.unit import Unit
from support.moderation import queries
from support.moderation.actions.decisions import judge, reverse
from support.moderation.actions.facts import queue_changed
from support.moderation.actions.findings import is_settled
from support.moderation.actions.keeping import close_quietly, item_about
from support.moderation.actions.reports import MESSAGE, ref_of, report
from support.moderation.forms import DecideForm, ReportForm
from support.moderation.models import Report, ReviewItem
from support.moderation.ports import target
from support.moderation.rules.desk import (
    HELD_AT_MOST,
    UNDO_WITHIN,
    Closing,
    ItemState,
    Reason,
    check_is_free,
)
from support.moderation.rules.hosted import (
    LET_THROUGH,
    SENTENCES,
    Choice,
    Waiting,
    Wording,
    check_may_decide,
    is_low_risk,
    rule_of,
    verdict_of,
)

MOST = 50
HELD = "held"
HIDDEN = "A host took these words out of sight until a moderator has read them."
NOTHING = "There is nothing to take back."
TOO_LATE = "It is too late to take this back here. A moderator can."


@dataclass(frozen=True, slots=True)
class Hold:
    """An entry that the hosts of its room may decide about."""

    item_id: str
    target_id: str
    author_id: str
    labels: tuple[str, ...]


def holds_in(unit: Unit, actor: Actor, room_id: str) -> list[Hold]:
    """What waits in a room and is this host's to decide, oldest first; nothing of their own."""
    rows = unit.session.scalars(
        select(ReviewItem)
        .where(
            ReviewItem.room_id == room_id,
            ReviewItem.target_kind == "message",
            ReviewItem.state == ItemState.OPEN,
            ReviewItem.held_until.is_not(None),
            ReviewItem.author_id != actor.id,
        )
        .order_by(ReviewItem.opened_at, ReviewItem.id)
        .limit(MOST)
    ).all()
    near = queries.near(unit, actor.id)
    return [_hold(row) for row in rows if row.author_id not in near and _is_low(unit, row)]


def decide_hold(
    unit: Unit, actor: Actor, item_id: str, choice: Choice, wording: Wording | None
) -> str:
    """Let the words through, or hand them back with a kind sentence; the id of the words."""
    item = unit.session.get(ReviewItem, item_id)
    if item is None or item.target_kind != "message":
        raise NotFound("There is no such entry.")
    if item.state != ItemState.OPEN:
        raise Conflict("Somebody has decided this already.")
    check_may_decide(actor.id, queries.near(unit, actor.id), _waiting(unit, item))
    check_is_free(actor.id, item.claimed_by, item.claimed_until, unit.now)
    labels = item.labels.split()
    reason = SENTENCES[wording or Wording.SELF] if choice is Choice.REWORD else LET_THROUGH
    form = DecideForm(verdict_of(choice), None, reason, rule_of(labels))
    judge(unit, actor, item, form)
    return item.target_id


def take_back_hold(unit: Unit, actor: Actor, item_id: str) -> str:
    """A host pressed the wrong button: within seconds the words wait again; the id of the words."""
    item = unit.session.get(ReviewItem, item_id)
    decision = queries.standing_decision(unit, item_id) if item else None
    if item is None or decision is None or decision.by_id != actor.id:
        raise NotFound(NOTHING)
    if item.state != ItemState.DECIDED or unit.now - decision.at > UNDO_WITHIN:
        raise Conflict(TOO_LATE)
    reverse(unit, actor, item, decision)
    return item.target_id


def decided_lately(unit: Unit, actor: Actor, room_id: str) -> list[Hold]:
    """What this host decided in a room within the last seconds and can still take back."""
    rows = unit.session.scalars(
        select(ReviewItem)
        .where(ReviewItem.room_id == room_id, ReviewItem.decided_by == actor.id)
        .where(ReviewItem.state == ItemState.DECIDED, ReviewItem.target_kind == "message")
        .where(ReviewItem.decided_at >= unit.now - UNDO_WITHIN)
        .order_by(ReviewItem.decided_at)
    )
    return [_hold(row) for row in rows]


def hide_for_host(unit: Unit, actor: Actor, message_id: str) -> str:
    """A host takes words out of sight: a complaint that holds them until a moderator has read."""
    form = ReportForm(message_id, Reason.OTHER, HIDDEN)
    report(unit, actor, form)
    seen = target(MESSAGE).seen_by(unit, actor, message_id)
    item = item_about(unit, ref_of(message_id, seen))
    item.held_until = unit.now + HELD_AT_MOST
    queue_changed(unit, item.id)
    return item.id


def unhide_for_host(unit: Unit, actor: Actor, message_id: str) -> None:
    """Within seconds the same host shows them again, and the complaint was none."""
    item = queries.open_item(unit, MESSAGE, message_id)
    mine = None
    if item is not None:
        whose = (Report.item_id == item.id, Report.reporter_id == actor.id)
        mine = unit.session.scalar(select(Report).where(*whose, Report.details == HIDDEN))
    if item is None or mine is None:
        raise NotFound(NOTHING)
    if unit.now - mine.at > UNDO_WITHIN:
        raise Conflict(TOO_LATE)
    unit.session.delete(mine)
    unit.session.flush()
    item.held_until = None
    if is_settled(unit, item):
        close_quietly(unit, item, Closing.WITHDRAWN)
    queue_changed(unit, item.id)


def hidden_lately(unit: Unit, actor: Actor, room_id: str) -> list[Hold]:
    """What this host took out of sight within the last seconds."""
    rows = unit.session.scalars(
        select(ReviewItem)
        .join(Report, Report.item_id == ReviewItem.id)
        .where(ReviewItem.room_id == room_id, ReviewItem.state == ItemState.OPEN)
        .where(Report.reporter_id == actor.id, Report.details == HIDDEN)
        .where(Report.at >= unit.now - UNDO_WITHIN)
        .order_by(Report.at)
    )
    return [_hold(row) for row in rows]


def room_of_hold(unit: Unit, item_id: str) -> str | None:
    """The room in which these words wait."""
    item = unit.session.get(ReviewItem, item_id)
    return item.room_id if item else None


def _hold(item: ReviewItem) -> Hold:
    return Hold(item.id, item.target_id, item.author_id, tuple(item.labels.split()))


def _is_low(unit: Unit, item: ReviewItem) -> bool:
    return is_low_risk(_waiting(unit, item))


def _waiting(unit: Unit, item: ReviewItem) -> Waiting:
    return Waiting(
        author_id=item.author_id,
        labels=tuple(item.labels.split()),
        severity=Severity(item.severity),
        is_held=item.held_until is not None,
        is_reported=queries.has_reports(unit, item.id),
    )
