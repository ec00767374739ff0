"""Read the rules as the database has them: what is live, the draft, earlier versions, past hits."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, or_, select
from sqlalchemy.orm import aliased, load_only

from support.base.actor import Actor
from support.base.errors import NotFound
from support.db.prepared import Prepared
from support.db.unit import Unit
from support.moderation.models import FoundLabel, ReviewItem, RuleEdit, RuleSet, RuleText
from support.moderation.queries.conflicts import decided_ones, hidden_now, open_ones
from support.moderation.rules.desk import check_is_staff
from support.moderation.rules.overlay import Documents, Overlay, version_of

MOST_HITS = 50
MOST_SETS = 30
LIVE, DRAFT, RETIRED, DROPPED = "live", "draft", "retired", "dropped"
_OFFERED = aliased(RuleSet)
_STANDING = Prepared(
    select(
        RuleSet.id,
        RuleSet.version,
        select(_OFFERED.id).where(_OFFERED.base == bindparam("shipped", type_=String)).exists(),
    ).where(RuleSet.state == LIVE)
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One time a rule found something, and what a moderator made of it, if one has looked."""

    id: str
    item_id: str
    at: datetime
    severity: str
    version: str
    decision: str | None
    outcome: str | None
    kind: str
    target_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Which rules are live, and whether this release has been offered to the moderators."""

    set_id: str | None
    version: str | None
    is_offered: bool


@dataclass(frozen=True, slots=True)
class Source:
    """What a rule set is made of: a release and the changes laid over it."""

    base: str
    documents: Documents
    overlay: Overlay

    @property
    def version(self) -> str:
        """What findings by these rules carry."""
        return version_of(self.base, self.overlay)


def source_of(unit: Unit, set_id: str) -> Source:
    """Everything needed to make a set ready, outside the transaction: that takes a second."""
    one = unit.session.get_one(RuleSet, set_id)
    return Source(one.base, documents(unit, one.base), one.overlay)


def standing(unit: Unit, shipped_version: str) -> Standing:
    """One statement, asked every two seconds in every process."""
    rows = _STANDING.rows(unit.session, shipped=shipped_version)
    if not rows:
        return Standing(None, None, False)
    set_id, version, is_offered = rows[0]
    return Standing(set_id, version, bool(is_offered))


def set_in(unit: Unit, state: str) -> RuleSet | None:
    """The live set, or the draft."""
    return unit.session.scalar(select(RuleSet).where(RuleSet.state == state))


def draft_for(unit: Unit, actor: Actor) -> RuleSet:
    """The draft, locked until this transaction ends."""
    check_is_staff(actor)
    found = unit.session.scalar(select(RuleSet).where(RuleSet.state == DRAFT).with_for_update())
    if found is None:
        raise NotFound("There is no draft.")
    return found


def version_name(unit: Unit, set_id: str | None) -> str | None:
    """What a set is called on findings and pages."""
    return unit.session.scalar(select(RuleSet.version).where(RuleSet.id == set_id))


def is_on_live(unit: Unit, draft: RuleSet) -> bool:
    """Whether the rules that a draft was begun on are still those in force."""
    live = select(RuleSet.id).where(RuleSet.state == LIVE, RuleSet.id == draft.parent_id)
    return unit.session.scalar(live) is not None


def live_for_change(unit: Unit) -> RuleSet | None:
    """The live set, locked: whoever puts another in force meanwhile waits, or has won."""
    return unit.session.scalar(select(RuleSet).where(RuleSet.state == LIVE).with_for_update())


def set_for(unit: Unit, actor: Actor, set_id: str) -> RuleSet:
    """One version of the rules."""
    check_is_staff(actor)
    found = unit.session.get(RuleSet, set_id)
    if found is None:
        raise NotFound("There is no such version.")
    return found


def documents(unit: Unit, base: str) -> dict[str, Any]:
    """The rule files of one release."""
    text = unit.session.scalar(select(RuleText.documents).where(RuleText.version == base))
    return dict(json.loads(text)) if text else {}


def versions(unit: Unit) -> list[RuleSet]:
    """The newest versions that are or were live, and the draft, newest first."""
    rows = unit.session.scalars(
        select(RuleSet)
        .where(RuleSet.state != DROPPED)
        .options(
            load_only(
                *(RuleSet.id, RuleSet.version, RuleSet.state, RuleSet.base, RuleSet.made_by),
                *(RuleSet.made_at, RuleSet.approved_by, RuleSet.live_at),
            )
        )
        .order_by(RuleSet.made_at.desc(), RuleSet.id)
        .limit(MOST_SETS)
    )
    return list(rows)


def edits_of(unit: Unit, set_id: str) -> list[RuleEdit]:
    """Who changed what in a draft, and why, in order."""
    rows = unit.session.scalars(
        select(RuleEdit).where(RuleEdit.set_id == set_id).order_by(RuleEdit.at, RuleEdit.id)
    )
    return list(rows)


def hits_of(unit: Unit, actor: Actor, rule_id: str) -> list[Hit]:
    """The last times a rule found something in what this moderator may see, newest first."""
    check_is_staff(actor)
    may_see = or_(decided_ones(unit, actor), open_ones(hidden_now(unit, actor)))
    rows = unit.session.execute(
        select(FoundLabel, ReviewItem)
        .join(ReviewItem, ReviewItem.id == FoundLabel.item_id)
        .where(FoundLabel.rule_id == rule_id, may_see)
        .order_by(FoundLabel.at.desc(), FoundLabel.id)
        .limit(MOST_HITS)
    )
    return [_hit(found, item) for found, item in rows]


def _hit(found: FoundLabel, item: ReviewItem) -> Hit:
    return Hit(
        id=found.id,
        item_id=found.item_id,
        at=found.at,
        severity=found.severity,
        version=found.rules_version,
        decision=item.decision,
        outcome=found.outcome,
        kind=item.target_kind,
        target_id=item.target_id,
        start=found.span_start,
        end=found.span_end,
    )


def decided_since(
    unit: Unit, actor: Actor, since: datetime, most: int
) -> Mapping[str, tuple[str, str]]:
    """Items decided since then that this moderator may see: id → (message id, decision)."""
    rows = unit.session.execute(
        select(ReviewItem.id, ReviewItem.target_id, ReviewItem.decision)
        .where(
            decided_ones(unit, actor),
            ReviewItem.decided_at >= since,
            ReviewItem.target_kind == "message",
        )
        .order_by(ReviewItem.decided_at.desc(), ReviewItem.id)
        .limit(most)
    )
    return {row.id: (row.target_id, row.decision or "") for row in rows}


def waiting(unit: Unit, actor: Actor, since: datetime, most: int) -> Mapping[str, str]:
    """Items that nobody has decided, newest first: id → message id. Held words are among them."""
    rows = unit.session.execute(
        select(ReviewItem.id, ReviewItem.target_id)
        .where(
            open_ones(hidden_now(unit, actor)),
            ReviewItem.opened_at >= since,
            ReviewItem.target_kind == "message",
        )
        .order_by(ReviewItem.opened_at.desc(), ReviewItem.id)
        .limit(most)
    )
    return {row.id: row.target_id for row in rows}


def seen_among(
    unit: Unit, actor: Actor, item_ids: Collection[str]
) -> dict[str, tuple[str, str | None]]:
    """Of these items, those that this moderator may see: id → message id and decision, if any."""
    rows = unit.session.execute(
        select(ReviewItem.id, ReviewItem.target_id, ReviewItem.decision).where(
            or_(decided_ones(unit, actor), open_ones(hidden_now(unit, actor))),
            ReviewItem.id.in_(item_ids),
        )
    )
    return {row.id: (row.target_id, row.decision) for row in rows}
