"""Automatic review of one message: what it seems to be about, how grave, and whether it is held."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from support.base.severity import Severity, gravest
from support.moderation.rules.live import live
from support.moderation.rules.phrase import MOST_HITS, Phrase
from support.moderation.rules.reading import LETTERS_APART, NAME_IN_PIECES, Reading
from support.moderation.rules.rulebook import HOLDING, LABELS, Rule, RuleBook, Sighting, shipped
from support.moderation.rules.surroundings import Scene, Surroundings

_LONGEST = 8_000
_LINK_RULE = "link.unlisted"
_QUOTE = ' "'
_AGAINST = ("counter_speech", "praise")
_OF_ONESELF = "of_oneself"
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing review saw, where, and by which rule."""

    label: str
    severity: Severity
    rule_id: str
    start: int
    end: int
    holds: bool = False


@dataclass(frozen=True, slots=True)
class Screening:
    """All that review says about one message."""

    findings: tuple[Finding, ...]
    labels: tuple[str, ...]
    severity: Severity
    holds: bool
    hold_label: str | None
    rules_version: str


def screen(
    text: str,
    *,
    author_is_newcomer: bool = False,
    allowed_domains: frozenset[str] | None = None,
) -> Screening:
    """Review a message before anybody sees it; links must be on the list (else the shipped one)."""
    book = live()
    allowed = book.spelling.links.public if allowed_domains is None else allowed_domains
    findings = [*_content(book, text, author_is_newcomer), *_links(book, text, allowed)]
    return _summed_up(findings, book.version)


def screen_words(
    text: str, book: RuleBook | None = None, *, author_is_newcomer: bool = False
) -> Screening:
    """Review what the words say and nothing else, by the shipped rules or others: no domains."""
    book = book or shipped()
    return _summed_up(_content(book, text, author_is_newcomer), book.version)


def answers_contempt(text: str) -> bool:
    """Whether words quote contempt, speak against it or praise whom it is aimed at.

    The second look sees the insult and not the quotation marks, so it asks here before it doubts.
    """
    reading, scene = _looked_round(text)
    if reading.text.count(_QUOTE) >= len(("opened", "closed")):
        return True
    return any(_says(scene, name) for name in _AGAINST)


def scorns_oneself(text: str) -> bool:
    """Whether the contempt is the author's for the author: that needs a kind word, and no hold."""
    return _says(_looked_round(text)[1], _OF_ONESELF)


def _looked_round(text: str) -> tuple[Reading, Scene]:
    book = shipped()
    reading = book.reader.read(_whole(text[:_LONGEST]))
    return reading, Scene(book.contexts, reading.text, book.look(reading).groups)


def _says(scene: Scene, name: str) -> bool:
    return scene.has(scene.contexts[name]) and not _undone(scene, name)


def _undone(scene: Scene, name: str) -> bool:
    return any(scene.has(scene.contexts[other]) for other in scene.contexts[name].unless)


class Looked(NamedTuple):
    """A message read, what in it is worth a closer look, and which rules could find something."""

    typed: str
    reading: Reading
    hints: frozenset[str]
    sighting: Sighting


def looked_at(book: RuleBook, text: str) -> Looked:
    """The first look at a message, disguises undone."""
    typed = _whole(text[:_LONGEST])
    reading = book.reader.read(typed)
    hints = book.hints(reading.text)
    if LETTERS_APART in hints or NAME_IN_PIECES in hints:
        reading = book.reader.read_disguised(typed, hints)
        hints = book.hints(reading.text)
    return Looked(typed, reading, hints, book.look(reading))


def _content(book: RuleBook, text: str, newcomer: bool) -> Iterator[Finding]:
    typed, reading, hints, sighting = looked_at(book, text)
    if sighting.rules:
        scene = Scene(book.contexts, reading.text, sighting.groups)
        for rule, chances in sighting.rules:
            if newcomer or not rule.newcomers:
                finding = _by_rule(rule, chances, reading, scene)
                if finding is not None:
                    yield finding
    if hints:
        for rule_id, start, end in book.contact.details(typed, reading, hints):
            yield Finding("personal_info", Severity.WATCH, rule_id, start, end, holds=True)


def _whole(text: str) -> str:
    """The same text with half characters (lone surrogates) replaced, so that it can be encoded."""
    return text if text.isascii() else _HALF_CHARACTER.sub("\ufffd", text)


def _by_rule(
    rule: Rule, chances: Sequence[tuple[Phrase, int, int]], reading: Reading, scene: Scene
) -> Finding | None:
    """The gravest hit of one rule that nothing round it excuses; the first, if none is graver."""
    if not scene.may_let(rule):
        return None
    found: Finding | None = None
    encoded = scene.encoded
    seen: set[tuple[int, int]] = set()
    for phrase, first, last in chances:
        for place in phrase.spans(encoded, first, last):
            if place in seen or len(seen) == MOST_HITS:
                continue
            seen.add(place)
            round_it = Surroundings(scene, *place)
            if round_it.lets(rule):
                severity = severity_of(rule, round_it)
                if found is None or severity.rank > found.severity.rank:
                    span = reading.span(*place)
                    found = Finding(rule.label, severity, rule.id, *span, rule.holds)
                if not rule.raised:
                    return found
    return found


def severity_of(rule: Rule, round_it: Surroundings) -> Severity:
    """How grave a hit is, raised by what stands round it."""
    raised = [severity for severity, when in rule.raised if round_it.any_of(when)]
    return gravest([rule.severity, *raised])


def _links(book: RuleBook, text: str, allowed: frozenset[str]) -> Iterator[Finding]:
    if "." not in text:
        return
    for start, end in book.spelling.links.unlisted(_whole(text[:_LONGEST]), allowed):
        yield Finding("self_promo", Severity.WATCH, _LINK_RULE, start, end, holds=True)


def _summed_up(findings: Iterable[Finding], version: str) -> Screening:
    kept = tuple(sorted(findings, key=_start))
    if not kept:
        return _nothing(version)
    seen = {finding.label for finding in kept}
    held = {finding.label for finding in kept if finding.holds}
    return Screening(
        findings=kept,
        labels=tuple(label for label in LABELS if label in seen),
        severity=gravest(finding.severity for finding in kept),
        holds=bool(held),
        hold_label=next((label for label in _HOLD_ORDER if label in held), None),
        rules_version=version,
    )


def _start(finding: Finding) -> int:
    return finding.start


@cache
def _nothing(version: str) -> Screening:
    return Screening((), (), Severity.NONE, False, None, version)


_HOLD_ORDER = ("crisis_self_harm", *(label for label in LABELS if label in HOLDING))
