"""A mentor's own limits: they are kept by the database, and pausing needs no reason."""

from sqlalchemy import select

from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Invalid
from support.db.unit import Unit
from support.mentoring.forms import LimitsForm
from support.mentoring.models import MentorAsk, MentorOffer, Pairing
from support.mentoring.rules.caps import MOST_MENTEES, PROBATION_MEETINGS, check_is_mentor
from support.notify import actions as notify


def own_offer(unit: Unit, actor: Actor) -> MentorOffer:
    """What this mentor offers, locked; whoever became one by command gets an empty offer."""
    check_is_mentor(actor)
    known = unit.session.scalar(
        select(MentorOffer).where(MentorOffer.account_id == actor.id).with_for_update()
    )
    if known is not None:
        return known
    made = MentorOffer(
        account_id=actor.id,
        offer={"languages": []},
        most=MOST_MENTEES,
        mentees=0,
        probation=PROBATION_MEETINGS,
        since=unit.now,
        renew_on=unit.now.date().replace(year=unit.now.year + 1, day=1),
    )
    unit.session.add(made)
    unit.session.flush()
    return made


def set_limits(unit: Unit, actor: Actor, form: LimitsForm) -> None:
    """What, when, and how many; fewer than one already has is refused, and says so."""
    offer = own_offer(unit, actor)
    if form.most < offer.mentees:
        raise Invalid(
            "You walk with more people than that.",
            fields={"most": "You walk with more people than that now. End with somebody first."},
        )
    offer.offer, offer.most = form.offering.kept(), form.most
    audit.record(unit, actor.id, "mentoring.limits_set", f"account:{actor.id}", most=form.most)


def pause(unit: Unit, actor: Actor, on: bool) -> None:
    """No new people until one comes back; those one walks with are told kindly."""
    offer = own_offer(unit, actor)
    if (offer.paused_at is not None) == on:
        return
    offer.paused_at = unit.now if on else None
    audit.record(
        unit, actor.id, "mentoring.paused" if on else "mentoring.back", f"account:{actor.id}"
    )
    mentees = select(Pairing.member_id).where(
        Pairing.mentor_id == actor.id, Pairing.ended_at.is_(None)
    )
    _tell(unit, list(unit.session.scalars(mentees)), actor, on)
    if on:
        _turn_down(unit, actor)


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
