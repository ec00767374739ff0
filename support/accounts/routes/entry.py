"""Register, log in, log out, leave fast."""

from dataclasses import dataclass
from urllib.parse import quote

from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from support.accounts import actions, queries, rules
from support.accounts.forms import LoginForm, RegisterForm
from support.accounts.routes.blueprint import (
    HOUR,
    address_key,
    bp,
    count_try,
    end_current,
    kept_out,
    me,
    replace_session,
    stay,
)
from support.accounts.routes.places import place_choices
from support.base.errors import Declined, Invalid, SignInNeeded
from support.web import hashing, limits, login
from support.web.access import EVERYONE, allow
from support.web.answers import asked, done, reshow, show, submitted, wants_json
from support.web.ownpath import own_path
from support.web.work import reading, unit_of_work

REGISTRATIONS_AN_HOUR = 5


@bp.get("/register")
@allow(EVERYONE)
def register_form() -> ResponseReturnValue:
    """The form, with country and zone guessed and marked as a guess."""
    choices = place_choices()
    return show("accounts/register.html", {"guess": choices.pop("guess")}, **choices, offers=[])


@bp.post("/register")
@allow(EVERYONE)
def register() -> ResponseReturnValue:
    """A stranger becomes a member and is signed in."""
    try:
        form = RegisterForm.parse(submitted())
        limits.hit("register", address_key(), REGISTRATIONS_AN_HOUR, HOUR)
        _check_free(form.handle)
        password_hash = hashing.hashed(form.password)
        with unit_of_work() as unit:
            new_id = actions.register(unit, form, password_hash, str(get_locale() or "en"))
            token = replace_session(unit, new_id, stay(remember=False))
            code = actions.new_recovery_code(unit, new_id) if wants_json() else ""
            facts = {**me(unit, new_id), "recovery_code": code}
    except Declined as declined:
        choices = place_choices()
        return reshow("accounts/register.html", declined, **choices, offers=_offers(declined))
    login.sign_in(token, form.country, remember=False)
    return done(facts, "/account/recovery-code")


def _check_free(handle: str) -> None:
    """Before any slow hashing; the action checks again, inside its transaction."""
    with reading() as unit:
        if not queries.is_free(unit, handle):
            raise Invalid("Please check what is marked.", fields={"handle": rules.NOT_FREE})


def _offers(declined: Declined) -> list[str]:
    if declined.fields.get("handle") != rules.NOT_FREE:
        return []
    with reading() as unit:
        return queries.free_offers(unit)


@bp.get("/login")
@allow(EVERYONE)
def login_form() -> ResponseReturnValue:
    """The form; it carries on to the page that asked for a log-in."""
    return show("accounts/login.html", {"next": own_path(asked().get("next"), "/")})


@bp.post("/login")
@allow(EVERYONE)
def log_in() -> ResponseReturnValue:
    """Let somebody in; a wrong passphrase and an unknown name are answered alike."""
    data = submitted()
    onward = own_path(data.get("next", asked().get("next")), "/")
    try:
        form = LoginForm.parse(data)
        known = _compared(form)
        renewed = hashing.renewed(form.password, known.password_hash)
        entered = _enter(known, stay(remember=form.remember), renewed)
    except rules.KeptOut as declined:
        return kept_out(declined)
    except Declined as declined:
        return reshow("accounts/login.html", declined, next=onward)
    login.sign_in(entered.token, entered.facts["country"], remember=form.remember)
    to = onward if entered.has_read_rules else f"/rules?next={quote(onward)}"
    return done(entered.facts, to)


@dataclass(frozen=True, slots=True)
class _Entered:
    token: str
    facts: dict[str, str]
    has_read_rules: bool


def _compared(form: LoginForm) -> queries.Credentials:
    """Whose passphrase this is. The slow part runs before any write, and for nobody as well."""
    count_try(form.handle)
    with reading() as unit:
        known = queries.credentials(unit, form.handle)
    if not hashing.fits(form.password, known.password_hash if known else None) or known is None:
        raise SignInNeeded(actions.WRONG)
    return known


def _enter(known: queries.Credentials, wanted: actions.Stay, renewed: str | None) -> _Entered:
    with unit_of_work() as unit:
        end_current(unit)
        token = actions.sign_in(unit, known, wanted, renewed)
        has_read = queries.profile(unit, known.id).rules_version >= rules.RULES_VERSION
        return _Entered(token, me(unit, known.id), has_read)


@bp.post("/logout")
@allow(EVERYONE)
def log_out() -> ResponseReturnValue:
    """End this session, and its sockets with it."""
    _go()
    return done({}, "/")


@bp.post("/leave")
@allow(EVERYONE)
def leave() -> ResponseReturnValue:
    """End this session and show a page that says nothing."""
    _go()
    return done({}, "/blank")


@bp.get("/blank")
@allow(EVERYONE)
def blank() -> ResponseReturnValue:
    """A page that says nothing of this place, and sets no cookie."""
    return show("blank.html", {})


def _go() -> None:
    with unit_of_work() as unit:
        end_current(unit)
    login.sign_out()
