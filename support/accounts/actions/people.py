"""Take people in, and change what they are and where they are."""

from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from support.accounts import ports, queries, rules
from support.accounts.actions.sessions import (
    StandingChanged,
    cut_sockets,
    end_sessions,
    shorten_sessions,
)
from support.accounts.forms import PlaceForm, RegisterForm
from support.accounts.models import Account, HiddenPerson
from support.audit import actions as audit
from support.base.actor import NEWCOMER_MESSAGES, Actor, Role
from support.base.errors import Conflict, Invalid, NotFound
from support.base.ids import new_id
from support.base.text import clean
from support.db.unit import Unit

_LONGEST_GIVEN = 60


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a person beside name, role and passphrase; `settled`: no newcomer."""

    country: str = ""
    timezone: str = "UTC"
    email: str | None = None
    language: str = "en"
    settled: bool = False


def register(unit: Unit, form: RegisterForm, password_hash: str, language: str = "en") -> str:
    """A stranger becomes a member; they agreed to the house rules in the same form."""
    if not queries.is_free(unit, form.handle):
        raise Invalid("Please check what is marked.", fields={"handle": rules.NOT_FREE})
    about = About(form.country, form.timezone, form.email, language)
    account = _account(unit, form.handle, Role.MEMBER, password_hash, about)
    account.handle_key = rules.handle_key(form.handle)
    account.rules_version = rules.RULES_VERSION
    try:
        with unit.session.begin_nested():
            unit.session.add(account)
    except IntegrityError as error:
        fields = {"handle": rules.NOT_FREE}
        raise Invalid("Please check what is marked.", fields=fields) from error
    audit.record(unit, account.id, "accounts.registered", f"account:{account.id}")
    return account.id


def create(unit: Unit, handle: str, role: Role, password_hash: str, about: About = About()) -> str:
    """Staff or a world file make a person; reserved names and look-alikes are theirs to give."""
    handle = rules.tidy_handle(clean(handle))
    if not handle or len(handle) > _LONGEST_GIVEN:
        raise Invalid("This name is empty or too long.")
    if queries.is_taken_exactly(unit, handle):
        raise Conflict("There is a person of this name already.")
    account = _account(unit, handle, role, password_hash, about)
    free = queries.is_free(unit, handle)
    account.handle_key = rules.handle_key(handle) if free else rules.plain_key(handle)
    if about.settled:
        account.rules_version = rules.RULES_VERSION
        account.shown_messages = NEWCOMER_MESSAGES
    unit.session.add(account)
    audit.record(unit, None, "accounts.created", f"account:{account.id}", role=role.value)
    return account.id


def set_role(unit: Unit, account_id: str, role: Role, by: str | None = None) -> None:
    """Give a person a role; losing one ends their sessions, and the last admin keeps theirs."""
    if role is not Role.ADMIN:
        keep_an_admin(unit, account_id)
    account = get(unit, account_id)
    old = Role(account.role)
    if role is old:
        return
    account.role = role.value
    if rules.is_loss(old, role):
        end_sessions(unit, account_id, "role changed")
        cut_sockets(unit, account_id, "role changed")
    if not rules.may_stay_long(role):
        shorten_sessions(unit, account_id)
    if old is Role.MENTOR:
        ports.mentor_left(unit, account_id)
    audit.record(unit, by, "accounts.role_changed", f"account:{account_id}", role=role.value)
    unit.announce(StandingChanged(account_id))


def set_on_rota(unit: Unit, account_id: str, on: bool, by: str | None = None) -> None:
    """Put a person on the crisis rota or take them off; off, they hear of cases no more."""
    account = get(unit, account_id)
    if account.on_rota == on:
        return
    account.on_rota = on
    if not on:
        cut_sockets(unit, account_id, "role changed")
    audit.record(unit, by, "accounts.rota_changed", f"account:{account_id}", on=int(on))
    unit.announce(StandingChanged(account_id))


def change_place(unit: Unit, actor: Actor, form: PlaceForm) -> None:
    """A person moves, or wants mail at another address."""
    account = get(unit, actor.id)
    account.country, account.timezone, account.email = form.country, form.timezone, form.email


def accept_rules(unit: Unit, actor: Actor) -> None:
    """A person has read the house rules as they stand now."""
    account = get(unit, actor.id)
    if account.rules_version < rules.RULES_VERSION:
        account.rules_version = rules.RULES_VERSION
        audit.record(
            unit,
            actor.id,
            "accounts.rules_accepted",
            f"account:{actor.id}",
            version=rules.RULES_VERSION,
        )


def count_shown(unit: Unit, account_id: str) -> None:
    """One more message of this person was shown; after five nobody counts."""
    unit.session.execute(
        update(Account)
        .where(Account.id == account_id, Account.shown_messages < NEWCOMER_MESSAGES)
        .values(shown_messages=Account.shown_messages + 1)
    )


def hide(unit: Unit, actor: Actor, account_id: str, on: bool) -> None:
    """Fold somebody's words away for this person alone; the other never learns of it."""
    if account_id == actor.id:
        raise Conflict("You cannot hide yourself.")
    queries.person(unit, account_id)
    known = queries.hides(unit, actor.id, account_id)
    if on and not known:
        unit.session.add(HiddenPerson(account_id=actor.id, hidden_id=account_id))
    if not on and known:
        unit.session.execute(
            delete(HiddenPerson).where(
                HiddenPerson.account_id == actor.id, HiddenPerson.hidden_id == account_id
            )
        )


def keep_an_admin(unit: Unit, account_id: str) -> None:
    """Raise for the last admin. Every admin's row is held: two cannot go at the same moment."""
    role = unit.session.scalar(select(Account.role).where(Account.id == account_id))
    if role == Role.ADMIN:
        admins = {account_id, *queries.admin_ids(unit, held=True)}
        rules.check_may_lose(Role.ADMIN, len(admins))


def get(unit: Unit, account_id: str) -> Account:
    """The row of a person who is still here."""
    account = unit.session.get(Account, account_id, with_for_update={"key_share": True})
    if account is None or account.erased_at is not None:
        raise NotFound("There is no such person.")
    return account


def _account(unit: Unit, handle: str, role: Role, password_hash: str, about: About) -> Account:
    return Account(
        id=new_id(),
        handle=handle,
        role=role.value,
        password_hash=password_hash,
        country=about.country,
        timezone=about.timezone,
        email=about.email,
        language=about.language,
        created_at=unit.now,
    )
