"""Open a unit of work for the app that is serving, and know who is acting in it."""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeVar, cast

from flask import Flask, current_app, g, session

from support.base.actor import Actor
from support.base.errors import SignInNeeded
from support.db.unit import Database, Unit
from support.settings import Settings

T = TypeVar("T")
_KEY = "handrail.workshop"
SESSION_TOKEN = "_user_id"  # noqa: S105 - the name of a field, Flask-Login's own


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every door needs: the database, the settings, and how to find who is acting,
    by the token in their cookie or, many at once, by their log-in."""

    database: Database
    settings: Settings
    load_actor: Callable[[Unit, str], Actor | None]
    actors: Callable[[Unit, Collection[str]], dict[str, Actor]]


def init_app(app: Flask, workshop: Workshop) -> None:
    """Put the workshop where `workshop()` finds it."""
    app.extensions[_KEY] = workshop


def workshop(app: Flask | None = None) -> Workshop:
    """The workshop of `app`, or of the app that is serving."""
    return cast(Workshop, (app or current_app).extensions[_KEY])


def settings() -> Settings:
    """The settings of the app that is serving."""
    return workshop().settings


def unit_of_work() -> AbstractContextManager[Unit]:
    """A write transaction."""
    return workshop().database.unit()


def reading() -> AbstractContextManager[Unit]:
    """A read-only transaction."""
    return workshop().database.read()


def current_actor(unit: Unit) -> Actor:
    """The signed-in person as they stand in the database now, not as the cookie remembers them."""
    actor = viewer(unit)
    if actor is None:
        raise SignInNeeded("Please log in.")
    return actor


def viewer(unit: Unit) -> Actor | None:
    """The signed-in person, or None for a visitor."""
    token = session.get(SESSION_TOKEN)
    if not isinstance(token, str):
        return None
    return workshop().load_actor(unit, token)


def together(work: Callable[[Unit, Actor], T]) -> T:
    """Do this for the signed-in person in a transaction shared with whatever else arrives now.

    For what many people do at one moment: a hundred seats asked for cost a few commits, not a
    hundred. The work runs outside the request, so it reads nothing of it.
    """
    house, token = workshop(), session.get(SESSION_TOKEN)

    def whole(unit: Unit) -> T:
        actor = house.load_actor(unit, token) if isinstance(token, str) else None
        if actor is None:
            raise SignInNeeded("Please log in.")
        return work(unit, actor)

    return house.database.batched(whole)


def known_viewer() -> Actor | None:
    """The viewer for page furniture, looked up once a request and only when asked for."""
    if "viewer" not in g:
        with reading() as unit:
            g.viewer = viewer(unit)
    return cast(Actor | None, g.viewer)


def forget_viewer() -> None:
    """After a log-in or log-out the furniture must look again."""
    g.pop("viewer", None)
