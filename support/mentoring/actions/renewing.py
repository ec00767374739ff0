"""Once a year a mentor signs the code again; who does not takes nobody new, and loses nothing."""

from datetime import timedelta

from sqlalchemy import or_, select

from support.accounts import queries as accounts
from support.audit import actions as audit
from support.base.actor import Actor
from support.db.unit import Unit
from support.mentoring.actions.limits import pause
from support.mentoring.actions.offers import own_offer
from support.mentoring.actions.shifts import Offered
from support.mentoring.models import MentorOffer
from support.mentoring.rules.caps import RENEW_DAYS_AHEAD, a_year_after, renewal_is_over
from support.mentoring.rules.training import CODE_VERSION
from support.notify import actions as notify


def renew(unit: Unit, actor: Actor) -> None:
    """Sign the code as it is today, for another year."""
    offer = own_offer(unit, actor)
    offer.code_version, offer.renew_on = CODE_VERSION, a_year_after(unit.now.date())
    audit.record(unit, actor.id, "mentoring.renewed", f"account:{actor.id}", version=CODE_VERSION)


def rest(unit: Unit, actor: Actor) -> Offered:
    """After an own setback: a pause as any other. Nothing tells one from the other afterwards."""
    return pause(unit, actor, True)


def remind(unit: Unit) -> int:
    """A month ahead, and again when the year or the code's version is over; each once."""
    today = unit.now.date()
    rows = unit.session.scalars(
        select(MentorOffer).where(
            or_(
                MentorOffer.renew_on <= today + timedelta(days=RENEW_DAYS_AHEAD),
                MentorOffer.code_version < CODE_VERSION,
            )
        )
    ).all()
    mentors = set(accounts.mentor_ids(unit)) if rows else set()
    for row in rows:
        if row.account_id in mentors:
            _tell(unit, row, is_over=renewal_is_over(row.renew_on, row.code_version, today))
    return len(rows)


def _tell(unit: Unit, row: MentorOffer, *, is_over: bool) -> None:
    kind = "mentor_renew_over" if is_over else "mentor_renew"
    notify.put(
        unit,
        key=f"{kind}:{row.account_id}:{row.renew_on.isoformat()}:{CODE_VERSION}",
        kind=kind,
        recipients=[row.account_id],
        payload={},
    )
