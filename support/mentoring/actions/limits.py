"""A mentor's own limits: they are kept by the database, and pausing needs no reason."""

from sqlalchemy import select

from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Invalid
from support.base.rota import Span
from support.db.unit import Unit
from support.mentoring.actions import shifts
from support.mentoring.actions.offers import own_offer
from support.mentoring.actions.shifts import Offered
from support.mentoring.forms import LimitsForm
from support.mentoring.models import MentorAsk, MentorOffer, Pairing
from support.mentoring.queries import shifts as queries
from support.mentoring.rules.shifts import CapReached, Caps, check_may_take
from support.notify import actions as notify

NOTHING = Offered(0, ())


def set_limits(unit: Unit, actor: Actor, form: LimitsForm) -> None:
    """What, when, and how much; less than one already has is refused, and says so."""
    offer = own_offer(unit, actor)
    if form.most < offer.mentees:
        raise Invalid(
            "You walk with more people than that.",
            fields={"most": "You walk with more people than that now. End with somebody first."},
        )
    offer.offer, offer.most = form.offering.kept(), form.most
    if form.week_hours is not None:
        offer.week_minutes = form.week_hours * 60
    if form.day_shifts is not None:
        offer.day_shifts = form.day_shifts
    if form.quiet is not None:
        offer.quiet = form.quiet
    unit.session.flush()
    _check_shifts_still_fit(unit, offer, actor.timezone)
    audit.record(unit, actor.id, "mentoring.limits_set", f"account:{actor.id}", most=form.most)


def pause(unit: Unit, actor: Actor, on: bool) -> Offered:
    """No new people until one comes back; those one walks with are told kindly, and the coming
    shifts are offered to others. Gives who was asked."""
    offer = own_offer(unit, actor)
    if (offer.paused_at is not None) == on:
        return NOTHING
    offer.paused_at = unit.now if on else None
    unit.session.flush()
    audit.record(
        unit, actor.id, "mentoring.paused" if on else "mentoring.back", f"account:{actor.id}"
    )
    mentees = select(Pairing.member_id).where(
        Pairing.mentor_id == actor.id, Pairing.ended_at.is_(None)
    )
    _tell(unit, list(unit.session.scalars(mentees)), actor, on)
    if not on:
        shifts.take_back(unit, actor)
        return NOTHING
    _turn_down(unit, actor)
    return shifts.hand_on(unit, actor.id, queries.coming_of(unit, actor.id))


def _check_shifts_still_fit(unit: Unit, offer: MentorOffer, timezone: str) -> None:
    """Fewer hours than one has planned: give a shift back first."""
    caps = Caps(timezone, offer.week_minutes, offer.day_shifts, offer.quiet)
    for watch in queries.coming_of(unit, offer.account_id):
        span = Span(watch.starts_at, watch.ends_at)
        around = queries.duties_around(unit, offer.account_id, span.starts_at, timezone)
        others = [one for one in around if one.starts_at != span.starts_at]
        try:
            check_may_take(caps, others, span)
        except CapReached as reached:
            sentence = "A shift of yours is over this. Give it back first."
            raise Invalid(sentence, fields={reached.field: sentence}) from reached


def _turn_down(unit: Unit, actor: Actor) -> None:
    """Whoever asked and waits hears at once, and can ask somebody else."""
    rows = unit.session.scalars(
        select(MentorAsk).where(MentorAsk.mentor_id == actor.id, MentorAsk.state == "open")
    ).all()
    for row in rows:
        row.state, row.decided_at = "declined", unit.now
    notify.put(
        unit,
        key=f"mentor_asks_off:{actor.id}:{unit.now.isoformat()}",
        kind="mentor_declined",
        recipients=[row.member_id for row in rows],
        payload={},
    )


def _tell(unit: Unit, mentees: list[str], actor: Actor, on: bool) -> None:
    kind = "mentor_paused" if on else "mentor_back"
    notify.put(
        unit,
        key=f"{kind}:{actor.id}:{unit.now.isoformat()}",
        kind=kind,
        recipients=mentees,
        payload={},
    )
