"""What the rules make of our own text: per label and split, found, missed and wrongly raised.

Run from the repository root: `python -m tests.review.measure [--errors LABEL] [--split train]`.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from support.moderation.rules import screen_words
from support.moderation.rules.rulebook import LABELS

CORPUS = Path(__file__).parents[2] / "support" / "moderation" / "corpus"
FIELDS = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One message of our own and what review ought to say of it."""

    id: str
    labels: frozenset[str]
    severity: str
    split: str
    text: str


def lines(pattern: str = "t1_*.tsv") -> Iterator[Line]:
    """Every line of the corpus files of this name."""
    for path in sorted(CORPUS.glob(pattern)):
        for row in path.read_text(encoding="utf-8").splitlines():
            key, labels, severity, split, text = row.split("\t", FIELDS - 1)
            yield Line(key, frozenset(filter(None, labels.split(","))), severity, split, text)


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each label was due, found, and raised without need."""

    due: Counter[str]
    found: Counter[str]
    needless: Counter[str]
    harmless: int
    stopped: int

    def recall(self, label: str) -> float:
        """The share of due labels that were found."""
        return self.found[label] / self.due[label] if self.due[label] else 1.0

    def precision(self, label: str) -> float:
        """The share of raised labels that were due."""
        raised = self.found[label] + self.needless[label]
        return self.found[label] / raised if raised else 1.0


def tally(wanted: Iterable[Line]) -> Tally:
    """Count what the rules make of these lines."""
    due: Counter[str] = Counter()
    found: Counter[str] = Counter()
    needless: Counter[str] = Counter()
    harmless = stopped = 0
    for line in wanted:
        seen = set(screen_words(line.text).labels)
        due.update(line.labels)
        found.update(line.labels & seen)
        needless.update(seen - line.labels)
        if not line.labels:
            harmless += 1
            stopped += bool(seen)
    return Tally(due, found, needless, harmless, stopped)


def main() -> None:
    """Print the figures, or the mistakes of one label."""
    ask = argparse.ArgumentParser()
    ask.add_argument("--split", default="")
    ask.add_argument("--errors", default="")
    asked = ask.parse_args()
    say = sys.stdout.write
    if asked.errors:
        for line in lines():
            seen = set(screen_words(line.text).labels)
            if line.split == (asked.split or "train") and (asked.errors in seen) != (
                asked.errors in line.labels
            ):
                say(f"{'RAISED' if asked.errors in seen else 'missed'} {line.id}: {line.text}\n")
        return
    for split in (asked.split,) if asked.split else ("train", "held"):
        counted = tally(line for line in lines() if line.split == split)
        say(f"{split}: harmless stopped {counted.stopped} of {counted.harmless}\n")
        for label in LABELS:
            say(
                f"  {label:22} {counted.found[label]:4} of {counted.due[label]:4} "
                f"recall {counted.recall(label):.2f} precision {counted.precision(label):.2f}\n"
            )


if __name__ == "__main__":
    main()
