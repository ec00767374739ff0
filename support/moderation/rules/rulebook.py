"""The rule files read, checked and made ready: lists, contexts and rules with their examples."""

import gc
import hashlib
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import re2

from support.base.severity import Severity
from support.moderation.rules.contact import ContactFinder
from support.moderation.rules.contexts import BUILT_IN, NOW, ROUND, Context, Contexts, Names
from support.moderation.rules.gate import Gate
from support.moderation.rules.groups import Groups
from support.moderation.rules.pattern import BadPattern, PatternBook
from support.moderation.rules.phrase import Phrase
from support.moderation.rules.reading import Reader, Reading
from support.moderation.rules.vocabulary import section, spelling_from

SHIPPED = Path(__file__).parent.parent / "data"
LABELS = (
    "crisis_self_harm",
    "crisis_medical",
    "abrupt_stop",
    "dosing_advice",
    "sourcing",
    "harassment",
    "self_promo",
    "personal_info",
    "third_party_concern",
)
HOLDING = frozenset({"dosing_advice", "sourcing", "harassment", "self_promo", "personal_info"})
_RULE_KEYS = {"id", "label", "severity", "say", "unless", "when", "needs", "holds", "newcomers",
              "hit", "miss", "raise", "about"}  # fmt: skip
_CONTEXT_KEYS = {"say", "where", "reach", "unless", "about"}
_MEMORY = 8 << 20
_NONE: frozenset[str] = frozenset()
_PLACES = {"before", "just before", "after", "clause", "sentence", "message", "round", "near",
           "inside"}  # fmt: skip


class BadRules(ValueError):
    """A rule set that cannot be used; the text names the rule and the reason."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing to look for, what it means, and what lets it pass."""

    id: str
    label: str
    severity: Severity
    phrases: tuple[Phrase, ...]
    unless: Names
    when: Names
    needs: Names
    raised: tuple[tuple[Severity, Names], ...]
    holds: bool
    newcomers: bool
    hit: tuple[str, ...]
    miss: tuple[str, ...]


class Sighting(NamedTuple):
    """What a first look at a message's words leaves to be searched."""

    rules: tuple[tuple[Rule, list[tuple[Phrase, int, int]]], ...]
    groups: Groups


class RuleBook:
    """One version of the rules, ready to be asked."""

    def __init__(
        self,
        documents: Mapping[str, Mapping[str, Any]],
        version: str,
        like: "RuleBook | None" = None,
    ) -> None:
        """Build from parsed files; a mistake in any of them raises BadRules.

        What a book that is mostly the same has made already is not made again.
        """
        self.version = version
        lists = _merged(documents, "list")
        contexts = _merged(documents, "context")
        rules = [rule for document in documents.values() for rule in document.get("rule", [])]
        said = [*_all_said(lists.values()), *_all_said([r.get("say", []) for r in rules])]
        said += _all_said([context.get("say", []) for context in contexts.values()])
        self.spelling = spelling_from(documents, said)
        self.reader = Reader(self.spelling)
        self.contact = ContactFinder(section(documents, "contact"))
        book = PatternBook(lists, self._spell, like.patterns if like else None)
        self.patterns: PatternBook = book
        self.contexts = _contexts(book, contexts)
        if NOW not in contexts and any(each.where == "round" for each in self.contexts.values()):
            raise BadRules(f"no context is called {NOW}: what stands round a hit needs it")
        self.rules = tuple(_rule(book, raw, self.contexts) for raw in rules)
        _check_ids(self.rules)
        self._hints = {**self.reader.hints(), **self.contact.hints()}
        self._hint_names = tuple(self._hints)
        self._hint_gate = _any_of(self._hints.values())
        self._owned = [
            (place, phrase) for place, rule in enumerate(self.rules) for phrase in rule.phrases
        ]
        self._gate = Gate([phrase for _, phrase in self._owned], self.contexts)

    def _spell(self, word: str) -> list[str]:
        """How a word of a pattern is written in a normalised text."""
        return self.spelling.words(self.reader.plain(word))

    def look(self, reading: Reading) -> Sighting:
        """What could be in a message: rules with their phrases and places, and hints."""
        chances, groups = self._gate.look(reading.text)
        rules: dict[int, list[tuple[Phrase, int, int]]] = {}
        for number, start, end in chances:
            place, phrase = self._owned[number]
            rules.setdefault(place, []).append((phrase, start, end))
        return Sighting(tuple((self.rules[place], rules[place]) for place in sorted(rules)), groups)

    def getting_ready(self) -> Iterator[Phrase | str]:
        """Make each pattern, and each word's pairs, that were not asked for yet, one a step.

        Half a second in all; else the first messages with many words of danger wait for theirs.
        """
        groups = [rule.phrases for rule in self.rules]
        groups += [context.phrases for context in self.contexts.values()]
        for phrase in chain.from_iterable(groups):
            if not phrase.is_ready:
                phrase.check()
                yield phrase
        yield from self._gate.getting_ready()

    def hints(self, text: str) -> frozenset[str]:
        """What in a normalised text is worth a closer look: contact details, disguises."""
        found = self._hint_gate.Match(text)
        return frozenset([self._hint_names[index] for index in found]) if found else _NONE


def _any_of(patterns: Iterable[str]) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    gate = re2.Set.SearchSet(options)
    for pattern in patterns:
        gate.Add(pattern)
    gate.Compile()
    return gate


def _merged(documents: Mapping[str, Mapping[str, Any]], kind: str) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for document in documents.values():
        for name, value in document.get(kind, {}).items():
            if name in merged:
                raise BadRules(f"{kind} {name} is defined twice")
            merged[name] = value
    return merged


def _all_said(groups: Iterable[Sequence[str]]) -> list[str]:
    return [pattern for group in groups for pattern in group]


def _made(
    make: Callable[[Sequence[str]], tuple[Phrase, ...]], patterns: Sequence[str], owner: str
) -> tuple[Phrase, ...]:
    if not patterns:
        raise BadRules(f"{owner}: nothing to look for")
    try:
        return make(patterns)
    except BadPattern as wrong:
        raise BadRules(f"{owner}: {wrong}") from wrong


def _context(book: PatternBook, name: str, raw: Mapping[str, Any]) -> Context:
    strange = set(raw) - _CONTEXT_KEYS
    where = raw.get("where", "sentence")
    if strange or where not in _PLACES:
        raise BadRules(f"context {name}: unknown {', '.join(sorted(strange)) or where}")
    phrases = _made(book.signs, raw.get("say", []), f"context {name}")
    reach = raw.get("reach", ROUND if where == "round" else 0)
    return Context(name, where, reach, phrases, tuple(raw.get("unless", ())))


def _contexts(book: PatternBook, said: Mapping[str, Mapping[str, Any]]) -> Contexts:
    made = [_context(book, name, raw) for name, raw in said.items()]
    for each in made:
        for other in each.unless:
            if other not in said and other not in BUILT_IN:
                raise BadRules(f"context {each.name}: no context is called {other}")
    return Contexts(made)


def _rule(book: PatternBook, raw: Mapping[str, Any], contexts: Contexts) -> Rule:
    name = raw.get("id", "a rule without an id")
    strange = set(raw) - _RULE_KEYS
    if strange:
        raise BadRules(f"{name}: unknown {', '.join(sorted(strange))}")
    if raw.get("label") not in LABELS:
        raise BadRules(f"{name}: unknown label {raw.get('label')}")
    raised = raw.get("raise", {})
    wanted = [*raw.get("unless", ()), *raw.get("when", ()), *raw.get("needs", ())]
    wanted += [context for when in raised.values() for context in when]
    missing = [context for context in wanted if context not in contexts and context not in BUILT_IN]
    if missing:
        raise BadRules(f"{name}: no context is called {missing[0]}")
    return Rule(
        id=name,
        label=raw["label"],
        severity=Severity(raw.get("severity", "watch")),
        phrases=_made(book.phrases, raw.get("say", []), name),
        unless=contexts.named(raw.get("unless", ())),
        when=contexts.named(raw.get("when", ())),
        needs=contexts.named(raw.get("needs", ())),
        raised=tuple((Severity(to), contexts.named(when)) for to, when in raised.items()),
        holds=raw.get("holds", raw["label"] in HOLDING),
        newcomers=raw.get("newcomers", False),
        hit=tuple(raw.get("hit", ())),
        miss=tuple(raw.get("miss", ())),
    )


def _check_ids(rules: Sequence[Rule]) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise BadRules(f"{rule.id} is used twice")
        seen.add(rule.id)


def load(folder: Path = SHIPPED) -> RuleBook:
    """The rule set in a folder of files; its version is made from their contents."""
    sources = {path.name: path.read_bytes() for path in sorted(folder.glob("*.toml"))}
    digest = hashlib.sha256(b"\0".join(sources.values())).hexdigest()[:12]
    sweeps = gc.isenabled()
    gc.disable()  # half a million small things are made and none is a cycle: a third of the time
    try:
        return RuleBook(_parsed(sources), digest)
    finally:
        if sweeps:
            gc.enable()


def _parsed(sources: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    documents = {}
    for name, source in sources.items():
        try:
            documents[name] = tomllib.loads(source.decode("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
            raise BadRules(f"{name}: {wrong}") from wrong
    return documents


@cache
def shipped_documents() -> Mapping[str, dict[str, Any]]:
    """The shipped files as they are written, for the moderators' desk to keep and to show."""
    return _parsed({path.name: path.read_bytes() for path in sorted(SHIPPED.glob("*.toml"))})


@cache
def shipped() -> RuleBook:
    """The rules that come with Handrail, read once."""
    return load()
