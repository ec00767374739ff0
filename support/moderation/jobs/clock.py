"""By the clock: held words nobody judged, sanctions that are over, the rules that are live."""

import logging

from gevent import get_hub

from support.db.unit import Database, Unit
from support.moderation import actions
from support.moderation.actions import ruling
from support.moderation.queries.ruling import source_of, standing
from support.moderation.rules.live import go_live, live
from support.moderation.rules.overlay import book_of
from support.moderation.rules.rulebook import BadRules, shipped, shipped_documents

log = logging.getLogger("handrail.moderation")


def lapse(database: Database) -> None:
    """Words held for a day are not shown, and their authors are told so."""
    more = True
    while more:
        with database.unit() as unit:
            more = actions.lapse_held(unit) == actions.AT_ONCE


def end(database: Database) -> None:
    """What has run its time is over."""
    with database.unit() as unit:
        actions.end_sanctions(unit)


def hurry(database: Database) -> None:
    """Appeals that nobody answered in time are asked about again."""
    with database.unit() as unit:
        actions.ask_again_about_late(unit)


def tend_seals(database: Database) -> None:
    """Seals of what was settled long ago go; older words are sealed; unsigned steps lapse."""
    with database.unit() as unit:
        actions.lapse_steps(unit)
        actions.forget_work(unit)
    for step in (actions.seal_older, actions.expire):
        more = True
        while more:
            with database.unit() as unit:
                more = step(unit) == actions.SEALS_AT_ONCE


def refresh_rules(database: Database) -> None:
    """Review by the rules that are live, whichever process approved them; two seconds at most."""
    release = shipped()
    with database.look() as unit:
        now = standing(unit, release.version)
    if now.set_id is None or not now.is_offered:
        with database.unit() as unit:
            _take_in_release(unit, now.set_id is None)
        with database.read() as unit:
            now = standing(unit, release.version)
    if now.set_id is not None and now.version != live().version:
        _make_live(database, now.set_id)


def _take_in_release(unit: Unit, is_new: bool) -> None:
    documents = shipped_documents()
    if is_new:
        ruling.seed(unit, shipped().version, documents)
    else:
        ruling.offer(unit, shipped().version, documents)


def _make_live(database: Database, set_id: str) -> None:
    """Built in a thread: it takes a second, and rooms go on meanwhile."""
    with database.read() as unit:
        source = source_of(unit, set_id)
    try:
        book = get_hub().threadpool.apply(book_of, (source.documents, source.base, source.overlay))
    except BadRules:
        log.error("rules cannot be used version=%s; the running ones stay", source.version)
        return
    go_live(book)
    log.info("rules live version=%s", book.version)
