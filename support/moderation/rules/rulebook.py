"""The rule files read, checked and made ready: lists, contexts and rules with their examples."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import re2

from support.base.severity import Severity
from support.base.text import without_marks
from support.moderation.rules.contact import ContactFinder
from support.moderation.rules.pattern import BadPattern, PatternBook
from support.moderation.rules.reading import Reader
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
_RULE_KEYS = {"id", "label", "severity", "say", "unless", "when", "holds", "newcomers", "hit",
              "miss", "raise", "about"}  # fmt: skip
_CONTEXT_KEYS = {"say", "where", "reach", "unless", "about"}
BUILT_IN = frozenset({"quoted", "question", "halved"})
_PLACES = {"before", "just before", "after", "clause", "sentence", "message", "near", "inside"}


class BadRules(ValueError):
    """A rule set that cannot be used; the text names the rule and the reason."""


@dataclass(frozen=True, slots=True)
class Context:
    """Something round a hit that changes its meaning: a negation, a past time, a quotation."""

    name: str
    where: str
    reach: int
    pattern: Any
    unless: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing to look for, what it means, and what lets it pass."""

    id: str
    label: str
    severity: Severity
    pattern: Any
    unless: tuple[str, ...]
    when: tuple[str, ...]
    raised: tuple[tuple[Severity, tuple[str, ...]], ...]
    holds: bool
    newcomers: bool
    hit: tuple[str, ...]
    miss: tuple[str, ...]


class RuleBook:
    """One version of the rules, ready to be asked."""

    def __init__(self, documents: Mapping[str, Mapping[str, Any]], version: str) -> None:
        """Build from parsed files; a mistake in any of them raises BadRules."""
        self.version = version
        lists = _merged(documents, "list")
        contexts = _merged(documents, "context")
        rules = [rule for document in documents.values() for rule in document.get("rule", [])]
        said = [*_all_said(lists.values()), *_all_said([r.get("say", []) for r in rules])]
        said += _all_said([context.get("say", []) for context in contexts.values()])
        self.spelling = spelling_from(documents, said)
        self.reader = Reader(self.spelling)
        self.contact = ContactFinder(section(documents, "contact"))
        book = PatternBook(lists, lambda word: self.spelling.words(without_marks(word)))
        self.patterns = book
        self.contexts = {name: _context(book, name, raw) for name, raw in contexts.items()}
        self.rules = tuple(_rule(book, raw, self.contexts) for raw in rules)
        _check_ids(self.rules)
        self._hints = {**self.reader.hints(), **self.contact.hints()}
        self._gate = re2.Filter()
        for pattern in [*self._hints.values(), *(rule.pattern.pattern for rule in self.rules)]:
            self._gate.Add(pattern, _options())
        self._gate.Compile()
        self._order = (*self._hints, *self.rules)

    def look(self, text: str) -> tuple[list[Rule], set[str]]:
        """The rules whose pattern is somewhere in a normalised text, and hints to look closer."""
        matched = self._gate.Match(text)
        if not matched:
            return [], set()
        seen = [self._order[index] for index in matched]
        rules = [each for each in seen if isinstance(each, Rule)]
        return rules, {each for each in seen if isinstance(each, str)}


def _options() -> Any:
    options = re2.Options()
    options.max_mem = 64 << 20
    options.log_errors = False
    return options


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


def _compiled(book: PatternBook, patterns: Sequence[str], owner: str) -> Any:
    if not patterns:
        raise BadRules(f"{owner}: nothing to look for")
    try:
        return re2.compile(book.compiled(patterns), _options())
    except (BadPattern, re2.error) as wrong:
        raise BadRules(f"{owner}: {wrong}") from wrong


def _context(book: PatternBook, name: str, raw: Mapping[str, Any]) -> Context:
    strange = set(raw) - _CONTEXT_KEYS
    where = raw.get("where", "sentence")
    if strange or where not in _PLACES:
        raise BadRules(f"context {name}: unknown {', '.join(sorted(strange)) or where}")
    pattern = _compiled(book, raw.get("say", []), f"context {name}")
    return Context(name, where, raw.get("reach", 0), pattern, tuple(raw.get("unless", ())))


def _rule(book: PatternBook, raw: Mapping[str, Any], contexts: Mapping[str, Context]) -> Rule:
    name = raw.get("id", "a rule without an id")
    strange = set(raw) - _RULE_KEYS
    if strange:
        raise BadRules(f"{name}: unknown {', '.join(sorted(strange))}")
    if raw.get("label") not in LABELS:
        raise BadRules(f"{name}: unknown label {raw.get('label')}")
    raised = tuple((Severity(to), tuple(when)) for to, when in raw.get("raise", {}).items())
    wanted = [*raw.get("unless", ()), *raw.get("when", ())]
    wanted += [context for _, when in raised for context in when]
    missing = [context for context in wanted if context not in contexts and context not in BUILT_IN]
    if missing:
        raise BadRules(f"{name}: no context is called {missing[0]}")
    return Rule(
        id=name,
        label=raw["label"],
        severity=Severity(raw.get("severity", "watch")),
        pattern=_compiled(book, raw.get("say", []), name),
        unless=tuple(raw.get("unless", ())),
        when=tuple(raw.get("when", ())),
        raised=raised,
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
    return RuleBook(_parsed(sources), digest)


def _parsed(sources: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    documents = {}
    for name, source in sources.items():
        try:
            documents[name] = tomllib.loads(source.decode("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
            raise BadRules(f"{name}: {wrong}") from wrong
    return documents


def shipped_documents() -> dict[str, dict[str, Any]]:
    """The shipped files as they are written, for the moderators' desk to keep and to show."""
    return _parsed({path.name: path.read_bytes() for path in sorted(SHIPPED.glob("*.toml"))})


@cache
def shipped() -> RuleBook:
    """The rules that come with Handrail, read once."""
    return load()
