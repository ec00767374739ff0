"""Browsers that may be woken: only their own person adds one or takes it away."""

from sqlalchemy import delete, func, select

from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Conflict
from support.base.ids import new_id
from support.db.insert import insert_new
from support.db.unit import Unit
from support.notify.models import PushSubscription
from support.notify.rules.sealing import Device, check_device

MOST_DEVICES = 5


def add_device(unit: Unit, actor: Actor, device: Device, *, is_loopback: bool) -> None:
    """This browser may be woken for its person; said twice, it counts once."""
    check_device(device, is_loopback=is_loopback)
    own = PushSubscription.account_id == actor.id
    unit.session.execute(
        delete(PushSubscription).where(PushSubscription.endpoint == device.endpoint)
    )
    count = unit.session.scalar(select(func.count()).select_from(PushSubscription).where(own)) or 0
    if count >= MOST_DEVICES:
        raise Conflict("You have five browsers already. Take one away first.")
    row = {
        "id": new_id(),
        "account_id": actor.id,
        "endpoint": device.endpoint,
        "p256dh": device.p256dh,
        "auth": device.auth,
        "created_at": unit.now,
    }
    insert_new(unit, PushSubscription, row)
    audit.record(unit, actor.id, "notify.device_added", f"account:{actor.id}")


def remove_devices(unit: Unit, actor: Actor) -> int:
    """No browser of theirs is woken any more."""
    gone = delete(PushSubscription).where(PushSubscription.account_id == actor.id)
    found = unit.session.scalars(gone.returning(PushSubscription.id)).all()
    audit.record(unit, actor.id, "notify.devices_removed", f"account:{actor.id}", count=len(found))
    return len(found)


def forget_device(unit: Unit, device_id: str) -> None:
    """Its push service says that this browser is not there any more."""
    unit.session.execute(delete(PushSubscription).where(PushSubscription.id == device_id))
