"""What a person sees and changes of their own account, down to leaving for good."""

from typing import Any

from flask import flash, jsonify, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from support.accounts import actions, queries
from support.accounts.forms import HideForm, PassphraseForm, PlaceForm
from support.accounts.routes.blueprint import bp, me
from support.accounts.routes.codes import confirm, confirm_passphrase
from support.accounts.routes.places import place_choices
from support.base.clock import wire
from support.base.errors import Declined, SignInNeeded
from support.web import hashing, login
from support.web.access import EVERYONE, MEMBERS, allow
from support.web.answers import done, problem, reshow, show, submitted
from support.web.ownpath import own_path
from support.web.work import current_actor, reading, unit_of_work, viewer, workshop

SAVED = "Saved."


@bp.get("/api/v1/me")
@allow(EVERYONE)
def who_am_i() -> ResponseReturnValue:
    """The signed-in person for programs; always JSON."""
    with reading() as unit:
        actor = viewer(unit)
        if actor is None:
            return problem(SignInNeeded("Please log in."))
        return jsonify(me(unit, actor.id))


@bp.get("/account")
@allow(MEMBERS)
def account() -> ResponseReturnValue:
    """Name, role, place, and the ways to change them."""
    return show("accounts/account.html", _facts(), **_furniture())


@bp.post("/account")
@allow(MEMBERS)
def change_place() -> ResponseReturnValue:
    """Country, time zone, and an address for mail."""
    try:
        form = PlaceForm.parse(submitted())
        with unit_of_work() as unit:
            actions.change_place(unit, current_actor(unit), form)
        session["country"] = form.country
    except Declined as declined:
        return reshow("accounts/account.html", declined, **_facts(), **_furniture())
    flash(gettext(SAVED), "ok")
    return done(_facts(), "/account")


@bp.post("/account/password")
@allow(MEMBERS)
def change_passphrase() -> ResponseReturnValue:
    """A new passphrase; whoever else was signed in with the old one is signed out."""
    try:
        with reading() as unit:
            handle = current_actor(unit).handle
        form = PassphraseForm.parse(submitted(), handle)
        confirm_passphrase(form.current, "current")
        password_hash = hashing.hashed(form.password)
        with unit_of_work() as unit:
            actions.change_passphrase(unit, current_actor(unit), password_hash)
    except Declined as declined:
        return reshow("accounts/account.html", declined, **_facts(), **_furniture())
    flash(gettext(SAVED), "ok")
    return done({}, "/account")


@bp.post("/people/<account_id>/hide")
@allow(MEMBERS)
def hide(account_id: str) -> ResponseReturnValue:
    """Fold a person's words away, or unfold them; they never learn of it."""
    data = submitted()
    onward = own_path(data.pop("next", None), "/account")
    form = HideForm.parse({**data, "person": account_id})
    with unit_of_work() as unit:
        actions.hide(unit, current_actor(unit), form.person, form.on)
    return done({"person": form.person, "on": form.on}, onward)


@bp.get("/account/export")
@allow(MEMBERS)
def export() -> ResponseReturnValue:
    """Everything that is kept of this person, as one file."""
    with reading() as unit:
        answer = jsonify(actions.export(unit, current_actor(unit)))
    answer.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer


@bp.get("/account/delete")
@allow(MEMBERS)
def delete_form() -> ResponseReturnValue:
    """What goes, what stays and for how long, before anything is done."""
    return show("accounts/delete.html", {})


@bp.post("/account/delete")
@allow(MEMBERS)
def delete() -> ResponseReturnValue:
    """Erase the account at once; there is no way back."""
    try:
        confirm()
        with unit_of_work() as unit:
            actions.erase(unit, current_actor(unit))
    except Declined as declined:
        return reshow("accounts/delete.html", declined)
    login.sign_out()
    workshop().database.scrub()
    return done({}, "/")


def _facts() -> dict[str, Any]:
    with reading() as unit:
        actor = current_actor(unit)
        profile = queries.profile(unit, actor.id)
        hidden = queries.people(unit, queries.hidden_by(unit, actor.id))
        return {
            **me(unit, actor.id),
            "email": profile.email,
            "created_at": wire(profile.created_at),
            "has_recovery_code": profile.has_recovery_code,
            "muted_until": wire(profile.muted_until) if profile.muted_until else None,
            "hidden_people": [{"id": one.id, "handle": one.handle} for one in hidden.values()],
        }


def _furniture() -> dict[str, Any]:
    choices = place_choices()
    return {"countries": choices["countries"], "timezones": choices["timezones"]}
