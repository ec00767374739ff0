"""`handrail crisis …` and `handrail rota …`: finish the set-up from the shell."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from support.accounts import queries as accounts
from support.base.clock import SystemClock
from support.base.errors import Declined
from support.crisis import actions, queries, rules
from support.crisis.forms import Decided, NumberForm, ShiftForm
from support.db.unit import Database, Unit
from support.settings import Settings


@click.group()
def crisis() -> None:
    """The crisis numbers."""


@crisis.command()
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.pass_obj
def check(settings: Settings, file: Path | None) -> None:
    """Check the numbers in force, or a FILE; every fault by name."""
    today = SystemClock().now().date()
    own = settings.data / "crisis.json"
    path = file or (own if own.exists() else queries.SHIPPED)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise click.ClickException(f"{path} cannot be read: {fault}") from fault
    found = rules.check(data, today)
    for line in found.warnings:
        click.echo(f"warning  {line}")
    for line in found.errors:
        click.echo(f"error    {line}")
    counts = f"{len(found.errors)} errors, {len(found.warnings)} warnings"
    click.echo(f"{path}: {found.countries} countries, {found.services} services, {counts}")
    if found.errors:
        raise click.ClickException(f"{len(found.errors)} errors in the crisis numbers")


@crisis.command()
@click.option("--country", required=True, help="ISO 3166-1, two letters.")
@click.option("--by", "handle", required=True, help="Who has called or looked up the numbers.")
@click.option("--id", "ids", multiple=True, help="Only these, such as pt-drug-linha-vida.")
@click.option("--hide", is_flag=True, help="Hide the numbers named by --id.")
@click.pass_obj
def confirm(
    settings: Settings, country: str, handle: str, ids: tuple[str, ...], hide: bool
) -> None:
    """Say that somebody of the team has checked the numbers a country shows."""
    if hide and not ids:
        raise click.UsageError("--hide needs --id")
    state = Decided.HIDDEN if hide else Decided.CONFIRMED
    with _unit(settings) as unit:
        by = accounts.by_handle(unit, handle)
        if by is None:
            raise click.ClickException(f"there is nobody with the name {handle}")
        for resource_id in ids:
            actions.decide_number(unit, by.id, NumberForm(resource_id, state))
        done = list(ids) or actions.confirm_country(unit, by.id, country.upper())
    for resource_id in done:
        click.echo(f"{state}  {resource_id}")


@click.group()
def rota() -> None:
    """Who is on call."""


@rota.command()
@click.option("--handle", required=True)
@click.option("--weekday", required=True, type=int, help="Monday is 0.")
@click.option("--start", required=True, help="HH:MM on the wall of the time zone.")
@click.option("--minutes", required=True, type=int)
@click.option("--timezone", default="UTC", show_default=True, help="IANA name.")
@click.pass_obj
def add(settings: Settings, /, **given: str | int) -> None:
    """Put somebody on call every week; a mentor becomes a responder by it."""
    with _unit(settings) as unit:
        shift_id = actions.add_shift(unit, None, ShiftForm.parse(given))
    click.echo(shift_id)


@rota.command("list")
@click.pass_obj
def show(settings: Settings) -> None:
    """The weekly shifts, and when nobody is on call in the next 14 days."""
    with _unit(settings) as unit:
        for shift in queries.shift_facts(unit):
            words = (shift.id, shift.handle, shift.weekday, shift.start, shift.minutes)
            click.echo("  ".join(str(word) for word in (*words, shift.timezone)))
        for gap in queries.gaps_ahead(unit):
            click.echo(f"gap  {gap.starts_at:%Y-%m-%d %H:%M} to {gap.ends_at:%Y-%m-%d %H:%M} UTC")


@rota.command()
@click.argument("shift_id")
@click.pass_obj
def remove(settings: Settings, shift_id: str) -> None:
    """Take a weekly shift away."""
    with _unit(settings) as unit:
        actions.remove_shift(unit, None, shift_id)
    click.echo(shift_id)


@contextmanager
def _unit(settings: Settings) -> Iterator[Unit]:
    """One write transaction; a refusal is one clear line."""
    queries.keep_numbers_in(settings.data)
    queries.climb_after(settings.ladder_seconds if settings.ladder_is_set else None)
    database = Database(settings.database_url, SystemClock())
    try:
        with database.unit() as unit:
            yield unit
    except Declined as declined:
        said = [declined.message, *(f"{name}: {why}" for name, why in declined.fields.items())]
        raise click.ClickException(" ".join(said)) from declined
    except SQLAlchemyError as fault:
        kind = type(fault).__name__
        raise click.ClickException(f"the database did not take it ({kind})") from fault
    finally:
        database.dispose()


COMMANDS = [crisis, rota]
