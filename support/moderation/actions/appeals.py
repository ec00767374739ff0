"""A second look by somebody else: asked for once, answered with a reply, in the same queue."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, update
from sqlalchemy.exc import IntegrityError

from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Conflict, Forbidden, Invalid, NotFound
from support.base.ids import new_id
from support.base.severity import Severity
from support.db.unit import Unit
from support.moderation import queries
from support.moderation.actions import force, sanctions, telling
from support.moderation.actions.claims import DECIDED
from support.moderation.actions.facts import queue_changed
from support.moderation.forms import AnswerForm
from support.moderation.models import Appeal, Decision, ReviewItem, Sanction
from support.moderation.ports import target
from support.moderation.queries import Action
from support.moderation.rules.appeals import (
    APPEAL,
    RANK,
    Outcome,
    check_may_appeal,
    due_for_appeal,
    is_live,
    minutes_between,
    one_person_is_enough,
    shorter,
)
from support.moderation.rules.desk import (
    ItemState,
    SanctionState,
    Verdict,
    check_hat,
    check_is_free,
)

ONCE = "You have appealed this already. The answer stands on this page when it is there."


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an appeal, and until when what is left of the action holds."""

    item_id: str
    outcome: Outcome
    until: datetime | None


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


def answer(unit: Unit, actor: Actor, item_id: str, form: AnswerForm) -> Answered:
    """Somebody else answers: the action stays, gets shorter, or goes. Of two at once one wins."""
    item = queries.item_for(unit, actor, item_id)
    found = queries.appeal_of_item(unit, item_id)
    if found is None:
        raise NotFound("There is no such appeal.")
    if item.state != ItemState.OPEN:
        raise Conflict(DECIDED)
    if actor.id in (found.against_id, found.second_id, found.account_id):
        raise Forbidden("Somebody else has to answer this.")
    check_is_free(actor.id, item.claimed_by, item.claimed_until, unit.now)
    check_hat(item.group_id, queries.hats(unit, actor))
    _win(unit, actor, item, form)
    until = _carry_out(unit, actor, found, form)
    found.outcome, found.reply = form.outcome, form.reply
    found.answered_by, found.answered_at = actor.id, unit.now
    unit.session.flush()
    telling.appeal_answered(unit, found)
    outcome = form.outcome.value
    audit.record(unit, actor.id, "moderation.appeal_answered", f"item:{item.id}", outcome=outcome)
    queue_changed(unit, item.id)
    return Answered(item.id, form.outcome, until)


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


def _win(unit: Unit, actor: Actor, item: ReviewItem, form: AnswerForm) -> None:
    won = unit.session.execute(
        update(ReviewItem)
        .where(
            ReviewItem.id == item.id,
            ReviewItem.state == ItemState.OPEN,
            or_(
                ReviewItem.claimed_by.is_(None),
                ReviewItem.claimed_by == actor.id,
                ReviewItem.claimed_until <= unit.now,
            ),
        )
        .values(
            state=ItemState.DECIDED,
            decided_by=actor.id,
            decided_at=unit.now,
            decision=form.outcome,
            reason=form.reply,
            claimed_by=None,
            claimed_until=None,
        )
        .returning(ReviewItem.id)
    ).first()
    if won is None:
        raise Conflict("Another moderator was first.")
    unit.session.refresh(item)


def _carry_out(unit: Unit, actor: Actor, found: Appeal, form: AnswerForm) -> datetime | None:
    if found.decision_id:
        if form.outcome is Outcome.SHORTEN:
            raise Invalid(
                "Only a sanction can be shorter.",
                fields={"outcome": "Please keep the decision or lift it."},
            )
        if form.outcome is Outcome.LIFT:
            _show_again(unit, actor, unit.session.get_one(Decision, found.decision_id), form)
        return None
    sanction = queries.sanction_by_id(unit, actor, found.sanction_id or "")
    if form.outcome is Outcome.LIFT:
        _lift(unit, actor, sanction, form)
    elif form.outcome is Outcome.SHORTEN:
        _shorten(unit, sanction, form)
    return sanction.until if is_live(sanction.state) else None


def _lift(unit: Unit, actor: Actor, sanction: Sanction, form: AnswerForm) -> None:
    """The effect goes; a sanction that is over already leaves the record all the same."""
    if is_live(sanction.state):
        sanctions.stop(unit, sanction, SanctionState.ENDED, actor.id)
    sanction.end_reason = form.reply


def _shorten(unit: Unit, sanction: Sanction, form: AnswerForm) -> None:
    """A new end. What is not grave any more needs no second signature and holds from now on."""
    if not is_live(sanction.state) or sanction.kind not in ("mute", "suspend", "ban"):
        raise Invalid(
            "This has no end that could come sooner.",
            fields={"outcome": "Please keep it or lift it."},
        )
    until = shorter(sanction.at, sanction.until, unit.now, form.minutes)
    sanction.until, sanction.minutes = until, minutes_between(sanction.at, until)
    if sanction.state == SanctionState.PENDING and one_person_is_enough(sanction.minutes):
        sanction.needs_second, sanction.state = False, SanctionState.IN_FORCE
        unit.session.flush()
        sanctions.end_meanwhile(unit, sanction)
    unit.session.flush()
    if sanction.state == SanctionState.IN_FORCE:
        force.take_hold(unit, sanction)


def _show_again(unit: Unit, actor: Actor, decision: Decision, form: AnswerForm) -> None:
    """The words come back as the author meant them; whoever is gone took them along."""
    item = unit.session.get_one(ReviewItem, decision.item_id)
    decision.undone_at, decision.undone_by = unit.now, actor.id
    unit.session.flush()
    item.decision, item.decided_by, item.decided_at = Verdict.ALLOW, actor.id, unit.now
    unit.session.add(
        Decision(
            item_id=item.id,
            by_id=actor.id,
            verdict=Verdict.ALLOW,
            reason=form.reply,
            rule=decision.rule,
            at=unit.now,
            state_before="",
        )
    )
    try:
        target(item.target_kind).let_through(unit, item.target_id)
    except NotFound:
        return
