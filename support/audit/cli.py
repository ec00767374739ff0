"""`handrail audit …`"""

import click

from support.audit import queries
from support.base.clock import SystemClock
from support.db.unit import Database
from support.settings import Settings


@click.group()
def audit() -> None:
    """The append-only log of what was done."""


@audit.command()
@click.pass_obj
def verify(settings: Settings) -> None:
    """Check every entry of the log; name the first that was tampered with."""
    database = Database(settings.database_url, SystemClock())
    with database.read() as unit:
        verdict = queries.verify(unit)
    if verdict.broken_at is not None:
        raise click.ClickException(f"entry {verdict.broken_at} was altered, added or taken out")
    click.echo(f"{verdict.entries} entries, unbroken")


COMMANDS = [audit]
