"""The words people pick from in the filters, in their own language."""

from dataclasses import dataclass

from babel import Locale, UnknownLocaleError
from flask_babel import get_locale, gettext, lazy_gettext

from support.base.actor import Actor
from support.base.zones import city
from support.groups.forms import FilterForm
from support.groups.rules.days import NAMES
from support.groups.rules.words import Format, Policy, Stage

Pair = tuple[str, str]
STAGES = {
    Stage.THINKING: lazy_gettext("Thinking about it"),
    Stage.TAPERING: lazy_gettext("Going down"),
    Stage.HOLDING: lazy_gettext("Holding for now"),
    Stage.FINISHED: lazy_gettext("Finished"),
    Stage.PROTRACTED: lazy_gettext("Long symptoms after"),
}
FORMATS = {
    Format.TEXT: lazy_gettext("Written chat"),
    Format.ONLINE: lazy_gettext("Online elsewhere"),
    Format.IN_PERSON: lazy_gettext("In person"),
    Format.HYBRID: lazy_gettext("In person and online"),
}
POLICIES = {
    Policy.OPEN: lazy_gettext("Open to all"),
    Policy.REQUEST: lazy_gettext("Ask to join"),
    Policy.INVITED: lazy_gettext("By invitation"),
}
FOCUSES = (
    "alprazolam", "clonazepam", "diazepam", "lorazepam", "oxazepam", "temazepam", "z-drugs",
    "sleep", "anxiety", "protracted", "work", "family", "newcomers",
)  # fmt: skip
LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pl", "pt", "sv", "uk")
DAYS = {
    "today": lazy_gettext("Today"),
    "tonight": lazy_gettext("Tonight"),
    "tomorrow": lazy_gettext("Tomorrow"),
    "monday": lazy_gettext("Mondays"),
    "tuesday": lazy_gettext("Tuesdays"),
    "wednesday": lazy_gettext("Wednesdays"),
    "thursday": lazy_gettext("Thursdays"),
    "friday": lazy_gettext("Fridays"),
    "saturday": lazy_gettext("Saturdays"),
    "sunday": lazy_gettext("Sundays"),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filter form offers; what was asked for is always among it."""

    stages: list[Pair]
    formats: list[Pair]
    focuses: list[Pair]
    languages: list[Pair]
    days: list[Pair]


@dataclass(frozen=True, slots=True)
class ZoneName:
    """The zone a page speaks in, by name, and whether that is a guess."""

    name: str
    city: str
    is_guess: bool


def choices(form: FilterForm) -> Choices:
    """The lists of the filter form."""
    return Choices(
        stages=_pairs(gettext("Any stage"), {str(k): str(v) for k, v in STAGES.items()}),
        formats=_pairs(gettext("Any kind"), {str(k): str(v) for k, v in FORMATS.items()}),
        focuses=_pairs(gettext("Anything"), {each: each for each in _with(FOCUSES, form.focus)}),
        languages=_pairs(
            gettext("Any language"),
            {each: language_name(each) for each in _with(LANGUAGES, form.language)},
        ),
        days=_pairs(
            gettext("Any day"),
            {each: str(DAYS.get(each, each)) for each in _with(tuple(DAYS), _day(form.day))},
        ),
    )


def language_name(code: str) -> str:
    """A language in the reader's own, "Portuguese"; the code where it has no name."""
    try:
        named = Locale.parse(code.replace("-", "_")).get_display_name(str(get_locale() or "en"))
    except (ValueError, UnknownLocaleError):
        return code
    return named or code


def name_of_zone(name: str, form: FilterForm, actor: Actor | None) -> ZoneName:
    """The zone for the page's foot, where it can be changed."""
    return ZoneName(name, city(name), is_guess=not form.tz and actor is None)


def _day(asked: str) -> str:
    if len(asked) == 1 and asked.isdecimal():
        return NAMES[int(asked)]
    return next((name for name in NAMES if asked and name.startswith(asked)), asked)


def _with(known: tuple[str, ...], asked: str) -> tuple[str, ...]:
    return known if not asked or asked in known else (*known, asked)


def _pairs(nothing: str, known: dict[str, str]) -> list[Pair]:
    return [("", nothing), *known.items()]
