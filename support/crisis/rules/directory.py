"""Which numbers may be shown to somebody in a country, and in which order (guard rule G8).

Levels A to C are shown with the date of their source; D and E stay hidden until an operator
confirms them. The emergency number comes first; where the sources differ, all of them are shown.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

SHOWN_LEVELS = frozenset("ABC")
CONFIRMED_FOR = timedelta(days=90)
UNSURE_NUMBERS = ("112", "911")
ORDER = ("crisis", "benzo_specific", "drug", "poison", "health_advice")
_DIALLED = re.compile(r"[+*]?\(?[0-9][0-9 ()-]*")


@dataclass(frozen=True, slots=True)
class Resource:
    """One number or service, with where it was seen and whether the team has checked it."""

    id: str
    kind: str
    name: str
    number: str | None
    tel: str | None
    sms: str | None = None
    sms_word: str | None = None
    chat_url: str | None = None
    url: str | None = None
    hours: str | None = None
    cost: str | None = None
    audience: str | None = None
    languages: tuple[str, ...] = ()
    level: str = ""
    last_seen: date | None = None
    reverify_by: date | None = None
    shown_by_default: bool = True
    confirmed_on: date | None = None
    hidden: bool = False
    overdue: bool = False

    @property
    def is_shown(self) -> bool:
        """The display rule: confirmed, or of a trusted level; and not hidden by an operator."""
        if self.hidden:
            return False
        return self.confirmed_on is not None or (
            self.level in SHOWN_LEVELS and self.shown_by_default
        )

    @property
    def contact(self) -> str:
        """The number and text number an operator confirms; another one is another fact."""
        return " / ".join(part for part in (self.number, self.sms, self.chat_url) if part)


@dataclass(frozen=True, slots=True)
class Emergency:
    """A country's emergency numbers: the one to try first, and the others where sources differ."""

    number: str | None
    also: tuple[str, ...] = ()
    unsure: bool = False
    last_seen: date | None = None
    confirmed_on: date | None = None

    @property
    def contact(self) -> str:
        """What an operator confirms."""
        return " / ".join((self.number or "", *self.also))


@dataclass(frozen=True, slots=True)
class Country:
    """One country's numbers as the file has them, shown or not."""

    code: str
    name: str
    emergency: Emergency
    services: tuple[Resource, ...]


@dataclass(frozen=True, slots=True)
class Directory:
    """The whole file: countries by code, and links that help where a country has nothing."""

    countries: Mapping[str, Country]
    fallback: tuple[tuple[str, str], ...]
    generated_on: str = ""

    @property
    def names(self) -> list[tuple[str, str]]:
        """Country codes with names, by name, for a list to choose from."""
        found = ((code, country.name) for code, country in self.countries.items())
        return sorted(found, key=lambda pair: pair[1])


@dataclass(frozen=True, slots=True)
class HelpCard:
    """What a person in one country is shown."""

    country: str | None
    country_name: str | None
    emergency: Emergency
    resources: tuple[Resource, ...]
    fallback: tuple[tuple[str, str], ...]

    def of(self, *kinds: str) -> list[Resource]:
        """The services of some kinds, in order."""
        return [resource for resource in self.resources if resource.kind in kinds]

    @property
    def emergency_tels(self) -> list[tuple[str, str]]:
        """Every emergency number with what a telephone dials, the first one first."""
        numbers = [self.emergency.number, *self.emergency.also]
        return [(number, dialled(number) or number) for number in numbers if number]

    def facts(self) -> dict[str, Any]:
        """The same for a program, the emergency number first in the list too."""
        emergency = {
            "number": self.emergency.number,
            "also": list(self.emergency.also),
            "unsure": self.emergency.unsure,
            "last_seen": _iso(self.emergency.last_seen),
            "confirmed_on": _iso(self.emergency.confirmed_on),
        }
        first = [
            {"kind": "emergency", "name": number, "number": number, "tel": tel}
            for number, tel in self.emergency_tels
        ]
        return {
            "country": self.country,
            "emergency": emergency,
            "resources": first + [_facts(resource) for resource in self.resources],
            "fallback": [{"name": name, "url": url} for name, url in self.fallback],
        }


def read(data: Mapping[str, Any], today: date) -> Directory:
    """The directory out of the file's JSON."""
    countries = (_country(entry, today) for entry in data["countries"])
    fallback = tuple((link["name"], link["url"]) for link in data["international_fallback"])
    return Directory(
        {country.code: country for country in countries}, fallback, data.get("generated_on", "")
    )


def help_card(directory: Directory, code: str | None) -> HelpCard:
    """What to show in a country; for an unknown one, the two numbers most of the world answers."""
    country = directory.countries.get(code or "")
    if country is None:
        unsure = Emergency(UNSURE_NUMBERS[0], UNSURE_NUMBERS[1:], unsure=True)
        return HelpCard(None, None, unsure, (), directory.fallback)
    shown = sorted(
        (resource for resource in country.services if resource.is_shown),
        key=lambda resource: _place(resource.kind),
    )
    links = () if any(r.kind == "crisis" for r in shown) else directory.fallback
    return HelpCard(country.code, country.name, country.emergency, tuple(shown), links)


def dialled(number: str | None) -> str | None:
    """What a telephone dials: digits, or None where the text is no plain number."""
    if number is None or (found := _DIALLED.match(number)) is None:
        return None
    return re.sub(r"[^0-9+*]", "", found.group())


def with_confirmations(
    data: Mapping[str, Any], decided: Mapping[str, tuple[str, str, str]]
) -> dict[str, Any]:
    """The file with the team's decisions: id → (confirmed or hidden, date, which number)."""
    countries = []
    for entry in data["countries"]:
        services = [
            {**service, **_operator(decided.get(service["id"]))} for service in entry["services"]
        ]
        emergency = {**entry["emergency"], **_operator(decided.get(emergency_id(entry["iso2"])))}
        countries.append({**entry, "emergency": emergency, "services": services})
    return {**data, "countries": countries, "written_by": "handrail crisis confirm"}


def emergency_id(code: str) -> str:
    """The id under which a country's emergency number is confirmed."""
    return f"{code.lower()}-emergency"


def _operator(decision: tuple[str, str, str] | None) -> dict[str, Any]:
    if decision is None:
        return {}
    state, day, contact = decision
    return {"operator": {"state": state, "on": day, "contact": contact}}


def _country(entry: Mapping[str, Any], today: date) -> Country:
    emergency = _emergency(entry["emergency"])
    services = tuple(_resource(service, today) for service in entry["services"])
    return Country(entry["iso2"], entry["name"], emergency, services)


def _emergency(entry: Mapping[str, Any]) -> Emergency:
    """`show_first` where the sources agree; all that any source names where they do not."""
    first, unsure = entry["show_first"], entry["show_all_when_unsure"]
    named = [dialled(number) for number in entry["verified"].get("others", {}).values()]
    listed = [*sorted(unsure, key=lambda number: number not in named), *entry["also_show"]]
    if first is None and listed:
        first = listed[0]
    also = tuple(dict.fromkeys(number for number in listed if number != first))
    seen = [day for day in entry["verified"]["as_of"].values() if day]
    found = Emergency(first, also, bool(unsure), _date(max(seen, default=None)))
    state, day = _decision(entry, found.contact)
    return replace(found, confirmed_on=day) if state == "confirmed" else found


def _resource(entry: Mapping[str, Any], today: date) -> Resource:
    verified = entry["verified"]
    checked = entry["details_seen_in_source"]
    found = Resource(
        id=entry["id"],
        kind=entry["kind"],
        name=entry["name"],
        number=entry["phone"],
        tel=entry["phone_e164"] or dialled(entry["phone"]),
        sms=entry["sms"],
        sms_word=entry["sms_word"],
        chat_url=entry["chat_url"],
        url=entry["url"],
        hours=_bare(entry["hours"]) if checked else None,
        cost=entry["cost"] if checked else None,
        audience=entry["audience"],
        languages=tuple(entry["languages"] or ()),
        level=verified["level"],
        last_seen=_date(verified["as_of"]),
        reverify_by=_date(verified["reverify_by"]),
        shown_by_default=entry["show_by_default"],
    )
    return _judged(found, *_decision(entry, found.contact), today)


def _judged(found: Resource, state: str, day: date | None, today: date) -> Resource:
    due = day + CONFIRMED_FOR if state == "confirmed" and day else found.reverify_by
    return replace(
        found,
        hidden=state == "hidden",
        confirmed_on=day if state == "confirmed" else None,
        reverify_by=due,
        overdue=due is not None and due < today,
    )


def _decision(entry: Mapping[str, Any], contact: str) -> tuple[str, date | None]:
    """The team's word on this very number; on another one it no longer counts, but hidden stays."""
    operator = entry.get("operator") or {}
    state = operator.get("state", "")
    if state == "confirmed" and operator.get("contact") != contact:
        return "", None
    return state, _date(operator.get("on"))


def _bare(hours: str | None) -> str | None:
    """Hours without the notes for operators in brackets behind them."""
    return hours.partition(" (")[0] if hours else None


def _place(kind: str) -> int:
    return ORDER.index(kind) if kind in ORDER else len(ORDER)


def _date(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _facts(resource: Resource) -> dict[str, Any]:
    facts = asdict(resource)
    for name in ("last_seen", "reverify_by", "confirmed_on"):
        facts[name] = _iso(facts[name])
    facts["languages"] = list(resource.languages)
    del facts["hidden"], facts["shown_by_default"]
    return facts
