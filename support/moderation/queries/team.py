"""The desk's own work: who is on a break, how much each did, what one shift left to the next."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.base.errors import NotFound
from support.db.unit import Unit
from support.moderation.models import Decision, Look, Pause, ReadyWords, ReviewItem, ShiftNote
from support.moderation.queries.conflicts import staff_now
from support.moderation.rules.desk import ItemState, check_is_staff
from support.moderation.rules.team import HARD_WITHIN, NOTES_FOR, WEEK, wants_a_break


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote for the next shift."""

    by: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Load:
    """This week's decisions, one's own beside the team's: nobody else is counted by name."""

    mine: int
    team: int
    people: int
    in_hand: int
    taken_back: int


@dataclass(frozen=True, slots=True)
class Shift:
    """What a moderator sees at the start of a shift."""

    notes: tuple[Note, ...]
    load: Load
    hard: int
    wants_break: bool
    paused_until: datetime | None
    on_break: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """Words kept ready."""

    id: str
    title: str
    text: str
    rule: str


def shift(unit: Unit, actor: Actor) -> Shift:
    """Notes, own load and the team's, and whether it is time to rest."""
    check_is_staff(actor)
    hard = hard_looks(unit, actor.id)
    breaks = _breaks(unit)
    names = accounts.people(unit, breaks)
    return Shift(
        notes=_notes(unit),
        load=_load(unit, actor),
        hard=hard,
        wants_break=wants_a_break(hard),
        paused_until=breaks.get(actor.id),
        on_break=tuple(sorted(person.handle for person in names.values())),
    )


def hard_looks(unit: Unit, account_id: str) -> int:
    """How much that hurts this person has had in hand lately."""
    return (
        unit.session.scalar(
            select(func.count())
            .select_from(Look)
            .where(
                Look.account_id == account_id,
                Look.at > unit.now - HARD_WITHIN,
                Look.is_hard.is_(True),
            )
        )
        or 0
    )


def paused_until(unit: Unit, account_id: str) -> datetime | None:
    """Until when this person is on a break, if they are."""
    found = unit.session.get(Pause, account_id)
    return found.until if found is not None and found.until > unit.now else None


def ready_words(unit: Unit, actor: Actor) -> tuple[Ready, ...]:
    """The reasons that are kept ready, by name."""
    check_is_staff(actor)
    rows = unit.session.scalars(select(ReadyWords).order_by(ReadyWords.title, ReadyWords.id))
    return tuple(Ready(row.id, row.title, row.text, row.rule) for row in rows)


def ready_by_id(unit: Unit, actor: Actor, words_id: str) -> ReadyWords:
    """Words kept ready, to be changed."""
    check_is_staff(actor)
    found = unit.session.get(ReadyWords, words_id)
    if found is None:
        raise NotFound("There are no such words.")
    return found


def colleagues(unit: Unit, actor: Actor) -> tuple[str, ...]:
    """Whom an entry could be handed to, by name; who is on a break is left out."""
    others = staff_now(unit).ids - {actor.id} - set(_breaks(unit))
    return tuple(sorted(person.handle for person in accounts.people(unit, others).values()))


def _notes(unit: Unit) -> tuple[Note, ...]:
    rows = unit.session.scalars(
        select(ShiftNote)
        .where(ShiftNote.at > unit.now - NOTES_FOR)
        .order_by(ShiftNote.at.desc(), ShiftNote.id)
        .limit(20)
    ).all()
    names = accounts.people(unit, {row.by_id for row in rows})
    return tuple(
        Note(names[row.by_id].handle if row.by_id in names else "", row.at, row.text)
        for row in rows
    )


def _breaks(unit: Unit) -> dict[str, datetime]:
    rows = unit.session.execute(select(Pause.account_id, Pause.until).where(Pause.until > unit.now))
    return {account_id: until for account_id, until in rows}


def _load(unit: Unit, actor: Actor) -> Load:
    staff = staff_now(unit).ids
    since = unit.now - WEEK
    counts = {
        by_id: (made, undone)
        for by_id, made, undone in unit.session.execute(
            select(Decision.by_id, func.count(), func.count(Decision.undone_at))
            .where(Decision.by_id.in_(staff), Decision.at > since)
            .group_by(Decision.by_id)
        )
    }
    in_hand = unit.session.scalar(
        select(func.count())
        .select_from(ReviewItem)
        .where(
            ReviewItem.state == ItemState.OPEN,
            ReviewItem.claimed_by == actor.id,
            ReviewItem.claimed_until > unit.now,
        )
    )
    return Load(
        mine=counts.get(actor.id, (0, 0))[0],
        team=sum(made for made, _ in counts.values()),
        people=len(staff),
        in_hand=in_hand or 0,
        taken_back=sum(undone for _, undone in counts.values()),
    )
