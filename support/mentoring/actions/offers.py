"""A mentor's own row: what every cap is kept in, and what every taking locks first."""

from sqlalchemy import select

from support.base.actor import Actor
from support.db.insert import insert_new
from support.db.unit import Unit
from support.mentoring.models import MentorOffer
from support.mentoring.rules.caps import MOST_MENTEES, a_year_after, check_is_mentor


def own_offer(unit: Unit, actor: Actor) -> MentorOffer:
    """What this mentor offers, locked. Whoever became one by command gets an empty offer:
    the admin who made them vouches for them, so there is no probation."""
    check_is_mentor(actor)
    insert_new(
        unit,
        MentorOffer,
        {
            "account_id": actor.id,
            "offer": {"languages": []},
            "most": MOST_MENTEES,
            "probation": 0,
            "since": unit.now,
            "renew_on": a_year_after(unit.now.date()),
        },
    )
    return unit.session.scalars(
        select(MentorOffer).where(MentorOffer.account_id == actor.id).with_for_update()
    ).one()
