"""The secret in a person's own calendar address."""

from support.audit import actions as audit
from support.base.actor import Actor
from support.base.ids import new_token
from support.db.unit import Unit
from support.groups.models import CalendarKey


def new_calendar_secret(unit: Unit, actor: Actor) -> str:
    """A fresh address; the one before stops working."""
    key = unit.session.get(CalendarKey, actor.id)
    secret = new_token()
    if key is None:
        unit.session.add(CalendarKey(account_id=actor.id, secret=secret, made_at=unit.now))
    else:
        key.secret, key.made_at = secret, unit.now
    audit.record(unit, actor.id, "groups.calendar_renewed", f"account:{actor.id}")
    return secret
