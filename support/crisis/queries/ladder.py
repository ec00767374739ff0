"""Read the ladder in force: the operator's seconds, else what admins stored, else the house's."""

from sqlalchemy import select

from support.crisis import rules
from support.crisis.models import LadderStep
from support.db.unit import Unit
from support.notify.rules import Channel


class _Settings:
    """The operator's own seconds; without them the ladder that admins stored holds."""

    waits: tuple[int, ...] | None = None


def climb_after(waits: tuple[int, ...] | None) -> None:
    """Let these seconds outrank what admins store; None: nothing does."""
    _Settings.waits = waits


def ladder(unit: Unit) -> rules.Ladder:
    """The rungs that cases climb now."""
    if _Settings.waits:
        return rules.ladder_of(_Settings.waits)
    return stored_ladder(unit) or rules.HOUSE_LADDER


def stored_ladder(unit: Unit) -> rules.Ladder:
    """What admins have stored; empty where they have not."""
    rows = unit.session.scalars(select(LadderStep).order_by(LadderStep.position))
    return tuple(
        rules.LadderStep(
            row.wait_seconds, rules.Target(row.target), tuple(map(Channel, row.channels))
        )
        for row in rows
    )


def is_overridden() -> bool:
    """Whether the operator's settings outrank what admins store."""
    return bool(_Settings.waits)
