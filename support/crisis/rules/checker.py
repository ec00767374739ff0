"""Check the crisis data before anybody reads it: one wrong digit can cost a life."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import phonenumbers

LEVELS = "ABCDE"
_EMERGENCY = re.compile(r"[0-9*#]{2,12}")
_E164 = re.compile(r"\+[0-9]{6,15}")
SHORTEST = 4
_WEB = re.compile(r"https?://[^\s]+")


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checker found; an error keeps the file from being used."""

    countries: int
    services: int
    errors: tuple[str, ...]
    warnings: tuple[str, ...]


def check(data: Any, today: date) -> Checked:
    """Read the whole file and name every fault by the id it is in."""
    if not isinstance(data, Mapping) or not isinstance(data.get("countries"), list):
        return Checked(0, 0, ("file: no list of countries",), ())
    errors: list[str] = []
    warnings: list[str] = []
    services: list[str] = []
    if not isinstance(data.get("international_fallback"), list):
        errors.append("file: no fallback links")
    for country in data["countries"]:
        _check_country(country, today, (errors, warnings), services)
    codes = [_at(country, "iso2") for country in data["countries"]]
    errors += [f"{code}: the country is there twice" for code in _doubled(codes)]
    errors += [f"{service}: the id is there twice" for service in _doubled(services)]
    return Checked(len(codes), len(services), tuple(errors), tuple(warnings))


def _check_country(
    country: Any, today: date, found: tuple[list[str], list[str]], services: list[str]
) -> None:
    errors, warnings = found
    code = str(_at(country, "iso2"))
    try:
        if not re.fullmatch(r"[A-Z]{2}", code) or not country["name"]:
            errors.append(f"{code}: not a country code with a name")
        errors += [f"{code}: {fault}" for fault in _emergency_faults(country["emergency"])]
        if not _emergency_numbers(country["emergency"]):
            warnings.append(f"{code}: no emergency number")
    except (KeyError, TypeError, ValueError) as fault:
        errors.append(f"{code}: cannot be read ({type(fault).__name__} {fault})")
    for service in _at(country, "services") or ():
        name = str(_at(service, "id"))
        services.append(name)
        try:
            errors += [f"{name}: {fault}" for fault in _service_faults(service)]
            warnings += [f"{name}: {doubt}" for doubt in _doubts(service["verified"], today)]
        except (KeyError, TypeError, ValueError) as fault:
            errors.append(f"{name}: cannot be read ({type(fault).__name__} {fault})")


def _emergency_numbers(emergency: Mapping[str, Any]) -> list[str]:
    first = [emergency["show_first"]] if emergency["show_first"] else []
    return [*first, *emergency["show_all_when_unsure"], *emergency["also_show"]]


def _emergency_faults(emergency: Mapping[str, Any]) -> Iterator[str]:
    for number in _emergency_numbers(emergency):
        if not _EMERGENCY.fullmatch(number):
            yield f"emergency number {number} is no number"
    if emergency["show_first"] and not emergency["verified"]["sources"]:
        yield "emergency number without a source"
    for day in emergency["verified"]["as_of"].values():
        if day:
            date.fromisoformat(day)


def _service_faults(service: Mapping[str, Any]) -> Iterator[str]:
    verified = service["verified"]
    if not (service["phone"] or service["sms"] or service["chat_url"]):
        yield "no way to reach it"
    if verified["level"] not in LEVELS:
        yield f"level {verified['level']} is not known"
    if service["show_by_default"] and verified["level"] in "DE":
        yield "shown although nobody has verified it"
    if verified["level"] in "ABC" and not (verified["lists"] or verified["pages"]):
        yield "no source"
    for address in (service["url"], service["chat_url"]):
        if address and not _WEB.fullmatch(address):
            yield f"{address} is no web address"
    yield from _phone_faults(service)
    for name in ("kind", "name", "hours", "cost", "audience", "languages", "sms_word"):
        service[name]


def _doubts(verified: Mapping[str, Any], today: date) -> Iterator[str]:
    if date.fromisoformat(verified["reverify_by"]) < today:
        yield "its re-verify date has passed"
    if verified["level"] in "ABC" and not verified["as_of"]:
        yield "its source has no date"


def _phone_faults(service: Mapping[str, Any]) -> Iterator[str]:
    """The number to dial and the number to read must be the same one."""
    phone, world = service["phone"], service["phone_e164"]
    if world is None:
        return
    if not _E164.fullmatch(world):
        yield f"{world} is no international number"
        return
    if not phonenumbers.is_valid_number(phonenumbers.parse(world)):
        yield f"{world} is valid nowhere"
    if service["show_by_default"] and not _same_number(phone or "", world):
        yield f"{phone} and {world} are two numbers"


def _same_number(phone: str, world: str) -> bool:
    """Alike but for spaces and the digit that some countries dial before a number (0, 1, 8)."""
    written = re.sub(r"[^0-9]", "", phone).lstrip("0")
    without_trunk = written[1:] if written[:1] in ("1", "8") else written
    return len(without_trunk) >= SHORTEST and world.endswith((written, without_trunk))


def _at(entry: Any, name: str) -> Any:
    return entry.get(name) if isinstance(entry, Mapping) else None


def _doubled(values: list[Any]) -> list[Any]:
    return sorted({value for value in values if values.count(value) > 1}, key=str)
