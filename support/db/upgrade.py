"""Bring a database to the newest revision, one process at a time."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
LOCK = 7_262_351


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings for our own migrations, wherever the package lies."""
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    return settings


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Migrate up; two processes starting at once wait for each other.

    Where there is nothing to do no lock is taken: a worker that starts must not hold up a server.
    """
    if revision == "head" and is_newest(engine):
        return
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        command.upgrade(config(connection), revision)


def is_newest(engine: Engine) -> bool:
    """Whether the database is at the newest revision already; only reads."""
    newest = ScriptDirectory.from_config(config()).get_current_head()
    return revision_of(engine) == newest


def revision_of(engine: Engine) -> str | None:
    """The revision a database is at; None where nothing was ever migrated."""
    with engine.execution_options(handrail_reading=True).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_known(revision: str) -> bool:
    """Whether this version of Handrail knows a revision and can bring it up."""
    known = {each.revision for each in ScriptDirectory.from_config(config()).walk_revisions()}
    return revision in known


def upgrade_within(connection: Connection, revision: str = "head") -> None:
    """Migrate inside a transaction of the caller's, so that all of it holds or none."""
    command.upgrade(config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Migrate down, for an operator who must go back."""
    with engine.begin() as connection:
        command.downgrade(config(connection), revision)
