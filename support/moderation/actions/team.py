"""Pass an entry on, take a break, leave a note, keep words ready: the desk's own work."""

from datetime import timedelta

from sqlalchemy import delete, update

from support.accounts import queries as people
from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Conflict, Invalid
from support.base.severity import Severity
from support.db.insert import insert_new
from support.db.unit import Unit
from support.moderation import queries
from support.moderation.actions.facts import queue_changed
from support.moderation.forms import HandOverForm, NoteForm, PauseForm, ReadyForm
from support.moderation.models import Look, Pause, ReadyWords, ReviewItem, ShiftNote, Skip
from support.moderation.rules.desk import ItemState, check_is_free, check_is_staff
from support.moderation.rules.team import (
    HANDED_FOR,
    LOOKS_KEPT,
    NOTES_FOR,
    check_may_be_handed,
    is_hard,
)
from support.notify import actions as notify


def skip(unit: Unit, actor: Actor, item_id: str) -> None:
    """Not me: the entry goes to others and is never shown here again. Nobody counts this."""
    item = queries.item_for(unit, actor, item_id)
    if item.state != ItemState.OPEN:
        raise Conflict("Somebody has decided this already.")
    insert_new(unit, Skip, {"item_id": item.id, "account_id": actor.id, "at": unit.now})
    if item.claimed_by == actor.id:
        item.claimed_by = item.claimed_until = None
    audit.record(unit, None, "moderation.item_passed_on", f"item:{item.id}")
    queue_changed(unit, item.id)


def hand_over(unit: Unit, actor: Actor, item_id: str, form: HandOverForm) -> None:
    """Put an entry into another moderator's hands; they are told, and have half an hour."""
    item = queries.item_for(unit, actor, item_id)
    if item.state != ItemState.OPEN:
        raise Conflict("Somebody has decided this already.")
    check_is_free(actor.id, item.claimed_by, item.claimed_until, unit.now)
    person = people.by_handle(unit, form.to)
    other = people.actor_by_id(unit, person.id) if person else None
    if other is None or not other.is_staff or other.id == actor.id:
        raise Invalid("Who shall take it?", fields={"to": "Please pick another moderator."})
    may = queries.may_see(unit, other, item)
    check_may_be_handed(may_see=may, paused=queries.paused_until(unit, other.id) is not None)
    item.claimed_by, item.claimed_until = other.id, unit.now + HANDED_FOR
    key = f"item:{item.id}:handed:{unit.now.timestamp():.0f}"
    notify.put(unit, key=key, kind="item_handed", recipients=[other.id], payload={"item": item.id})
    audit.record(unit, actor.id, "moderation.item_handed_over", f"item:{item.id}", to=other.id)
    queue_changed(unit, item.id)


def pause(unit: Unit, actor: Actor, form: PauseForm) -> None:
    """Take a break, or end it. What was in hand goes back; nothing new is handed over."""
    check_is_staff(actor)
    unit.session.execute(delete(Pause).where(Pause.account_id == actor.id))
    if not form.minutes:
        return
    until = unit.now + timedelta(minutes=form.minutes)
    unit.session.add(Pause(account_id=actor.id, since=unit.now, until=until))
    freed = unit.session.scalars(
        update(ReviewItem)
        .where(ReviewItem.state == ItemState.OPEN, ReviewItem.claimed_by == actor.id)
        .values(claimed_by=None, claimed_until=None)
        .returning(ReviewItem.id)
    ).all()
    for item_id in freed:
        queue_changed(unit, item_id)


def looked_at(unit: Unit, actor: Actor, item: ReviewItem) -> None:
    """Remember that somebody took this in hand, so that the page can say when to rest."""
    hard = is_hard(item.labels.split(), Severity(item.severity))
    row = {"item_id": item.id, "account_id": actor.id, "at": unit.now, "is_hard": hard}
    insert_new(unit, Look, row)


def leave_note(unit: Unit, actor: Actor, form: NoteForm) -> None:
    """Write down what the next shift should know."""
    check_is_staff(actor)
    unit.session.add(ShiftNote(by_id=actor.id, at=unit.now, text=form.text))
    audit.record(unit, actor.id, "moderation.note_left", f"account:{actor.id}")


def keep_ready(unit: Unit, actor: Actor, form: ReadyForm) -> str:
    """Keep a reason ready for everybody at the desk."""
    check_is_staff(actor)
    made = ReadyWords(title=form.title, text=form.text, rule=form.rule, by_id=actor.id, at=unit.now)
    unit.session.add(made)
    unit.session.flush()
    audit.record(unit, actor.id, "moderation.words_kept", f"words:{made.id}")
    return made.id


def change_ready(unit: Unit, actor: Actor, words_id: str, form: ReadyForm) -> None:
    """Say a kept reason in another way."""
    found = queries.ready_by_id(unit, actor, words_id)
    found.title, found.text, found.rule = form.title, form.text, form.rule
    found.by_id, found.at = actor.id, unit.now
    audit.record(unit, actor.id, "moderation.words_changed", f"words:{words_id}")


def drop_ready(unit: Unit, actor: Actor, words_id: str) -> None:
    """Keep a reason ready no longer."""
    unit.session.delete(queries.ready_by_id(unit, actor, words_id))
    audit.record(unit, actor.id, "moderation.words_dropped", f"words:{words_id}")


def forget_work(unit: Unit) -> None:
    """Notes, looks and ended breaks go by themselves."""
    unit.session.execute(delete(ShiftNote).where(ShiftNote.at < unit.now - NOTES_FOR))
    unit.session.execute(delete(Look).where(Look.at < unit.now - LOOKS_KEPT))
    unit.session.execute(delete(Pause).where(Pause.until < unit.now))
