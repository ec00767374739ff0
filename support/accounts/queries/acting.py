"""Who is acting, for many log-ins in one quick statement: what every message asks."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, bindparam, select

from support.accounts.models import LoginSession
from support.accounts.queries.people import ACTING, in_good_standing
from support.base.actor import Actor, Role
from support.db.prepared import Among, Prepared, moment
from support.db.unit import Unit

_NEVER = datetime(1, 1, 1, tzinfo=UTC)
_ROLES = {role.value: role for role in Role}
_BY_SESSIONS = Prepared(
    in_good_standing(
        select(LoginSession.id, *ACTING).join_from(
            LoginSession, ACTING[0].table, LoginSession.account_id == ACTING[0]
        ),
        bindparam("now", type_=DateTime()),
    ).where(
        Among(LoginSession.id, "sessions"),
        LoginSession.ended_at.is_(None),
        LoginSession.expires_at > bindparam("now", type_=DateTime()),
    )
)


def actors_for_sessions(unit: Unit, session_ids: Collection[str]) -> dict[str, Actor]:
    """People by their log-in, as they stand now; a log-in that is over, or whose person may not
    act, is absent."""
    rows = _BY_SESSIONS.rows(unit.session, sessions=session_ids, now=unit.now)
    return {row[0]: _actor(row) for row in rows}


def _actor(row: tuple[Any, ...]) -> Actor:
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
