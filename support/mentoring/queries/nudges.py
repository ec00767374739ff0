"""Read whom to tell that a newcomer waits, and whether somebody was told already."""

from datetime import datetime

from sqlalchemy import func, select

from support.accounts import queries as accounts
from support.db.unit import Unit
from support.groups import queries as groups
from support.mentoring.models import LoungeNudge
from support.mentoring.queries.shifts import on_shift


def last_at(unit: Unit, newcomer_id: str, room_id: str) -> datetime | None:
    """When somebody was last told that this newcomer waits in this lounge."""
    return unit.session.scalar(
        select(func.max(LoungeNudge.at)).where(
            LoungeNudge.newcomer_id == newcomer_id, LoungeNudge.room_id == room_id
        )
    )


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
