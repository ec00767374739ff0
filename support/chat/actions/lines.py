"""Write down who was here: leaders with the moment until which they count, others to be counted."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import update

from support.chat.models import Comer, HostLine
from support.db.insert import insert_all_new
from support.db.unit import Unit

BY_PAGE = "page"
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """Until when one leader counts as here, by this process or by the page."""

    room_id: str
    account_id: str
    origin: str
    until: datetime


@dataclass(slots=True)
class Seen:
    """What one look of one process has found and has to be written."""

    lines: list[Line] = field(default_factory=list)
    came: list[Key] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.lines or self.came)


def keep_lines(unit: Unit, seen: Seen) -> None:
    """Write what was seen; a line that ended also ends what its page had promised."""
    rows: list[dict[str, Any]] = [
        {
            "room_id": one.room_id,
            "account_id": one.account_id,
            "origin": one.origin,
            "until": one.until,
        }
        for one in seen.lines
    ]
    new = insert_all_new(unit, HostLine, rows)
    for row in rows:
        if (row["room_id"], row["account_id"], row["origin"]) not in new:
            _move(unit, row)
        if row["origin"] != BY_PAGE:
            _end_page(unit, row)
    came: list[dict[str, Any]] = [
        {"room_id": room_id, "account_id": account_id} for room_id, account_id in seen.came
    ]
    insert_all_new(unit, Comer, came)


def _move(unit: Unit, row: dict[str, Any]) -> None:
    unit.session.execute(
        update(HostLine)
        .where(
            HostLine.room_id == row["room_id"],
            HostLine.account_id == row["account_id"],
            HostLine.origin == row["origin"],
        )
        .values(until=row["until"])
    )


def _end_page(unit: Unit, row: dict[str, Any]) -> None:
    unit.session.execute(
        update(HostLine)
        .where(
            HostLine.room_id == row["room_id"],
            HostLine.account_id == row["account_id"],
            HostLine.origin == BY_PAGE,
            HostLine.until > row["until"],
        )
        .values(until=row["until"])
    )
