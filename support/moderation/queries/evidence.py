"""Seals: whose, since when, which of them are over, and whether each is as the log says."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select

from support.audit import queries as audit
from support.audit.ports import Testimony
from support.db.unit import Unit
from support.moderation.models import Appeal, Decision, Evidence, EvidenceLine, ReviewItem, Sanction
from support.moderation.rules.desk import ItemState, SanctionState
from support.moderation.rules.evidence import KEPT_AFTER, line_hash, place_of, root_hash

_VERBS = (
    "moderation.evidence_sealed",
    "moderation.evidence_gone",
    "moderation.evidence_line_gone",
)
_LIVE = (SanctionState.PENDING, SanctionState.IN_FORCE)


@dataclass(frozen=True, slots=True)
class SealFacts:
    """One seal as the desk sees it closed: when it was made, and how many messages are in it."""

    id: str
    at: datetime
    messages: int
    digest: str


def has_evidence(unit: Unit, item_id: str, digest: str) -> bool:
    """Whether these very words are sealed already."""
    kept = select(Evidence.id).where(Evidence.item_id == item_id, Evidence.digest == digest)
    return unit.session.scalar(kept) is not None


def seals_of(unit: Unit, item_id: str) -> tuple[SealFacts, ...]:
    """The seals of an item, oldest first."""
    rows = unit.session.execute(
        select(Evidence.id, Evidence.taken_at, func.count(EvidenceLine.id), Evidence.digest)
        .join(EvidenceLine, EvidenceLine.evidence_id == Evidence.id)
        .where(Evidence.item_id == item_id)
        .group_by(Evidence.id, Evidence.taken_at, Evidence.digest)
        .order_by(Evidence.taken_at, Evidence.id)
    )
    return tuple(SealFacts(*row) for row in rows)


def lines_of(unit: Unit, item_id: str) -> list[EvidenceLine]:
    """Every sealed line of an item, seal by seal, in the order it was said."""
    return list(
        unit.session.scalars(
            select(EvidenceLine)
            .join(Evidence, Evidence.id == EvidenceLine.evidence_id)
            .where(Evidence.item_id == item_id)
            .order_by(Evidence.taken_at, Evidence.id, EvidenceLine.place)
        )
    )


def settled_items() -> Select[str]:
    """Matters in which nothing is open any more: decided, nothing in force, no appeal waiting."""
    waiting = (
        select(Appeal.id)
        .outerjoin(Sanction, Sanction.id == Appeal.sanction_id)
        .outerjoin(Decision, Decision.id == Appeal.decision_id)
        .where(
            Appeal.answered_at.is_(None),
            or_(Sanction.item_id == ReviewItem.id, Decision.item_id == ReviewItem.id),
        )
    )
    in_force = select(Sanction.id).where(
        Sanction.item_id == ReviewItem.id, Sanction.state.in_(_LIVE)
    )
    return select(ReviewItem.id).where(
        ReviewItem.state == ItemState.DECIDED, ~waiting.exists(), ~in_force.exists()
    )


def settled_seals_about(unit: Unit, account_id: str) -> list[str]:
    """The seals of this person's own words in matters that are settled."""
    return list(
        unit.session.scalars(
            select(Evidence.id).where(
                Evidence.author_id == account_id, Evidence.item_id.in_(settled_items())
            )
        )
    )


def seals_that_are_over(unit: Unit, most: int) -> list[str]:
    """Seals of matters that were settled longer ago than evidence is kept."""
    long_ago = settled_items().where(ReviewItem.decided_at <= unit.now - KEPT_AFTER)
    found = select(Evidence.id).where(Evidence.item_id.in_(long_ago)).limit(most)
    return list(unit.session.scalars(found))


@dataclass(slots=True)
class _Chain:
    roots: dict[str, str]
    lines_gone: set[tuple[str, int]]


def testimony(unit: Unit) -> Testimony:
    """Compare every seal with its hash in the log; name what was altered, added or taken out."""
    chain = _from_log(unit)
    faults: list[str] = []
    seen: set[str] = set()
    rows = unit.session.scalars(select(Evidence).execution_options(yield_per=200))
    for batch in rows.partitions(200):
        lines = _by_seal(unit, [made.id for made in batch])
        for made in batch:
            seen.add(made.id)
            faults += _wrongs(made, lines.get(made.id, []), chain)
    faults += [f"evidence {one} was taken out" for one in chain.roots if one not in seen]
    return Testimony(len(seen), tuple(faults))


def _from_log(unit: Unit) -> _Chain:
    chain = _Chain({}, set())
    for deed in audit.deeds(unit, _VERBS):
        evidence_id = deed.subject.removeprefix("evidence:")
        if deed.verb.endswith("_sealed"):
            chain.roots[evidence_id] = str(deed.detail["root"])
        elif deed.verb.endswith("_line_gone"):
            chain.lines_gone.add((evidence_id, int(deed.detail["place"])))
        else:
            chain.roots.pop(evidence_id, None)
    return chain


def _by_seal(unit: Unit, ids: Collection[str]) -> dict[str, list[EvidenceLine]]:
    found: dict[str, list[EvidenceLine]] = {}
    for line in unit.session.scalars(
        select(EvidenceLine)
        .where(and_(EvidenceLine.evidence_id.in_(ids)))
        .order_by(EvidenceLine.place)
    ):
        found.setdefault(line.evidence_id, []).append(line)
    return found


def _wrongs(made: Evidence, lines: list[EvidenceLine], chain: _Chain) -> list[str]:
    if any(line.plain is not None for line in lines):
        return []  # kept before there were seals; the house seals it within the hour
    if made.id not in chain.roots:
        return [f"evidence {made.id} was added"]
    altered = [
        f"evidence {made.id}: the line at place {line.place} was altered"
        for line in lines
        if not _holds(line, chain)
    ]
    root = root_hash(
        (made.id, made.item_id, made.author_id),
        made.taken_at,
        (made.key_id, made.digest),
        [line.hash for line in lines],
    )
    if not altered and root != chain.roots[made.id]:
        altered = [f"evidence {made.id} was altered, or a line of it was taken out"]
    return altered


def _holds(line: EvidenceLine, chain: _Chain) -> bool:
    if line.sealed is None:
        return (line.evidence_id, line.place) in chain.lines_gone
    bound = place_of(line.evidence_id, line.place, line.author_id)
    return line.hash == line_hash(bound, line.said_at, line.sealed)
