"""Try a rule set before it is in force: on its own examples and on what people really wrote."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import re2

from support.base.severity import Severity
from support.moderation.rules.contexts import BUILT_IN
from support.moderation.rules.live import live
from support.moderation.rules.overlay import Documents, Overlay, book_of, contexts_in, version_of
from support.moderation.rules.pattern import BadPattern
from support.moderation.rules.rulebook import BadRules, Rule, RuleBook, shipped
from support.moderation.rules.screening import Screening, screen_words
from support.moderation.rules.written import NAMES, OFF

MOST_LOUDER = 20
GROUPS = ("newly_held", "newly_released", "newly_noticed", "no_longer_noticed")
"""In which ways past words can come out otherwise."""


@dataclass(frozen=True, slots=True)
class Past:
    """Words from the past: which item or message they are, and what was decided about them."""

    id: str
    body: str
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Weaker:
    """An example that a rule must find, and that would be held or raised less than now."""

    rule: str
    example: str
    was_held: bool
    is_held: bool
    was_severity: str
    is_severity: str
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Louder:
    """A harmless example in which more would be found than now, and which rules would find it."""

    rule: str
    example: str
    by: tuple[str, ...]
    severity: str
    is_held: bool


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What would be different: ids of past words, and examples that no longer come out right."""

    tried: int
    newly_held: tuple[str, ...]
    newly_released: tuple[str, ...]
    newly_noticed: tuple[str, ...]
    no_longer_noticed: tuple[str, ...]
    broken: tuple[tuple[str, str], ...]
    weaker: tuple[Weaker, ...] = ()
    still_held: int = 0
    louder: tuple[Louder, ...] = ()
    louder_in_all: int = 0

    @property
    def unchanged(self) -> int:
        """How many of the past words come out as they do now."""
        changed = (self.newly_held, self.newly_released, self.newly_noticed, self.no_longer_noticed)
        return self.tried - sum(map(len, changed))


class Outcome(NamedTuple):
    """What a rule set makes of an example."""

    labels: tuple[str, ...]
    severity: Severity
    holds: bool
    rules: frozenset[str]


_KNOWN: WeakKeyDictionary[RuleBook, dict[tuple[str, bool], Outcome]] = WeakKeyDictionary()
"""For each set that is still in use, what it made of examples: they never change, and there are
thousands of them at each trial of a draft."""


def rehearse(now: RuleBook, then: RuleBook, past: Sequence[Past]) -> Rehearsal:
    """Review the past words with both sets, and the new set's examples with itself."""
    held: list[str] = []
    released: list[str] = []
    noticed: list[str] = []
    dropped: list[str] = []
    still = 0
    for one in past:
        before, after = screen_words(one.body, now), screen_words(one.body, then)
        still += before.holds and _told(after) == _told(before) and after.holds
        if after.holds != before.holds:
            (held if after.holds else released).append(one.id)
        elif _told(after) != _told(before):
            (noticed if set(after.labels) - set(before.labels) else dropped).append(one.id)
    broken = tuple((rule.id, text) for rule in then.rules for text in wrong_examples(then, rule))
    changes = (tuple(held), tuple(released), tuple(noticed), tuple(dropped))
    louder = louder_examples(now, then)
    weaker = weaker_examples(now, then)
    return Rehearsal(len(past), *changes, broken, weaker, still, louder[:MOST_LOUDER], len(louder))


def weaker_examples(now: RuleBook, then: RuleBook) -> tuple[Weaker, ...]:
    """Examples of dangers, of the rules in force and the shipped ones, that are let through more.

    What people wrote in thirty days holds few dangers; the examples hold them all.
    """
    rules = {
        (rule.id, text): rule for one in (shipped(), now) for rule in one.rules for text in rule.hit
    }
    found = (
        _weaker(name, text, *(outcome(book, text, rule) for book in (now, then)))
        for (name, text), rule in rules.items()
    )
    return tuple(each for each in found if each)


def louder_examples(now: RuleBook, then: RuleBook) -> tuple[Louder, ...]:
    """Harmless examples of all rules in which more is found, or graver: a rule may be too wide.

    What is harmless for one rule may be a danger of another kind; only what is new counts.
    """
    rules = {text: rule for one in (shipped(), now) for rule in one.rules for text in rule.miss}
    found = (
        _louder(rule.id, text, *(outcome(book, text, rule) for book in (now, then)))
        for text, rule in rules.items()
    )
    return tuple(each for each in found if each)


def _louder(name: str, text: str, was: Outcome, now: Outcome) -> Louder | None:
    by = tuple(sorted(now.rules - was.rules))
    is_more = not set(now.labels) <= set(was.labels) or now.severity.rank > was.severity.rank
    return Louder(name, text, by, now.severity.value, now.holds) if by and is_more else None


def _weaker(name: str, text: str, was: Outcome, now: Outcome) -> Weaker | None:
    lost = tuple(label for label in was.labels if label not in now.labels)
    if now.holds >= was.holds and now.severity.rank >= was.severity.rank and not lost:
        return None
    return Weaker(name, text, was.holds, now.holds, was.severity.value, now.severity.value, lost)


def _told(screening: Screening) -> tuple[tuple[str, ...], str]:
    return screening.labels, screening.severity.value


def wrong_examples(book: RuleBook, rule: Rule) -> list[str]:
    """The rule's own examples that do not come out as they should."""
    missed = [text for text in rule.hit if rule.id not in outcome(book, text, rule).rules]
    return missed + [text for text in rule.miss if rule.id in outcome(book, text, rule).rules]


def outcome(book: RuleBook, text: str, rule: Rule) -> Outcome:
    """What a rule set makes of an example of a rule."""
    known = _KNOWN.setdefault(book, {})
    found = known.get((text, rule.newcomers))
    if found is None:
        told = screen_words(text, book, author_is_newcomer=rule.newcomers)
        rules = frozenset(finding.rule_id for finding in told.findings)
        found = known[text, rule.newcomers] = Outcome(told.labels, told.severity, told.holds, rules)
    return found


def wrong_lines(book: RuleBook, lines: Iterable[str]) -> list[tuple[int, str]]:
    """Which patterns cannot be used, by the number of their line, and why."""
    wrong = []
    for number, line in enumerate(lines, 1):
        try:
            for phrase in book.patterns.phrases([line]):
                phrase.check()
        except (BadPattern, re2.error) as error:
            wrong.append((number, str(error)))
    return wrong


def faults(
    documents: Documents, base: str, overlay: Overlay, raw: Mapping[str, Any]
) -> dict[str, str]:
    """What is wrong with one rule as it was written, by field; nothing, if it can be used."""
    if not raw.get(OFF):
        known = BUILT_IN | set(contexts_in(documents))
        named = {name: raw.get(name, ()) for name in NAMES}
        named |= {f"raise_{to}": when for to, when in raw.get("raise", {}).items()}
        for field, names in named.items():
            strange = [name for name in names if name not in known]
            if strange:
                return {field: _unknown(strange[0], known)}
        lines = wrong_lines(_reader(documents, base, overlay), raw["say"])
        if lines:
            return {"say": " ".join(f"Line {number}: {why}." for number, why in lines)}
    try:
        book = book_of(documents, base, {**overlay, str(raw["id"]): raw})
    except BadRules as wrong:
        return {"say": f"{wrong}."}
    rules = [rule for rule in book.rules if rule.id == raw["id"]]
    return _wrong_beside(book, rules[0]) if rules else {}


def _unknown(name: str, known: Collection[str]) -> str:
    """That there is no context of a name, and which may be meant."""
    typed = "_".join(name.strip("<>").casefold().split())
    near = get_close_matches(typed, known, 1)
    meant = f" Did you mean {near[0]}?" if near else ""
    return f"No context is called {name}.{meant}"


def _reader(documents: Documents, base: str, overlay: Overlay) -> RuleBook:
    """The rules that know the words and lists a line may use: those it is written among."""
    try:
        now = live()
        is_live = now.version == version_of(base, overlay)
        return now if is_live else book_of(documents, base, overlay)
    except BadRules:
        return now


def _wrong_beside(book: RuleBook, rule: Rule) -> dict[str, str]:
    wrong = set(wrong_examples(book, rule))
    found: dict[str, str] = {}
    for field, lines, words in (
        ("hit", rule.hit, "is not found by this rule"),
        ("miss", rule.miss, "is found by this rule, but should not be"),
    ):
        told = [f"Line {n}: {words}." for n, text in enumerate(lines, 1) if text in wrong]
        if told:
            found[field] = " ".join(told)
    return found
