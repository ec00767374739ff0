"""Read what the door needs: free names, kept hashes, standing, and people's own facts."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, or_, select

from support.accounts import rules
from support.accounts.models import Account, HiddenPerson
from support.db.unit import Unit


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What the door compares before it lets somebody in; never leaves the area."""

    id: str
    password_hash: str
    recovery_hash: str | None


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person sees of their own account beside what an actor carries."""

    email: str | None
    created_at: datetime
    rules_version: int
    has_recovery_code: bool
    muted_until: datetime | None


def credentials(unit: Unit, handle: str) -> Credentials | None:
    """What is kept for the person of this handle; one statement, whether they exist or not."""
    keys = rules.lookup_keys(handle)
    columns = (Account.id, Account.password_hash, Account.recovery_hash, Account.handle_key)
    rows = unit.session.execute(select(*columns).where(Account.handle_key.in_(keys)))
    found = {row.handle_key: row for row in rows}
    row = found.get(keys[0]) or found.get(keys[1])
    return Credentials(row.id, row.password_hash, row.recovery_hash) if row else None


def credentials_of(unit: Unit, account_id: str) -> Credentials:
    """What is kept for this person, to compare with what was typed."""
    columns = (Account.id, Account.password_hash, Account.recovery_hash)
    row = unit.session.execute(select(*columns).where(Account.id == account_id)).one()
    return Credentials(*row)


def standing(unit: Unit, account_id: str) -> rules.Standing:
    """Whether a person is kept out now, until when and why."""
    row = unit.session.execute(
        select(
            Account.banned_at,
            Account.banned_until,
            Account.suspended_until,
            Account.standing_reason,
            Account.standing_rule,
        ).where(Account.id == account_id)
    ).one()
    banned = (row.banned_at, row.banned_until)
    kind, until = rules.measure_in_force(unit.now, banned, row.suspended_until)
    return rules.Standing(
        kind, until, row.standing_reason or "", row.standing_rule or "", account_id
    )


def profile(unit: Unit, account_id: str) -> Profile:
    """What the account page shows a person of themselves."""
    row = unit.session.execute(
        select(
            Account.email,
            Account.created_at,
            Account.rules_version,
            Account.recovery_hash.is_not(None),
            Account.muted_until,
        ).where(Account.id == account_id)
    ).one()
    return Profile(*row)


def is_free(unit: Unit, handle: str) -> bool:
    """Whether nobody has, or had, a name that looks like this one."""
    keys = (*rules.lookup_keys(handle), rules.gone_key(handle))
    return not unit.session.scalar(select(exists().where(Account.handle_key.in_(keys))))


def is_taken_exactly(unit: Unit, handle: str) -> bool:
    """Whether somebody has this very name, but for the case of its letters."""
    keys = rules.lookup_keys(handle)
    handles = unit.session.scalars(select(Account.handle).where(Account.handle_key.in_(keys)))
    return any(rules.plain_key(taken) == keys[0] for taken in handles)


def free_offers(unit: Unit, count: int = 3) -> list[str]:
    """A few calm names that nobody has."""
    first, second = rules.WORDS_FOR_OFFERS
    offers: list[str] = []
    while len(offers) < count:
        number = 10 + secrets.randbelow(90)
        offer = f"{secrets.choice(first)}-{secrets.choice(second)}-{number}"
        if offer not in offers and is_free(unit, offer):
            offers.append(offer)
    return offers


def hidden_by(unit: Unit, account_id: str) -> frozenset[str]:
    """Whose words this person asked to fold away."""
    rows = unit.session.scalars(
        select(HiddenPerson.hidden_id).where(HiddenPerson.account_id == account_id)
    )
    return frozenset(rows)


def hidden_either_way(unit: Unit, account_id: str) -> frozenset[str]:
    """Whom this person hides, and who hides them: they are not brought together."""
    rows = unit.session.execute(
        select(HiddenPerson.account_id, HiddenPerson.hidden_id).where(
            or_(HiddenPerson.account_id == account_id, HiddenPerson.hidden_id == account_id)
        )
    )
    return frozenset(each for row in rows for each in row) - {account_id}


def hides(unit: Unit, account_id: str, hidden_id: str) -> bool:
    """Whether the first person asked to hear nothing of the second."""
    return unit.session.get(HiddenPerson, (account_id, hidden_id)) is not None
