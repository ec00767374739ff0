"""Who is new, has said something in a lounge, and has had no answer yet.

Five statements at most, however many wait and however much was ever said: each lounge is read from
its newest line back to the last one that is said to everybody, since that answers all before it.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Select,
    String,
    and_,
    case,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from support.accounts import queries as accounts
from support.base.actor import NEWCOMER_MESSAGES, Actor
from support.chat.models import Message, Room, RoomEvent
from support.chat.rules.lounges import LOOKED_BACK, Line, overdue
from support.chat.rules.places import Kind, Said
from support.db.listed import listed
from support.db.unit import Unit
from support.mentoring.queries import nudges

_Is = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A newcomer's message that waits, with where it stands: ids only."""

    message_id: str
    room_id: str
    group_id: str
    newcomer_id: str


class _Place(NamedTuple):
    """Somebody in a lounge."""

    room_id: str
    author_id: str


def waiting(unit: Unit) -> list[Waiting]:
    """Every newcomer who has waited long enough now, each once."""
    groups = _may_wait(unit)
    ids = {place.author_id for place in groups}
    new = {one.id: one for one in accounts.new_among(unit, ids, unit.now - LOOKED_BACK)}
    unanswered = _unanswered(unit, [place for place in groups if place.author_id in new])
    nudged = nudges.last_of(
        unit, {one.author_id for one in unanswered}, {one.room_id for one in unanswered}
    )
    late = {
        place: line
        for place, lines in unanswered.items()
        if (line := overdue(lines, nudged.get((place.author_id, place.room_id)), unit.now))
    }
    were_new = _were_new(unit, [(new[place.author_id], line) for place, line in late.items()])
    return [
        Waiting(line.id, place.room_id, groups[place], place.author_id)
        for place, line in late.items()
        if line.id in were_new
    ]


def _may_wait(unit: Unit) -> dict[_Place, str]:
    """Who said something lately that the last words to everybody do not answer; their groups."""
    lounges = select(Room.id.label("room_id"), Room.group_id.label("about")).where(
        Room.kind == Kind.LOUNGE, Room.group_id.is_not(None)
    )
    walk = _walk(unit, lounges.subquery("lounges"), lambda said, _: said.reply_to.is_(None))
    found = select(walk.c.room_id, walk.c.author_id, walk.c.about).where(walk.c.is_line == 1)
    rows = unit.session.execute(found.distinct())
    return {_Place(row.room_id, row.author_id): row.about for row in rows}


def _unanswered(unit: Unit, places: Sequence[_Place]) -> dict[_Place, list[Line]]:
    """What each of them has said since the last answer to them, in order."""
    if not places:
        return {}
    columns: dict[str, Any] = {"room_id": String(), "about": String()}
    given = [{"room_id": place.room_id, "about": place.author_id} for place in places]
    so_many = select(listed(unit, given, columns)).limit(len(given))  # PostgreSQL expects a hundred
    walk = _walk(unit, so_many.subquery("places"), partial(_is_answer, unit))
    rows = unit.session.execute(
        select(walk.c.id, walk.c.room_id, walk.c.author_id, walk.c.at)
        .where(walk.c.author_id == walk.c.about, walk.c.is_line == 1)
        .order_by(walk.c.room_id, walk.c.author_id, walk.c.seq)
    )
    return {
        _Place(*place): [Line(one.id, one.at) for one in lines]
        for place, lines in groupby(rows, attrgetter("room_id", "author_id"))
    }


def _is_answer(unit: Unit, said: type[Message], newcomer: ColumnElement[str]) -> _Is:
    """What somebody else says, to nobody in particular or in reply to a line of theirs."""
    own = aliased(Message)
    is_to_them = exists().where(
        own.id == said.reply_to,
        own.author_id == newcomer,
        own.room_id == said.room_id,
        own.seq < said.seq,
        _is_line(unit, own),
    )
    return and_(said.author_id != newcomer, or_(said.reply_to.is_(None), is_to_them))


def _walk(
    unit: Unit, places: FromClause, answers: Callable[[type[Message], ColumnElement[str]], _Is]
) -> CTE:
    """Each place's lines from the newest back to the first that answers, or that is too old.

    Line after line, each found by its number: told to read on from a number, PostgreSQL expects a
    third of all that was ever said and reads the whole table instead.
    """
    said, before = aliased(Message), aliased(Message)
    is_line = _is_line(unit, said)

    def line(place: FromClause, number: ColumnElement[int]) -> Select[Any]:
        is_end = or_(and_(is_line, answers(said, place.c.about)), _is_old(unit, said))
        return select(
            *(place.c.room_id, place.c.about, said.id, said.author_id, said.at, said.seq),
            case((is_line, 1), else_=0).label("is_line"),
            case((is_end, 1), else_=0).label("is_end"),
        ).join(said, and_(said.room_id == place.c.room_id, said.seq == number))

    number = select(func.max(before.seq))
    newest = number.where(before.room_id == places.c.room_id).scalar_subquery()
    walk = line(places, newest).cte("walk", recursive=True)
    next_back = number.where(before.room_id == walk.c.room_id, before.seq < walk.c.seq)
    return walk.union_all(line(walk, next_back.scalar_subquery()).where(walk.c.is_end == 0))


def _is_old(unit: Unit, said: type[Message]) -> _Is:
    """By the log, which tells when a line was shown: words that were held are older than that."""
    at = select(RoomEvent.at).where(RoomEvent.room_id == said.room_id, RoomEvent.seq == said.seq)
    return at.correlate(said).scalar_subquery() <= unit.now - LOOKED_BACK


def _is_line(unit: Unit, said: type[Message]) -> _Is:
    return and_(said.state == Said.VISIBLE, said.at > unit.now - LOOKED_BACK)


def _were_new(unit: Unit, late: Collection[tuple[Actor, Line]]) -> set[str]:
    """Lines of who was a newcomer when they wrote them; what they wrote while waiting counts not.

    The account counts to five and no further, and settled people begin there: whoever stands at
    five with fewer words of their own never was a newcomer.
    """
    young = [(author, line) for author, line in late if author.said(0).is_newcomer(line.at)]
    counted = [line.id for author, line in young if author.shown_messages >= NEWCOMER_MESSAGES]
    found = {line.id for _, line in young} - set(counted)
    if counted:
        first, own = aliased(Message), aliased(Message)
        before = func.sum(case((own.at < first.at, 1), else_=0))
        rows = unit.session.scalars(
            select(first.id)
            .join(own, own.author_id == first.author_id)
            .where(first.id.in_(counted), own.state == Said.VISIBLE)
            .group_by(first.id)
            .having(func.count() >= NEWCOMER_MESSAGES, before < NEWCOMER_MESSAGES)
        )
        found.update(rows)
    return found
