"""One rule opened for reading: what it leans on, and the last words it found, where one may."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from support.base.actor import Actor
from support.db.unit import Unit
from support.moderation.ports import target
from support.moderation.queries.rulebook import RulePage, rule_page
from support.moderation.queries.ruling import Hit
from support.moderation.rules.marking import Piece, pieces


@dataclass(frozen=True, slots=True)
class RuleReading:
    """A rule's page and the words of its hits, by the finding; words that are gone are left out."""

    page: RulePage
    words: Mapping[str, tuple[Piece, ...]]


def read_rule(unit: Unit, actor: Actor, rule_id: str) -> RuleReading:
    """A rule with its last hits: their words by the same right by which the queue shows them."""
    page = rule_page(unit, actor, rule_id)
    return RuleReading(page, _words(unit, page.hits))


def _words(unit: Unit, hits: Sequence[Hit]) -> dict[str, tuple[Piece, ...]]:
    by_kind: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        by_kind[hit.kind].append(hit)
    found: dict[str, tuple[Piece, ...]] = {}
    for kind, some in by_kind.items():
        bodies = target(kind).bodies(unit, [hit.target_id for hit in some])
        for hit in some:
            if bodies.get(hit.target_id):
                found[hit.id] = pieces(bodies[hit.target_id], [(hit.start, hit.end)])
    return found
