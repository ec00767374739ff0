"""Notices over the socket, each to its own person alone."""

from support.db.unit import Announcements
from support.notify.actions import NoticePut
from support.web.sockets import account_channel, tell


def notice_put(fact: NoticePut) -> None:
    """Show a notice in every page the person has open."""
    tell(account_channel(fact.account_id), "notice", fact.notice.facts())


LISTENERS: Announcements = {NoticePut: [notice_put]}
