"""Keep a person quiet or out for a while, say why, and take it back."""

from datetime import datetime

from support.accounts import ports, queries, rules
from support.accounts.actions.people import get, keep_an_admin
from support.accounts.actions.sessions import StandingChanged, cut_sockets, end_sessions
from support.accounts.models import Account
from support.audit import actions as audit
from support.base.actor import Role
from support.base.errors import NotFound
from support.db.unit import Unit


def mute(unit: Unit, account_id: str, until: datetime | None, reason: str, rule: str) -> None:
    """The person may read everywhere and write nowhere until then (None: without end)."""
    account = get(unit, account_id)
    account.muted_until = until or rules.FOREVER
    if queries.standing(unit, account_id).kind is None:
        _say_why(account, reason, rule)
    _tell(unit, account_id, "accounts.muted", rule)


def suspend(unit: Unit, account_id: str, until: datetime | None, reason: str, rule: str) -> None:
    """The person stays out until then (None: without end); their sessions end now."""
    keep_an_admin(unit, account_id)
    account = get(unit, account_id)
    account.suspended_until = until or rules.FOREVER
    _say_why(account, reason, rule)
    _put_out(unit, account_id, "suspended")
    _tell(unit, account_id, "accounts.suspended", rule)


def ban(unit: Unit, account_id: str, reason: str, rule: str, until: datetime | None = None) -> None:
    """The person may not come back (or not until then); their sessions end now."""
    keep_an_admin(unit, account_id)
    account = get(unit, account_id)
    account.banned_at, account.banned_until = unit.now, until
    _say_why(account, reason, rule)
    _put_out(unit, account_id, "banned")
    if account.role == Role.MENTOR:
        ports.mentor_left(unit, account_id)
    ports.banned(unit, account_id)
    _tell(unit, account_id, "accounts.banned", rule)


def lift(unit: Unit, account_id: str, kind: str) -> None:
    """Take a `mute`, `suspend` or `ban` back before its end."""
    account = get(unit, account_id)
    if kind == "mute":
        account.muted_until = None
    elif kind == "suspend":
        account.suspended_until = None
    elif kind == "ban":
        account.banned_at = account.banned_until = None
    else:
        raise NotFound("There is no such measure.")
    _tell(unit, account_id, "accounts.lifted", kind)


def _say_why(account: Account, reason: str, rule: str) -> None:
    account.standing_reason, account.standing_rule = reason, rule


def _put_out(unit: Unit, account_id: str, reason: str) -> None:
    end_sessions(unit, account_id, reason)
    cut_sockets(unit, account_id, reason)


def _tell(unit: Unit, account_id: str, verb: str, code: str) -> None:
    audit.record(unit, None, verb, f"account:{account_id}", code=code)
    unit.announce(StandingChanged(account_id))
