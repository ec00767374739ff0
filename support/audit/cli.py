"""`handrail audit …`"""

import click

from support.audit import ports, queries
from support.base.clock import SystemClock
from support.db.unit import Database
from support.settings import Settings


@click.group()
def audit() -> None:
    """The append-only log of what was done."""


@audit.command()
@click.pass_obj
def verify(settings: Settings) -> None:
    """Check every entry of the log, and what it vouches for; name what was tampered with."""
    database = Database(settings.database_url, SystemClock())
    with database.read() as unit:
        verdict = queries.verify(unit)
        told = {name: witness(unit) for name, witness in ports.WITNESSES.items()}
    faults = [fault for each in told.values() for fault in each.faults]
    if verdict.broken_at is not None:
        faults.insert(0, f"entry {verdict.broken_at} was altered, added or taken out")
    if faults:
        raise click.ClickException("; ".join(faults))
    click.echo(f"{verdict.entries} entries, unbroken")
    for name, each in told.items():
        if each.things:
            click.echo(f"{each.things} {name}, unbroken")


COMMANDS = [audit]
