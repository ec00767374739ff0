"""Read somebody's words or record at the desk: what a moderator needs to judge, no more."""

from dataclasses import dataclass, replace
from datetime import datetime

from support.accounts import queries as accounts
from support.accounts.queries import Person
from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import NotFound
from support.db.unit import Unit
from support.moderation import queries
from support.moderation.actions.similar import domains_in
from support.moderation.models import ReviewItem
from support.moderation.ports import VISIBLE, Snapshot, joined, looking, target
from support.moderation.queries import FindingLine, Line, OwnDecision, Record, SealFacts, StepLine
from support.moderation.rules.circumstances import SAME_WORDS_WITHIN, Circumstance, circumstances
from support.moderation.rules.desk import UNDO_WITHIN, check_is_staff
from support.moderation.rules.marking import Piece, pieces


@dataclass(frozen=True, slots=True)
class Said:
    """Words and who said them."""

    author: str
    body: str
    at: datetime
    is_visible: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """An item, opened for judging."""

    line: Line
    words: Said | None
    pieces: tuple[Piece, ...]
    seals: tuple[SealFacts, ...]
    has_changed: bool
    steps: tuple[StepLine, ...]
    before: tuple[Said, ...]
    after: tuple[Said, ...]
    findings: tuple[FindingLine, ...]
    links: tuple[str, ...]
    circumstances: tuple[Circumstance, ...]
    record: Record
    reason: str | None
    rule: str | None
    is_mine: bool
    can_undo: bool
    is_mine_decided: bool
    has_hat: bool


@dataclass(frozen=True, slots=True)
class PersonReading:
    """A person's record, opened for judging; `groups` are the ids they belong to."""

    person: Person
    record: Record
    here_since: datetime


def read_item(unit: Unit, actor: Actor, item_id: str) -> Reading:
    """Everything a moderator needs to judge an item, the words among ten others on either side."""
    item = queries.item_for(unit, actor, item_id)
    now, around = _words(unit, item)
    names = _names(unit, [now, *around] if now else around)
    seals = queries.seals_of(unit, item.id)
    body = now.body if now else ""
    at = now.at if now else unit.now
    findings = tuple(queries.findings_of(unit, item.id))
    decided_at = item.decided_at
    return Reading(
        line=queries.line_of(unit, item),
        words=_said(now, names) if now else None,
        pieces=pieces(body, [(one.start, one.end) for one in findings]),
        seals=seals,
        has_changed=bool(seals) and seals[-1].digest != joined.sealer.mark(body),
        steps=queries.steps_about(unit, actor, item.id) if seals else (),
        before=tuple(_said(one, names) for one in around if one.at <= at),
        after=tuple(_said(one, names) for one in around if one.at > at),
        findings=findings,
        links=tuple(sorted(domains_in(body))),
        circumstances=circumstances(
            queries.facts_round(unit, item, body, _rooms(unit, item, body)),
            [one.label for one in findings],
        ),
        record=queries.record_of(unit, item.author_id),
        reason=item.reason,
        rule=item.rule,
        is_mine=item.claimed_by == actor.id and (item.claimed_until or unit.now) > unit.now,
        has_hat=item.group_id in queries.hats(unit, actor),
        is_mine_decided=item.decided_by == actor.id and item.decided_at is not None,
        can_undo=(
            item.decided_by == actor.id
            and decided_at is not None
            and unit.now - decided_at <= UNDO_WITHIN
        ),
    )


def read_person(unit: Unit, actor: Actor, handle: str) -> PersonReading:
    """A person's record; that somebody read it is written down."""
    check_is_staff(actor)
    person = accounts.by_handle(unit, handle)
    if person is None or person.id == actor.id or person.id in queries.near(unit, actor.id):
        raise NotFound("There is nobody of this name.")
    audit.record(unit, actor.id, "moderation.record_read", f"account:{person.id}")
    since = accounts.here_since(unit, person.id)
    return PersonReading(person, queries.record_of(unit, person.id), since)


def own_decisions(unit: Unit, actor: Actor) -> tuple[OwnDecision, ...]:
    """What was decided about oneself, with one's own words as long as the room still has them."""
    return tuple(
        replace(one, words=_own_words(unit, actor.id, one))
        for one in queries.decisions_about(unit, actor)
    )


def at_the_door(unit: Unit, account_id: str) -> OwnDecision | None:
    """What keeps somebody out, and their own words that it is about."""
    one = queries.what_keeps_them_out(unit, account_id)
    return replace(one, words=_own_words(unit, account_id, one)) if one else None


def _own_words(unit: Unit, account_id: str, one: OwnDecision) -> str | None:
    if one.target is None:
        return None
    try:
        said = target(one.target[0]).snapshot(unit, one.target[1])
    except NotFound:
        return None
    return said.body if said.author_id == account_id and said.body else None


def _words(unit: Unit, item: ReviewItem) -> tuple[Snapshot | None, list[Snapshot]]:
    content = target(item.target_kind)
    try:
        return content.snapshot(unit, item.target_id), content.neighbours(unit, item.target_id)
    except NotFound:
        return None, []


def _rooms(unit: Unit, item: ReviewItem, body: str) -> int:
    """In how many rooms the author said the very same words lately."""
    if item.target_kind != "message" or not body:
        return 0
    return looking().rooms_with(unit, item.author_id, body, unit.now - SAME_WORDS_WITHIN)


def _names(unit: Unit, said: list[Snapshot]) -> dict[str, str]:
    people = accounts.people(unit, {one.author_id for one in said})
    return {person_id: person.handle for person_id, person in people.items()}


def _said(one: Snapshot, names: dict[str, str]) -> Said:
    return Said(names.get(one.author_id, ""), one.body, one.at, one.state == VISIBLE)
