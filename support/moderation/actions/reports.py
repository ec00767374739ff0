"""Somebody tells the moderators that words are wrong, or that their author may be in danger."""

from sqlalchemy.exc import IntegrityError

from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Forbidden
from support.base.severity import Severity
from support.crisis import actions as crisis
from support.db.unit import Unit
from support.moderation import queries
from support.moderation.actions.facts import queue_changed
from support.moderation.actions.keeping import item_about, weigh
from support.moderation.actions.sealing import seal, witness
from support.moderation.forms import ReportForm
from support.moderation.models import Report, ReviewItem
from support.moderation.ports import Snapshot, TargetRef, target
from support.moderation.rules.desk import LABEL_OF, Reason

MESSAGE = "message"


def report(unit: Unit, actor: Actor, form: ReportForm) -> str:
    """Take a complaint about a message; the same person's second one is the first again."""
    seen = _seen(unit, actor, form.message)
    earlier = queries.own_report(unit, actor.id, MESSAGE, form.message)
    if earlier is not None:
        return earlier
    item = item_about(unit, ref_of(form.message, seen))
    made = _add(unit, item, actor, form)
    severity = Severity.URGENT if form.reason is Reason.CRISIS else Severity.NONE
    weigh(item, [LABEL_OF[form.reason]] if form.reason in LABEL_OF else [], severity)
    sealed = seal(unit, item, seen)
    if form.reason is Reason.CRISIS:
        _call_somebody(unit, item, seen)
    witness(unit, sealed)
    audit.record(unit, None, "moderation.reported", f"item:{item.id}", reason=form.reason.value)
    queue_changed(unit, item.id)
    return made


def check_may_report(unit: Unit, actor: Actor, message_id: str) -> str | None:
    """The room to go back to; raises where the person cannot see the words or said them."""
    return _seen(unit, actor, message_id).room_id


def _seen(unit: Unit, actor: Actor, message_id: str) -> Snapshot:
    seen = target(MESSAGE).seen_by(unit, actor, message_id)
    if seen.author_id == actor.id:
        raise Forbidden("These are your own words. You can take them back yourself.")
    return seen


def ref_of(message_id: str, seen: Snapshot) -> TargetRef:
    """The words as the desk files them."""
    return TargetRef(
        kind=MESSAGE,
        id=message_id,
        author_id=seen.author_id,
        room_id=seen.room_id,
        host_ids=seen.host_ids,
        group_id=seen.group_id,
    )


def _add(unit: Unit, item: ReviewItem, actor: Actor, form: ReportForm) -> str:
    """Of two taps at once, one counts."""
    made = Report(
        item_id=item.id,
        reporter_id=actor.id,
        reason=form.reason,
        details=form.details,
        at=unit.now,
    )
    try:
        with unit.session.begin_nested():
            unit.session.add(made)
    except IntegrityError:
        return queries.own_report(unit, actor.id, item.target_kind, item.target_id) or made.id
    return made.id


def _call_somebody(unit: Unit, item: ReviewItem, seen: Snapshot) -> None:
    crisis.raise_signal(
        unit,
        seen.author_id,
        severity=Severity.URGENT,
        labels=(LABEL_OF[Reason.CRISIS],),
        room_id=seen.room_id,
        host_ids=list(seen.host_ids),
        source=f"item:{item.id}",
    )
