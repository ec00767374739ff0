"""From the classifier's numbers to findings: what is likely, what is doubtful, what is held."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import exp, inf, isfinite

from support.base.severity import Severity, gravest
from support.moderation.rules import DANGER
from support.moderation.rules.meaning.words import OUTPUTS
from support.moderation.rules.rulebook import HOLDING, LABELS
from support.moderation.rules.scoring import NOT_GIVEN
from support.moderation.rules.screening import Finding, Screening

RULE = "second_look"
LONG = 200  # signs: from here a text tells enough by itself to be doubted sooner
_FAR = 30.0
_HOLD_ORDER = ("crisis_self_harm", *(label for label in LABELS if label in HOLDING))


@dataclass(frozen=True, slots=True)
class Bounds:
    """From where a label is doubtful (a look), and from where it is likely (acted upon).

    `brief`: from where a short text is doubtful, if that is not the same. A remark out of context
    may mean much or nothing, so its danger is doubted later; of a long text one clause in many
    may sound like contempt, so that is.
    """

    doubtful: float
    likely: float
    brief: float | None = None

    def fit(self, length: int) -> "Bounds":
        """The bounds for a text of this many signs."""
        if length >= LONG or self.brief is None:
            return self
        return Bounds(min(self.brief, self.likely), self.likely)

    @classmethod
    def of(cls, pair: Mapping[str, float]) -> "Bounds":
        """Read the numbers of one label."""
        if not {"doubtful", "likely"} <= pair.keys() <= {"doubtful", "likely", "brief"}:
            raise ValueError("a bound is missing, or there is none of that name")
        return cls(**{name: _number(number) for name, number in pair.items()})


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The bounds of every label, and from where danger is critical and words of it are held.

    `grave`: where gravity is beyond doubt, less is asked of the wish itself (farewells say little).
    """

    labels: Mapping[str, Bounds]
    critical: float
    holds: float
    grave: float = inf

    @classmethod
    def of(cls, data: Mapping[str, Mapping[str, float] | float]) -> "Thresholds":
        """Read what the training wrote."""
        bounds = {
            label: Bounds.of(pair) for label, pair in data.items() if isinstance(pair, Mapping)
        }
        if bounds.keys() != set(LABELS):
            raise ValueError("a label has no bounds, or there is none of that name")
        numbers = (_number(data[name]) for name in ("critical", "holds", "grave"))
        return cls(bounds, *numbers)


def findings(
    logits: Sequence[float],
    thresholds: Thresholds,
    length: int,
    known: Collection[str] = (),
    spared: Collection[str] = (),
) -> tuple[Finding, ...]:
    """What the second look finds in a text of this length.

    A doubtful finding is `watch`: a card and an entry in the queue, and nobody is paged. It is left
    out where tier 1 (`known`) has found the same, which stands whatever is thought here, and where
    the words themselves speak for the author (`spared`).
    """
    numbers = dict(zip(OUTPUTS, map(float, logits), strict=True))
    found = []
    for label in LABELS:
        bounds = thresholds.labels[label].fit(length)
        likely = numbers[label] >= bounds.likely or _is_grave(label, numbers, thresholds)
        doubtful = numbers[label] >= bounds.doubtful and label not in (*known, *spared)
        if likely or doubtful:
            severity = _severity(label, likely, numbers, thresholds)
            holds = likely and _holds(label, severity, numbers, thresholds)
            found.append(Finding(label, severity, f"{RULE}.{label}", 0, length, holds))
    return tuple(found)


def summed_up(found: Sequence[Finding], version: str) -> Screening:
    """Findings of the second look in the form in which tier 1 gives its own."""
    seen = {finding.label for finding in found}
    held = {finding.label for finding in found if finding.holds}
    return Screening(
        findings=tuple(found),
        labels=tuple(label for label in LABELS if label in seen),
        severity=gravest(finding.severity for finding in found),
        holds=bool(held),
        hold_label=next((label for label in _HOLD_ORDER if label in held), None),
        rules_version=version,
    )


def scores(
    logits: Sequence[float], thresholds: Thresholds, length: int, known: Collection[str] = ()
) -> dict[str, float]:
    """From nought to one for each label: one half where a doubt begins, three quarters where it is
    likely, and rising with the classifier's number everywhere.

    What tier 1 found is certain enough.
    """
    numbers = dict(zip(OUTPUTS, map(float, logits), strict=True))
    return {
        label: 0.99 if label in known else _share(numbers[label], bounds.fit(length))
        for label, bounds in thresholds.labels.items()
    }


def _is_grave(label: str, numbers: Mapping[str, float], thresholds: Thresholds) -> bool:
    """A farewell or a plan: one's own danger, a little unsure, and critical without doubt."""
    return (
        label == "crisis_self_harm"
        and numbers[label] >= thresholds.grave
        and numbers["critical"] >= thresholds.critical
    )


def _share(logit: float, bounds: Bounds) -> float:
    if logit >= bounds.likely:
        found = 0.5 + _half(logit - bounds.likely) / 2
    elif logit >= bounds.doubtful:
        found = 0.5 + (logit - bounds.doubtful) / (bounds.likely - bounds.doubtful) / 4
    else:
        found = min(_half(logit - bounds.doubtful), NOT_GIVEN)
    return round(found, 4)


def _half(distance: float) -> float:
    """One half at a bound, and on both sides of it as far as the classifier is sure."""
    return 1 / (1 + exp(-max(-_FAR, min(_FAR, distance))))


def _severity(
    label: str, likely: bool, numbers: Mapping[str, float], thresholds: Thresholds
) -> Severity:
    if label not in DANGER or not likely:
        return Severity.WATCH
    if label != "abrupt_stop" and numbers["critical"] >= thresholds.critical:
        return Severity.CRITICAL
    return Severity.URGENT


def _holds(
    label: str, severity: Severity, numbers: Mapping[str, float], thresholds: Thresholds
) -> bool:
    """Feelings are never held: only a plan, a means or a goodbye that is beyond doubt."""
    if label == "crisis_self_harm":
        return severity is Severity.CRITICAL and numbers["critical"] >= thresholds.holds
    return label in HOLDING


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError("not a number")
    return float(value)
