"""`handrail retention`: what is past its date, counted first, taken when asked."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import SQLAlchemyError

from support.app import create_app
from support.backup.making import AWAY
from support.chat.actions import retention as actions
from support.chat.queries.retention import Forecast, forecast
from support.db.unit import Database
from support.db.upgrade import upgrade
from support.settings import Settings
from support.web.work import workshop


@click.command()
@click.option("--apply", "is_real", is_flag=True, help="Take it; without, only count.")
@click.pass_obj
def retention(settings: Settings, is_real: bool) -> None:
    """Words that are older than their room keeps them: count them, or take them."""
    with _database(settings) as database:
        with database.read() as unit:
            for line in forecast(unit):
                click.echo(sentence(line))
        if not is_real:
            click.echo("Nothing was taken. Run it with --apply to do so.")
            return
        gone = actions.forget_all(database)
        is_clean = database.scrub()
    click.echo(
        f"Gone: {gone.messages} messages, {gone.events} lines of the log. "
        f"Sealed for open matters: {gone.sealed}."
    )
    if not is_clean:
        raise click.ClickException("somebody reads the file now; its last bytes go within an hour")


def sentence(line: Forecast) -> str:
    """One kind of room in one line."""
    kept = f", {line.sealed} sealed for open matters" if line.sealed else ""
    return (
        f"{line.kind:<10} keeps {line.days:>3} days: {line.rooms} rooms, "
        f"{line.messages} messages and {line.events} lines of the log are past their date{kept}"
    )


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    """The site's database with every area joined: what is sealed needs the key of the house."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = workshop(create_app(settings)).database
    try:
        upgrade(database.engine)
        yield database
    except SQLAlchemyError as error:
        raise click.ClickException(AWAY) from error
    finally:
        database.dispose()
