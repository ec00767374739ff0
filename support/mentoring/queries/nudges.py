"""Read whom to tell that a newcomer waits, and whether somebody was told already."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select

from support.accounts import queries as accounts
from support.db.unit import Unit
from support.groups import queries as groups
from support.mentoring.models import LoungeNudge
from support.mentoring.queries.shifts import on_shift


def last_of(
    unit: Unit, newcomers: Collection[str], rooms: Collection[str]
) -> dict[tuple[str, str], datetime]:
    """When somebody was last told that these newcomers wait in these lounges, by both ids."""
    if not newcomers:
        return {}
    rows = unit.session.execute(
        select(LoungeNudge.newcomer_id, LoungeNudge.room_id, func.max(LoungeNudge.at))
        .where(LoungeNudge.newcomer_id.in_(newcomers), LoungeNudge.room_id.in_(rooms))
        .group_by(LoungeNudge.newcomer_id, LoungeNudge.room_id)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def to_tell(unit: Unit, group_id: str, newcomer_id: str) -> tuple[str, list[str]]:
    """Mentors on shift who belong to the group; else its hosts; else the team."""
    shift = on_shift(unit)
    belong = groups.standings(unit, [group_id], shift) if shift else {}
    here = [one for one in shift if (group_id, one) in belong]
    if here:
        return "shift", here
    hosts = set(groups.host_ids(unit, group_id)) - {newcomer_id}
    able = accounts.able_ids(unit, hosts)
    return ("hosts", sorted(able)) if able else ("team", accounts.staff_ids(unit))
