"""Read how the desk does: times and counts, never a person or a word."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

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


def figures(unit: Unit) -> Figures:
    """Cases that called people and were opened in the last thirty days."""
    since = unit.now - timedelta(days=DAYS)
    called = Case.severity.in_([each for each in Severity if rules.calls(each)])
    rows = unit.session.execute(
        select(Case.opened_at, Case.first_held_at).where(Case.opened_at >= since, called)
    ).all()
    waits = [(row[1] - row[0]).total_seconds() for row in rows if row[1] is not None]
    climbed = unit.session.execute(
        select(CaseRung.rung, func.count()).where(CaseRung.at >= since).group_by(CaseRung.rung)
    )
    now = unit.session.execute(
        select(Case.state, func.count())
        .where(Case.state != State.CLOSED, called)
        .group_by(Case.state)
    )
    states = Counter({state: number for state, number in now})
    return Figures(
        opened=len(rows),
        taken=len(waits),
        unheard=len(rows) - len(waits),
        p50_seconds=rules.percentile(waits, 0.5),
        p95_seconds=rules.percentile(waits, 0.95),
        rungs={rung: number for rung, number in climbed},
        open_now=states.total(),
        waiting_now=states[State.OPEN],
    )
