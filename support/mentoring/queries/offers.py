"""Which mentors take somebody new now: the same conditions for proposing and for taking."""

from datetime import date

from sqlalchemy import ColumnElement, or_, select

from support.db.unit import Unit
from support.mentoring.models import MentorOffer
from support.mentoring.rules.caps import PROBATION_MENTEES
from support.mentoring.rules.training import CODE_VERSION


def takes_somebody(today: date) -> list[ColumnElement[bool]]:
    """Room left, no break, the code of today signed within the year; on probation one person."""
    return [
        MentorOffer.mentees < MentorOffer.most,
        MentorOffer.paused_at.is_(None),
        MentorOffer.renew_on >= today,
        MentorOffer.code_version == CODE_VERSION,
        or_(MentorOffer.probation == 0, MentorOffer.mentees < PROBATION_MENTEES),
    ]


def offers_with_room(unit: Unit) -> list[MentorOffer]:
    """Every mentor who could take somebody now, in one statement."""
    rows = unit.session.scalars(select(MentorOffer).where(*takes_somebody(unit.now.date())))
    return list(rows)
