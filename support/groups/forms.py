"""What people send about groups: plans, filters, changes of a date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self, TypeVar

from support.base.errors import Invalid
from support.base.fields import Fields
from support.base.zones import is_zone
from support.groups.rules.days import is_day
from support.groups.rules.recurrence import Pattern, first_date, read_rule
from support.groups.rules.repeats import Repeat, rule_of
from support.groups.rules.words import (
    FOCUS,
    LANGUAGE,
    LONGEST_LANGUAGE,
    LONGEST_MEETING,
    MOST_FOCUSES,
    MOST_SEATS,
    SLUG,
    Format,
    Policy,
    Stage,
    focus_word,
)

E = TypeVar("E", bound=StrEnum)
LOCAL_TIME = len("2026-11-23T22:00")
SHAPE = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupForm:
    """A group to be founded."""

    slug: str
    name: str
    about: str
    focus: tuple[str, ...]
    stage: Stage
    language: str
    format: Format
    policy: Policy
    newcomers: bool
    listening: bool

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read it, or say everything that is wrong."""
        f = Fields(data)
        form = cls(
            slug=f.text("slug", longest=64),
            name=_line(f.text("name", longest=80)),
            about=f.text("about", longest=2000, required=False),
            focus=_focus(f.words("focus", longest=40, most=MOST_FOCUSES)),
            stage=f.choice("stage", Stage, default=Stage.TAPERING),
            language=f.text("language", longest=LONGEST_LANGUAGE, default="en"),
            format=f.choice("format", Format, default=Format.TEXT),
            policy=f.choice("policy", Policy, default=Policy.OPEN),
            newcomers=f.flag("newcomers"),
            listening=f.flag("listening", default=True),
        )
        if form.slug and not SLUG.fullmatch(form.slug):
            f.reject("slug", "Please use small letters, digits and dashes.")
        if not all(FOCUS.fullmatch(word) for word in form.focus):
            f.reject("focus", "Please use plain words.")
        if form.language and not LANGUAGE.fullmatch(form.language):
            f.reject("language", "Please use a language code such as en.")
        f.done()
        return form


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesForm:
    """A recurring slot to be planned, or a single date."""

    title: str
    start: datetime
    timezone: str
    minutes: int
    pattern: Pattern
    seats: int | None

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read it, or say everything that is wrong; its rule is one of a few shapes."""
        f = Fields(data)
        title = _line(f.text("title", longest=120))
        start = _local(f.text("start", longest=25), f, "start")
        timezone = f.text("timezone", longest=64)
        rule = f.text("rrule", longest=200, required=False)
        minutes = f.integer("minutes", 5, LONGEST_MEETING, default=60)
        seats = f.optional_integer("seats", 1, MOST_SEATS)
        if not is_zone(timezone):
            f.reject("timezone", "Please use a time zone such as Europe/Lisbon.")
        f.done()
        pattern = read_rule(rule, start, timezone)
        if first_date(pattern, start) is None:
            sentence = "This rule never comes true."
            raise Invalid(sentence, fields={"rrule": sentence})
        return cls(
            title=title, start=start, timezone=timezone, minutes=minutes, pattern=pattern,
            seats=seats,
        )  # fmt: skip


def parse_plan(data: Mapping[str, Any], rule: str = "") -> SeriesForm:
    """A series as the planning page sends it: `repeat` and `until` instead of a rule.

    `rule` is the one it has now, which `repeat=same` keeps.
    """
    rest = {name: value for name, value in data.items() if name not in ("repeat", "until")}
    if data.get("rrule"):
        return SeriesForm.parse(rest)
    f = Fields(data, strict=False)
    repeat = f.choice("repeat", Repeat, Repeat.SAME if rule else Repeat.WEEKLY)
    until = _day(f.text("until", longest=10, required=False), f)
    start = _local(f.text("start", longest=25), f, "start")
    slot = SeriesForm.parse(rest)
    if until is not None and until < start.date():
        f.reject("until", "Please pick a last day that is not before the first date.")
    f.done()
    found = rule_of(repeat, start, until, rule)
    return SeriesForm.parse({**rest, "rrule": found}) if found else slot


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveForm:
    """One date goes to another time, in the zone of its series."""

    start: datetime

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read it, or say what is wrong."""
        f = Fields(data)
        form = cls(start=_local(f.text("start", longest=25), f, "start"))
        f.done()
        return form


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonForm:
    """Somebody named by their handle."""

    handle: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read it, or say what is wrong."""
        f = Fields(data)
        form = cls(handle=f.text("handle", longest=60))
        f.done()
        return form


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyForm:
    """A button: nothing is sent with it."""

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Refuse what nobody asked for."""
        Fields(data).done()
        return cls()


@dataclass(frozen=True, slots=True)
class YesForm:
    """Yes or no to something one was asked."""

    yes: bool

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{yes}`."""
        fields = Fields(data)
        form = cls(fields.flag("yes"))
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class StandByForm:
    """Come on a stand-by list or go from it; of one meeting, unless all of the group is meant."""

    on: bool
    all_of_group: bool

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{on?, group?}`."""
        fields = Fields(data)
        form = cls(fields.flag("on", default=True), fields.flag("group", default=False))
        fields.done()
        return form


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterForm:
    """What a list is narrowed to; all of it may be left out."""

    q: str
    focus: str
    stage: Stage | None
    language: str
    day: str
    format: Format | None
    tz: str
    page: str
    starts: str
    ends: str
    newcomers: bool
    listening: bool

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read a query string; unknown names in it are nobody's fault."""
        f = Fields(data, strict=False)
        stage = f.text("stage", longest=20, required=False).lower()
        held = f.text("format", longest=20, required=False).lower()
        day = f.text("day", longest=12, required=False).lower()
        form = cls(
            q=f.text("q", longest=100, required=False),
            focus=focus_word(f.text("focus", longest=40, required=False)),
            stage=_one_of(Stage, stage, f, "stage"),
            language=f.text("language", longest=16, required=False).lower(),
            day="tonight" if f.flag("tonight") else day,
            format=_one_of(Format, held, f, "format"),
            tz=f.text("tz", longest=64, required=False),
            page=f.text("page", longest=80, required=False),
            starts=f.text("from", longest=35, required=False),
            ends=f.text("to", longest=35, required=False),
            newcomers=f.flag("newcomers"),
            listening=f.flag("listening"),
        )
        if form.tz and not is_zone(form.tz):
            f.reject("tz", "Please use a time zone such as Europe/Lisbon.")
        if not is_day(form.day):
            f.reject("day", "Please pick a day.")
        f.done()
        return form

    def as_query(self) -> dict[str, str]:
        """The same filters as they stand in an address, without the page."""
        named = {
            "q": self.q, "focus": self.focus, "stage": self.stage or "", "language": self.language,
            "day": self.day, "format": self.format or "", "tz": self.tz, "from": self.starts,
            "to": self.ends, "newcomers": "1" if self.newcomers else "",
            "listening": "1" if self.listening else "",
        }  # fmt: skip
        return {name: str(value) for name, value in named.items() if value}


def _focus(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(focus_word(word) for word in words))


def _line(text: str) -> str:
    return " ".join(text.split())


def _local(text: str, f: Fields, name: str) -> datetime:
    try:
        return datetime.strptime(text[:LOCAL_TIME], SHAPE)  # noqa: DTZ007 - wall-clock time
    except ValueError:
        f.reject(name, "Please give a date and time such as 2026-11-23T22:00.")
        return datetime.strptime("2000-01-01T00:00", SHAPE)  # noqa: DTZ007 - never used


def _day(text: str, f: Fields) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        f.reject("until", "Please give a date such as 2026-12-31.")
        return None


def _one_of(options: type[E], text: str, f: Fields, name: str) -> E | None:
    if not text:
        return None
    try:
        return options(text)
    except ValueError:
        f.reject(name, "Please pick one of the choices.")
        return None
