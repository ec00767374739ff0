"""The queue over the socket: everybody at the desk hears their own numbers."""

from support.base.clock import wire
from support.db.unit import Announcements
from support.moderation.actions import QueueChanged
from support.web.sockets import tell


def queue_channel(account_id: str) -> str:
    """The sockets of one moderator that watch the queue."""
    return f"queue:{account_id}"


def queue_changed(fact: QueueChanged) -> None:
    """Tell each moderator how much waits; which item it was, only where they may see it."""
    for view in fact.views:
        oldest = view.waiting.oldest_at
        data = {"open": view.waiting.open, "oldest_at": wire(oldest) if oldest else None}
        told = {**data, "item": fact.item_id} if view.sees_item else data
        tell(queue_channel(view.account_id), "queue:changed", told)


LISTENERS: Announcements = {QueueChanged: [queue_changed]}
