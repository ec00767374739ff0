"""Exceptions to the weekly pattern, and swaps: asked by one, accepted by another."""

from sqlalchemy import update

from support.accounts import queries as accounts
from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Conflict, Forbidden, Invalid, NotFound
from support.base.rota import check_may_swap
from support.crisis import queries
from support.crisis.forms import Answer, AnswerForm, SpanForm
from support.crisis.models import RotaChange, RotaSwap
from support.db.unit import Unit
from support.notify import actions as notify

STATES = {Answer.ACCEPT: "accepted", Answer.DECLINE: "declined", Answer.WITHDRAW: "withdrawn"}


def add_change(unit: Unit, actor: Actor, form: SpanForm) -> str:
    """Somebody is off for a while, or covers; for others than oneself only an admin may say so."""
    account_id = _who(unit, form.handle).id if form.handle else actor.id
    if account_id != actor.id and not actor.is_admin:
        raise Forbidden("Only an admin can change the hours of somebody else.")
    if form.ends_at <= unit.now:
        raise Invalid("Please check what is marked.", fields={"ends_at": "This is over already."})
    row = RotaChange(
        account_id=account_id,
        kind="cover" if form.is_cover else "off",
        starts_at=form.starts_at,
        ends_at=form.ends_at,
        created_at=unit.now,
    )
    unit.session.add(row)
    unit.session.flush()
    audit.record(unit, actor.id, "crisis.rota_changed", f"change:{row.id}", kind=row.kind)
    tell_of_gaps(unit)
    return row.id


def remove_change(unit: Unit, actor: Actor, change_id: str) -> None:
    """The weekly pattern holds again for this stretch."""
    row = unit.session.get(RotaChange, change_id)
    if row is None or (row.account_id != actor.id and not actor.is_admin):
        raise NotFound("There is no such change.")
    unit.session.delete(row)
    audit.record(unit, actor.id, "crisis.rota_change_removed", f"change:{change_id}")
    unit.session.flush()
    tell_of_gaps(unit)


def ask_swap(unit: Unit, actor: Actor, form: SpanForm) -> str:
    """Ask one person, or all responders, to take a stretch of one's own."""
    if form.starts_at <= unit.now:
        raise Invalid("Please check what is marked.", fields={"starts_at": "This has begun."})
    mine = queries.duties_of(unit, actor.id, form.starts_at, form.ends_at)
    check_may_swap(mine, form.starts_at, form.ends_at)
    others = [one for one in queries.responder_ids(unit) if one != actor.id]
    taker = _who(unit, form.handle) if form.handle else None
    if taker is not None and taker.id not in others:
        raise _wrong("This person cannot take it.")
    row = RotaSwap(
        asker_id=actor.id,
        taker_id=taker.id if taker else None,
        starts_at=form.starts_at,
        ends_at=form.ends_at,
        created_at=unit.now,
    )
    unit.session.add(row)
    unit.session.flush()
    to = [taker.id] if taker else others
    notify.put(unit, key=f"swap:{row.id}", kind="swap_asked", recipients=to, payload={})
    audit.record(unit, actor.id, "crisis.swap_asked", f"swap:{row.id}", named=int(bool(taker)))
    return row.id


def answer_swap(unit: Unit, actor: Actor, form: AnswerForm) -> None:
    """Take it, say no, or take the question back; of two who take it at once, one gets it."""
    row = queries.swap_for(unit, actor, form.swap_id)
    is_own = row.asker_id == actor.id
    if is_own is not (form.answer is Answer.WITHDRAW):
        raise Forbidden("This answer is not yours to give.")
    asked = update(RotaSwap).where(RotaSwap.id == row.id, RotaSwap.state == "asked")
    state = STATES[form.answer]
    if form.answer is Answer.DECLINE and row.taker_id is None:
        raise Forbidden("Everybody was asked. You can simply leave it.")
    if form.answer is Answer.ACCEPT:
        if row.starts_at <= unit.now:
            raise Conflict("This shift has begun already.")
        asked = asked.values(state=state, answered_at=unit.now, taker_id=actor.id)
    else:
        asked = asked.values(state=state, answered_at=unit.now)
    kept = {"synchronize_session": False}
    if unit.session.scalar(asked.returning(RotaSwap.id), execution_options=kept) is None:
        raise Conflict("Somebody has answered this already.")
    if form.answer is Answer.ACCEPT:
        _hand(unit, row, actor.id)
    if not is_own:
        key = f"swap:{row.id}:answer"
        notify.put(unit, key=key, kind="swap_answered", recipients=[row.asker_id], payload={})
    audit.record(unit, actor.id, f"crisis.swap_{state}", f"swap:{row.id}")


def _hand(unit: Unit, row: RotaSwap, taker_id: str) -> None:
    for account_id, kind in ((row.asker_id, "off"), (taker_id, "cover")):
        unit.session.add(
            RotaChange(
                account_id=account_id,
                kind=kind,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                created_at=unit.now,
            )
        )
    unit.session.flush()


def tell_of_gaps(unit: Unit) -> int:
    """Once a day the admins are told, by mail too, that hours of the next 14 days are empty."""
    holes = queries.gaps_ahead(unit)
    if holes:
        notify.put(
            unit,
            key=f"rota_gap:{unit.now.date().isoformat()}",
            kind="rota_gap",
            recipients=accounts.admin_ids(unit),
            payload={"gaps": len(holes)},
        )
    return len(holes)


def _who(unit: Unit, handle: str) -> accounts.Person:
    person = accounts.by_handle(unit, handle)
    if person is None:
        raise _wrong("There is nobody with this name.")
    return person


def _wrong(sentence: str) -> Invalid:
    return Invalid("Please check what is marked.", fields={"handle": sentence})
