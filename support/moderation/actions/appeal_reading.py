"""Read an appeal at the desk: what the person says, and what was decided, why and by whom."""

from dataclasses import dataclass
from datetime import datetime

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.base.errors import NotFound
from support.db.unit import Unit
from support.moderation import queries
from support.moderation.models import ReviewItem
from support.moderation.ports import target
from support.moderation.queries import Line, Record
from support.moderation.rules.appeals import APPEAL
from support.moderation.rules.desk import UNDO_WITHIN


@dataclass(frozen=True, slots=True)
class AppealReading:
    """One appeal, opened for an answer."""

    line: Line
    text: str
    what: str
    reason: str
    rule: str
    by: str
    second: str | None
    at: datetime
    until: datetime | None
    state: str
    can_shorten: bool
    words: str | None
    record: Record
    is_mine: bool
    outcome: str | None
    reply: str | None
    can_undo: bool
    is_mine_decided: bool


def is_appeal(unit: Unit, actor: Actor, item_id: str) -> bool:
    """Whether an entry is an appeal and not about words."""
    return queries.item_for(unit, actor, item_id).target_kind == APPEAL


def read_appeal(unit: Unit, actor: Actor, item_id: str) -> AppealReading:
    """Everything that somebody else needs to look again."""
    item = queries.item_for(unit, actor, item_id)
    made = queries.appeal_of_item(unit, item_id)
    if made is None:
        raise NotFound("There is no such entry.")
    is_own = made.answered_by == actor.id
    about = queries.facts_of(unit, made)
    people = accounts.people(unit, {one for one in (made.against_id, made.second_id) if one})
    names = {person_id: person.handle for person_id, person in people.items()}
    return AppealReading(
        line=queries.line_of(unit, item),
        text=made.text,
        what=about.what,
        reason=about.reason,
        rule=made.rule,
        by=names.get(made.against_id or "", ""),
        second=names.get(made.second_id or ""),
        at=about.at,
        until=about.until,
        state=about.state,
        can_shorten=about.can_shorten,
        words=_words(unit, about.item),
        record=queries.record_of(unit, item.author_id),
        is_mine=item.claimed_by == actor.id and (item.claimed_until or unit.now) > unit.now,
        outcome=made.outcome,
        reply=made.reply,
        can_undo=is_own and unit.now - (made.answered_at or unit.now) <= UNDO_WITHIN,
        is_mine_decided=is_own,
    )


def _words(unit: Unit, item: ReviewItem | None) -> str | None:
    """The words that the action was about, as far as the room still has them."""
    if item is None:
        return None
    try:
        return target(item.target_kind).snapshot(unit, item.target_id).body or None
    except NotFound:
        return None
