"""Lounge shifts: sign up every week or once, take what is free, give back, hand all of it on.

Every taking locks the mentor's own offer first, so the caps are looked at one after another; the
stretch itself is taken by one conditional statement, so that of many at once one gets it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from support.accounts import queries as accounts
from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Conflict
from support.base.rota import Shift, Span, spans
from support.db.unit import Unit
from support.mentoring.actions.offers import own_offer
from support.mentoring.forms import LoungeShiftForm
from support.mentoring.models import (
    HostedMeeting,
    LoungeNudge,
    LoungeShift,
    LoungeWatch,
    MentorOffer,
)
from support.mentoring.ports import joined
from support.mentoring.queries import shifts as queries
from support.mentoring.rules.shifts import AHEAD, Caps, check_may_take
from support.notify import actions as notify

KEEPS_WATCHES, KEEPS_NUDGES = timedelta(days=60), timedelta(days=30)
KEEPS_HOURS = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Offered:
    """What was handed on, and who was asked to take it."""

    watches: int
    asked: tuple[str, ...]


def sign_up(unit: Unit, actor: Actor, form: LoungeShiftForm) -> str:
    """Be there every week at that time, or only the next time; refused where a cap says no."""
    offer = own_offer(unit, actor)
    shift = Shift(actor.id, form.weekday, form.start_time, form.minutes, form.timezone)
    coming = [one for one in spans(shift, unit.now, unit.now + AHEAD) if one.starts_at > unit.now]
    for span in coming[:1] if form.once else coming:
        check_may_have(unit, offer, actor.timezone, span)
    if form.once:
        made_id = _put(unit, None, actor.id, coming[0])
    else:
        row = LoungeShift(
            account_id=actor.id,
            weekday=form.weekday,
            start=form.start,
            minutes=form.minutes,
            timezone=form.timezone,
            created_at=unit.now,
        )
        unit.session.add(row)
        unit.session.flush()
        made_id = row.id
        for span in coming:
            _put(unit, row.id, actor.id, span)
    audit.record(unit, actor.id, "mentoring.shift_added", f"shift:{made_id}", once=int(form.once))
    return made_id


def give_up(unit: Unit, actor: Actor, shift_id: str) -> None:
    """Do this no more every week; what of it others have taken stays theirs."""
    own_offer(unit, actor)
    drop_weekly(unit, [queries.shift_for(unit, actor, shift_id)])
    audit.record(unit, actor.id, "mentoring.shift_removed", f"shift:{shift_id}")


def take(unit: Unit, actor: Actor, watch_id: str) -> None:
    """Take a free stretch: of fifty at once one gets it, and nobody more than their caps."""
    offer = own_offer(unit, actor)
    watch = queries.watch_for(unit, watch_id)
    if watch.account_id == actor.id:
        return
    check_may_have(unit, offer, actor.timezone, Span(watch.starts_at, watch.ends_at))
    giver = watch.given_by_id
    if not _claim(unit, watch.id, actor.id):
        raise Conflict("Somebody has taken this already. Thank you.")
    audit.record(unit, actor.id, "mentoring.shift_taken", f"watch:{watch.id}")
    if giver and giver != actor.id:
        _tell(unit, "shift_taken", watch.id, [giver])


def give_back(unit: Unit, actor: Actor, watch_id: str) -> Offered:
    """Not this time; nobody asks why, and the others are asked."""
    own_offer(unit, actor)
    watch = queries.watch_for(unit, watch_id)
    if watch.account_id != actor.id:
        raise Conflict("This is not your shift.")
    return hand_on(unit, actor.id, [watch])


def hand_on(unit: Unit, mentor_id: str, watches: Collection[LoungeWatch]) -> Offered:
    """These stretches are free from now on, and every mentor who may take them is asked once."""
    if not watches:
        return Offered(0, ())
    for watch in watches:
        watch.account_id, watch.given_by_id = None, mentor_id
        audit.record(unit, mentor_id, "mentoring.shift_handed_on", f"watch:{watch.id}")
    unit.session.flush()
    others = _who_could(unit, mentor_id)
    first = min(watches, key=lambda one: one.starts_at)
    about = f"{first.id}:{unit.now.isoformat()}"
    _tell(unit, "shift_free", about, others or accounts.staff_ids(unit))
    people = accounts.people(unit, others)
    return Offered(len(watches), tuple(sorted(people[one].handle for one in others)))


def take_back(unit: Unit, actor: Actor) -> int:
    """Whoever comes back from a break has again what nobody took meanwhile; how many."""
    offer, kept = own_offer(unit, actor), 0
    for watch in queries.free_of(unit, actor.id):
        span = Span(watch.starts_at, watch.ends_at)
        if _fits(unit, offer, actor.timezone, span):
            kept += _claim(unit, watch.id, actor.id)
    return kept


def lay_out(unit: Unit) -> int:
    """The weekly shifts of the next 14 days as dated rows; free where a cap or a break says no."""
    rows = queries.weekly(unit)
    zones = accounts.zones_of(unit, {row.account_id for row in rows})
    made = 0
    for row in rows:
        offer = unit.session.scalar(
            select(MentorOffer).where(MentorOffer.account_id == row.account_id).with_for_update()
        )
        known = _laid(unit, row.id)
        for span in spans(queries.as_shift(row), unit.now, unit.now + AHEAD):
            if span.starts_at in known or span.starts_at <= unit.now or offer is None:
                continue
            is_theirs = _fits(unit, offer, zones[row.account_id], span)
            _put(unit, row.id, row.account_id if is_theirs else None, span, row.account_id)
            made += 1
    return made


def forget_old(unit: Unit) -> None:
    """Nothing is kept for ever: past stretches, nudges, and hours of more than a year ago go."""
    for table, column, days in (
        (LoungeWatch, LoungeWatch.ends_at, KEEPS_WATCHES),
        (LoungeNudge, LoungeNudge.at, KEEPS_NUDGES),
        (HostedMeeting, HostedMeeting.began_at, KEEPS_HOURS),
    ):
        unit.session.execute(delete(table).where(column < unit.now - days))


def drop_weekly(unit: Unit, rows: Collection[LoungeShift]) -> None:
    """Weekly shifts end; of their coming dates those stay that somebody else has taken."""
    for row in rows:
        own = LoungeWatch.shift_id == row.id
        unit.session.execute(
            delete(LoungeWatch).where(
                own,
                LoungeWatch.starts_at > unit.now,
                LoungeWatch.account_id.is_(None) | (LoungeWatch.account_id == row.account_id),
            )
        )
        unit.session.execute(update(LoungeWatch).where(own).values(shift_id=None))
        unit.session.delete(row)
    unit.session.flush()


def check_may_have(unit: Unit, offer: MentorOffer, timezone: str, span: Span) -> None:
    """Raise, naming the cap, unless this mentor, whose offer is locked, may take this stretch."""
    caps = Caps(
        timezone,
        offer.week_minutes,
        offer.day_shifts,
        offer.quiet,
        offer.paused_at is not None,
        joined.resting(unit).get(offer.account_id),
    )
    mine = queries.duties_around(unit, offer.account_id, span.starts_at, timezone)
    check_may_take(caps, mine, span)


def _fits(unit: Unit, offer: MentorOffer, timezone: str, span: Span) -> bool:
    try:
        check_may_have(unit, offer, timezone, span)
    except Conflict:
        return False
    return True


def _put(
    unit: Unit, shift_id: str | None, account_id: str | None, span: Span, given_by: str = ""
) -> str:
    row = LoungeWatch(
        shift_id=shift_id,
        account_id=account_id,
        given_by_id=None if account_id else given_by,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
    )
    unit.session.add(row)
    unit.session.flush()
    return row.id


def _laid(unit: Unit, shift_id: str) -> set[datetime]:
    rows = select(LoungeWatch.starts_at).where(LoungeWatch.shift_id == shift_id)
    return set(unit.session.scalars(rows.where(LoungeWatch.ends_at > unit.now)))


def _claim(unit: Unit, watch_id: str, account_id: str) -> int:
    taken = unit.session.execute(
        update(LoungeWatch)
        .where(LoungeWatch.id == watch_id, LoungeWatch.account_id.is_(None))
        .values(account_id=account_id, given_by_id=None)
        .returning(LoungeWatch.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(taken)


def _who_could(unit: Unit, mentor_id: str) -> list[str]:
    paused = select(MentorOffer.account_id).where(MentorOffer.paused_at.is_not(None))
    away = {mentor_id, *unit.session.scalars(paused), *joined.resting(unit)}
    return [one for one in accounts.mentor_ids(unit) if one not in away]


def _tell(unit: Unit, kind: str, about: str, recipients: Collection[str]) -> None:
    able = accounts.able_ids(unit, recipients)
    notify.put(unit, key=f"{kind}:{about}", kind=kind, recipients=sorted(able), payload={})
