"""`handrail …`: gathers the commands of every area."""

import sys

import click

from support.accounts import cli as accounts
from support.audit import cli as audit
from support.base.clock import SystemClock
from support.crisis import cli as crisis
from support.db.unit import Database
from support.db.upgrade import upgrade
from support.demo import cli as demo
from support.groups import cli as groups
from support.settings import Settings
from support.web import logs


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
    settings.data.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url, SystemClock())
    upgrade(database.engine)
    database.dispose()


for _area in (accounts, audit, crisis, demo, groups):
    for _command in _area.COMMANDS:
        handrail.add_command(_command)


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
