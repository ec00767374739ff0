"""A new site stays closed to the public until help can be given on it; staff set it up."""

import time
from collections.abc import Callable

from flask import Flask, request
from sqlalchemy.exc import SQLAlchemyError

from support.base.errors import Unavailable
from support.db.unit import Unit
from support.web import health
from support.web.work import known_viewer, reading

LOOK_EVERY_SECONDS = 2.0
ALWAYS = ("static", "health.", "comfort.", "pages.", "crisis_help.", "help.")
ALWAYS_PATHS = ("/login", "/logout", "/leave", "/blank", "/recover", "/help", "/rules")
WORDS = "This site is not open yet. Help is at /help."


def _is_always(path: str) -> bool:
    """Whether a path is one of these or lies under one; `/helpers` is not under `/help`."""
    return any(path == one or path.startswith(f"{one}/") for one in ALWAYS_PATHS)


class Opening:
    """Asks what is missing until nothing is; then it is open for good."""

    def __init__(self, missing: Callable[[Unit], list[str]]) -> None:
        self._missing = missing
        self._looked_at = float("-inf")
        self._is_open = False

    def is_open(self) -> bool:
        """Whether everything is there; looks at most every two seconds."""
        if not self._is_open and time.monotonic() - self._looked_at > LOOK_EVERY_SECONDS:
            self._looked_at = time.monotonic()
            try:
                with reading() as unit:
                    self._is_open = not self._missing(unit)
            except SQLAlchemyError:
                return False
        return self._is_open

    def guard(self) -> None:
        """Until then only help, the way in, and staff."""
        path, endpoint = request.path, request.endpoint or ""
        if endpoint.startswith(ALWAYS) or _is_always(path) or self.is_open():
            return
        viewer = known_viewer()
        if viewer is None or not viewer.is_staff:
            raise Unavailable(WORDS)


def init_app(app: Flask, missing: Callable[[Unit], list[str]]) -> None:
    """Stand before every door of a site that is not open yet."""
    opening = Opening(missing)
    app.before_request(opening.guard)
    health.check("open", opening.is_open)
