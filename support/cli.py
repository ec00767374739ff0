"""`handrail …`: gathers the commands of every area."""

import functools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import click
from flask import Flask
from sqlalchemy.exc import DBAPIError

from support import worker
from support.accounts import cli as accounts
from support.app import create_app
from support.audit import cli as audit
from support.backup import cli as backup
from support.base.clock import SystemClock
from support.base.ids import new_id
from support.crisis import cli as crisis
from support.crisis import queries as crisis_queries
from support.db.unit import Database
from support.db.upgrade import upgrade
from support.demo import cli as demo_cli
from support.demo.filling import fill, introduction
from support.groups import cli as groups
from support.moderation import cli as moderation
from support.moderation.rules.rulebook import shipped
from support.serve import claim, serve, warm_up
from support.serve.crossing import join
from support.serve.many import CannotServe, Parent, Place, hold, listener
from support.settings import Settings, faults_together
from support.web import logs, metrics
from support.web.work import workshop

LOOK = "Is HANDRAIL_DATA the right folder, and does the database answer? Try: handrail db upgrade"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def handrail(context: click.Context) -> None:
    """Peer support groups for people coming off benzodiazepines: run it, fill it, look after it."""
    logs.configure()
    context.obj = Settings.from_env()


@handrail.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
@click.pass_obj
def upgrade_command(settings: Settings) -> None:
    """Bring the database to the newest revision."""
    migrate(settings)
    click.echo("The database is up to date.")


def migrate(settings: Settings) -> None:
    """Make the data folder and bring the database to the newest revision."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.database_url, SystemClock())
    upgrade(database.engine)
    database.dispose()


@handrail.command()
@click.option("--demo", is_flag=True, help="Fill an empty data folder with a demo world; open it.")
@click.option("--workers", type=click.IntRange(1, 64), help="How many processes serve.")
@click.pass_obj
def up(settings: Settings, demo: bool, workers: int | None) -> None:
    """Serve the site."""
    settings = replace(settings, workers=workers or settings.workers)
    if faults := faults_together(settings):
        raise click.ClickException(" ".join(faults))
    held = claim(settings) if settings.is_sqlite else None
    migrate(settings)
    if demo:
        settings = replace(settings, open=True)
    else:
        accounts.ensure_admin(settings)
    if demo:
        database = workshop(create_app(settings)).database
        fill(database)
        database.dispose()
    if settings.workers > 1:
        _serve_by_many(settings, demo=demo)
    else:
        _serve_one(settings, Place(1, new_id()), demo=demo)
    if held is not None:
        held.close()


def _serve_one(
    settings: Settings, place: Place, parent: Parent | None = None, *, demo: bool
) -> None:
    """Serve in this process."""
    app = create_app(settings)
    crossing = join(app, place.origin, place.died)
    worker.start(app)  # first of all: whoever is due to be called waits for no template
    warm_up(app)
    worker.look_again(app, place.died)

    def ready() -> None:
        if parent is not None:
            metrics.begin(settings, place.number)
            parent.say_ready()
        if place.is_first:
            _say_ready(app, settings, demo=demo)

    own = listener(settings.host, settings.port) if parent is not None else None
    serve(app, settings, ready, crossing, own)


def _serve_by_many(settings: Settings, *, demo: bool) -> None:
    """Serve in children of this process, all on one port."""
    with clear_refusal():
        held = hold(settings.host, settings.port)
    for _ in shipped().getting_ready():
        pass  # once here: the children share what was made

    def serve_in(parent: Parent, place: Place) -> None:
        _serve_one(settings, place, parent, demo=demo)

    with held, clear_refusal():
        Parent(settings.workers, serve_in).run()


@handrail.command("worker")
@click.pass_obj
def worker_command(settings: Settings) -> None:
    """Tick beside the servers: call responders, deliver mail, tidy. More than one may run."""
    migrate(settings)
    click.echo("Handrail is ticking.")
    app = create_app(settings)
    join(app, serves=False)
    worker.run(app)


@contextmanager
def clear_refusal() -> Iterator[None]:
    """What keeps the site from being served is one line and exit status 1."""
    try:
        yield
    except CannotServe as refusal:
        raise click.ClickException(str(refusal)) from refusal


def _say_ready(app: Flask, settings: Settings, *, demo: bool) -> None:
    if not settings.open:
        with workshop(app).database.read() as unit:
            for missing in crisis_queries.ready_to_open(unit):
                click.echo(f"Not open to the public yet. {missing}")
    if demo:
        for line in introduction():
            click.echo(line)
    click.echo(f"Handrail is at {settings.public_url}")


for _area in (accounts, audit, backup, crisis, demo_cli, groups, moderation):
    for _command in _area.COMMANDS:
        handrail.add_command(_command)


def _joined(command: click.Command) -> click.Command:
    """Its deed reaches every area: whoever waits for this person, their groups, their cases."""
    act: Callable[..., object] = command.callback or list

    @functools.wraps(act)
    def do(*words: object, **told: object) -> object:
        create_app(click.get_current_context().obj)
        return act(*words, **told)

    command.callback = do
    return command


for _command in (*moderation.ABOUT_PEOPLE, accounts.role):
    accounts.user.add_command(_joined(_command))


def for_flask() -> Flask:
    """The app for `flask --app support`, whose words go on to `handrail` just as they are."""
    app = create_app(Settings.from_env())
    for name, command in handrail.commands.items():
        app.cli.add_command(_handed_on(name, command.help))
    return app


def _handed_on(name: str, told: str | None) -> click.Command:
    """Begins anew in this process's place, since gevent must come before all else."""

    def go(words: tuple[str, ...]) -> None:
        os.execv(sys.executable, [sys.executable, "-m", "support", name, *words])  # noqa: S606 - our own words

    return click.Command(
        name,
        params=[click.Argument(["words"], nargs=-1, type=click.UNPROCESSED)],
        callback=go,
        help=told,
        add_help_option=False,
        context_settings={"ignore_unknown_options": True},
    )


def main() -> None:
    """Run a command; what goes wrong is one clear line on standard error."""
    try:
        handrail(prog_name="handrail", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(1)
    except click.UsageError as usage:
        usage.show()
        sys.exit(2)
    except click.ClickException as refusal:
        click.echo(f"handrail: {refusal.format_message()}", err=True)
        sys.exit(1)
    except DBAPIError as fault:
        kind = type(fault).__name__
        click.echo(f"handrail: the database cannot be used ({kind}). {LOOK}", err=True)
        sys.exit(1)
