"""Read where people are signed in, and what ended."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, bindparam, select

from support.accounts.models import LoginSession, Revocation
from support.db.prepared import Prepared
from support.db.unit import Unit


@dataclass(frozen=True, slots=True)
class Session:
    """One place where a person is signed in."""

    id: str
    device: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Revoked:
    """Sessions that ended: all of the account's, or the one named."""

    id: int
    account_id: str
    session_id: str | None
    reason: str


def sessions_of(unit: Unit, account_id: str) -> list[Session]:
    """Where a person is signed in now, the most recently used first."""
    rows = unit.session.execute(
        select(
            LoginSession.id,
            LoginSession.device,
            LoginSession.created_at,
            LoginSession.seen_at,
            LoginSession.expires_at,
        )
        .where(
            LoginSession.account_id == account_id,
            LoginSession.ended_at.is_(None),
            LoginSession.expires_at > unit.now,
        )
        .order_by(LoginSession.seen_at.desc(), LoginSession.id)
    )
    return [Session(*row) for row in rows]


_ENDED = Prepared(
    select(Revocation.id, Revocation.account_id, Revocation.session_id, Revocation.reason)
    .where(Revocation.id > bindparam("last", type_=Integer))
    .order_by(Revocation.id)
)


def revocations_after(unit: Unit, last_id: int) -> list[Revoked]:
    """What ended since a process last looked, oldest first: it cuts its own sockets by it."""
    rows = _ENDED.rows(unit.session, last=last_id)
    return [Revoked(*row) for row in rows]


def last_revocation_id(unit: Unit) -> int:
    """Where a process that starts now begins to read."""
    last = unit.session.scalar(select(Revocation.id).order_by(Revocation.id.desc()).limit(1))
    return last or 0
