"""`handrail import meetings`: list others' meetings, after a look at what would change."""

from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import click

from support import __version__
from support.base.clock import SystemClock
from support.base.errors import Declined
from support.base.zones import is_zone
from support.db.unit import Database
from support.db.upgrade import upgrade
from support.groups import actions, queries
from support.groups.rules.feeds_in import Feed, Plan, compare, read_feed
from support.groups.rules.feeds_in.reader import LARGEST
from support.settings import Settings

SHOWN = 10
PATIENCE_SECONDS = 30


@click.group("import")
def import_() -> None:
    """Bring in what others publish."""


@import_.command()
@click.argument("source", metavar="FILE_OR_URL")
@click.option("--apply", "is_real", is_flag=True, help="Write it; without, only say what would be.")
@click.option("--timezone", default="", help="The zone of meetings in person that name none.")
@click.pass_obj
def meetings(settings: Settings, source: str, is_real: bool, timezone: str) -> None:
    """List meetings from a BMLT or Meeting Guide feed: new, changed, gone, skipped and why."""
    if timezone and not is_zone(timezone):
        raise click.UsageError("--timezone takes an IANA name such as America/New_York")
    text, name = _fetch(source)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.database_url, SystemClock())
    upgrade(database.engine)
    try:
        _report(*bring_in(database, text, name, timezone, is_real=is_real), is_real=is_real)
    except Declined as declined:
        words = declined.message % declined.params if declined.params else declined.message
        raise click.ClickException(f"{source}: {words} Nothing was written.") from None
    finally:
        database.dispose()


def bring_in(
    database: Database, text: bytes, name: str, timezone: str, *, is_real: bool
) -> tuple[Feed, Plan]:
    """Read a feed, compare, and write the difference if that is wanted."""
    feed = read_feed(text, source=name, timezone=timezone)
    with database.unit() as unit:
        plan = compare(feed, queries.listed(unit, feed.sources))
        if is_real:
            actions.apply_plan(unit, feed, plan)
    return feed, plan


def _fetch(source: str) -> tuple[bytes, str]:
    if source.startswith(("http://", "https://")):
        return _download(source), _address(source)
    try:
        return Path(source).read_bytes(), f"file:{Path(source).name}"[:200]
    except OSError as error:
        raise click.ClickException(f"{source}: {error.strerror}") from None


def _download(source: str) -> bytes:
    request = Request(  # noqa: S310 - http and https only, see above
        source,
        headers={"User-Agent": f"Handrail/{__version__}", "Accept": "application/json"},
    )
    try:
        with urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            text: bytes = answer.read(LARGEST + 1)
    except (URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise click.ClickException(f"{source}: {reason}") from None
    return text


def _address(source: str) -> str:
    """The server without question, user or fragment: filters differ from day to day."""
    parts = urlsplit(source)
    host = parts.netloc.rsplit("@", 1)[-1]
    return f"{parts.scheme}://{host}{parts.path}"[:200]


def _report(feed: Feed, plan: Plan, *, is_real: bool) -> None:
    click.echo(f"{feed.kind} feed: {len(feed.listings)} meetings, {len(feed.skipped)} skipped")
    for label, rows in (
        ("new", [each.name for each in plan.new]),
        ("changed", [each.name for each in plan.changed]),
        ("gone", [f"{key} of {source}" for source, key in plan.gone]),
        ("skipped", [f"row {each.row} {each.name!r}: {each.why}" for each in feed.skipped]),
    ):
        click.echo(f"{label}: {len(rows)}")
        for row in rows[:SHOWN]:
            click.echo(f"  {row}")
        if len(rows) > SHOWN:
            click.echo(f"  … and {len(rows) - SHOWN} more")
    click.echo(f"unchanged: {plan.same}")
    unknown = sum(1 for each in feed.listings if not each.has_time)
    if unknown:
        click.echo(f"listed without a date, time zone not known: {unknown}")
    if is_real:
        click.echo(f"{plan.changes} changes written")
    else:
        click.echo(f"dry run: nothing was written; --apply would make {plan.changes} changes")


COMMANDS = [import_]
