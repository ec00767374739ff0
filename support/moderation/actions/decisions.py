"""Decide about an item, and take an own decision back within ten seconds."""

from dataclasses import dataclass

from sqlalchemy import select, update

from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Conflict, Invalid, NotFound
from support.db.unit import Unit
from support.moderation import queries
from support.moderation.actions import answers, learning, sanctions, telling
from support.moderation.actions.claims import DECIDED, reopen, win
from support.moderation.actions.facts import ItemDecided, queue_changed
from support.moderation.actions.sanctions import Imposed, Order
from support.moderation.actions.sealing import seal, witness
from support.moderation.forms import DecideForm
from support.moderation.models import Decision, ReviewItem, Sanction
from support.moderation.ports import VISIBLE, Snapshot, target
from support.moderation.rules.appeals import APPEAL
from support.moderation.rules.desk import (
    ItemState,
    SanctionState,
    Verdict,
    acts,
    check_fits,
    check_hat,
    check_is_free,
    check_may_punish,
    check_may_undo,
    sanction_in,
)


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided, and the sanction that came of it, if one did."""

    item_id: str
    verdict: Verdict
    imposed: Imposed | None


def decide(unit: Unit, actor: Actor, item_id: str, form: DecideForm) -> Decided:
    """Judge an item: of two decisions at once one wins, and the other is told."""
    item = queries.item_for(unit, actor, item_id)
    if item.state != ItemState.OPEN:
        raise Conflict(DECIDED)
    if item.target_kind == APPEAL:
        raise Invalid("An appeal is answered: keep, shorten or lift.")
    check_fits(item.target_kind, form.decision)
    check_may_punish(form.decision, item.labels.split())
    check_hat(item.group_id, queries.hats(unit, actor))
    check_is_free(actor.id, item.claimed_by, item.claimed_until, unit.now)
    return judge(unit, actor, item, form)


def judge(unit: Unit, actor: Actor, item: ReviewItem, form: DecideForm) -> Decided:
    """The judgement itself, once somebody has looked whether this person may give it."""
    win(unit, actor, item, decision=form.decision, reason=form.reason, rule=form.rule)
    words = _words(unit, item)
    decision = _decision(unit, actor, item, form, words)
    if words is not None:
        sealed = seal(unit, item, words) if acts(form.decision) else None
        _do_to_words(unit, item, form.decision, words)
        witness(unit, sealed)
    imposed = _do_to_person(unit, actor, item, form, decision)
    learning.learn(unit, item, form.decision, form.review_was_right)
    telling.author_of(unit, item, decision)
    telling.reporters_of(unit, item, decision)
    audit.record(
        unit,
        actor.id,
        "moderation.item_decided",
        f"item:{item.id}",
        decision=form.decision.value,
        rule=form.rule.value,
    )
    unit.announce(ItemDecided(item.id, item.target_kind, item.target_id, form.decision))
    queue_changed(unit, item.id)
    return Decided(item.id, form.decision, imposed)


def undo(unit: Unit, actor: Actor, item_id: str, reason: str = "") -> None:
    """Take an own decision back, effects and all; later than ten seconds it takes a reason."""
    item = queries.item_for(unit, actor, item_id)
    if item.target_kind == APPEAL:
        answers.take_back(unit, actor, item, reason)
        return
    decision = queries.standing_decision(unit, item_id)
    if item.state != ItemState.DECIDED or decision is None:
        raise Conflict("There is nothing to undo.")
    check_may_undo(actor.id, decision.by_id, decision.at, unit.now, reason)
    reverse(unit, actor, item, decision, reason)


def reverse(
    unit: Unit, actor: Actor, item: ReviewItem, decision: Decision, reason: str = ""
) -> None:
    """The reversal itself, once somebody has looked whether this person may do it."""
    taken_back = unit.session.execute(
        update(Decision)
        .where(Decision.id == decision.id, Decision.undone_at.is_(None))
        .values(undone_at=unit.now, undone_by=actor.id)
        .returning(Decision.id)
    ).first()
    if taken_back is None:
        raise Conflict("There is nothing to undo.")
    if reason:
        decision.reason = f"{decision.reason}\n\n{reason}"
    reopen(unit, actor, item)
    if decision.state_before:
        target(item.target_kind).put_back(unit, item.target_id, decision.state_before)
    _undo_sanctions(unit, actor, decision)
    learning.unlearn(unit, item.id)
    telling.undone(unit, item, decision)
    verb = "moderation.item_reversed" if reason else "moderation.item_undone"
    audit.record(unit, actor.id, verb, f"item:{item.id}")
    queue_changed(unit, item.id)


def _words(unit: Unit, item: ReviewItem) -> Snapshot | None:
    """The words as they stand; None once they are gone for good."""
    try:
        return target(item.target_kind).snapshot(unit, item.target_id)
    except NotFound:
        return None


def _decision(
    unit: Unit, actor: Actor, item: ReviewItem, form: DecideForm, words: Snapshot | None
) -> Decision:
    decision = Decision(
        item_id=item.id,
        by_id=actor.id,
        verdict=form.decision,
        reason=form.reason,
        rule=form.rule,
        at=unit.now,
        state_before=words.state if words else "",
    )
    unit.session.add(decision)
    unit.session.flush()
    return decision


def _do_to_words(unit: Unit, item: ReviewItem, verdict: Verdict, words: Snapshot) -> None:
    """Words that break a rule go, whatever else happens; a warning leaves shown ones standing."""
    content = target(item.target_kind)
    is_shown = words.state == VISIBLE
    if verdict is Verdict.ALLOW:
        if not is_shown:
            content.let_through(unit, item.target_id)
    elif verdict is Verdict.REWORD:
        content.send_back(unit, item.target_id)
    elif verdict is Verdict.KEEP or (sanction_in(verdict) and not is_shown):
        content.keep(unit, item.target_id)
    elif verdict is not Verdict.WARN:
        content.remove(unit, item.target_id)


def _do_to_person(
    unit: Unit, actor: Actor, item: ReviewItem, form: DecideForm, decision: Decision
) -> Imposed | None:
    kind = sanction_in(form.decision)
    if kind is None:
        return None
    if form.decision is Verdict.REMOVE_FROM_GROUP and not item.group_id:
        raise Invalid(
            "These words were not said in a group.",
            fields={"decision": "Please pick another decision."},
        )
    order = Order(
        item.author_id,
        kind,
        form.minutes,
        form.reason,
        form.rule,
        group_id=item.group_id if form.decision is Verdict.REMOVE_FROM_GROUP else None,
        item_id=item.id,
        decision_id=decision.id,
    )
    return sanctions.impose(unit, actor, order)


def _undo_sanctions(unit: Unit, actor: Actor, decision: Decision) -> None:
    rows = unit.session.scalars(
        select(Sanction).where(
            Sanction.decision_id == decision.id, Sanction.meanwhile_for.is_(None)
        )
    ).all()
    for row in rows:
        sanctions.stop(unit, row, SanctionState.UNDONE, actor.id)
