"""Grows the corpus of the second look from the lines in docs/review/text (all of them our own).

    python docs/review/grow.py          writes support/moderation/corpus/t2_*.tsv

A line is a family: its choices `{a|b}` become several texts, and all of them, also those in which
it is mixed with other lines or typed badly, stay on one side: trained on, or held out for measuring.
A file named `N_name.txt` is of the round N (none: the first rounds); its lines keep company with lines
of its own and earlier rounds alone, so that a new round leaves every older text as it was. A file with
`_held_` in its name is a voice of its own and is held out as a whole.
"""

import hashlib
import random
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
CORPUS = HERE.parents[1] / "support" / "moderation" / "corpus"
HELD_IN_100, HELD_NOW = (
    18,
    8,
)  # of the lines of a round since NINTH fewer: voices are held as a whole
NINTH = 9
FEWER_SINCE = 6
LONG = 45
VARIANTS = 3
LIST = re.compile(r"<(\w+)>")
CHOICE = re.compile(r"\{([^{}]*)\}")
AROUND = ("room", "low")
LOW = ("sixth_despair", "sixth_turns", "sixth_grief", "low", "room")
QUIET = (
    "everyday",
    "everyday",
    "room",
    "low",
    "reddit",
    "tech",
    "grief",
    "figurative",
    "past",
    "medical_free",
    "dosing_free",
    "abrupt_free",
    "leaving",
    "helper",
    "harassment_free",
)
SHORT = {
    "you": "u",
    "are": "r",
    "because": "bc",
    "about": "abt",
    "tonight": "tonite",
    "with": "w",
    "people": "ppl",
    "right now": "rn",
    "going to": "gonna",
    "want to": "wanna",
    "please": "pls",
    "though": "tho",
    "tomorrow": "tmrw",
    "have to": "gotta",
}
GRAVER = {"none": 0, "watch": 1, "urgent": 2, "critical": 3}


class Row(NamedTuple):
    """One text of the corpus, as the files of both tiers hold it."""

    id: str
    labels: str
    severity: str
    split: str
    text: str


@dataclass(frozen=True)
class Line:
    """One written line: what it is, how grave, and on which side it stays."""

    text: str
    labels: tuple[str, ...]
    severity: str
    slice: str
    file: str
    times: int

    @property
    def family(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()[:10]

    @property
    def split(self) -> str:
        if self.is_voice:
            return "held"
        share = HELD_NOW if self.round >= NINTH else HELD_IN_100
        return "held" if int(self.family, 16) % 100 < share else "train"

    @property
    def is_voice(self) -> bool:
        return "_held_" in self.file

    @property
    def round(self) -> int:
        number = self.file.split("_")[0]
        return int(number) if number.isdigit() else 0


def written() -> list[Line]:
    """Every line of every file, under its heading `## labels severity slice xTIMES`."""
    found: list[Line] = []
    for path in sorted((HERE / "text").glob("*.txt")):
        lists: dict[str, str] = {}
        about: tuple[tuple[str, ...], str, str, int] = ((), "none", "none", VARIANTS)
        for raw in path.read_text(encoding="utf-8").splitlines():
            if raw.startswith("@"):
                name, entries = raw[1:].split(" ", 1)
                lists[name] = "{" + entries + "}"
            elif raw.startswith("## "):
                about = heading(raw[3:].split())
            elif raw.strip():
                text = LIST.sub(lambda match, known=lists: known[match[1]], raw.strip())
                found.append(Line(text, *about[:3], path.stem, about[3]))
    return found


def heading(words: list[str]) -> tuple[tuple[str, ...], str, str, int]:
    """What the lines under a heading are: labels, severity, slice, and how many texts of each."""
    times = int(words.pop()[1:]) if re.fullmatch(r"x\d+", words[-1]) else VARIANTS
    if words[0] == "none":
        return (), "none", words[1], times
    return tuple(words[0].split(",")), words[1], words[-1] if words[2:] else words[0], times


def choices(text: str, dice: random.Random, most: int) -> list[str]:
    """Up to `most` ways to fill the choices of a line."""
    if "{" not in text:
        return [text]
    found = {}
    for _ in range(most * 2):
        filled = CHOICE.sub(lambda match: dice.choice(match[1].split("|")), text)
        found[" ".join(filled.split())] = None
    return list(found)[:most]


def voice(text: str, dice: random.Random) -> str:
    """The same words as somebody else would type them."""
    turn = dice.random()
    if turn < 0.25:
        return text[:1].upper() + text[1:].replace(" i ", " I ").replace(" i'", " I'") + "."
    if turn < 0.45:
        for long, short in SHORT.items():
            if dice.random() < 0.7:
                text = re.sub(rf"\b{long}\b", short, text)
        return text.replace("'", "")
    if turn < 0.55:
        return _slip(text, dice)
    if turn < 0.6:
        return text.upper()
    if turn < 0.8:
        return text + dice.choice(["...", " :(", "!!", "?", " 😔", " lol", " tbh", ".", " 💛"])
    return (
        dice.choice(
            ["sorry but ", "hey all, ", "so ", "ok ", "hi. ", "idk, ", "update: ", "honestly "]
        )
        + text
    )


def _slip(text: str, dice: random.Random) -> str:
    at = dice.randrange(max(1, len(text) - 2))
    return text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]


def grown(lines: list[Line]) -> list[Row]:
    """All texts of the corpus, the same ones each time."""
    found = []
    known: set[str] = set()
    companies = {number: company(lines, number) for number in {line.round for line in lines}}
    for line in sorted(lines, key=lambda line: line.round):
        texts = texts_of(line, companies[line.round][line.split], random.Random(line.family))
        for number, text in enumerate(dict.fromkeys(texts)):
            if text not in known:
                known.add(text)
                found.append(_row(line, number, text))
    return found


def company(lines: list[Line], latest: int) -> dict[str, dict[str, list[Line]]]:
    """The lines that a line of some round may be mixed with, by side and slice."""
    found: dict[str, dict[str, list[Line]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        if line.round <= latest and not line.is_voice:
            found[line.split][line.slice].append(line)
    return found


def texts_of(line: Line, others: dict[str, list[Line]], dice: random.Random) -> list[str]:
    """What grows from one line: its choices, other ways to type it, and company."""
    texts = choices(line.text, dice, line.times)
    if line.is_voice:
        return texts
    texts.append(voice(dice.choice(choices(line.text, dice, 9)), dice))
    if line.round >= FEWER_SINCE:
        return texts + later(line, others, dice)
    texts.append(mixed(line, others, dice, dice.choice([1, 1, 2])))
    if line.labels:
        texts.append(mixed(line, others, dice, dice.choice([2, 3, 5])))
        texts.append(voice(dice.choice(choices(line.text, dice, 9)), dice))
    return texts


def later(line: Line, others: dict[str, list[Line]], dice: random.Random) -> list[str]:
    """The company of later rounds: sad talk, round what is dangerous as often as round what is not."""
    if len(line.text.split()) > LONG:
        return []
    texts = [mixed(line, others, dice, dice.choice([1, 2]))]
    if line.labels or line.slice in LOW:
        low = {name: others[name] for name in LOW if name in others}
        texts.append(mixed(line, low, dice, dice.choice([2, 4, 6]), LOW))
    return texts


def mixed(
    line: Line,
    others: dict[str, list[Line]],
    dice: random.Random,
    count: int,
    among: tuple[str, ...] = (),
) -> str:
    """A line among harmless ones of its own side: what it is does not change by company."""
    slices = among or (AROUND if line.labels else QUIET)
    pool = [each for name in slices for each in others.get(name, [])]
    if line.labels and not among and dice.random() < 0.3:
        pool = [each for name in QUIET if name not in {"helper"} for each in others.get(name, [])]
    texts = [dice.choice(choices(dice.choice(pool).text, dice, 4)) for _ in range(count)]
    texts.insert(dice.randrange(count + 1), dice.choice(choices(line.text, dice, 4)))
    end = dice.choice([". ", ". ", " / ", ", ", " ... "])
    joined = end.join(texts)
    return voice(joined, dice) if dice.random() < 0.3 else joined


def _row(line: Line, number: int, text: str) -> Row:
    name = f"t2-{line.slice}-{line.family}-{number}"
    return Row(name, ",".join(line.labels), line.severity, line.split, text)


def main() -> None:
    """Write one file for each file of lines."""
    CORPUS.mkdir(exist_ok=True)
    lines = written()
    everything = grown(lines)
    for name in sorted({line.file for line in lines}):
        mine = {line.family for line in lines if line.file == name}
        rows = [row for row in everything if row.id.split("-")[-2] in mine]
        body = "".join("\t".join(row) + "\n" for row in rows)
        (CORPUS / f"t2_{name}.tsv").write_text(body, encoding="utf-8")
        held = sum(row.split == "held" for row in rows)
        print(f"{name}: {len(mine)} lines, {len(rows)} texts, {held} of them held out")


if __name__ == "__main__":
    main()
