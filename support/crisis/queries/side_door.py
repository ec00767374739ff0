"""A signed way into one side room and nothing else, for somebody who may not log in (rule G3)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select

from support.base.errors import Ended, Invalid
from support.crisis.models import Case
from support.crisis.rules import State
from support.db.unit import Unit

VALID_FOR = timedelta(minutes=60)
SALT = "handrail side room"
TOO_OLD = "This way in is too old. Log in again to get a new one. You can always call."
OVER = "This talk has ended. If you are in danger, call now."


class _Kept:
    """The site's own key, told once at its start."""

    signer: URLSafeSerializer | None = None


@dataclass(frozen=True, slots=True)
class Pass:
    """Whose case a signed way in is for, and until when it is good."""

    case_id: str
    person_id: str


def sign_with(secret_key: str) -> None:
    """Sign ways in with the site's own key."""
    _Kept.signer = URLSafeSerializer(secret_key, salt=SALT)


def way_in(unit: Unit, account_id: str) -> str | None:
    """The path to the side room of somebody's open case; None where there is no open case."""
    mine = Case.person_id == account_id, Case.state != State.CLOSED
    case_id = unit.session.scalar(select(Case.id).where(*mine))
    return path_of(unit, Pass(case_id, account_id)) if case_id else None


def path_of(unit: Unit, known: Pass) -> str | None:
    """A fresh way in, good for an hour."""
    if _Kept.signer is None:
        return None
    until = int((unit.now + VALID_FOR).timestamp())
    token = _Kept.signer.dumps([known.case_id, known.person_id, until])
    return f"/help/side-room/{token}"


def read_pass(unit: Unit, token: str) -> Pass:
    """What a token opens; raises for one that is forged or too old, or whose case is closed."""
    if _Kept.signer is None:
        raise Invalid(TOO_OLD)
    try:
        case_id, person_id, until = _Kept.signer.loads(token)
        is_good = datetime.fromtimestamp(until, UTC) > unit.now
    except (BadData, ValueError, TypeError):
        raise Invalid(TOO_OLD) from None
    if not is_good:
        raise Invalid(TOO_OLD)
    opens = Case.id == case_id, Case.person_id == person_id, Case.state != State.CLOSED
    if unit.session.scalar(select(Case.id).where(*opens)) is None:
        raise Ended(OVER)
    return Pass(case_id, person_id)
