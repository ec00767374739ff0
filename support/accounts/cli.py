"""`handrail user …`, and the first admin of a new site."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import SQLAlchemyError

from support.accounts import actions, queries, rules
from support.base.actor import Role
from support.base.clock import SystemClock
from support.base.errors import Declined
from support.base.hashing import PasswordHasher
from support.db.unit import Database, Unit
from support.db.upgrade import upgrade
from support.settings import Settings

ROLES = click.Choice([role.value for role in Role])


@click.group()
def user() -> None:
    """People: make them, give them roles, keep them out."""


@user.command()
@click.option("--handle", required=True, help="The name; reserved ones are yours to give.")
@click.option("--role", type=ROLES, default=Role.MEMBER.value, show_default=True)
@click.option("--password-stdin", is_flag=True, required=True, help="Read it from standard input.")
@click.option("--country", default="", help="ISO 3166-1, two letters.")
@click.option("--timezone", default="UTC", show_default=True, help="IANA name.")
@click.pass_obj
def create(settings: Settings, /, handle: str, role: str, **given: str) -> None:
    """Make a person; the passphrase is the first line of standard input."""
    passphrase = sys.stdin.readline().rstrip("\r\n")
    if not passphrase:
        raise click.ClickException("no passphrase came on standard input")
    place = _place(given["country"], given["timezone"])
    _warn(passphrase, handle)
    password_hash = PasswordHasher().hash(passphrase)
    with unit_of(settings) as unit:
        created = actions.create(unit, handle, Role(role), password_hash, place)
    click.echo(created)


@user.command()
@click.argument("words", nargs=-1, metavar="[HANDLE] [ROLE]")
@click.option("--handle")
@click.option("--role")
@click.pass_obj
def role(settings: Settings, words: tuple[str, ...], handle: str | None, role: str | None) -> None:
    """Give a person a role. One that is lost ends their sessions."""
    handle, role = filled((handle, role), words)
    if role not in set(Role):
        raise click.UsageError(f"the role is one of: {', '.join(Role)}")
    with unit_of(settings) as unit:
        actions.set_role(unit, person_named(unit, handle), Role(role))
    click.echo(f"{handle}: {role}")


def ensure_admin(settings: Settings) -> bool:
    """Before the site serves: make the first admin, by settings or by asking; False if none is."""
    with unit_of(settings) as unit:
        if queries.admin_ids(unit):
            return True
    handle, passphrase = settings.admin_handle, settings.admin_password
    if bool(handle) != bool(passphrase):
        raise click.ClickException(
            "the first admin needs both HANDRAIL_ADMIN_HANDLE and HANDRAIL_ADMIN_PASSWORD"
        )
    if not handle and sys.stdin.isatty() and not settings.open:
        handle, passphrase = _ask()
    if not handle or not passphrase:
        return False
    _warn(passphrase, handle)
    password_hash = PasswordHasher().hash(passphrase)
    with unit_of(settings) as unit:
        about = actions.About(settled=True)
        actions.create(unit, handle, Role.ADMIN, password_hash, about)
    return True


def _ask() -> tuple[str, str]:
    click.echo("This site has no admin yet. Who runs it?")
    handle = click.prompt("Name of the first admin")
    while True:
        passphrase = click.prompt("Passphrase", hide_input=True, confirmation_prompt=True)
        problem = rules.passphrase_problem(passphrase, handle)
        if problem is None:
            return handle, passphrase
        click.echo(problem)


def _warn(passphrase: str, handle: str) -> None:
    if problem := rules.passphrase_problem(passphrase, handle):
        click.echo(f"handrail: a weak passphrase. {problem}", err=True)


def _place(country: str, timezone: str) -> actions.About:
    if country and not rules.is_country(country.upper()):
        raise click.UsageError("the country is a code of ISO 3166-1, such as PT")
    if not rules.is_timezone(timezone):
        raise click.UsageError("the time zone is an IANA name, such as Europe/Lisbon")
    return actions.About(country.upper(), timezone)


def filled(given: tuple[str | None, ...], words: tuple[str, ...]) -> list[str]:
    """Options win; what they leave open is taken from the words in order."""
    left = list(words)
    found = [one if one is not None else (left.pop(0) if left else None) for one in given]
    if left or None in found:
        raise click.UsageError("give each of these once")
    return [one for one in found if one is not None]


def person_named(unit: Unit, handle: str) -> str:
    """The id of whoever has this name."""
    found = queries.by_handle(unit, handle)
    if found is None:
        raise click.ClickException("there is no person of this name")
    return found.id


@contextmanager
def unit_of(settings: Settings) -> Iterator[Unit]:
    """A transaction of a command; what goes wrong is one clear line."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.database_url, SystemClock())
    try:
        upgrade(database.engine)
        with database.unit() as unit:
            yield unit
    except Declined as declined:
        raise click.ClickException(declined.message) from declined
    except SQLAlchemyError as error:
        words = "the database cannot be used: it is away, locked or full"
        raise click.ClickException(words) from error
    finally:
        database.dispose()


COMMANDS = [user]
