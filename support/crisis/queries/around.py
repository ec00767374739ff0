"""Read what surrounds a case: the meeting its reader should be leading, and the plan's consent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.crisis.models import PlanRequest
from support.db.unit import Unit
from support.groups import queries as groups
from support.groups.queries import MeetingFacts

SOON = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether somebody's plan may be read by the responders of their case."""

    asked_by: str
    asked_at: datetime
    answer: str | None
    answered_at: datetime | None


def consent_of(unit: Unit, case_id: str) -> Consent | None:
    """Who asked and what the person said; None while nobody has asked."""
    row = unit.session.get(PlanRequest, case_id)
    if row is None:
        return None
    asker = accounts.person(unit, row.asked_by_id).handle
    return Consent(asker, row.asked_at, row.answer, row.answered_at)


def meetings_to_lead(unit: Unit, actor: Actor) -> list[MeetingFacts]:
    """Meetings of theirs that are on or begin within two hours."""
    found = [
        meeting
        for group_id in groups.groups_hosted_by(unit, actor.id)
        for meeting in groups.coming_of(unit, group_id, 3)
        if meeting.starts_at <= unit.now + SOON and meeting.ends_at > unit.now
    ]
    return sorted(found, key=lambda meeting: meeting.starts_at)
