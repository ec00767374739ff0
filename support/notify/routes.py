"""A person's notices, for them alone; and for admins what did not reach anybody."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from support.notify import actions, queries
from support.notify.forms import DeviceForm
from support.settings import LOOPBACK
from support.web.access import ADMINS, MEMBERS, RESPONDERS, allow
from support.web.answers import done, show, submitted
from support.web.work import current_actor, reading, settings, unit_of_work

bp = Blueprint("notify", __name__)


@bp.get("/account/notices")
@allow(MEMBERS)
def notices() -> ResponseReturnValue:
    """What the house has told this person, newest first."""
    with reading() as unit:
        found = queries.notices_of(unit, current_actor(unit).id)
    facts = {"notices": [notice.facts() for notice in found]}
    return show("notify/notices.html", facts, found=found)


@bp.post("/account/notices/seen")
@allow(MEMBERS)
def seen() -> ResponseReturnValue:
    """The person has looked."""
    with unit_of_work() as unit:
        actions.see_all(unit, current_actor(unit).id)
    return done({"seen": True}, "/account/notices")


@bp.post("/account/push")
@allow(RESPONDERS)
def wake_me() -> ResponseReturnValue:
    """This browser may be woken by web push, though no page is open."""
    form = DeviceForm.parse(submitted())
    is_loopback = settings().host in LOOPBACK
    with unit_of_work() as unit:
        actions.add_device(unit, current_actor(unit), form.device, is_loopback=is_loopback)
    return done({"woken": True}, "/crisis/ladder")


@bp.post("/account/push/remove")
@allow(RESPONDERS)
def let_me_sleep() -> ResponseReturnValue:
    """No browser of theirs is woken any more."""
    with unit_of_work() as unit:
        removed = actions.remove_devices(unit, current_actor(unit))
    return done({"removed": removed}, "/crisis/ladder")


@bp.get("/crisis/outbox")
@allow(ADMINS)
def outbox() -> ResponseReturnValue:
    """What could not be delivered, and what is still being tried: codes only."""
    with reading() as unit:
        dead, late = queries.dead_letters(unit), queries.late_letters(unit)
    facts = {
        "dead": [letter.facts() for letter in dead],
        "late": [letter.facts() for letter in late],
    }
    return show("notify/outbox.html", facts, given_up=dead, trying=late)


@bp.post("/crisis/outbox/retry")
@allow(ADMINS)
def retry() -> ResponseReturnValue:
    """Try the dead letters again, now that the way outside is mended."""
    with unit_of_work() as unit:
        revived = actions.revive(unit)
    return done({"revived": revived}, "/crisis/outbox")
