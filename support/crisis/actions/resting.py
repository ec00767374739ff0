"""Who comes out of a hard case is left in peace for half an hour, unless they say otherwise."""

from sqlalchemy import delete, update

from support.audit import actions as audit
from support.base.severity import Severity
from support.crisis import rules
from support.crisis.models import Case, Rest
from support.db.insert import insert_new
from support.db.unit import Unit


def rest_after(unit: Unit, case: Case, account_id: str) -> None:
    """No new page reaches them for a while if the case was hard."""
    until = rules.rest_ends(Severity(case.severity), case.engaged_at, unit.now)
    if until is None:
        return
    if not insert_new(unit, Rest, {"account_id": account_id, "until": until}):
        longer = update(Rest).where(Rest.account_id == account_id, Rest.until < until)
        unit.session.execute(longer.values(until=until))
    audit.record(unit, None, "crisis.rest_begun", f"account:{account_id}")


def end_rest(unit: Unit, account_id: str) -> None:
    """They are ready again."""
    unit.session.execute(delete(Rest).where(Rest.account_id == account_id))
    audit.record(unit, account_id, "crisis.rest_ended", f"account:{account_id}")
