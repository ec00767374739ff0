"""Notices over the socket, each to its own person alone."""

from support.notify.actions import NoticePut
from support.web.sockets import account_channel, tell


def notice_put(fact: NoticePut) -> None:
    """Show a notice in every page the person has open."""
    notice = fact.notice
    data = {
        "label": notice.kind,
        "text": notice.text,
        "room": notice.room,
        "message": notice.message,
        "case": notice.case,
        "to": notice.to,
    }
    told = {name: value for name, value in data.items() if value is not None}
    tell(account_channel(fact.account_id), "notice", told)


LISTENERS = {NoticePut: [notice_put]}
