"""The house as most tests need it: settings, an app with cheap hashing, a browser signed in."""

from pathlib import Path

from flask import Flask

from support.accounts import actions as accounts
from support.app import create_app
from support.base.clock import Clock
from support.settings import Settings
from support.web.work import workshop
from tests.people import CHEAP, Browser
from tests.rules_once import one_map, remember_rules
from tests.statements_once import remember_statements
from tests.templates_once import REMEMBERED

remember_rules()
remember_statements()


def settings_of(folder: Path, url: str) -> Settings:
    """Settings of a site that is open to the public, on this database."""
    return Settings(
        data=folder,
        database_url=url,
        public_url="http://localhost",
        secret_key="for tests only, never for a site",
        open=True,
    )


def make_app(settings: Settings, clock: Clock) -> Flask:
    """The whole app, with what is slow in it made once a test process."""
    with one_map() as with_rules:
        app = with_rules(create_app(settings, clock, CHEAP))
    app.testing = True
    app.jinja_env.bytecode_cache = REMEMBERED
    app.test_client_class = Browser
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


def signed_in(app: Flask, account_id: str) -> Browser:
    """A browser of somebody's own, signed in."""
    with workshop(app).database.unit() as unit:
        token = accounts.begin_session(unit, account_id, accounts.Stay())
    client = app.test_client()
    assert isinstance(client, Browser)
    return client.become(token)
