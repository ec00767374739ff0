"""A person's record: what was decided about them, what is in force, and what they reported."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, and_, func, literal, or_, select, union_all

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.base.errors import NotFound
from support.db.unit import Unit
from support.moderation.models import Decision, Report, ReviewItem, Sanction
from support.moderation.queries.appeals import OwnAppeal, own_appeals, what_keeps_out
from support.moderation.queries.conflicts import near
from support.moderation.rules.appeals import APPEAL, APPEAL_WITHIN, is_live
from support.moderation.rules.desk import (
    Closing,
    ItemState,
    SanctionKind,
    SanctionState,
    Verdict,
    acts,
    check_is_staff,
)

RECENT = 20
COUNTS_TO = 500
_TOLD = (Verdict.REWORD, Verdict.KEEP, Verdict.REMOVE, Closing.LAPSED)
LIVE = (SanctionState.PENDING, SanctionState.IN_FORCE)


@dataclass(frozen=True, slots=True)
class SanctionLine:
    """One sanction, with everybody's handle."""

    id: str
    account_id: str
    person: str
    kind: str
    state: str
    by: str
    by_id: str | None
    cosigned_by: str | None
    reason: str
    rule: str
    at: datetime
    until: datetime | None
    sign_by: datetime | None
    is_meanwhile: bool


@dataclass(frozen=True, slots=True)
class Record:
    """What is known at the desk about one person."""

    verdicts: dict[str, int]
    sanctions: tuple[SanctionLine, ...]


@dataclass(frozen=True, slots=True)
class OwnReport:
    """What somebody reported and what came of it: the class of action, never more."""

    id: str
    reason: str
    at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class OwnDecision:
    """What a moderator decided about somebody, as that person reads it."""

    id: str | None
    what: str
    at: datetime
    reason: str
    rule: str
    words: str | None = None
    target: tuple[str, str] | None = None
    until: datetime | None = None
    state: str | None = None
    appeal: OwnAppeal | None = None
    can_appeal: bool = False
    by_operator: bool = False


def record_of(unit: Unit, account_id: str) -> Record:
    """How often the desk decided what about this person, and the newest sanctions."""
    counts = unit.session.execute(
        union_all(*(_how_often(account_id, verdict) for verdict in (*Verdict, *Closing)))
    ).all()
    rows = unit.session.scalars(
        select(Sanction)
        .where(Sanction.account_id == account_id)
        .order_by(Sanction.at.desc(), Sanction.id)
        .limit(RECENT)
    ).all()
    verdicts = {verdict: count for verdict, count in counts if count}
    return Record(dict(sorted(verdicts.items())), _lines(unit, rows))


def _how_often(account_id: str, verdict: str) -> Select[str, int]:
    """One verdict, counted along the index and never further than `COUNTS_TO`."""
    some = (
        select(ReviewItem.id)
        .where(
            ReviewItem.author_id == account_id,
            ReviewItem.decision == verdict,
            ReviewItem.target_kind != APPEAL,
        )
        .limit(COUNTS_TO)
        .subquery()
    )
    return select(literal(str(verdict)), func.count()).select_from(some)


def live_sanctions(unit: Unit, actor: Actor) -> tuple[SanctionLine, ...]:
    """What is in force or waits for a second signature, apart from what is about this moderator."""
    check_is_staff(actor)
    hidden = near(unit, actor.id) | {actor.id}
    rows = unit.session.scalars(
        select(Sanction)
        .where(
            Sanction.state.in_(LIVE),
            Sanction.kind != SanctionKind.WARN,
            or_(Sanction.until.is_(None), Sanction.until > unit.now),
            Sanction.account_id.not_in(hidden),
        )
        .order_by(Sanction.state.desc(), Sanction.at.desc())
        .limit(200)
    ).all()
    return _lines(unit, rows)


def sanction_by_id(unit: Unit, actor: Actor, sanction_id: str) -> Sanction:
    """The sanction, locked; one about oneself does not exist at the desk."""
    check_is_staff(actor)
    found = unit.session.scalar(
        select(Sanction).where(Sanction.id == sanction_id).with_for_update()
    )
    if found is None or found.account_id == actor.id:
        raise NotFound("There is no such entry.")
    return found


def in_force(unit: Unit, account_id: str, kind: SanctionKind) -> Sanction | None:
    """The one of this kind that lasts longest now."""
    rows = unit.session.scalars(
        select(Sanction).where(
            Sanction.account_id == account_id,
            Sanction.kind == kind,
            Sanction.state == SanctionState.IN_FORCE,
            or_(Sanction.until.is_(None), Sanction.until > unit.now),
        )
    ).all()
    endless = next((row for row in rows if row.until is None), None)
    return endless or max(rows, key=lambda row: row.until or row.at, default=None)


def own_reports(unit: Unit, actor: Actor) -> tuple[OwnReport, ...]:
    """What this person reported, newest first, and what class of action was taken."""
    rows = unit.session.execute(
        select(Report.id, Report.reason, Report.at, ReviewItem.state, ReviewItem.decision)
        .join(ReviewItem, ReviewItem.id == Report.item_id)
        .where(Report.reporter_id == actor.id)
        .order_by(Report.at.desc(), Report.id)
        .limit(100)
    ).all()
    return tuple(
        OwnReport(row.id, row.reason, row.at, _outcome(row.state, row.decision)) for row in rows
    )


def decisions_about(unit: Unit, actor: Actor) -> tuple[OwnDecision, ...]:
    """What moderators decided about this person's words and account, newest first."""
    rows = unit.session.execute(
        select(ReviewItem, Decision)
        .outerjoin(Decision, and_(Decision.item_id == ReviewItem.id, Decision.undone_at.is_(None)))
        .where(
            ReviewItem.target_kind != APPEAL,
            ReviewItem.author_id == actor.id,
            ReviewItem.state == ItemState.DECIDED,
            ReviewItem.decision != Verdict.ALLOW,
        )
        .order_by(ReviewItem.decided_at.desc())
        .limit(RECENT)
    ).all()
    about = {item.id: item for item, _ in rows}
    sanctions = unit.session.scalars(
        select(Sanction)
        .where(
            Sanction.account_id == actor.id,
            Sanction.meanwhile_for.is_(None),
            Sanction.state != SanctionState.UNDONE,
        )
        .order_by(Sanction.at.desc())
        .limit(RECENT)
    ).all()
    told = [_of_words(item, made) for item, made in rows if item.decision in _TOLD]
    told += [_of_sanction(one, about.get(one.item_id or "")) for one in sanctions]
    appeals = own_appeals(unit, actor.id, {one.id for one in told if one.id})
    told = [_with_appeal(one, appeals, unit.now) for one in told]
    return tuple(sorted(told, key=lambda one: one.at, reverse=True))


def _with_appeal(one: OwnDecision, appeals: dict[str, OwnAppeal], now: datetime) -> OwnDecision:
    made = appeals.get(one.id or "")
    is_recent = now - one.at <= APPEAL_WITHIN
    may = bool(one.id) and made is None and (is_recent or is_live(one.state or ""))
    return replace(one, appeal=made, can_appeal=may)


def _of_words(item: ReviewItem, made: Decision | None) -> OwnDecision:
    at = item.decided_at or item.opened_at
    what, why, rule = item.decision or "", item.reason or "", item.rule or ""
    own = made.id if made and made.by_id else None
    return OwnDecision(own, what, at, why, rule, target=(item.target_kind, item.target_id))


def _of_sanction(one: Sanction, about: ReviewItem | None) -> OwnDecision:
    return OwnDecision(
        one.id,
        one.kind,
        one.at,
        one.reason,
        one.rule,
        target=(about.target_kind, about.target_id) if about else None,
        until=one.until,
        state=one.state,
        by_operator=one.by_id is None,
    )


def what_keeps_them_out(unit: Unit, account_id: str) -> OwnDecision | None:
    """The sanction that somebody meets before the door, as they may read it."""
    found = what_keeps_out(unit, account_id)
    if found is None:
        return None
    about = unit.session.get(ReviewItem, found.item_id) if found.item_id else None
    return _of_sanction(found, about)


def _outcome(state: str, decision: str | None) -> str:
    if state != ItemState.DECIDED or decision not in set(Verdict):
        return "waiting" if state != ItemState.DECIDED else "closed"
    return "acted" if acts(Verdict(decision)) else "no_action"


def _lines(unit: Unit, rows: Sequence[Sanction]) -> tuple[SanctionLine, ...]:
    ids = {row.account_id for row in rows} | {row.by_id for row in rows if row.by_id}
    ids |= {row.cosigned_by for row in rows if row.cosigned_by}
    names = {person_id: person.handle for person_id, person in accounts.people(unit, ids).items()}
    return tuple(
        SanctionLine(
            id=row.id,
            account_id=row.account_id,
            person=names.get(row.account_id, ""),
            kind=row.kind,
            state=row.state,
            by=names.get(row.by_id or "", ""),
            by_id=row.by_id,
            cosigned_by=names.get(row.cosigned_by or ""),
            reason=row.reason,
            rule=row.rule,
            at=row.at,
            until=row.until,
            sign_by=row.sign_by,
            is_meanwhile=row.meanwhile_for is not None,
        )
        for row in rows
    )
