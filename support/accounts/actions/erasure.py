"""Hand a person everything of theirs, and forget them when they ask."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_

from support.accounts import ports, queries, rules
from support.accounts.actions.people import get, keep_an_admin
from support.accounts.actions.sessions import cut_sockets, end_sessions
from support.accounts.models import HiddenPerson, LoginSession
from support.audit import actions as audit
from support.base.actor import Actor, Role
from support.base.clock import wire
from support.base.ids import new_id
from support.db.unit import Unit

_SHOWN = 6


@dataclass(frozen=True, slots=True)
class PersonErased:
    """Somebody was forgotten for good."""

    account_id: str
    at: datetime


def erase(unit: Unit, actor: Actor) -> None:
    """Forget a person: their words by each area, then name, mail, place, passphrase, devices."""
    keep_an_admin(unit, actor.id)
    _forget(unit, actor.id)
    audit.record(unit, actor.id, "accounts.erased", f"account:{actor.id}")
    unit.announce(PersonErased(actor.id, unit.now))


def erase_again(unit: Unit, account_ids: Collection[str]) -> int:
    """After a restore: whoever was erased since the backup is erased again; how many those are."""
    back = queries.not_erased(unit, account_ids)
    for account_id in back:
        _forget(unit, account_id)
        audit.record(unit, None, "accounts.erased_again", f"account:{account_id}")
    return len(back)


def _forget(unit: Unit, account_id: str) -> None:
    account = get(unit, account_id)
    for eraser in ports.ERASERS:
        eraser.erase(unit, account_id)
    end_sessions(unit, account_id, "logged out")
    cut_sockets(unit, account_id, "logged out")
    unit.session.execute(delete(LoginSession).where(LoginSession.account_id == account_id))
    unit.session.execute(
        delete(HiddenPerson).where(
            or_(HiddenPerson.account_id == account_id, HiddenPerson.hidden_id == account_id)
        )
    )
    account.handle_key = rules.gone_key(account.handle)
    account.handle = f"left-{new_id()[:_SHOWN]}"
    account.role, account.on_rota = Role.MEMBER.value, False
    account.password_hash, account.recovery_hash = "", None
    account.email, account.country, account.timezone = None, "", "UTC"
    account.standing_reason = account.standing_rule = None
    account.erased_at = unit.now


def export(unit: Unit, actor: Actor) -> dict[str, Any]:
    """Everything the house keeps of a person, by area."""
    profile = queries.profile(unit, actor.id)
    sessions = [
        {"device": one.device, "created_at": wire(one.created_at), "seen_at": wire(one.seen_at)}
        for one in queries.sessions_of(unit, actor.id)
    ]
    account = {
        "id": actor.id,
        "handle": actor.handle,
        "role": actor.role.value,
        "country": actor.country,
        "timezone": actor.timezone,
        "email": profile.email,
        "created_at": wire(profile.created_at),
        "rules_version": profile.rules_version,
        "hidden_people": sorted(queries.hidden_by(unit, actor.id)),
        "sessions": sessions,
    }
    return {
        "account": account,
        **{one.name: one.export(unit, actor.id) for one in ports.EXPORTERS},
    }
