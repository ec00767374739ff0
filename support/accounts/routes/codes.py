"""The recovery code, the way back in by it, and the house rules."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from support.accounts import actions, queries, rules
from support.accounts.forms import ConfirmForm, RecoverForm
from support.accounts.routes.blueprint import (
    bp,
    count_confirmation,
    count_try,
    end_current,
    kept_out,
    me,
    stay,
)
from support.base.actor import Actor
from support.base.errors import Declined, Invalid
from support.web import hashing, login
from support.web.access import EVERYONE, MEMBERS, allow
from support.web.answers import asked, done, reshow, show, submitted
from support.web.ownpath import own_path
from support.web.work import current_actor, reading, unit_of_work, viewer


@bp.get("/recover")
@allow(EVERYONE)
def recover_form() -> ResponseReturnValue:
    """The way back in for somebody who lost the passphrase."""
    return show("accounts/recover.html", {})


@bp.post("/recover")
@allow(EVERYONE)
def recover() -> ResponseReturnValue:
    """Set a new passphrase by the code; a wrong code and an unknown name are answered alike."""
    try:
        form = RecoverForm.parse(submitted())
        count_try(form.handle)
        password_hash = hashing.hashed(form.password)
        with reading() as unit:
            found = queries.credentials(unit, form.handle)
        known = actions.check_code(found, form.code)
        with unit_of_work() as unit:
            end_current(unit)
            actions.recover(unit, known, password_hash)
            token = actions.begin_session(unit, known.id, stay(remember=False))
            facts = me(unit, known.id)
    except rules.KeptOut as declined:
        return kept_out(declined)
    except Declined as declined:
        return reshow("accounts/recover.html", declined)
    login.sign_in(token, facts["country"], remember=False)
    return done(facts, "/account/recovery-code")


@bp.get("/account/recovery-code")
@allow(MEMBERS)
def recovery_code() -> ResponseReturnValue:
    """Show the code once: it is made when its owner first looks, and nobody can look again."""
    with unit_of_work() as unit:
        actor = current_actor(unit)
        code = None
        if _is_really_looking() and not queries.profile(unit, actor.id).has_recovery_code:
            code = actions.new_recovery_code(unit, actor.id)
    return show("accounts/recovery_code.html", {"recovery_code": code})


def _is_really_looking() -> bool:
    purpose = request.headers.get("Sec-Purpose", "")
    return request.method == "GET" and not purpose.startswith("prefetch")


@bp.post("/account/recovery-code")
@allow(MEMBERS)
def renew_recovery_code() -> ResponseReturnValue:
    """Make a new code, for somebody who lost the paper and knows the passphrase."""
    try:
        confirm()
        with unit_of_work() as unit:
            code = actions.new_recovery_code(unit, current_actor(unit).id)
    except Declined as declined:
        return reshow("accounts/recovery_code.html", declined, recovery_code=None)
    return show("accounts/recovery_code.html", {"recovery_code": code})


def confirm() -> Actor:
    """The signed-in person, once they gave the passphrase again."""
    form = ConfirmForm.parse(submitted())
    return confirm_passphrase(form.password, "password")


def confirm_passphrase(passphrase: str, field: str) -> Actor:
    """Raise unless this is the signed-in person's own passphrase."""
    with reading() as unit:
        actor = current_actor(unit)
        known = queries.credentials_of(unit, actor.id)
    count_confirmation(actor)
    if not hashing.fits(passphrase, known.password_hash):
        fields = {field: "This is not your passphrase."}
        raise Invalid("Please check what is marked.", fields=fields)
    return actor


@bp.get("/rules")
@allow(EVERYONE)
def house_rules() -> ResponseReturnValue:
    """What everybody agrees to, in a few lines."""
    with reading() as unit:
        actor = viewer(unit)
        accepted = queries.profile(unit, actor.id).rules_version if actor else 0
    facts = {
        "version": rules.RULES_VERSION,
        "rules": [gettext(line) for line in rules.HOUSE_RULES],
        "accepted": accepted >= rules.RULES_VERSION,
    }
    return show("accounts/rules.html", facts, next=own_path(asked().get("next"), "/"))


@bp.post("/rules")
@allow(MEMBERS)
def accept_rules() -> ResponseReturnValue:
    """A member has read them; the page is not shown again until they change."""
    with unit_of_work() as unit:
        actions.accept_rules(unit, current_actor(unit))
    return done({"version": rules.RULES_VERSION}, own_path(submitted().get("next"), "/"))
