"""Other numbers than the shipped ones: what counts as a number, and how they enter the file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import phonenumbers

from support.base.errors import Invalid
from support.crisis.rules.directory import emergency_id

EMERGENCY = re.compile(r"[0-9]{2,6}")
NUMBER = re.compile(r"\+?[0-9][0-9 ()-]{1,20}[0-9]")
WEB = re.compile(r"https://[^\s/]+\.[^\s]+")


@dataclass(frozen=True, slots=True)
class Edited:
    """A number in force that differs from the shipped one, and where it was seen."""

    number: str
    source: str
    day: str


def check_number(number: str, source: str, *, is_emergency: bool) -> None:
    """Refuse what cannot be dialled, and what nobody can look up again."""
    wrong = {}
    if not (EMERGENCY if is_emergency else NUMBER).fullmatch(number):
        wrong["number"] = "This is no number that can be dialled."
    if not WEB.fullmatch(source):
        wrong["source"] = "Please give the address of a page (https://…) where it can be read."
    if wrong:
        raise Invalid("Please check what is marked.", fields=wrong)


def is_emergency(resource_id: str) -> bool:
    """Whether an id is a country's emergency number: a change of it needs two people."""
    return resource_id == emergency_id(resource_id[:2])


def with_edits(data: Mapping[str, Any], edited: Mapping[str, Edited]) -> dict[str, Any]:
    """The file with the team's own numbers in it; all else stays as shipped."""
    countries = []
    for entry in data["countries"]:
        emergency = entry["emergency"]
        if found := edited.get(emergency_id(entry["iso2"])):
            emergency = _emergency(emergency, found)
        services = [
            _service(one, edited.get(one["id"]), entry["iso2"]) for one in entry["services"]
        ]
        countries.append({**entry, "emergency": emergency, "services": services})
    return {**data, "countries": countries}


def _emergency(entry: Mapping[str, Any], edit: Edited) -> dict[str, Any]:
    verified = entry["verified"]
    return {
        **entry,
        "show_first": edit.number,
        "show_all_when_unsure": [],
        "also_show": [],
        "verified": {**verified, "sources": [edit.source], "as_of": {"team": edit.day}},
    }


def _service(entry: Mapping[str, Any], edit: Edited | None, code: str) -> dict[str, Any]:
    if edit is None:
        return dict(entry)
    page = {"url": edit.source, "date": edit.day, "kind": "team"}
    verified = entry["verified"]
    seen = {**verified, "as_of": edit.day, "pages": [*verified["pages"], page]}
    world = _international(edit.number, code)
    return {**entry, "phone": edit.number, "phone_e164": world, "verified": seen}


def _international(number: str, code: str) -> str | None:
    """The same number as it is dialled from anywhere; None for a short one."""
    try:
        parsed = phonenumbers.parse(number, code)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
