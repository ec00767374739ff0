"""Begin and end log-in sessions, and tell every process which sockets to cut."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update

from support.accounts import ports, rules
from support.accounts.models import LoginSession, Revocation
from support.base.errors import NotFound
from support.base.hashing import digest
from support.base.ids import new_token
from support.db.crossing import everywhere, in_passing
from support.db.unit import Unit

KEEP_REVOCATIONS = timedelta(days=1)
KEEP_ENDED_SESSIONS = timedelta(days=30)
TOUCH_EVERY = timedelta(minutes=1)


@in_passing
@dataclass(frozen=True, slots=True)
class SessionsEnded:
    """These sessions of a person are over (None: every socket of theirs)."""

    account_id: str
    session_ids: tuple[str, ...] | None
    reason: str
    way_in: str | None = None


@everywhere
@dataclass(frozen=True, slots=True)
class StandingChanged:
    """A person's role, mute, suspension or ban is no longer what it was."""

    account_id: str


@dataclass(frozen=True, slots=True)
class Stay:
    """How long somebody wishes to stay signed in, and on what kind of device."""

    remember: bool = False
    device: str = ""


def begin_session(unit: Unit, account_id: str, stay: Stay) -> str:
    """Sign a person in somewhere; the token goes into their cookie and is kept nowhere else."""
    token = new_token()
    unit.session.add(
        LoginSession(
            token_hash=digest(token),
            account_id=account_id,
            device=stay.device,
            remembered=stay.remember,
            created_at=unit.now,
            seen_at=unit.now,
            expires_at=rules.session_end(unit.now, unit.now, remembered=stay.remember),
        )
    )
    unit.session.flush()
    return token


def touch(unit: Unit, session_id: str) -> None:
    """Note that a session is in use, and so let it live on; at most once a minute."""
    row = unit.session.get(LoginSession, session_id)
    if row is None or row.ended_at is not None or unit.now - row.seen_at < TOUCH_EVERY:
        return
    row.seen_at = unit.now
    row.expires_at = rules.session_end(row.created_at, unit.now, remembered=row.remembered)


def end_session(unit: Unit, account_id: str, session_id: str) -> None:
    """End one session of a person, here or on another device."""
    if not _end(unit, account_id, {session_id}, "logged out"):
        raise NotFound("This log-in is over already.")


def end_other_sessions(
    unit: Unit, account_id: str, kept: str | None, reason: str = "logged out"
) -> int:
    """End every session of a person but the one they are using."""
    return _end(unit, account_id, _open_ids(unit, account_id) - {kept}, reason)


def end_sessions(unit: Unit, account_id: str, reason: str) -> int:
    """End every session of a person."""
    return _end(unit, account_id, _open_ids(unit, account_id), reason)


def shorten_sessions(unit: Unit, account_id: str) -> None:
    """A person who becomes staff may not go on with a session of thirty days."""
    unit.session.execute(
        update(LoginSession)
        .where(LoginSession.account_id == account_id, LoginSession.remembered.is_(True))
        .values(
            remembered=False,
            expires_at=rules.session_end(unit.now, unit.now, remembered=False),
        )
    )


def cut_sockets(unit: Unit, account_id: str, reason: str) -> None:
    """Drop every open connection of a person, in every process."""
    unit.session.add(Revocation(at=unit.now, account_id=account_id, reason=reason))
    way_in = ports.way_after(unit, account_id, reason)
    unit.announce(SessionsEnded(account_id, None, reason, way_in))


def forget_ended(unit: Unit) -> None:
    """Old revocations have been read by every process; ended sessions interest nobody later."""
    unit.session.execute(delete(Revocation).where(Revocation.at < unit.now - KEEP_REVOCATIONS))
    unit.session.execute(
        delete(LoginSession).where(LoginSession.expires_at < unit.now - KEEP_ENDED_SESSIONS)
    )


def _open_ids(unit: Unit, account_id: str) -> set[str | None]:
    return set(
        unit.session.scalars(
            select(LoginSession.id).where(
                LoginSession.account_id == account_id, LoginSession.ended_at.is_(None)
            )
        )
    )


def _end(unit: Unit, account_id: str, ids: Collection[str | None], reason: str) -> int:
    ended = unit.session.scalars(
        update(LoginSession)
        .where(
            LoginSession.account_id == account_id,
            LoginSession.id.in_(ids),
            LoginSession.ended_at.is_(None),
        )
        .values(ended_at=unit.now)
        .returning(LoginSession.id)
    ).all()
    for session_id in ended:
        unit.session.add(
            Revocation(at=unit.now, account_id=account_id, session_id=session_id, reason=reason)
        )
    if ended:
        way_in = ports.way_after(unit, account_id, reason)
        unit.announce(SessionsEnded(account_id, tuple(ended), reason, way_in))
    return len(ended)


def end_every_session(unit: Unit) -> None:
    """After a restore: a log-out since the backup must not be undone, so all log in again."""
    unit.session.execute(delete(LoginSession))
