"""A meeting's script: steps with minutes, the words that close it, and templates to begin from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from support.base.errors import Invalid
from support.base.text import clean

MOST_STEPS, LONGEST_TITLE, LONGEST_WORDS, LONGEST_STEP = 12, 80, 300, 120
LONGEST_CLOSING = 600
GROUNDING = (
    "Before you go: feel your feet on the floor. Look round for three things of one colour. "
    "Breathe out slowly, once. You do not have to solve anything tonight. "
    "Help now stays open, day and night."
)


class Template(StrEnum):
    """The kinds of meeting that come with a script."""

    CHECK_IN = "check_in"
    TOPIC = "topic"
    NEWCOMERS = "newcomers"
    SLEEP = "sleep"
    QUESTIONS = "questions"


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a meeting: what it is called, how long, and what the host may say first."""

    title: str
    minutes: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """The steps of a meeting in order, and how it is closed; no steps: the host leads freely."""

    steps: tuple[Step, ...] = ()
    closing: str = GROUNDING

    @property
    def minutes(self) -> int:
        """How long it takes as written."""
        return sum(step.minutes for step in self.steps)

    def kept(self) -> dict[str, Any]:
        """As the database keeps it."""
        steps = [{"title": s.title, "minutes": s.minutes, "words": s.words} for s in self.steps]
        return {"steps": steps, "closing": self.closing}


NO_SCRIPT = Script()
_HELLO = Step(
    "Welcome",
    5,
    "Hello, good that you are here. You can write, or just read. No doses, no trades.",
)
TEMPLATES: dict[Template, Script] = {
    Template.CHECK_IN: Script(
        (
            _HELLO,
            Step("Check-in", 20, "One or two lines each: how was today for you? You can pass."),
            Step("What helped", 15, "One small thing that helped this week, however small."),
            Step("Open talk", 15, "Raise your hand for a turn. We listen before we answer."),
            Step("One last line", 5, "What will you do for yourself after this? You can pass."),
        )
    ),
    Template.TOPIC: Script(
        (
            _HELLO,
            Step("The topic", 5, "The host says a few lines about tonight's topic."),
            Step("Turns", 30, "One after the other, as hands went up. Speak of your own way."),
            Step("Answers", 15, "Now we may answer each other, kindly and about ourselves."),
            Step("One last line", 5, "One line to take with you. You can pass."),
        )
    ),
    Template.NEWCOMERS: Script(
        (
            _HELLO,
            Step("How this works", 10, "How to raise a hand, just listen, hide, report, get help."),
            Step("Who we are", 10, "The hosts say who they are and where they were once."),
            Step("Your first line", 20, "Say hello if you like. A name and one line is plenty."),
            Step("Questions", 10, "About the room and the group. Doses belong to your doctor."),
            Step("Where to go next", 5, "The next meetings, and where to find a mentor."),
        )
    ),
    Template.SLEEP: Script(
        (
            Step("Arrive", 5, "It is late. Dim the screen if you like. You can just read."),
            Step("How was the night", 20, "A line each about sleep, without counting hours."),
            Step("What is gentle", 15, "What makes a bad night softer for you?"),
            Step("Quiet together", 10, "We sit here without writing. Nothing has to happen."),
            Step("Good night", 10, "One line before you go. Being awake is not your fault."),
        )
    ),
    Template.QUESTIONS: Script(
        (
            _HELLO,
            Step("Gather questions", 10, "Write what you want to ask. The host collects them."),
            Step("First questions", 20, "We answer from our own lives, not with advice on doses."),
            Step("More questions", 15, "What is left. What we do not know we say."),
            Step("One last line", 10, "What will you take with you? You can pass."),
        )
    ),
}


def read(kept: Mapping[str, Any] | None) -> Script:
    """The script as it was kept."""
    if not kept:
        return NO_SCRIPT
    steps = tuple(Step(s["title"], s["minutes"], s.get("words", "")) for s in kept["steps"])
    return Script(steps, kept.get("closing") or GROUNDING)


def fitted(script: Script, minutes: int) -> Script:
    """The same steps in the time there is; each keeps its share and at least a minute."""
    count = len(script.steps)
    if not count or minutes < count:
        return script
    shares = [step.minutes * minutes / script.minutes for step in script.steps]
    whole = [max(1, int(share)) for share in shares]
    while sum(whole) > minutes:
        whole[whole.index(max(whole))] -= 1
    by_rest = sorted(range(count), key=lambda at: whole[at] - shares[at])
    for turn in range(minutes - sum(whole)):
        whole[by_rest[turn % count]] += 1
    steps = [replace(step, minutes=m) for step, m in zip(script.steps, whole, strict=True)]
    return replace(script, steps=tuple(steps))


def as_lines(script: Script) -> str:
    """The steps as a host edits them: minutes, title, and words after a bar, a line each."""
    return "\n".join(
        f"{step.minutes} {step.title}" + (f" | {step.words}" if step.words else "")
        for step in script.steps
    )


def from_lines(text: str) -> tuple[Step, ...]:
    """What a host wrote, line by line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return checked([_from_line(number, line) for number, line in enumerate(lines, 1)])


def _from_line(number: int, line: str) -> Step:
    head, _, words = line.partition("|")
    minutes, _, title = head.strip().partition(" ")
    if not (minutes.isascii() and minutes.isdecimal()):
        raise _wrong(f"Line {number} should begin with its minutes, as in: 10 Check-in.")
    return Step(title.strip(), int(minutes[:4]), words.strip())


def from_list(steps: Sequence[Any]) -> tuple[Step, ...]:
    """The same, as a program sends it: a list of `{title, minutes, words?}`."""
    return checked([_from_item(number, item) for number, item in enumerate(steps, 1)])


def _from_item(number: int, item: Any) -> Step:
    fields = item if isinstance(item, Mapping) else {}
    title, words = fields.get("title"), fields.get("words") or ""
    minutes = fields.get("minutes")
    is_number = isinstance(minutes, int) and not isinstance(minutes, bool)
    if not (isinstance(title, str) and isinstance(words, str) and is_number):
        raise _wrong(f"Step {number} needs a title and whole minutes.")
    return Step(" ".join(clean(title).split()), int(minutes or 0), " ".join(clean(words).split()))


def checked(steps: list[Step]) -> tuple[Step, ...]:
    """The steps, or Invalid with the first thing that is wrong."""
    if len(steps) > MOST_STEPS:
        raise _wrong(f"A script has at most {MOST_STEPS} steps.")
    for number, step in enumerate(steps, 1):
        if not step.title or len(step.title) > LONGEST_TITLE:
            raise _wrong(f"Step {number} needs a name of at most {LONGEST_TITLE} letters.")
        if not 1 <= step.minutes <= LONGEST_STEP:
            raise _wrong(f"Step {number} takes 1 to {LONGEST_STEP} minutes.")
        if len(step.words) > LONGEST_WORDS:
            raise _wrong(f"The words of step {number} are too long.")
    return tuple(steps)


def _wrong(sentence: str) -> Invalid:
    return Invalid("Please check what is marked.", fields={"steps": sentence})
