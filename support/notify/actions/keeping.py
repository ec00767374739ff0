"""What is kept of notices, and for how long."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from support.base.clock import wire
from support.db.unit import Unit
from support.notify.models import Notice, Outbox, PushSubscription

KEPT_FOR = timedelta(days=90)


def see_all(unit: Unit, account_id: str) -> None:
    """The person has looked at their notices."""
    unit.session.execute(
        update(Notice)
        .where(Notice.account_id == account_id, Notice.seen_at.is_(None))
        .values(seen_at=unit.now)
    )


def tidy(unit: Unit) -> None:
    """Forget what was delivered long ago."""
    before = unit.now - KEPT_FOR
    unit.session.execute(delete(Outbox).where(Outbox.done_at < before))
    unit.session.execute(delete(Notice).where(Notice.created_at < before))


class NoticeMemory:
    """What is kept of a person's notices: handed out when they ask, forgotten when they go."""

    name = "notices"

    def erase(self, unit: Unit, account_id: str) -> None:
        """Forget their notices, and what still waited to be sent to them."""
        unit.session.execute(delete(Notice).where(Notice.account_id == account_id))
        devices = PushSubscription.account_id == account_id
        unit.session.execute(delete(PushSubscription).where(devices))
        unit.session.execute(
            delete(Outbox).where(Outbox.recipient_id == account_id, Outbox.done_at.is_(None))
        )

    def export(self, unit: Unit, account_id: str) -> Any:
        """When they were told what kind of thing."""
        rows = unit.session.execute(
            select(Notice.kind, Notice.label, Notice.created_at)
            .where(Notice.account_id == account_id)
            .order_by(Notice.created_at)
        )
        return [{"kind": kind, "label": label, "at": wire(at)} for kind, label, at in rows]
