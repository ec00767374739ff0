"""Why review finds something in words, or lets them be: each rule that looked, and what it met."""

from collections.abc import Iterable
from dataclasses import dataclass

from support.base.severity import Severity
from support.moderation.rules.phrase import MOST_HITS
from support.moderation.rules.reading import Reading
from support.moderation.rules.rulebook import Rule, RuleBook
from support.moderation.rules.screening import looked_at, severity_of
from support.moderation.rules.surroundings import Scene, Surroundings

_ORDER = ("found", "excused", "lacking")


@dataclass(frozen=True, slots=True)
class Look:
    """What one rule made of some words; start and end are places in what was typed.

    `excused` and `lacking` name contexts: what lets the words be, what the rule asks for beside.
    A rule may read only what newcomers write.
    """

    rule_id: str
    label: str
    severity: Severity
    newcomers: bool
    start: int
    end: int
    excused: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()

    @property
    def outcome(self) -> str:
        """Found, excused by what stands round the words, or lacking what the rule asks for."""
        if self.excused:
            return "excused"
        return "lacking" if self.lacking else "found"


def explained(text: str, book: RuleBook) -> list[Look]:
    """One look of each rule that has a hit in a text; those that found something come first."""
    _, reading, _, sighting = looked_at(book, text)
    scene = Scene(book.contexts, reading.text, sighting.groups)
    best: list[Look] = []
    for rule, chances in sighting.rules:
        places = [
            place
            for phrase, first, last in chances
            for place in phrase.spans(scene.encoded, first, last)
        ][:MOST_HITS]
        best += sorted((_look(rule, scene, reading, each) for each in places), key=_first)[:1]
    return sorted(best, key=_first)


def _look(rule: Rule, scene: Scene, reading: Reading, place: tuple[int, int]) -> Look:
    round_it = Surroundings(scene, *place)
    lacking = _not_there(rule.needs, round_it)
    if rule.when and not round_it.any_of(rule.when):
        lacking += tuple(rule.when)
    return Look(
        rule.id,
        rule.label,
        severity_of(rule, round_it),
        rule.newcomers,
        *reading.span(*place),
        excused=tuple(name for name in rule.unless if round_it.holds(name)),
        lacking=lacking,
    )


def _not_there(names: Iterable[str], round_it: Surroundings) -> tuple[str, ...]:
    return tuple(name for name in names if not round_it.holds(name))


def _first(look: Look) -> tuple[int, int, int, str]:
    return _ORDER.index(look.outcome), -look.severity.rank, look.start, look.rule_id
