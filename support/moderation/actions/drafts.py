"""Read the draft of the rules: what it changes, and past words that would come out otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from support.base.actor import Actor
from support.db.unit import Unit
from support.moderation.actions.ruling import is_left_to_another
from support.moderation.forms import DraftFilter
from support.moderation.models import RuleEdit, RuleSet
from support.moderation.ports import target
from support.moderation.queries import ruling as queries
from support.moderation.queries.rulebook import names_of
from support.moderation.queries.ruling import LIVE
from support.moderation.rules.comparing import Change, RuleFiles, changes
from support.moderation.rules.rehearsal import GROUPS

T = TypeVar("T")
AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Stretch(Generic[T]):
    """One page of a list, and how much of it there is."""

    lines: Sequence[T]
    count: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages the whole list has."""
        return max(1, -(-self.count // AT_ONCE))


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
    changes: Sequence[Change]
    shown: Stretch[Change]
    visible: Mapping[str, Sequence[str]]
    differences: Mapping[str, Stretch[Difference]]
    is_rehearsed: bool
    is_on_live: bool
    began_on: str | None
    may_approve: bool


@dataclass(frozen=True, slots=True)
class _Tried:
    """Past words that come out otherwise, as far as somebody may see them."""

    groups: Mapping[str, Sequence[str]]
    places: Mapping[str, tuple[str, str | None]]


def draft_page(unit: Unit, actor: Actor, wanted: DraftFilter | None = None) -> DraftPage:
    """The draft as this moderator may see it: what tells of their own words is left out."""
    pages = (wanted or DraftFilter.parse({})).pages
    draft = queries.draft_for(unit, actor)
    edits = queries.edits_of(unit, draft.id)
    writers = {draft.made_by, *(edit.by_id for edit in edits)}
    is_rehearsed = draft.rehearsed_version == draft.version
    is_on_live = queries.is_on_live(unit, draft)
    changed, tried = _changes(unit, draft), _tried(unit, actor, draft)
    return DraftPage(
        draft=draft,
        edits=edits,
        names=names_of(unit, writers),
        changes=changed,
        shown=_stretch(changed, pages["changes"]),
        visible=tried.groups,
        differences={name: _differences(unit, tried, name, pages[name]) for name in GROUPS},
        is_rehearsed=is_rehearsed,
        is_on_live=is_on_live,
        began_on=queries.version_name(unit, draft.parent_id),
        may_approve=is_on_live
        and is_rehearsed
        and actor.id not in writers
        and not is_left_to_another(unit, actor, draft),
    )


def _stretch(lines: Sequence[T], page: int) -> Stretch[T]:
    last = max(1, -(-len(lines) // AT_ONCE))
    page = min(page, last)
    return Stretch(lines[(page - 1) * AT_ONCE : page * AT_ONCE], len(lines), page)


def _changes(unit: Unit, draft: RuleSet) -> tuple[Change, ...]:
    """What would be different from the rules in force, whoever made the draft."""
    live = queries.set_in(unit, LIVE)
    if live is None:
        return ()
    now = queries.documents(unit, live.base)
    then = now if draft.base == live.base else queries.documents(unit, draft.base)
    return changes(RuleFiles(now, live.overlay), RuleFiles(then, draft.overlay))


def _tried(unit: Unit, actor: Actor, draft: RuleSet) -> _Tried:
    kept = draft.rehearsal or {}
    ids = [each for name in GROUPS for each in kept.get(name, ())]
    places: dict[str, tuple[str, str | None]] = {
        each: (each.partition(":")[2], None) for each in ids if ":" in each
    }
    places |= queries.seen_among(unit, actor, [each for each in ids if ":" not in each])
    groups = {name: [each for each in kept.get(name, ()) if each in places] for name in GROUPS}
    return _Tried(groups, places)


def _differences(unit: Unit, tried: _Tried, name: str, page: int) -> Stretch[Difference]:
    part = _stretch(tried.groups[name], page)
    bodies = target("message").bodies(unit, [tried.places[each][0] for each in part.lines])
    lines = []
    for each in part.lines:
        message_id, decision = tried.places[each]
        item_id = None if ":" in each else each
        lines.append(Difference(each, item_id, bodies.get(message_id), decision))
    return Stretch(lines, part.count, part.page)
