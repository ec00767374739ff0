"""The line of those who wait for a mentor: an honest place, and nobody is left in it unseen."""

from datetime import timedelta

from sqlalchemy import select, update

from support.accounts import queries as accounts
from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Conflict
from support.db.unit import Unit
from support.mentoring import queries
from support.mentoring.models import MentorAsk, MentorSearch
from support.mentoring.ports import joined
from support.mentoring.queries.candidates import candidates, seekers
from support.mentoring.rules.caps import WAITED_TOO_LONG_HOURS
from support.mentoring.rules.matching import shared_out
from support.notify import actions as notify

MOST_AT_ONCE = 200


def wait(unit: Unit, actor: Actor) -> int:
    """Take a place on the waiting list, and hear which."""
    search = queries.search_of(unit, actor.id)
    if search is None:
        raise Conflict("Please say first what you look for.")
    if queries.mentor_of(unit, actor) is not None:
        raise Conflict("You have a mentor.")
    if search.waiting_since is None:
        search.waiting_since = unit.now
        audit.record(unit, actor.id, "mentoring.waits", f"account:{actor.id}")
        unit.session.flush()
    return queries.place_in_line(unit, search) or 1


def stop_waiting(unit: Unit, account_id: str) -> None:
    """Leave the list: somebody was found, or one does not want to wait."""
    unit.session.execute(
        update(MentorSearch)
        .where(MentorSearch.account_id == account_id)
        .values(waiting_since=None, alerted_at=None, told_at=None)
    )


def alert_of_long_waits(unit: Unit) -> int:
    """Nobody waits unseen for two days, in the line or for an answer: the team hears of each once.
    How many there were."""
    late = unit.now - timedelta(hours=WAITED_TOO_LONG_HOURS)
    waits = unit.session.scalars(
        select(MentorSearch).where(
            MentorSearch.waiting_since < late, MentorSearch.alerted_at.is_(None)
        )
    ).all()
    asks = unit.session.scalars(
        select(MentorAsk).where(
            MentorAsk.state == "open", MentorAsk.at < late, MentorAsk.alerted_at.is_(None)
        )
    ).all()
    for search in waits:
        search.alerted_at = unit.now
    for ask in asks:
        ask.alerted_at = unit.now
    people = {row.account_id for row in waits} | {row.member_id for row in asks}
    if people:
        notify.put(
            unit,
            key=f"mentor_waits:{unit.now.isoformat()}",
            kind="mentor_waits",
            recipients=accounts.staff_ids(unit),
            payload={"waiting": len(people)},
        )
    return len(people)


def tell_who_fits(unit: Unit) -> int:
    """Places that have become free are told down the line, the longest wait first, and no place to
    more people than it has room for. Each hears it once while it lasts. How many were told."""
    rows = unit.session.scalars(
        select(MentorSearch)
        .where(MentorSearch.waiting_since.is_not(None))
        .order_by(MentorSearch.waiting_since, MentorSearch.account_id)
        .limit(MOST_AT_ONCE)
    ).all()
    known, offers = seekers(unit, rows), candidates(unit)
    apart = {one.account_id: apart_from(unit, one.account_id) for one in rows}
    fitting = shared_out([(known[one.account_id], apart[one.account_id]) for one in rows], offers)
    told = [one for one in rows if one.account_id in fitting and one.told_at is None]
    for row in rows:
        if row.account_id not in fitting:
            row.told_at = None
    for row in told:
        row.told_at = unit.now
        key = f"mentor_fits:{row.account_id}:{unit.now.isoformat()}"
        notify.put(unit, key=key, kind="mentor_fits", recipients=[row.account_id], payload={})
    return len(told)


def apart_from(unit: Unit, member_id: str) -> frozenset[str]:
    """Whom this member is not brought together with: asked or refused, hidden either way, or
    standing in a complaint with them."""
    return (
        queries.refused_by(unit, member_id)
        | accounts.hidden_either_way(unit, member_id)
        | joined.conflicts(unit, member_id)
    )
