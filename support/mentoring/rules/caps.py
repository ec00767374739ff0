"""How many are enough, how long one must have finished, and who may say yes to whom."""

from datetime import date

from support.base.actor import Actor, Role
from support.base.errors import Conflict, Forbidden
from support.mentoring.rules.training import CODE_VERSION

MOST_MENTEES = 3
MOST_MENTEES_EVER = 6
PROBATION_MEETINGS = 5
PROBATION_MENTEES = 1
RENEW_DAYS_AHEAD = 30
FINISHED_MONTHS = 12
WAITED_TOO_LONG_HOURS = 48
MOST_ASKS = 3
WEEK_MINUTES = 6 * 60
MOST_WEEK_HOURS = 24
DAY_SHIFTS = 2
MOST_DAY_SHIFTS = 6
_MONTHS = 12


def months_since(then: date, today: date) -> int:
    """Whole months from one date to another."""
    months = (today.year - then.year) * _MONTHS + today.month - then.month
    return months - (today.day < then.day)


def a_year_after(day: date) -> date:
    """The same day of the next year; the last of February for its 29th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def renewal_is_over(renew_on: date, signed: int, today: date) -> bool:
    """Whether the year is over, or the code has changed since it was signed."""
    return today > renew_on or signed < CODE_VERSION


def check_may_apply(actor: Actor) -> None:
    """Raise unless this person is a plain member."""
    if actor.role is not Role.MEMBER:
        raise Conflict("You are a mentor already, or on the team.")


def check_may_judge(actor: Actor, applicant_id: str) -> None:
    """Raise unless this person is of the staff and not the one who applies."""
    if not actor.is_staff or actor.id == applicant_id:
        raise Forbidden("Another moderator has to look at this.")


def check_is_mentor(actor: Actor) -> None:
    """Raise unless this person is a mentor."""
    if actor.role is not Role.MENTOR:
        raise Conflict("You are not a mentor here.")
