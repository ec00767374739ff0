"""Notices over the socket, each to its own person alone."""

import functools

from flask_babel import gettext

from support.db.unit import Announcements
from support.notify.actions import NoticePut
from support.web.sockets import account_channel, speaking, tell


def notice_put(fact: NoticePut) -> None:
    """Show a notice in every page the person has open."""
    text = _said(fact.notice.text)
    tell(account_channel(fact.account_id), "notice", fact.notice.facts() | {"text": text})


@functools.cache
def _said(sentence: str) -> str:
    """A sentence in the site's language; there are few, and a night may put a thousand notices."""
    with speaking():
        return str(gettext(sentence))


LISTENERS: Announcements = {NoticePut: [notice_put]}
