"""Cases over the socket: to each responder who may see the case, and to the person themselves."""

from prometheus_client import Counter, Histogram

from support.base.clock import wire
from support.crisis.actions import CaseChanged, CaseOpened, CaseTaken, RungReached
from support.crisis.queries import CaseChange
from support.db.unit import Announcements
from support.web.sockets import account_channel, tell

OPENED = Counter("handrail_cases_opened", "Cases opened")
RUNGS = Counter("handrail_rungs", "Rungs that went out", ["rung"])
LATE = Histogram(
    "handrail_rung_late_seconds", "How late rungs went out", buckets=(0.5, 1, 2, 3, 5, 10, 60, 600)
)
TAKEN = Histogram(
    "handrail_case_acknowledged_seconds",
    "How long until somebody took a round of a case",
    buckets=(10, 30, 60, 120, 300, 600, 1800, 3600),
)
REPEATS = 3


def case_opened(fact: CaseOpened) -> None:
    """Count it, and tell those concerned."""
    OPENED.inc()
    _tell(fact.change)


def case_changed(fact: CaseChanged) -> None:
    """Tell those concerned."""
    _tell(fact.change)


def case_taken(fact: CaseTaken) -> None:
    """Count how long it took."""
    TAKEN.observe(fact.waited_seconds)


def rung_reached(fact: RungReached) -> None:
    """Count it, and how late it was."""
    RUNGS.labels(str(fact.rung) if fact.rung < REPEATS else "repeat").inc()
    LATE.observe(fact.late_seconds)


def _tell(change: CaseChange) -> None:
    case = change.case
    known = {
        "case": case.id,
        "severity": case.severity,
        "state": case.state,
        "rung": case.rung,
        "due_at": wire(case.due_at) if case.due_at else None,
    }
    if case.side_room_id:
        known["room"] = case.side_room_id
    for account_id in change.responder_ids:
        tell(account_channel(account_id), "case:changed", known)
    tell(account_channel(case.person.id), "case:changed", case.to_person())


LISTENERS: Announcements = {
    CaseOpened: [case_opened],
    CaseChanged: [case_changed],
    CaseTaken: [case_taken],
    RungReached: [rung_reached],
}
