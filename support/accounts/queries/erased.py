"""Who was erased: ids and times, nothing else is left of them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from support.accounts.models import Account
from support.db.unit import Unit


def erased(unit: Unit) -> list[tuple[str, datetime]]:
    """Everybody who was erased, the first one first."""
    rows = unit.session.execute(
        select(Account.id, Account.erased_at)
        .where(Account.erased_at.is_not(None))
        .order_by(Account.erased_at)
    )
    return [(account_id, at) for account_id, at in rows if at is not None]


def not_erased(unit: Unit, account_ids: Collection[str]) -> list[str]:
    """Those of these people who are still there."""
    wanted = set(account_ids)
    there = unit.session.scalars(select(Account.id).where(Account.erased_at.is_(None)))
    return [account_id for account_id in there if account_id in wanted]
