"""What every template may use, and nothing of any area."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from babel.dates import format_datetime
from flask import Flask, g, request
from flask_babel import Babel, get_locale, get_translations
from flask_wtf.csrf import generate_csrf
from werkzeug.local import LocalProxy

from support.base import zones
from support.base.actor import Actor
from support.base.clock import wire
from support.web.comfort import comfort
from support.web.paths import static_version
from support.web.work import known_viewer

LANGUAGES = ["en"]


def asset(name: str) -> str:
    """The address of a static file, good for ever."""
    return f"/static/{static_version()}/{name}"


def when(moment: datetime | str, zone: str | None = None, shape: str = "EEE d MMM, HH:mm") -> str:
    """A time, also one off the wire, in the viewer's zone (or `zone`), as people read it."""
    return _worded(_local(moment, zone).replace(tzinfo=None), shape, str(get_locale() or "en"))


def clock_time(moment: datetime | str, zone: str | None = None) -> str:
    """Only hours and minutes, in the viewer's zone (or `zone`)."""
    return f"{_local(moment, zone):%H:%M}"


@lru_cache(maxsize=4096)
def _worded(local: datetime, shape: str, language: str) -> str:
    """A list shows the same few moments again and again; wording one costs more than a query."""
    return str(format_datetime(local, shape, locale=language))


def iso(moment: datetime | str) -> str:
    """The form on the wire, for `<time datetime>`."""
    return moment if isinstance(moment, str) else wire(moment)


def _local(moment: datetime | str, zone: str | None) -> datetime:
    known = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    name = zone or viewer_zone()
    return known.astimezone(zones.zone(name) if zones.is_zone(name) else UTC)


def viewer_zone() -> str:
    """The zone a page speaks in: the page's choice, the person's, or UTC."""
    if chosen := g.get("zone"):
        return str(chosen)
    actor = known_viewer()
    return actor.timezone if actor else "UTC"


def _viewer() -> Actor | None:
    return known_viewer()


def _locale() -> str:
    return request.accept_languages.best_match(LANGUAGES) or "en"


def _spoken() -> Any:
    """The words of this page's language, looked up once a page and not once a sentence."""
    try:
        return g.spoken
    except AttributeError:
        g.spoken = get_translations()
        return g.spoken
    except RuntimeError:  # outside of any request: the words as they stand in the template
        return get_translations()


def _speak(app: Flask) -> None:
    """Sentences of templates; Babel's own way to them takes a third of a long page's time."""
    Babel(app, locale_selector=_locale, default_translation_directories="translations")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda said: _spoken().ugettext(said),
        ngettext=lambda one, many, count: _spoken().ungettext(one, many, count),
        newstyle=True,
        pgettext=lambda where, said: _spoken().upgettext(where, said),
        npgettext=lambda where, one, many, count: _spoken().unpgettext(where, one, many, count),
    )


def init_app(app: Flask) -> None:
    """Hand the globals to Jinja; the viewer is looked up only where a template asks."""
    _speak(app)
    app.jinja_env.globals.update(
        asset=asset,
        when=when,
        clock_time=clock_time,
        iso=iso,
        viewer_zone=viewer_zone,
        csrf_token=generate_csrf,
        viewer=LocalProxy(_viewer),
        comfort=LocalProxy(comfort),
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(_empty_form)


def _empty_form() -> dict[str, Any]:
    return {"values": {}, "errors": {}, "problem": None}
