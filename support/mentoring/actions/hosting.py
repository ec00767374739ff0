"""What mentors have hosted: hours against the cap, and the first five together with somebody."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import update

from support.accounts import queries as accounts
from support.audit import actions as audit
from support.base.actor import Role
from support.db.insert import insert_new
from support.db.unit import Unit
from support.mentoring.models import HostedMeeting, MentorOffer
from support.notify import actions as notify


def count_hosted(
    unit: Unit, meeting_id: str, host_ids: Collection[str], began_at: datetime, minutes: int
) -> int:
    """A meeting has closed: each mentor who hosted it has it once. How many are new."""
    people, new = accounts.people(unit, host_ids), 0
    for host_id in sorted(host_ids):
        if host_id not in people or people[host_id].role is not Role.MENTOR:
            continue
        together = len(host_ids) > 1
        row = {"meeting_id": meeting_id, "account_id": host_id, "together": together}
        if insert_new(unit, HostedMeeting, {**row, "began_at": began_at, "minutes": minutes}):
            new += 1
            if together:
                _one_less(unit, host_id)
    return new


def _one_less(unit: Unit, mentor_id: str) -> None:
    """One meeting less of the probation; after the last they hear that it is over."""
    left = unit.session.execute(
        update(MentorOffer)
        .where(MentorOffer.account_id == mentor_id, MentorOffer.probation > 0)
        .values(probation=MentorOffer.probation - 1)
        .returning(MentorOffer.probation, MentorOffer.since)
        .execution_options(synchronize_session=False)
    ).first()
    if left is not None and left.probation == 0:
        audit.record(unit, None, "mentoring.probation_over", f"account:{mentor_id}")
        notify.put(
            unit,
            key=f"probation_over:{mentor_id}:{left.since.isoformat()}",
            kind="probation_over",
            recipients=[mentor_id],
            payload={},
        )
