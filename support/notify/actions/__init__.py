"""Put messages into the outbox, deliver those of the page, and claim the others one by one."""

from support.notify.actions.carrying import (
    Errand,
    claim_outside,
    close_way,
    is_waiting,
    mark_all_done,
    mark_done,
    mark_failed,
    revive,
    show_due,
)
from support.notify.actions.devices import add_device, forget_device, remove_devices
from support.notify.actions.keeping import NoticeMemory, see_all, tidy
from support.notify.actions.putting import Message, NoticePut, put, put_all

__all__ = [
    "Errand",
    "Message",
    "NoticeMemory",
    "NoticePut",
    "add_device",
    "claim_outside",
    "close_way",
    "forget_device",
    "is_waiting",
    "mark_all_done",
    "mark_done",
    "mark_failed",
    "put",
    "put_all",
    "remove_devices",
    "revive",
    "see_all",
    "show_due",
    "tidy",
]
