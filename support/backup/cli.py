"""`handrail backup FILE`, `handrail restore FILE`, `handrail retention`."""

from pathlib import Path

import click

from support.backup.making import NoBackup, make
from support.backup.restoring import NotRestored, Restored
from support.backup.restoring import restore as bring_back
from support.backup.retaining import retention
from support.settings import Settings

HALF_WAY = "What was here before is gone: mend this and restore again."
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=FILE)
@click.option("--portable", is_flag=True, help="As rows, which PostgreSQL takes too.")
@click.pass_obj
def backup(settings: Settings, file: Path, portable: bool) -> None:
    """Write everything of this site into FILE while it runs. Keep it safe: it holds every word."""
    try:
        made = make(settings, file, portable=portable)
    except NoBackup as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{file}: {made.files} files, {made.size} bytes, for your eyes alone (mode 0600).")
    if not made.has_key:
        click.echo("HANDRAIL_SECRET_KEY is set by the environment and not in it: keep it yourself.")


@click.command()
@click.argument("file", type=FILE)
@click.option("--replace", "replaces", is_flag=True, help="Lose what is in the data folder now.")
@click.option(
    "--erased",
    "lists",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A list of erased people (erased.list) from elsewhere; they stay erased.",
)
@click.pass_obj
def restore(settings: Settings, file: Path, replaces: bool, lists: tuple[Path, ...]) -> None:
    """Bring a site back from FILE into an empty data folder."""
    try:
        came = bring_back(settings, file, replaces=replaces, lists=lists)
    except NotRestored as refusal:
        told = HALF_WAY if refusal.changed else "Nothing was changed."
        raise click.ClickException(f"{refusal}. {told}") from refusal
    for line in _lines(came):
        click.echo(line)


def _lines(came: Restored) -> list[str]:
    lines = [
        f"Restored as it was at {came.made_at}. Everybody logs in again.",
        f"Erased since, and erased again: {came.erased_again} people.",
        f"Past their room's days since: {came.expired} messages, gone again.",
        f"The log: {came.entries} entries, unbroken.",
    ]
    if not came.has_key:
        lines.append("The secret key came from the environment: set HANDRAIL_SECRET_KEY again.")
    return lines


COMMANDS = [backup, restore, retention]
