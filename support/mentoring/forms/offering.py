"""What is offered and what is sought: applications, limits, searches, and hours that suit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from support.base.fields import Fields
from support.groups.rules.words import FOCUS, LANGUAGE, Stage
from support.mentoring.rules.caps import MOST_DAY_SHIFTS, MOST_MENTEES_EVER, MOST_WEEK_HOURS
from support.mentoring.rules.hours import MOST_SLOTS, Slot, read_slot, read_span
from support.mentoring.rules.training import QUESTIONS, wrong_answers

WHY = 1_000
MOST_WORDS = 12
_NO_ANSWER = 9


@dataclass(frozen=True, slots=True)
class Offering:
    """What somebody knows, speaks and does not take, and their hours in their own zone."""

    substances: tuple[str, ...]
    stages: tuple[str, ...]
    languages: tuple[str, ...]
    not_taken: tuple[str, ...]
    hours: tuple[Slot, ...]
    experience: tuple[str, ...]

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the fields that applications and limits share."""
        return cls(
            substances=_words(fields, "substances"),
            stages=_stages(fields),
            languages=_languages(fields),
            not_taken=_words(fields, "not_taken"),
            hours=_hours(fields),
            experience=_words(fields, "experience"),
        )

    def kept(self) -> dict[str, Any]:
        """The same, as the table keeps it."""
        return {
            "substances": list(self.substances),
            "stages": list(self.stages),
            "languages": list(self.languages),
            "not_taken": list(self.not_taken),
            "hours": [str(slot) for slot in self.hours],
            "experience": list(self.experience),
        }


@dataclass(frozen=True, slots=True)
class ApplyForm:
    """An application: what is offered, since when, why, the training's answers and the code."""

    finished_on: date
    offering: Offering
    why: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read it, or say everything that is wrong; a wrong answer is explained."""
        fields = Fields(data)
        form = cls(
            finished_on=_day(fields, "finished_on"),
            offering=Offering.read(fields),
            why=fields.text("why", longest=WHY),
        )
        answers = {
            each.id: fields.integer(f"q_{each.id}", 0, 2, default=_NO_ANSWER) for each in QUESTIONS
        }
        for question, because in wrong_answers(answers).items():
            fields.reject(f"q_{question}", because)
        if not fields.flag("agree"):
            fields.reject("agree", "Please read the code and agree to it.")
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class LimitsForm:
    """A mentor's own limits: what, when, and how many at most."""

    offering: Offering
    most: int
    week_hours: int | None
    day_shifts: int | None
    quiet: str | None

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read the offering and `{most, week_hours?, day_shifts?, quiet?}`: not sent, it stays."""
        fields = Fields(data)
        quiet = fields.text("quiet", longest=11, required=False)
        if quiet and read_span(quiet) is None:
            fields.reject("quiet", "Please write it like 22:00-08:00.")
        form = cls(
            offering=Offering.read(fields),
            most=fields.integer("most", 0, MOST_MENTEES_EVER),
            week_hours=fields.optional_integer("week_hours", 0, MOST_WEEK_HOURS),
            day_shifts=fields.optional_integer("day_shifts", 0, MOST_DAY_SHIFTS),
            quiet=quiet if "quiet" in data else None,
        )
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class SearchForm:
    """What a member looks for; every part can be skipped but a language."""

    substances: tuple[str, ...]
    stage: str
    languages: tuple[str, ...]
    topics: tuple[str, ...]
    hours: tuple[Slot, ...]
    experience: tuple[str, ...]

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{substances?, stage?, languages, topics?, hours?, experience?}`."""
        fields = Fields(data)
        form = cls(
            substances=_words(fields, "substances"),
            stage=fields.choice("stage", Stage, Stage.TAPERING).value,
            languages=_languages(fields),
            topics=_words(fields, "topics"),
            hours=_hours(fields),
            experience=_words(fields, "experience"),
        )
        fields.done()
        return form

    def kept(self) -> dict[str, Any]:
        """The same, as the table keeps it."""
        return {
            "substances": list(self.substances),
            "stage": self.stage,
            "languages": list(self.languages),
            "topics": list(self.topics),
            "hours": [str(slot) for slot in self.hours],
            "experience": list(self.experience),
        }


@dataclass(frozen=True, slots=True)
class HoursForm:
    """Weekly hours, one a line."""

    hours: tuple[Slot, ...]

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{hours}`; at least one line."""
        fields = Fields(data)
        form = cls(hours=_hours(fields))
        if not form.hours:
            fields.reject("hours", "Please write it like tue 19:00-21:00.")
        fields.done()
        return form


def _day(fields: Fields, name: str) -> date:
    typed = fields.text(name, longest=10)
    try:
        return date.fromisoformat(typed)
    except ValueError:
        fields.reject(name, "Please give a date such as 2025-03-01.")
        return date.min


def _words(fields: Fields, name: str) -> tuple[str, ...]:
    found = tuple(each.lower() for each in fields.words(name, longest=40, most=MOST_WORDS))
    if not all(FOCUS.fullmatch(word) for word in found):
        fields.reject(name, "Please use plain words.")
    return found


def _stages(fields: Fields) -> tuple[str, ...]:
    found = fields.words("stages", longest=16, most=len(Stage))
    if not set(found) <= {stage.value for stage in Stage}:
        fields.reject("stages", "Please pick one of the choices.")
    return found


def _languages(fields: Fields) -> tuple[str, ...]:
    found = fields.words("languages", longest=16, most=MOST_WORDS)
    if not found or not all(LANGUAGE.fullmatch(each) for each in found):
        fields.reject("languages", "Please use language codes such as en.")
    return found


def _hours(fields: Fields) -> tuple[Slot, ...]:
    typed = fields.text("hours", longest=800, required=False)
    lines = [line for line in typed.splitlines() if line.strip()]
    slots = [read_slot(line) for line in lines]
    bad = [str(number) for number, slot in enumerate(slots, 1) if slot is None]
    if bad:
        fields.reject("hours", f"Line {', '.join(bad)}: please write it like tue 19:00-21:00.")
    if len(lines) > MOST_SLOTS:
        fields.reject("hours", f"Please use at most {MOST_SLOTS} lines.")
    return tuple(slot for slot in slots if slot is not None)
