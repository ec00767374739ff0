"""A world file, read whole and checked before anything is written."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from support.accounts.actions import About
from support.base.actor import Role
from support.base.errors import Invalid
from support.base.fields import Fields
from support.base.zones import is_zone
from support.crisis.forms import ShiftForm
from support.groups.forms import GroupForm, SeriesForm
from support.mentoring.forms import LimitsForm, LoungeShiftForm

T = TypeVar("T")
MOST = 100_000
_PARTS = {"people", "groups", "rota", "mentors"}


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """A person to be made."""

    handle: str
    role: Role
    password: str
    about: About


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """A group to be founded, with its people and its meetings."""

    form: GroupForm
    hosts: tuple[str, ...]
    members: tuple[str, ...]
    meetings: tuple[SeriesForm, ...]


@dataclass(frozen=True, slots=True)
class MentorEntry:
    """What a mentor offers, and when they are in the lounges; the shifts are read in their zone."""

    handle: str
    limits: LimitsForm
    shifts: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class World:
    """Everything in a world file."""

    people: tuple[PersonEntry, ...]
    groups: tuple[GroupEntry, ...]
    rota: tuple[ShiftForm, ...]
    mentors: tuple[MentorEntry, ...] = ()


def read_world(text: bytes) -> World:
    """The file as a world; Invalid says at which entry and field it is broken."""
    document = _document(text)
    return World(
        people=_each(document, "people", _person),
        groups=_each(document, "groups", _group),
        rota=_each(document, "rota", ShiftForm.parse),
        mentors=_each(document, "mentors", _mentor),
    )


def _document(text: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(text.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Invalid("the file is not UTF-8") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Invalid(f"{where}: this is not JSON") from None
    except RecursionError:
        raise Invalid("the file is nested too deep") from None
    if not isinstance(document, dict) or not set(document) <= _PARTS:
        raise Invalid("a world is an object with people, groups, rota and mentors")
    return document


def _each(
    document: Mapping[str, Any], name: str, parse: Callable[[Mapping[str, Any]], T]
) -> tuple[T, ...]:
    entries = document.get(name, [])
    if not isinstance(entries, list) or len(entries) > MOST:
        raise Invalid(f"{name}: this must be a list")
    return tuple(_one(f"{name}[{number}]", entry, parse) for number, entry in enumerate(entries))


def _one(where: str, entry: Any, parse: Callable[[Mapping[str, Any]], T]) -> T:
    if not isinstance(entry, dict):
        raise Invalid(f"{where}: this must be an object")
    try:
        return parse(entry)
    except Invalid as wrong:
        raise Invalid(f"{where}{detail(wrong)}") from None


def detail(wrong: Invalid) -> str:
    """The first field that is wrong and why, or the sentence itself."""
    for name, sentence in wrong.fields.items():
        return f".{name}: {sentence}"
    text = wrong.message % wrong.params if wrong.params else wrong.message
    return text if text.startswith((".", "[")) else f": {text}"


def _person(data: Mapping[str, Any]) -> PersonEntry:
    f = Fields(data)
    handle, role = f.text("handle", longest=60), f.choice("role", Role, default=Role.MEMBER)
    password = f.secret("password")
    zone = f.text("timezone", longest=64, required=False, default="UTC")
    country = f.text("country", longest=2, required=False).upper()
    email = f.text("email", longest=254, required=False) or None
    language = f.text("language", longest=16, required=False, default="en")
    if not is_zone(zone):
        f.reject("timezone", "Please use a time zone such as Europe/Lisbon.")
    f.done()
    return PersonEntry(handle, role, password, About(country, zone, email, language, settled=True))


def _group(data: Mapping[str, Any]) -> GroupEntry:
    own = dict(data)
    f = Fields({name: own.pop(name, []) for name in ("hosts", "members")})
    hosts = f.words("hosts", longest=60, most=50)
    members = f.words("members", longest=60, most=MOST)
    f.done()
    meetings = own.pop("meetings", [])
    if not isinstance(meetings, list):
        raise Invalid(".meetings: this must be a list")
    form = GroupForm.parse(own)
    series = tuple(
        _one(f".meetings[{number}]", entry, SeriesForm.parse)
        for number, entry in enumerate(meetings)
    )
    return GroupEntry(form, hosts, members, series)


def _mentor(data: Mapping[str, Any]) -> MentorEntry:
    own = dict(data)
    f = Fields({"handle": own.pop("handle", None)})
    handle = f.text("handle", longest=60)
    f.done()
    hours = own.get("hours")
    if isinstance(hours, list) and all(isinstance(each, str) for each in hours):
        own["hours"] = "\n".join(hours)
    shifts = own.pop("shifts", [])
    if not isinstance(shifts, list):
        raise Invalid(".shifts: this must be a list")
    for number, entry in enumerate(shifts):
        _one(f".shifts[{number}]", entry, lambda each: LoungeShiftForm.parse(each, "UTC"))
    return MentorEntry(handle, LimitsForm.parse(own), tuple(shifts))
