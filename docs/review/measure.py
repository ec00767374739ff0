"""Measures the second look on lines it was not trained on, and prints a table for the report.

python docs/review/measure.py [--files "t1_* t2_* s2_*"]
"""

import argparse
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(HOME))

from support.moderation.rules import screen_words
from support.moderation.rules.meaning.words import Words, shared_judge
from support.moderation.rules.rulebook import LABELS

TOGETHER = 16


def held(pattern: str) -> list[list[str]]:
    """The held lines of some files of the corpus."""
    found = []
    for path in sorted((HOME / "support/moderation/corpus").glob(pattern + ".tsv")):
        lines = path.read_text(encoding="utf-8").splitlines()
        found += [row for line in lines if (row := line.split("\t"))[3] == "held"]
    return found


def answers(rows: list[list[str]]) -> list[tuple[set[str], set[str], bool]]:
    """For each line: tier 1's labels, both tiers' labels, and whether somebody would be paged."""
    judge, found = shared_judge(), []
    for at in range(0, len(rows), TOGETHER):
        texts = [row[4] for row in rows[at : at + TOGETHER]]
        first = [screen_words(text) for text in texts]
        words = [Words(t, frozenset(s.labels)) for t, s in zip(texts, first, strict=True)]
        for one, look in zip(first, judge.look(words), strict=True):
            grave = {str(one.severity), str(look.screening.severity)} & {"urgent", "critical"}
            both = set(one.labels) | set(look.screening.labels)
            found.append((set(one.labels), both, bool(grave)))
    return found


def main() -> None:
    """One table for each set of files."""
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--files", default="t1_* t2_* s2_*")
    for pattern in wanted.parse_args().files.split():
        rows = held(pattern)
        said = answers(rows)
        print(
            f"\n{pattern}: {len(rows)} held lines\n\n| label | lines | rules alone: heard | both: heard | both: right of those raised |"
        )
        print("| --- | --- | --- | --- | --- |")
        for label in LABELS:
            is_it = [label in row[1].split(",") for row in rows]
            count = sum(is_it)
            if count:
                one = sum(i and label in s[0] for i, s in zip(is_it, said, strict=True))
                two = sum(i and label in s[1] for i, s in zip(is_it, said, strict=True))
                raised = max(1, sum(label in s[1] for s in said))
                print(
                    f"| {label} | {count} | {one / count:.2f} | {two / count:.2f} | {two / raised:.2f} |"
                )
        free = [s for row, s in zip(rows, said, strict=True) if not row[1]]
        print(
            f"\nfree lines {len(free)}: labelled by the rules {sum(bool(s[0]) for s in free)}, by both {sum(bool(s[1]) for s in free)}, paged {sum(s[2] for s in free)}"
        )


if __name__ == "__main__":
    main()
