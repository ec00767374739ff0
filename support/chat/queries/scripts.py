"""Which series have a script of their own, and of how many steps."""

from collections.abc import Collection

from sqlalchemy import select

from support.chat.models import SeriesScript
from support.chat.rules.scripts import read
from support.db.unit import Unit


def scripts_of(unit: Unit, series_ids: Collection[str]) -> dict[str, int]:
    """How many steps the script of each of these series has; one without a script is absent."""
    rows = unit.session.scalars(select(SeriesScript).where(SeriesScript.series_id.in_(series_ids)))
    steps = {row.series_id: len(read(row.script).steps) for row in rows}
    return {series_id: count for series_id, count in steps.items() if count}
