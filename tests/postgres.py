"""A throw-away PostgreSQL: one cluster a test process, one fresh migrated database a test."""

import atexit
import functools
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import create_engine

from support.db.upgrade import upgrade
from tests.parts import die_with_parent, free_port, program

TEMPLATE = "handrail_template"
SETTINGS = {
    # Nothing here outlives the run, so nothing waits for the disk.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "autovacuum": "off",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
}
# Copying a template takes a fifth of a second, this a hundredth; triggers and keys are set aside.
EMPTY = """
SET session_replication_role = replica;
DO $$
DECLARE name text; reached bigint;
BEGIN
  FOR name IN SELECT oid::regclass::text FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0
  LOOP EXECUTE 'DELETE FROM ' || name; END LOOP;
  FOR name IN SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'seed'
  LOOP EXECUTE format('INSERT INTO public.%s SELECT * FROM seed.%s', name, name); END LOOP;
  FOR name, reached IN SELECT sequencename, last_value FROM counted.sequences
  LOOP PERFORM setval(name::regclass, coalesce(reached, 1), reached IS NOT NULL); END LOOP;
END $$
"""
# What a world holds from the start, kept aside to be put back.
KEEP_SEED = """
DO $$
DECLARE name text; filled boolean;
BEGIN
  DROP SCHEMA IF EXISTS seed CASCADE;
  DROP SCHEMA IF EXISTS counted CASCADE;
  CREATE SCHEMA seed;
  CREATE SCHEMA counted;
  FOR name IN SELECT format('%I', tablename) FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%s)', name) INTO filled;
    IF filled THEN EXECUTE format('CREATE TABLE seed.%s AS TABLE public.%s', name, name); END IF;
  END LOOP;
  CREATE TABLE counted.sequences AS
    SELECT format('%I', sequencename) AS sequencename, last_value FROM pg_sequences
    WHERE schemaname = 'public';
END $$
"""
HANG_UP = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = {} AND pid <> ALL({}) AND pid <> pg_backend_pid()
"""
_numbers = itertools.count(1)
_lines: dict[str, "psycopg.Connection[tuple[object, ...]]"] = {}
_idle: defaultdict[str, list[str]] = defaultdict(list)
# Lines of apps that are gone, by database: the next app takes them (tests/statements_once.py).
resting: defaultdict[str, list["psycopg.Connection[Any]"]] = defaultdict(list)


class Cluster:
    """A PostgreSQL server in a folder of its own; run by another user where we are root."""

    def __init__(self) -> None:
        self.initdb = program("PostgreSQL", "initdb", folders="/usr/lib/postgresql/*/bin")
        self.folder = Path(tempfile.mkdtemp(prefix="handrail-pg-"))
        self.port = free_port()
        self.owner = _owner()
        atexit.register(self.stop)
        self.start()

    def start(self) -> None:
        """Make the cluster and wait until it answers."""
        if self.owner:
            shutil.chown(self.folder, self.owner)
        words = ["--auth=trust", "--username=handrail", "--encoding=UTF8", "--no-sync"]
        self._run([self.initdb, *words, "--locale=C", "-D", self.folder / "data"]).wait()
        options = [word for pair in SETTINGS.items() for word in ("-c", "=".join(pair))]
        server = Path(self.initdb).with_name("postgres")
        options += ["-D", str(self.folder / "data"), "-p", str(self.port)]
        self.process = self._run([server, *options])
        deadline = time.monotonic() + 30
        while True:
            try:
                return self.command("SELECT 1")
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    log = (self.folder / "log").read_text()
                    raise RuntimeError(f"PostgreSQL did not start:\n{log}") from None
                time.sleep(0.05)

    def _run(self, words: list[str | Path]) -> "subprocess.Popen[bytes]":
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                words,
                cwd="/",
                stdout=log,
                stderr=log,
                user=self.owner,
                group=pwd.getpwnam(self.owner).pw_gid if self.owner else None,
                extra_groups=[] if self.owner else None,
                preexec_fn=die_with_parent(signal.SIGQUIT),
            )

    def url(self, database: str) -> str:
        """The address of one of its databases, as an operator would write it."""
        return f"postgresql://handrail@127.0.0.1:{self.port}/{database}"

    def command(self, statement: str, database: str = "postgres") -> None:
        """Run one statement; by default one that concerns the whole cluster."""
        with psycopg.connect(self.url(database), autocommit=True, connect_timeout=5) as line:
            line.execute(statement)

    def stop(self) -> None:
        """End the server at once and remove its folder."""
        if process := getattr(self, "process", None):
            process.send_signal(signal.SIGQUIT)
            process.wait(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)


def _owner() -> str | None:
    """PostgreSQL refuses to run as root: then its own user, or nobody, runs it."""
    if os.geteuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@functools.cache
def cluster() -> Cluster:
    """This test process's own cluster, with the template every fresh database is copied from."""
    made = Cluster()
    made.command(f"CREATE DATABASE {TEMPLATE}")
    engine = create_engine(made.url(TEMPLATE).replace("postgresql://", "postgresql+psycopg://"))
    upgrade(engine)
    engine.dispose()
    made.command(KEEP_SEED, TEMPLATE)
    return made


def empty_postgres_url() -> str:
    """The address of a fresh database in which nothing was migrated yet."""
    return _made("template1")


def fresh_postgres_url() -> str:
    """The address of a fresh database, migrated to the newest revision."""
    return _made(TEMPLATE)


@functools.cache
def _template(world: Callable[[str], None] | None) -> str:
    """The template every fresh database of a world is copied from."""
    if world is None:
        return TEMPLATE
    name = f"{TEMPLATE}_{next(_numbers)}"
    cluster().command(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    world(spoken(cluster().url(name)))
    let_go(name)  # nobody may hold a line to what is copied
    cluster().command(KEEP_SEED, name)
    return name


def spoken(url: str) -> str:
    """The address as SQLAlchemy wants it, with the driver's name."""
    return url.replace("postgresql://", "postgresql+psycopg://")


def _made(template: str) -> str:
    name = f"handrail_{next(_numbers)}"
    cluster().command(f"CREATE DATABASE {name} TEMPLATE {template}")
    return cluster().url(name)


def drop_postgres(url: str) -> None:
    """Remove a fresh database, whoever still holds a line to it."""
    cluster().command(f"DROP DATABASE IF EXISTS {_name(url)} WITH (FORCE)")


def _name(url: str) -> str:
    return url.rsplit("/", 1)[-1]


@contextmanager
def fresh_postgres(world: Callable[[str], None] | None = None) -> Iterator[str]:
    """A fresh migrated database for a block; perhaps one that was used and emptied."""
    template = _template(world)
    idle = _idle[template]
    url = idle.pop() if idle else _made(template)
    try:
        yield url
    finally:
        try:
            _empty(_name(url))
            idle.append(url)
        except psycopg.Error:
            _lines.pop(_name(url), None)
            drop_postgres(url)


def let_go(url: str) -> None:
    """Close the lines that rest for the next app on this database."""
    for line in resting.pop(_name(url), []):
        line.close()


def hang_up(url: str) -> None:
    """End every line to a database, as an outage would."""
    cluster().command(HANG_UP.format(f"'{_name(url)}'", "'{}'"))


def _kept_line(name: str) -> "psycopg.Connection[tuple[object, ...]]":
    """A line that stays open: a new one costs more than all that is asked by it."""
    if name not in _lines or _lines[name].closed:
        _lines[name] = psycopg.connect(cluster().url(name), autocommit=True, connect_timeout=5)
    return _lines[name]


def _empty(name: str) -> None:
    """End the lines a test left open, with whatever they hold, and put back what was there."""
    line = _kept_line(name)
    kept = ",".join(str(each.info.backend_pid) for each in resting[name] if not each.closed)
    line.execute(HANG_UP.format("current_database()", f"'{{{kept}}}'"))
    line.execute(EMPTY)
