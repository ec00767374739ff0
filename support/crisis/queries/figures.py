"""Read how the desk does: times and counts, never a person or a word."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from support.base.severity import Severity
from support.crisis import rules
from support.crisis.models import Case, CaseRung
from support.crisis.rules import State
from support.db.unit import Unit

DAYS = 30


@dataclass(frozen=True, slots=True)
class Figures:
    """The last thirty days at the desk, and how it stands now."""

    opened: int
    taken: int
    unheard: int
    p50_seconds: float | None
    p95_seconds: float | None
    rungs: dict[int, int]
    open_now: int
    waiting_now: int

    def facts(self) -> dict[str, Any]:
        """The same for a program."""
        return {
            "days": DAYS,
            "cases": self.opened,
            "acknowledged": self.taken,
            "without_responder": self.unheard,
            "seconds_to_acknowledge": {"p50": self.p50_seconds, "p95": self.p95_seconds},
            "rungs": [{"rung": rung, "count": n} for rung, n in sorted(self.rungs.items())],
            "open_now": self.open_now,
            "waiting_now": self.waiting_now,
        }


@dataclass(frozen=True, slots=True)
class Desk:
    """Cases that called people, as they stand now; `unheard` of the last thirty days."""

    waiting: int
    held: int
    unheard: int


def figures(unit: Unit) -> Figures:
    """Cases that called people and were opened in the last thirty days."""
    since = unit.now - timedelta(days=DAYS)
    rows = unit.session.execute(
        select(Case.opened_at, Case.first_held_at).where(Case.opened_at >= since, _called())
    ).all()
    waits = [(row[1] - row[0]).total_seconds() for row in rows if row[1] is not None]
    climbed = unit.session.execute(
        select(CaseRung.rung, func.count()).where(CaseRung.at >= since).group_by(CaseRung.rung)
    )
    now = at_the_desk(unit)
    return Figures(
        opened=len(rows),
        taken=len(waits),
        unheard=len(rows) - len(waits),
        p50_seconds=rules.percentile(waits, 0.5),
        p95_seconds=rules.percentile(waits, 0.95),
        rungs={rung: number for rung, number in climbed},
        open_now=now.waiting + now.held,
        waiting_now=now.waiting,
    )


def at_the_desk(unit: Unit) -> Desk:
    """How many open cases wait and are held, and whom nobody has heard: asked every few seconds."""
    counted = select(Case.state, func.count()).where(_called()).group_by(Case.state)
    states = unit.session.execute(counted.where(Case.state.in_((State.OPEN, State.ACKNOWLEDGED))))
    by_state = Counter({state: number for state, number in states})
    since = unit.now - timedelta(days=DAYS)
    unheard = select(func.count()).where(
        Case.first_held_at.is_(None), Case.opened_at >= since, _called()
    )
    waiting, held = by_state[State.OPEN], by_state[State.ACKNOWLEDGED]
    return Desk(waiting, held, unit.session.scalar(unheard) or 0)


def _called() -> ColumnElement[bool]:
    return Case.severity.in_([each for each in Severity if rules.calls(each)])
