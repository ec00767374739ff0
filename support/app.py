"""Composition root: the one module that knows every area and how they are joined."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from support.accounts import broadcast as accounts_broadcast
from support.accounts import jobs as accounts_jobs
from support.accounts import ports as accounts_ports
from support.accounts import queries as accounts
from support.accounts import routes as accounts_routes
from support.accounts import sockets as accounts_sockets  # noqa: F401 - registers its events
from support.accounts.actions import PersonErased, SessionsEnded
from support.audit import ports as audit_ports
from support.base.actor import Actor
from support.base.clock import Clock, SystemClock
from support.base.hashing import PasswordHasher, digest
from support.base.sealing import sealer_for
from support.chat import broadcast as chat_broadcast
from support.chat import jobs as chat_jobs
from support.chat import routes as chat_routes
from support.chat import sockets as chat_sockets  # noqa: F401 - registers its events
from support.chat.actions.afterwards import AfterMemory
from support.chat.actions.asides import AsideTarget
from support.chat.actions.facts import AuthorNoticed, RoomEventLogged
from support.chat.actions.rooms import (
    GroupRooms,
    PairRooms,
    PersonsWords,
    RoomHosts,
    SideRooms,
    Words,
)
from support.chat.actions.second_look import RoomTalk
from support.chat.actions.target import MessageTarget
from support.chat.rules.afterwards import Aside
from support.crisis import broadcast as crisis_broadcast
from support.crisis import jobs as crisis_jobs
from support.crisis import ports as crisis_ports
from support.crisis import queries as crisis_queries
from support.crisis import routes as crisis_routes
from support.crisis import sockets as crisis_sockets  # noqa: F401 - registers its events
from support.crisis.actions import CaseMemory
from support.db.crossing import forget_old
from support.db.job import Job
from support.db.unit import Database, Unit
from support.groups import jobs as groups_jobs
from support.groups import ports as group_ports
from support.groups import routes as groups_routes
from support.groups.actions import GroupMemory
from support.journal import ports as journal_ports
from support.journal import routes as journal_routes
from support.journal.actions import PlanMemory
from support.mentoring import jobs as mentoring_jobs
from support.mentoring import ports as mentoring_ports
from support.mentoring import routes as mentoring_routes
from support.mentoring.actions import MentorLeft, PairMemory
from support.moderation import broadcast as moderation_broadcast
from support.moderation import jobs as moderation_jobs
from support.moderation import ports as moderation_ports
from support.moderation import queries as moderation_queries
from support.moderation import routes as moderation_routes
from support.moderation import sockets as moderation_sockets  # noqa: F401 - registers its events
from support.moderation.actions import DeskMemory
from support.moderation.routes.appeals import AppealWay
from support.notify import broadcast as notify_broadcast
from support.notify import jobs as notify_jobs
from support.notify import routes as notify_routes
from support.notify.actions import NoticeMemory
from support.settings import Settings
from support.web import (
    access,
    comfort,
    errors,
    hashing,
    health,
    limits,
    login,
    logs,
    opening,
    pages,
    sockets,
    templating,
    work,
)
from support.web.answers import MOST_BODY
from support.web.csrf import Guard
from support.web.headers import Headers
from support.web.paths import STATIC, TEMPLATES, static_version

audit_ports.register("seals", moderation_queries.testimony)
YEAR = timedelta(days=365)
MEMORIES = (
    Words(),
    AfterMemory(),
    DeskMemory(),
    CaseMemory(),
    GroupMemory(),
    PairMemory(),
    NoticeMemory(),
    PlanMemory(),
)
MENTOR_LEFT = MentorLeft()
ANNOUNCEMENTS: dict[type, Sequence[Callable[[Any], None]]] = {
    PersonErased: [accounts_broadcast.person_erased],
    limits.Tried: [limits.heard],
    SessionsEnded: [accounts_broadcast.sessions_ended],
    **notify_broadcast.LISTENERS,
    **crisis_broadcast.LISTENERS,
    **moderation_broadcast.LISTENERS,
    **chat_broadcast.LISTENERS,
}
ANNOUNCEMENTS[RoomEventLogged] = [*ANNOUNCEMENTS[RoomEventLogged], chat_jobs.REPEATS.hear]
# After the rooms have heard: what was said is looked at once more, by the process that stored it.
HERE: dict[type, Sequence[Callable[[Any], None]]] = {
    RoomEventLogged: [chat_jobs.look_again, chat_jobs.REPEATS.note],
    AuthorNoticed: [chat_jobs.look_first],
}
BLUEPRINTS = (
    health.bp,
    comfort.bp,
    pages.bp,
    accounts_routes.bp,
    notify_routes.bp,
    journal_routes.bp,
    groups_routes.bp,
    mentoring_routes.bp,
    *crisis_routes.BLUEPRINTS,
    moderation_routes.bp,
    *chat_routes.BLUEPRINTS,
)


def forget_facts(database: Database) -> None:
    """What every process has heard long ago is no longer kept."""
    with database.unit() as unit:
        forget_old(unit)


JOBS: tuple[Job, ...] = (
    Job("old facts", 60, forget_facts),
    *crisis_jobs.TICKS,
    *notify_jobs.TICKS,
    *accounts_jobs.TICKS,
    *groups_jobs.TICKS,
    *mentoring_jobs.TICKS,
    *moderation_jobs.TICKS,
    *chat_jobs.TICKS,
)


def load_actor(unit: Unit, token: str) -> Actor | None:
    """Who is behind the token in a signed cookie, as they stand now."""
    return accounts.actor_for_session(unit, digest(token))


def create_app(
    settings: Settings, clock: Clock | None = None, hasher: PasswordHasher | None = None
) -> Flask:
    """Make the app: every part joined, every door closed that is not opened here."""
    app = Flask(
        __name__,
        template_folder=str(TEMPLATES),
        static_folder=str(STATIC),
        static_url_path=f"/static/{static_version()}",
    )
    app.config.update(_config(settings))
    database = Database(settings.database_url, clock or SystemClock(), ANNOUNCEMENTS, HERE)
    work.init_app(app, work.Workshop(database, settings, load_actor, accounts.actors_for_sessions))
    limits.init_limits(settings)
    hashing.init_app(app, hasher or PasswordHasher())
    for part in (logs, login, access, errors, templating):
        part.init_app(app)
    Guard(app).exempt(crisis_routes.side_door.bp)
    health.CHECKS.clear()
    health.SPARE.clear()
    if not settings.open:
        opening.init_app(app, crisis_queries.ready_to_open)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    _join(settings)
    chat_broadcast.begin(database.read)
    sockets.init_app(app)
    app.wsgi_app = Headers(app.wsgi_app, is_https=settings.is_https)  # type: ignore[method-assign]
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
    return app


def _join(settings: Settings) -> None:
    """Teach lower areas what higher ones can do."""
    accounts_ports.joined.folder = settings.data
    crisis_queries.keep_numbers_in(settings.data)
    crisis_queries.climb_after(settings.ladder_seconds if settings.ladder_is_set else None)
    crisis_ports.joined.side_rooms = SideRooms()
    crisis_ports.joined.room_hosts = RoomHosts()
    crisis_ports.joined.words = PersonsWords()
    group_ports.register(GroupRooms())
    mentoring_ports.joined.rooms = PairRooms()
    mentoring_ports.joined.resting = crisis_queries.resting
    mentoring_ports.joined.conflicts = moderation_queries.in_complaints_with
    moderation_ports.register("message", MessageTarget())
    for kind in Aside:
        moderation_ports.register(kind, AsideTarget(kind))
    accounts_ports.register_way_in("appeal", AppealWay())
    journal_ports.joined.sealer = sealer_for(settings.secret_key, "plan v1")
    moderation_ports.joined.sealer = sealer_for(settings.secret_key, "evidence v1")
    crisis_queries.sign_with(settings.secret_key)
    accounts_ports.register_way_in("side_room", crisis_routes.SideRoomWay())
    moderation_ports.register_looking(RoomTalk())
    accounts_ports.register_mentor_leaver(MENTOR_LEFT)
    for memory in MEMORIES:
        accounts_ports.register_eraser(memory)
        accounts_ports.register_exporter(memory)


def _config(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SESSION_COOKIE_NAME": "handrail",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=login.REMEMBER_DAYS),
        "SEND_FILE_MAX_AGE_DEFAULT": YEAR,
        "MAX_CONTENT_LENGTH": MOST_BODY,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "JSON_SORT_KEYS": False,
    }
