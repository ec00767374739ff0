"""Notices over the socket, each to its own person alone."""

from flask_babel import gettext

from support.db.unit import Announcements
from support.notify.actions import NoticePut
from support.web.sockets import account_channel, speaking, tell


def notice_put(fact: NoticePut) -> None:
    """Show a notice in every page the person has open."""
    with speaking():
        text = gettext(fact.notice.text)
    tell(account_channel(fact.account_id), "notice", fact.notice.facts() | {"text": text})


LISTENERS: Announcements = {NoticePut: [notice_put]}
