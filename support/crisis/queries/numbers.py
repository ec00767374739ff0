"""Read the directory of numbers from its file, never from the database: help must not need one."""

import json
import logging
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from support.accounts import queries as accounts
from support.crisis import rules
from support.crisis.models import ResourceConfirmation
from support.db.unit import Unit

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "crisis_resources.json"
NAME = "crisis.json"
log = logging.getLogger("handrail.crisis")


@dataclass(frozen=True, slots=True)
class Decision:
    """The team's word on one number."""

    resource_id: str
    state: str
    contact: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class _Read:
    stamp: tuple[str, int, int]
    data: dict[str, Any]


class _Cache:
    """The file as it was last read, and the directory made of it for one day."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self.read: _Read | None = None
        self.made: tuple[tuple[str, int, int], date, rules.Directory] | None = None


_cache = _Cache()


def keep_numbers_in(folder: Path | None) -> None:
    """Where the team's own file lies; the house says so once, at its start."""
    _cache.folder = folder


def numbers_folder() -> Path | None:
    """Where the team's own file lies, if anywhere."""
    return _cache.folder


def directory(today: date) -> rules.Directory:
    """The directory as of today: the team's file where it is good, else the shipped one."""
    found = _current(today)
    if _cache.made and _cache.made[:2] == (found.stamp, today):
        return _cache.made[2]
    made = rules.read(found.data, today)
    _cache.made = (found.stamp, today, made)
    return made


def help_for(country: str | None, now: datetime) -> rules.HelpCard:
    """What a person in this country is shown now."""
    return rules.help_card(directory(now.date()), country)


def current_data(today: date) -> dict[str, Any]:
    """The raw file that is in force."""
    return _current(today).data


def shipped_data() -> dict[str, Any]:
    """The file that came with this version."""
    data: dict[str, Any] = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return data


def decisions(unit: Unit) -> dict[str, Decision]:
    """What the team has confirmed or hidden, by the number's id."""
    rows = list(unit.session.scalars(select(ResourceConfirmation)))
    people = accounts.people(unit, [row.by_id for row in rows])
    return {
        row.resource_id: Decision(
            row.resource_id, row.state, row.contact, people[row.by_id].handle, row.at
        )
        for row in rows
    }


def numbers_due(unit: Unit) -> list[rules.Resource]:
    """Shown numbers past their date, of the countries this site has confirmed any number of."""
    served = {name[:2].upper() for name in decisions(unit)}
    return [
        line
        for code, country in directory(unit.now.date()).countries.items()
        if code in served
        for line in country.services
        if line.is_shown and line.overdue
    ]


def _current(today: date) -> _Read:
    folder = _cache.folder
    for path in ([folder / NAME] if folder else []) + [SHIPPED]:
        stamp = _stamp(path)
        if stamp is None:
            continue
        if _cache.read and _cache.read.stamp == stamp:
            return _cache.read
        data = _load(path, today)
        if data is not None:
            _cache.read = _Read(stamp, data)
            return _cache.read
    return _Read((str(SHIPPED), 0, 0), shipped_data())


def _stamp(path: Path) -> tuple[str, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return str(path), found.st_mtime_ns, found.st_size


def _load(path: Path, today: date) -> dict[str, Any] | None:
    """The file's content, unless it cannot be read or the checker finds an error in it."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        log.error("crisis numbers unreadable file=%s kind=%s", path.name, type(fault).__name__)
        return None
    errors = rules.check(data, today).errors
    if errors:
        log.error("crisis numbers refused file=%s errors=%s", path.name, len(errors))
        return None
    found: dict[str, Any] = data
    return found
