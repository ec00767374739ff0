"""Deliver what lies in the outbox; tidy it once an hour."""

import logging

from prometheus_client import Gauge

from support.db.job import Job
from support.db.unit import Database
from support.notify import actions, queries
from support.notify.actions import Errand
from support.notify.jobs import mail, push, webhook
from support.notify.rules import Channel
from support.settings import Settings
from support.web import health
from support.web.work import settings

log = logging.getLogger("handrail.notify")
OUTSIDE = (Channel.EMAIL, Channel.PUSH, Channel.WEBHOOK)
BACKLOG = Gauge("handrail_outbox", "Messages for the outside by way and state", ["way", "state"])


def deliver(database: Database) -> None:
    """Show pages that have fallen due, then carry outside what waits for it."""
    with database.look() as unit:
        if not actions.is_waiting(unit):
            return
    with database.unit() as unit:
        actions.show_due(unit)
    while errands := _claim(database):
        for errand in errands:
            _carry(database, errand)


def _claim(database: Database) -> list[Errand]:
    with database.unit() as unit:
        return actions.claim_outside(unit)


def _carry(database: Database, errand: Errand) -> None:
    """One message: whatever goes wrong outside is a code here and another try later."""
    try:
        note = send(errand, settings())
    except push.DeviceGone:
        with database.unit() as unit:
            actions.forget_device(unit, str(errand.payload.get("device", "")))
            actions.mark_done(unit, errand.id, "gone")
        return
    except Exception as error:
        code = type(error).__name__
        log.warning("outbox id=%s channel=%s failed kind=%s", errand.id, errand.channel, code)
        with database.unit() as unit:
            actions.mark_failed(unit, errand.id, code)
        return
    with database.unit() as unit:
        actions.mark_done(unit, errand.id, note)


def send(errand: Errand, house: Settings) -> str | None:
    """Send it; a code instead where there is no address or the channel is off."""
    if errand.channel is Channel.EMAIL:
        if not house.smtp_url:
            return "off"
        if not errand.address:
            return "no_address"
        mail.send(errand, house)
    elif errand.channel is Channel.WEBHOOK:
        if not house.webhook_url:
            return "off"
        webhook.send(errand, house)
    elif errand.channel is Channel.PUSH:
        push.send(errand, house)
    return None


def count(database: Database) -> None:
    """How much waits for each way outside, for monitors and for the page of health."""
    with database.read() as unit:
        found = queries.backlog(unit)
    for channel in OUTSIDE:
        there = found.get(channel, queries.Backlog(0, 0, 0))
        for state, number in (
            ("waiting", there.waiting),
            ("failing", there.failing),
            ("dead", there.dead),
        ):
            BACKLOG.labels(channel, state).set(number)
        health.note(f"outside_{channel}", not (there.failing or there.dead))


def tidy(database: Database) -> None:
    """Forget what was delivered long ago."""
    with database.unit() as unit:
        actions.tidy(unit)


TICKS = [
    Job("notify.deliver", 1.0, deliver, alone=False),
    Job("notify.count", 5.0, count, alone=False),
    Job("notify.tidy", 3600.0, tidy),
]
