"""Deliver what lies in the outbox; tidy it once an hour."""

import logging
import time
from collections.abc import Sequence
from functools import partial

from prometheus_client import Gauge

from support.db.job import Job
from support.db.unit import Database
from support.notify import actions, queries
from support.notify.actions import Errand
from support.notify.jobs import mail, push, webhook
from support.notify.rules import CLAIMED_FOR, Channel
from support.settings import Settings
from support.web import health
from support.web.work import settings

log = logging.getLogger("handrail.notify")
OUTSIDE = (Channel.EMAIL, Channel.PUSH, Channel.WEBHOOK)
BEGUN_WITHIN = CLAIMED_FOR / 2
BACKLOG = Gauge("handrail_outbox", "Messages for the outside by way and state", ["way", "state"])


def deliver(database: Database) -> None:
    """Show pages that have fallen due, then carry outside what waits for it, way after way."""
    show(database)
    for way in OUTSIDE:
        carry(database, way)


def show(database: Database) -> None:
    """Show pages that have fallen due."""
    if _is_waiting(database, Channel.PAGE):
        with database.unit() as unit:
            actions.show_due(unit)


def carry(database: Database, way: Channel) -> None:
    """Carry outside what waits for one way; each has a job, so that none waits for another."""
    if not _is_waiting(database, way):
        return
    if not is_open(way, settings()):
        with database.unit() as unit:
            actions.close_way(unit, way)
        return
    while errands := _claim(database, way):
        is_slow = not _all_carried(database, errands)
        count(database)  # health tells at once how it went
        if is_slow:
            return


def _all_carried(database: Database, errands: Sequence[Errand]) -> bool:
    """False if time ran out: what is claimed for a minute is not begun in its second half.

    A far end that hangs would else make two processes send the same.
    """
    ends = time.monotonic() + BEGUN_WITHIN.total_seconds()
    for errand in errands:
        if time.monotonic() > ends:
            return False
        _carry(database, errand)
    return True


def is_open(way: Channel, house: Settings) -> bool:
    """Whether the operator has set this way up; a browser's own push service always is."""
    if way is Channel.EMAIL:
        return bool(house.smtp_url)
    return way is not Channel.WEBHOOK or bool(house.webhook_url)


def _is_waiting(database: Database, way: Channel) -> bool:
    with database.look() as unit:
        return actions.is_waiting(unit, way)


def _claim(database: Database, way: Channel) -> list[Errand]:
    """The next that have somewhere to go; those that have not are done with at once."""
    while True:
        with database.unit() as unit:
            errands = actions.claim_outside(unit, way=way)
            nowhere = [one.id for one in errands if way is Channel.EMAIL and not one.address]
            actions.mark_all_done(unit, nowhere, "no_address")
        there = [one for one in errands if one.id not in nowhere]
        if there or not errands:
            return there


def _carry(database: Database, errand: Errand) -> None:
    """One message: whatever goes wrong outside is a code here and another try later."""
    try:
        send(errand, settings())
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
        actions.mark_done(unit, errand.id)


def send(errand: Errand, house: Settings) -> None:
    """Send it by its way, or raise."""
    if errand.channel is Channel.EMAIL:
        mail.send(errand, house)
    elif errand.channel is Channel.WEBHOOK:
        webhook.send(errand, house)
    elif errand.channel is Channel.PUSH:
        push.send(errand, house)


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
    Job("notify.show", 1.0, show, alone=False),
    *(Job(f"notify.{way}", 1.0, partial(carry, way=way), alone=False) for way in OUTSIDE),
    Job("notify.count", 5.0, count, alone=False),
    Job("notify.tidy", 3600.0, tidy),
]
