"""Read the draft of the rules: its changes, and past words that would come out in another way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from support.base.actor import Actor
from support.db.unit import Unit
from support.moderation.models import RuleEdit, RuleSet
from support.moderation.ports import target
from support.moderation.queries import ruling as queries
from support.moderation.queries.rulebook import names_of

MOST_SHOWN = 20
CHANGES = ("newly_held", "newly_released", "newly_noticed", "no_longer_noticed")


@dataclass(frozen=True, slots=True)
class Difference:
    """A past message that would come out in another way, and what was decided about it."""

    id: str
    item_id: str | None
    body: str | None
    decision: str | None = None


@dataclass(frozen=True, slots=True)
class DraftPage:
    """The draft: its changes, what trying it showed, and who may say yes to it."""

    draft: RuleSet
    edits: Sequence[RuleEdit]
    names: Mapping[str, str]
    differences: Mapping[str, Sequence[Difference]]
    is_rehearsed: bool
    is_on_live: bool
    may_approve: bool


def draft_page(unit: Unit, actor: Actor) -> DraftPage:
    """The draft as this moderator may see it: what tells of their own words is left out."""
    draft = queries.draft_for(unit, actor)
    edits = queries.edits_of(unit, draft.id)
    writers = {draft.made_by, *(edit.by_id for edit in edits)}
    is_rehearsed = draft.rehearsed_version == draft.version
    is_on_live = queries.is_on_live(unit, draft)
    return DraftPage(
        draft=draft,
        edits=edits,
        names=names_of(unit, writers),
        differences=_differences(unit, actor, draft),
        is_rehearsed=is_rehearsed,
        is_on_live=is_on_live,
        may_approve=is_on_live and is_rehearsed and actor.id not in writers,
    )


def _differences(unit: Unit, actor: Actor, draft: RuleSet) -> dict[str, list[Difference]]:
    kept = draft.rehearsal or {}
    wanted = {name: list(kept.get(name, ()))[:MOST_SHOWN] for name in CHANGES}
    ids = [each for some in wanted.values() for each in some]
    items = queries.seen_among(unit, actor, [each for each in ids if ":" not in each])
    places = {each: each.partition(":")[2] for each in ids if ":" in each}
    places |= {each: message_id for each, (message_id, _) in items.items()}
    bodies = target("message").bodies(unit, list(places.values()))
    return {
        name: [
            Difference(
                each,
                each if each in items else None,
                bodies.get(places[each]),
                items[each][1] if each in items else None,
            )
            for each in some
            if each in places
        ]
        for name, some in wanted.items()
    }
