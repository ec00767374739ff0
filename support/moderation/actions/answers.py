"""Somebody else answers an appeal, and may take the answer back, effects and all."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Conflict, Forbidden, Invalid, NotFound
from support.db.unit import Unit
from support.moderation import queries
from support.moderation.actions import force, learning, sanctions, telling
from support.moderation.actions.claims import DECIDED, reopen, win
from support.moderation.actions.facts import queue_changed
from support.moderation.forms import AnswerForm
from support.moderation.models import Appeal, Decision, ReviewItem, Sanction
from support.moderation.ports import target
from support.moderation.rules.appeals import (
    Outcome,
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
    check_may_undo,
)

Before = dict[str, Any]
_TIMED = ("mute", "suspend", "ban")


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an appeal, and until when what is left of the action holds."""

    item_id: str
    outcome: Outcome
    until: datetime | None


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
    win(unit, actor, item, decision=form.outcome, reason=form.reply)
    until = _carry_out(unit, actor, found, form)
    found.outcome, found.reply = form.outcome, form.reply
    found.answered_by, found.answered_at = actor.id, unit.now
    unit.session.flush()
    telling.appeal_answered(unit, found)
    outcome = form.outcome.value
    audit.record(unit, actor.id, "moderation.appeal_answered", f"item:{item.id}", outcome=outcome)
    queue_changed(unit, item.id)
    return Answered(item.id, form.outcome, until)


def take_back(unit: Unit, actor: Actor, item: ReviewItem, reason: str) -> None:
    """An own answer was wrong: what it changed is as before, and the appeal waits again."""
    found = queries.appeal_of_item(unit, item.id)
    if found is None or found.answered_at is None or item.state != ItemState.DECIDED:
        raise Conflict("There is nothing to undo.")
    check_may_undo(actor.id, found.answered_by, found.answered_at, unit.now, reason)
    answered_at = found.answered_at
    emptied = {"outcome": None, "reply": None, "answered_by": None, "answered_at": None}
    taken = unit.session.execute(
        update(Appeal)
        .where(Appeal.id == found.id, Appeal.answered_at == answered_at)
        .values(**emptied)
        .returning(Appeal.id)
    ).first()
    if taken is None:
        raise Conflict("There is nothing to undo.")
    unit.session.refresh(found)
    reopen(unit, actor, item)
    _put_back(unit, actor, found)
    found.before = None
    telling.answer_undone(unit, found, answered_at)
    verb = "moderation.answer_reversed" if reason else "moderation.answer_undone"
    audit.record(unit, actor.id, verb, f"item:{item.id}")
    queue_changed(unit, item.id)


def _carry_out(unit: Unit, actor: Actor, found: Appeal, form: AnswerForm) -> datetime | None:
    if found.decision_id:
        if form.outcome is Outcome.SHORTEN:
            raise Invalid(
                "Only a sanction can be shorter.",
                fields={"outcome": "Please keep the decision or lift it."},
            )
        if form.outcome is Outcome.LIFT:
            decision = unit.session.get_one(Decision, found.decision_id)
            found.before = _show_again(unit, actor, decision, form)
        return None
    sanction = queries.sanction_by_id(unit, actor, found.sanction_id or "")
    if form.outcome is Outcome.LIFT:
        found.before = _as_it_stands(unit, sanction)
        _lift(unit, actor, sanction, form)
    elif form.outcome is Outcome.SHORTEN:
        found.before = _as_it_stands(unit, sanction)
        _shorten(unit, actor, sanction, form)
    return sanction.until if is_live(sanction.state) else None


def _lift(unit: Unit, actor: Actor, sanction: Sanction, form: AnswerForm) -> None:
    """The effect goes; a sanction that is over already leaves the record all the same."""
    if is_live(sanction.state):
        sanctions.stop(unit, sanction, SanctionState.ENDED, actor.id)
    sanction.end_reason = form.reply
    if sanction.item_id:
        learning.unlearn(unit, sanction.item_id)


def _shorten(unit: Unit, actor: Actor, sanction: Sanction, form: AnswerForm) -> None:
    """A new end. What is not grave any more needs no second signature and holds from now on.

    About one of the team whoever answers is the second person.
    """
    if not is_live(sanction.state) or sanction.kind not in _TIMED:
        raise Invalid(
            "This has no end that could come sooner.",
            fields={"outcome": "Please keep it or lift it."},
        )
    until = shorter(sanction.at, sanction.until, unit.now, form.minutes)
    sanction.until, sanction.minutes = until, minutes_between(sanction.at, until)
    if sanction.state == SanctionState.PENDING and one_person_is_enough(sanction.minutes):
        if sanction.about_staff:
            sanction.cosigned_by, sanction.cosigned_at = actor.id, unit.now
        sanction.needs_second, sanction.state = sanction.about_staff, SanctionState.IN_FORCE
        unit.session.flush()
        sanctions.end_meanwhile(unit, sanction)
    unit.session.flush()
    if sanction.state == SanctionState.IN_FORCE:
        force.take_hold(unit, sanction)


def _show_again(unit: Unit, actor: Actor, decision: Decision, form: AnswerForm) -> Before:
    """The words come back as the author meant them; whoever is gone took them along."""
    item = unit.session.get_one(ReviewItem, decision.item_id)
    before: Before = {
        "decided_by": item.decided_by,
        "decided_at": _written(item.decided_at),
        "words": _state_of_words(unit, item),
        "outcomes": learning.outcomes_of(unit, item.id),
    }
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
    learning.learn(unit, item, Verdict.ALLOW, None)
    if before["words"] is not None:
        target(item.target_kind).let_through(unit, item.target_id)
    return before


def _state_of_words(unit: Unit, item: ReviewItem) -> str | None:
    try:
        return target(item.target_kind).snapshot(unit, item.target_id).state
    except NotFound:
        return None


def _as_it_stands(unit: Unit, sanction: Sanction) -> Before:
    """What an answer may change of a sanction, so that it can be put back."""
    meanwhile = select(Sanction.id).where(
        Sanction.meanwhile_for == sanction.id, Sanction.state == SanctionState.IN_FORCE
    )
    return {
        "state": sanction.state,
        "until": _written(sanction.until),
        "minutes": sanction.minutes,
        "needs_second": sanction.needs_second,
        "cosigned_by": sanction.cosigned_by,
        "end_reason": sanction.end_reason,
        "ended_at": _written(sanction.ended_at),
        "ended_by": sanction.ended_by,
        "meanwhile": list(unit.session.scalars(meanwhile)),
        "outcomes": learning.outcomes_of(unit, sanction.item_id) if sanction.item_id else {},
    }


def _put_back(unit: Unit, actor: Actor, found: Appeal) -> None:
    before = found.before
    if before is None:
        return  # it was kept: nothing had changed
    learning.put_back(unit, before["outcomes"])
    if found.decision_id:
        _hide_again(unit, actor, unit.session.get_one(Decision, found.decision_id), before)
        return
    sanction = queries.sanction_by_id(unit, actor, found.sanction_id or "")
    _as_it_stood(sanction, before)
    rows = unit.session.scalars(select(Sanction).where(Sanction.id.in_(before["meanwhile"])))
    for row in rows.all():
        row.state, row.ended_at, row.ended_by = SanctionState.IN_FORCE, None, None
        unit.session.flush()
        force.take_hold(unit, row)
    unit.session.flush()
    if sanction.state == SanctionState.IN_FORCE:
        force.take_hold(unit, sanction)
    elif sanction.state == SanctionState.PENDING:
        force.let_go(unit, sanction)


def _as_it_stood(sanction: Sanction, before: Before) -> None:
    for name in ("state", "minutes", "needs_second", "cosigned_by", "end_reason", "ended_by"):
        setattr(sanction, name, before.get(name, getattr(sanction, name)))
    sanction.cosigned_at = sanction.cosigned_at if sanction.cosigned_by else None
    sanction.until, sanction.ended_at = _moment(before["until"]), _moment(before["ended_at"])


def _hide_again(unit: Unit, actor: Actor, decision: Decision, before: Before) -> None:
    item = unit.session.get_one(ReviewItem, decision.item_id)
    shown = queries.standing_decision(unit, item.id)
    if shown is not None:
        shown.undone_at, shown.undone_by = unit.now, actor.id
        unit.session.flush()
    decision.undone_at = decision.undone_by = None
    item.decision, item.decided_by = decision.verdict, before["decided_by"]
    item.decided_at = _moment(before["decided_at"])
    unit.session.flush()
    if before["words"] is not None:
        target(item.target_kind).put_back(unit, item.target_id, before["words"])


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
