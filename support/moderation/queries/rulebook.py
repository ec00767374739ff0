"""What the rule desk's pages show: the shelf of rules, one rule, and the draft."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.base.errors import NotFound
from support.db.unit import Unit
from support.moderation.models import RuleSet
from support.moderation.queries import learning, ruling
from support.moderation.queries.learning import Tally
from support.moderation.queries.ruling import DRAFT, LIVE, Hit, Source
from support.moderation.rules.around import Around, Named, found_by, named_by
from support.moderation.rules.builtin import BUILT_IN_IDS, is_built_in
from support.moderation.rules.comparing import Change, changed_here
from support.moderation.rules.desk import check_is_staff
from support.moderation.rules.overlay import Documents, Overlay, laid_over, rule_in, rules_in
from support.moderation.rules.rulebook import shipped, shipped_documents
from support.moderation.rules.written import in_effect, mark_of

MONTH = timedelta(days=30)
PERIODS = (7, 30, 90)
NOTHING = Tally(0, 0, 0)
MOST_NAMED = 30
NOTHING_AROUND = Around((), (), ())


@dataclass(frozen=True, slots=True)
class Written:
    """The rules as they would be: the draft's, or the live ones while there is no draft."""

    base: str
    documents: Documents
    overlay: Overlay
    version: str
    rules: Mapping[str, Mapping[str, Any]]

    def rule(self, rule_id: str) -> dict[str, Any] | None:
        """One rule, also one that is switched off; None if there never was one of this name."""
        return rule_in(self.documents, self.overlay, rule_id)


@dataclass(frozen=True, slots=True)
class Shelf:
    """All rules, how often each was right, and the versions there were."""

    rules: Sequence[Mapping[str, Any]]
    tallies: Mapping[str, Tally]
    weeks: Mapping[str, Sequence[Tally]]
    versions: Sequence[RuleSet]
    names: Mapping[str, str]
    changed: frozenset[str]
    live_version: str


@dataclass(frozen=True, slots=True)
class RulePage:
    """One rule as it really is, what it found lately, and the draft it would be changed in."""

    rule: Mapping[str, Any]
    tallies: Sequence[tuple[int, Tally]]
    hits: Sequence[Hit]
    is_off: bool
    is_changed: bool
    version: str
    mark: str = ""
    around: Around = NOTHING_AROUND
    since_release: Change | None = None
    is_built_in: bool = False


def as_drafted(unit: Unit, actor: Actor) -> Written:
    """The rules with the draft's changes in them."""
    check_is_staff(actor)
    draft = ruling.set_in(unit, DRAFT)
    one = draft or ruling.set_in(unit, LIVE)
    documents = ruling.documents(unit, one.base) if one else shipped_documents()
    overlay = one.overlay if one else {}
    version = draft.version if draft else ""
    base = one.base if one else shipped().version
    return Written(base, documents, overlay, version, rules_in(laid_over(documents, overlay)))


def draft(unit: Unit, actor: Actor) -> RuleSet:
    """The draft there is."""
    return ruling.draft_for(unit, actor)


def draft_source(unit: Unit, actor: Actor) -> Source:
    """What the draft is made of."""
    return ruling.source_of(unit, ruling.draft_for(unit, actor).id)


def shelf(unit: Unit, actor: Actor) -> Shelf:
    """Every rule that is live, with thirty days of outcomes."""
    check_is_staff(actor)
    live = ruling.set_in(unit, LIVE)
    documents = ruling.documents(unit, live.base) if live else shipped_documents()
    overlay = live.overlay if live else {}
    sets = ruling.versions(unit)
    return Shelf(
        rules=list(rules_in(laid_over(documents, overlay)).values()),
        tallies=learning.by_rule(unit, unit.now - MONTH),
        weeks=learning.by_label(unit, unit.now),
        versions=sets,
        names=names_of(unit, [name for one in sets for name in (one.made_by, one.approved_by)]),
        changed=frozenset(overlay),
        live_version=live.version if live else shipped().version,
    )


@dataclass(frozen=True, slots=True)
class Names:
    """The first contexts and word lists that say a word, and how many there are in all."""

    contexts: Sequence[Named]
    lists: Sequence[Named]
    all_contexts: int
    all_lists: int


def names_saying(unit: Unit, actor: Actor, wanted: str) -> Names:
    """What a rule may name, as far as it says a word; all of it for no word."""
    contexts, lists = found_by(as_drafted(unit, actor).documents, wanted)
    return Names(contexts[:MOST_NAMED], lists[:MOST_NAMED], len(contexts), len(lists))


def context_words(unit: Unit, actor: Actor) -> dict[str, str]:
    """What each context of the live rules is about, in a few words, where that is written."""
    check_is_staff(actor)
    live = ruling.set_in(unit, LIVE)
    documents = ruling.documents(unit, live.base) if live else shipped_documents()
    return {
        name: str(one["about"])
        for document in documents.values()
        for name, one in document.get("context", {}).items()
        if one.get("about")
    }


def rule_page(unit: Unit, actor: Actor, rule_id: str) -> RulePage:
    """One rule as the draft has it; one that is switched off can still be looked at."""
    written = as_drafted(unit, actor)
    rule = written.rule(rule_id)
    hits = ruling.hits_of(unit, actor, rule_id)
    if rule is None and not hits and rule_id not in BUILT_IN_IDS:
        raise NotFound("There is no such rule.")
    outside = {"id": rule_id, "label": BUILT_IN_IDS.get(rule_id, "")}
    return RulePage(
        rule=in_effect(rule) if rule else outside,
        tallies=[(days, _tally(unit, rule_id, days)) for days in PERIODS],
        hits=hits,
        is_off=rule_id not in written.rules,
        is_changed=rule_id in written.overlay,
        version=written.version,
        mark=mark_of(rule),
        around=named_by(written.documents, rule) if rule else NOTHING_AROUND,
        since_release=changed_here(written.documents, written.overlay, rule_id),
        is_built_in=is_built_in(rule_id),
    )


def empty_page(written: Written) -> RulePage:
    """A rule that is not there yet."""
    return RulePage({}, (), (), False, False, written.version)


def _tally(unit: Unit, rule_id: str, days: int) -> Tally:
    return learning.by_rule(unit, unit.now - timedelta(days=days), rule_id).get(rule_id, NOTHING)


def names_of(unit: Unit, ids: Iterable[str | None]) -> dict[str, str]:
    """The handles of these people."""
    known = {each for each in ids if each}
    return {one_id: one.handle for one_id, one in accounts.people(unit, known).items()}
