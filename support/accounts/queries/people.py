"""Read who people are: as actors, as names for others, and as the staff on hand."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, FromClause, Row, Select, Table, func, or_, select

from support.accounts import rules
from support.accounts.models import Account
from support.base.actor import NEWCOMER_AGE, Actor, Role
from support.base.errors import NotFound
from support.db.unit import Unit

ACTING = (
    Account.id,
    Account.handle,
    Account.role,
    Account.country,
    Account.timezone,
    Account.created_at,
    Account.shown_messages,
    Account.muted_until,
    Account.on_rota,
)
_PERSON = (
    Account.id,
    Account.handle,
    Account.role,
    Account.country,
    Account.timezone,
    Account.email,
)


@dataclass(frozen=True, slots=True)
class Person:
    """What other areas may know of somebody: enough to name, reach and greet them."""

    id: str
    handle: str
    role: Role
    country: str
    timezone: str
    email: str | None


def actor_by_id(unit: Unit, account_id: str) -> Actor | None:
    """A person without a session, for jobs and the command line; None if they may not act."""
    statement = in_good_standing(select(*ACTING), unit.now).where(Account.id == account_id)
    row = unit.session.execute(statement).one_or_none()
    return _actor(row, None) if row else None


def anyone_by_id(unit: Unit, account_id: str) -> Actor | None:
    """A person even if they are banned or suspended: for their own case, and for nothing else."""
    statement = select(*ACTING).where(Account.id == account_id, Account.erased_at.is_(None))
    row = unit.session.execute(statement).one_or_none()
    return _actor(row, None) if row else None


def able_ids(unit: Unit, ids: Collection[str]) -> set[str]:
    """Those of these people who may act now, in one statement."""
    if not ids:
        return set()
    statement = in_good_standing(select(Account.id), unit.now).where(Account.id.in_(set(ids)))
    return set(unit.session.scalars(statement))


def new_among(unit: Unit, ids: Collection[str], since: datetime) -> list[Actor]:
    """Those of them who are members, may act now and were newcomers since then, or still are."""
    if not ids:
        return []
    statement = in_good_standing(select(*ACTING), unit.now).where(
        Account.id.in_(set(ids)), Account.created_at > since - NEWCOMER_AGE
    )
    found = [_actor(row, None) for row in unit.session.execute(statement)]
    return [one for one in found if one.role is Role.MEMBER]


def people(unit: Unit, ids: Collection[str]) -> dict[str, Person]:
    """Names and roles for a list of ids, in one statement; unknown ids are left out."""
    if not ids:
        return {}
    rows = unit.session.execute(select(*_PERSON).where(Account.id.in_(set(ids))))
    return {row.id: _person(row) for row in rows}


def zones_of(unit: Unit, ids: Collection[str]) -> dict[str, str]:
    """The time zone each of these people lives in."""
    rows = unit.session.execute(select(Account.id, Account.timezone).where(Account.id.in_(ids)))
    return {row.id: row.timezone for row in rows}


def person(unit: Unit, account_id: str) -> Person:
    """One person by id."""
    row = unit.session.execute(select(*_PERSON).where(Account.id == account_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such person.")
    return _person(row)


def here_since(unit: Unit, account_id: str) -> datetime:
    """When this account was made."""
    return unit.session.scalars(select(Account.created_at).where(Account.id == account_id)).one()


def made_between(unit: Unit, start: datetime, end: datetime) -> int:
    """How many accounts were made in a stretch of time."""
    made = select(func.count()).where(Account.created_at > start, Account.created_at <= end)
    return unit.session.scalar(made) or 0


def names() -> FromClause:
    """What a list of deeds joins by `id`, to name their authors in the same statement."""
    return cast(Table, Account.__table__).alias("author")


def by_handle(unit: Unit, handle: str) -> Person | None:
    """The person who goes by this handle, however it is cased or dressed up."""
    keys = rules.lookup_keys(handle)
    statement = select(*_PERSON, Account.handle_key).where(
        Account.handle_key.in_(keys), Account.erased_at.is_(None)
    )
    found = {row.handle_key: row for row in unit.session.execute(statement)}
    return next((_person(found[key]) for key in keys if key in found), None)


def staff_ids(unit: Unit) -> list[str]:
    """Moderators and admins who may act now."""
    return _ids(unit, Account.role.in_((Role.MODERATOR, Role.ADMIN)))


def admin_ids(unit: Unit, *, held: bool = False) -> list[str]:
    """Admins who may act now; `held` keeps their rows for this transaction alone."""
    return _ids(unit, Account.role == Role.ADMIN, held=held)


def rota_mentor_ids(unit: Unit) -> list[str]:
    """People whom an admin put on the crisis rota and who may act now."""
    return _ids(unit, Account.on_rota.is_(True))


def mentor_ids(unit: Unit) -> list[str]:
    """Mentors who may act now."""
    return _ids(unit, Account.role == Role.MENTOR)


def in_good_standing(statement: Select[*tuple[Any, ...]], now: Any) -> Select[*tuple[Any, ...]]:
    """Only people who may act: here, not banned, not suspended at that moment."""
    return statement.where(
        Account.erased_at.is_(None),
        or_(Account.banned_at.is_(None), Account.banned_until <= now),
        or_(Account.suspended_until.is_(None), Account.suspended_until <= now),
    )


def _ids(unit: Unit, condition: ColumnElement[bool], *, held: bool = False) -> list[str]:
    statement = in_good_standing(select(Account.id), unit.now).where(condition)
    statement = statement.order_by(Account.created_at, Account.id)
    if held:
        statement = statement.with_for_update(key_share=True)
    return list(unit.session.scalars(statement))


def _actor(row: Row[*tuple[Any, ...]], session_id: str | None) -> Actor:
    return Actor(
        id=row.id,
        handle=row.handle,
        role=Role(row.role),
        country=row.country,
        timezone=row.timezone,
        session_id=session_id,
        created_at=row.created_at,
        shown_messages=row.shown_messages,
        muted_until=row.muted_until,
        on_rota=row.on_rota,
    )


def _person(row: Row[*tuple[Any, ...]]) -> Person:
    return Person(row.id, row.handle, Role(row.role), row.country, row.timezone, row.email)
