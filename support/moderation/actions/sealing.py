"""Seal what was said when somebody reports or judges it; what is sealed goes only by rule."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from support.audit import actions as audit
from support.base.errors import NotFound
from support.base.ids import new_id
from support.db.unit import Unit
from support.moderation import queries
from support.moderation.models import Evidence, EvidenceLine, ReviewItem
from support.moderation.ports import Snapshot, joined, target
from support.moderation.rules.evidence import line_hash, place_of, root_hash

AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Sealed:
    """A seal that is made and not yet in the log."""

    evidence_id: str
    item_id: str
    root: str


def seal(unit: Unit, item: ReviewItem, words: Snapshot) -> Sealed | None:
    """Seal the words and ten on either side; None where these very words are sealed already."""
    sealer = joined.sealer
    digest = sealer.mark(words.body)
    if not words.body or queries.has_evidence(unit, item.id, digest):
        return None
    made = Evidence(
        id=new_id(),
        item_id=item.id,
        author_id=words.author_id,
        taken_at=unit.now,
        digest=digest,
        key_id=sealer.id,
    )
    unit.session.add(made)
    unit.session.flush()
    lines = [_line(made.id, place, said) for place, said in _placed(unit, item, words)]
    unit.session.execute(insert(EvidenceLine), lines)
    return Sealed(made.id, item.id, root_of(made, [line["hash"] for line in lines]))


def seal_gone(unit: Unit, kind: str, target_id: str, said: tuple[str, str, datetime]) -> None:
    """Words whose time in their room is over stay sealed as long as a matter about them is open.

    `said` is the words, the state they were in, and when they were said.
    """
    item = queries.open_item(unit, kind, target_id)
    if item is None:
        return
    body, state, at = said
    words = Snapshot(item.author_id, item.room_id, body, state, at)
    witness(unit, seal(unit, item, words))


def witness(unit: Unit, sealed: Sealed | None) -> None:
    """Put a seal's hash into the log; after rooms were written, whose locks come first."""
    if sealed is not None:
        subject = f"evidence:{sealed.evidence_id}"
        item, root = sealed.item_id, sealed.root
        audit.record(unit, None, "moderation.evidence_sealed", subject, item=item, root=root)


def root_of(made: Evidence, hashes: Sequence[str]) -> str:
    """The hash of a seal over those of its lines, in their order."""
    return root_hash(
        (made.id, made.item_id, made.author_id),
        made.taken_at,
        (made.key_id, made.digest),
        hashes,
    )


def destroy(unit: Unit, evidence_ids: Collection[str], why: str, by_id: str | None = None) -> None:
    """Take whole seals away, and say in the log that it was meant."""
    if not evidence_ids:
        return
    unit.session.execute(
        delete(EvidenceLine)
        .where(EvidenceLine.evidence_id.in_(evidence_ids))
        .execution_options(synchronize_session=False)
    )
    unit.session.execute(
        delete(Evidence)
        .where(Evidence.id.in_(evidence_ids))
        .execution_options(synchronize_session=False)
    )
    for evidence_id in evidence_ids:
        audit.record(unit, by_id, "moderation.evidence_gone", f"evidence:{evidence_id}", why=why)


def forget_lines_of(unit: Unit, account_id: str) -> None:
    """Somebody goes: their words leave the seals of settled matters in which others are judged."""
    settled = select(Evidence.id).where(Evidence.item_id.in_(queries.settled_items()))
    gone = unit.session.execute(
        update(EvidenceLine)
        .where(
            EvidenceLine.author_id == account_id,
            EvidenceLine.evidence_id.in_(settled),
            EvidenceLine.sealed.is_not(None),
        )
        .values(sealed=None)
        .returning(EvidenceLine.evidence_id, EvidenceLine.place)
        .execution_options(synchronize_session=False)
    ).all()
    for row in gone:
        subject = f"evidence:{row.evidence_id}"
        audit.record(unit, None, "moderation.evidence_line_gone", subject, place=row.place)


def expire(unit: Unit) -> int:
    """Seals of matters that were settled long ago go."""
    over = queries.seals_that_are_over(unit, AT_ONCE)
    destroy(unit, over, "expired")
    return len(over)


def seal_older(unit: Unit) -> int:
    """Words that were kept in the clear before there were seals are sealed now."""
    rows = unit.session.execute(
        select(EvidenceLine, Evidence)
        .join(Evidence, Evidence.id == EvidenceLine.evidence_id)
        .where(EvidenceLine.plain.is_not(None))
        .limit(AT_ONCE)
    ).all()
    sealer = joined.sealer
    for line, made in rows:
        bound = place_of(made.id, line.place, line.author_id)
        line.sealed, line.plain = sealer.seal(line.plain or "", bound), None
        line.hash = line_hash(bound, line.said_at, line.sealed)
        made.key_id, made.digest = sealer.id, f"old:{made.digest}"
        witness(unit, Sealed(made.id, made.item_id, root_of(made, [line.hash])))
    return len(rows)


def _placed(unit: Unit, item: ReviewItem, words: Snapshot) -> list[tuple[int, Snapshot]]:
    """The words at place 0, those said before at -1, -2 …, those after at 1, 2 …"""
    try:
        around = target(item.target_kind).neighbours(unit, item.target_id)
    except NotFound:
        around = []
    before = [said for said in around if said.at <= words.at]
    after = [said for said in around if said.at > words.at]
    placed = [(at - len(before), said) for at, said in enumerate(before)]
    return [*placed, (0, words), *enumerate(after, start=1)]


def _line(evidence_id: str, place: int, said: Snapshot) -> dict[str, Any]:
    bound = place_of(evidence_id, place, said.author_id)
    sealed = joined.sealer.seal(f"{said.state}\n{said.body}", bound)
    return {
        "id": new_id(),
        "evidence_id": evidence_id,
        "place": place,
        "author_id": said.author_id,
        "said_at": said.at,
        "sealed": sealed,
        "hash": line_hash(bound, said.at, sealed),
    }
