"""`handrail load` and `handrail demo`: fill a site from a file, or with the demo world."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from support.app import create_app
from support.base.errors import Declined
from support.base.hashing import PasswordHasher
from support.db.unit import Database
from support.db.upgrade import upgrade
from support.demo.evening import Evening
from support.demo.filling import fill, introduction
from support.demo.line import Trouble
from support.demo.load import load
from support.demo.world import read_world
from support.settings import Settings
from support.web.work import workshop


@click.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def load_command(settings: Settings, file: Path) -> None:
    """Make the people, groups, meetings and rota of a world FILE; prints their ids as JSON."""
    with opened(settings) as database, refused():
        ids = load(database, read_world(file.read_bytes()), PasswordHasher())
    click.echo(json.dumps(ids, indent=1))


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The site's database at its newest revision, with all areas joined."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = workshop(create_app(settings)).database
    upgrade(database.engine)
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def refused() -> Iterator[None]:
    """A refusal becomes one clear line and exit status 1."""
    try:
        yield
    except Declined as declined:
        raise click.ClickException(told(declined)) from None


def told(declined: Declined) -> str:
    """The refusal in one line, with its first field."""
    text = declined.message % declined.params if declined.params else declined.message
    fields: dict[str, Any] = declined.fields
    return next((f"{name}: {sentence}" for name, sentence in fields.items()), text)


@click.command("demo")
@click.option("--play", is_flag=True, help="A scripted evening on the server that is running.")
@click.option("--pace", default=2.0, show_default=True, help="Seconds between two messages.")
@click.pass_obj
def demo_command(settings: Settings, play: bool, pace: float) -> None:
    """Fill an empty site with the demo world; --play lets its people talk for a minute."""
    with opened(settings) as database, refused():
        if fill(database):
            click.echo("The demo world is there.")
            for line in introduction():
                click.echo(line)
        elif not play:
            raise click.ClickException("this site is not empty; the demo world was not written")
        if play:
            try:
                Evening(database, settings.public_url, click.echo, pace).play()
            except Trouble as trouble:
                raise click.ClickException(str(trouble)) from None
            click.echo("That was the evening. Everything said is in the rooms, as it was held.")


COMMANDS = [load_command, demo_command]
