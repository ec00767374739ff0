"""Who is acting, by token or for many log-ins at once: what every request and message asks."""

from collections.abc import Collection
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, DateTime, bindparam, select

from support.accounts.models import Account, LoginSession
from support.accounts.queries.people import ACTING, in_good_standing
from support.base.actor import Actor, Role
from support.db.prepared import Among, Prepared, moment
from support.db.unit import Unit

_NEVER = datetime(1, 1, 1, tzinfo=UTC)
_ROLES = {role.value: role for role in Role}
_NOW: BindParameter[datetime] = bindparam("now", type_=DateTime())
_LOGGED_IN = in_good_standing(
    select(LoginSession.id, *ACTING)
    .select_from(LoginSession)
    .join(Account, Account.id == LoginSession.account_id)
    .where(LoginSession.ended_at.is_(None), LoginSession.expires_at > _NOW),
    _NOW,
)
_BY_SESSIONS = Prepared(_LOGGED_IN.where(Among(LoginSession.id, "sessions")))
_BY_TOKEN = Prepared(_LOGGED_IN.where(LoginSession.token_hash == bindparam("token")))


def actor_for_session(unit: Unit, token_hash: str) -> Actor | None:
    """Who is behind a session token, as they stand now; None once it ended or they may not act."""
    rows = _BY_TOKEN.rows(unit.session, token=token_hash, now=unit.now)
    return _actor(rows[0]) if rows else None


def actors_for_sessions(unit: Unit, session_ids: Collection[str]) -> dict[str, Actor]:
    """People by their log-in, as they stand now; a log-in that is over, or whose person may not
    act, is absent."""
    rows = _BY_SESSIONS.rows(unit.session, sessions=session_ids, now=unit.now)
    return {row[0]: _actor(row) for row in rows}


@lru_cache(512)
def _actor(row: tuple[Any, ...]) -> Actor:
    """The fact sheet of what was read; whoever stands as before is not written down again."""
    session_id, account_id, handle, role, country, timezone, created, shown, muted, on_rota = row
    return Actor(
        id=account_id,
        handle=handle,
        role=_ROLES[role],
        country=country,
        timezone=timezone,
        created_at=moment(created) or _NEVER,
        session_id=session_id,
        shown_messages=shown,
        muted_until=moment(muted),
        on_rota=bool(on_rota),
    )
