"""What each side is told: the author what and where to read why, the reporter the class of action.

A notice is neutral and names nobody; the page it leads to says which words, why, until when and
how to appeal.
"""

from datetime import datetime

from support.db.unit import Unit
from support.moderation import queries
from support.moderation.models import Appeal, Decision, ReviewItem, Sanction
from support.moderation.ports import VISIBLE
from support.moderation.rules.desk import SanctionKind, Verdict, acts
from support.notify import actions as notify

_OF_VERDICT = {
    Verdict.ALLOW: "message_shown",
    Verdict.REWORD: "message_reword",
    Verdict.KEEP: "message_kept",
    Verdict.REMOVE: "message_removed",
}
MOST_REPORTERS = 500


def author_of(unit: Unit, item: ReviewItem, decision: Decision) -> None:
    """Tell the author what became of their words; nothing, if nothing did."""
    verdict = Verdict(decision.verdict)
    kind = _OF_VERDICT.get(verdict)
    if kind is None or (verdict is Verdict.ALLOW and decision.state_before == VISIBLE):
        return
    if item.target_kind == "feedback" and verdict is Verdict.ALLOW:
        kind = "feedback_shown"
    _tell(unit, f"decision:{decision.id}:author", kind, [item.author_id], _place(item))


def reporters_of(unit: Unit, item: ReviewItem, decision: Decision) -> None:
    """Tell those who reported whether anything was done, and nothing else."""
    kind = "report_closed" if acts(Verdict(decision.verdict)) else "report_kept"
    people = queries.reporter_ids(unit, item.id)[:MOST_REPORTERS]
    if people:
        _tell(unit, f"decision:{decision.id}:reporters", kind, people, {"label": kind})


def undone(unit: Unit, item: ReviewItem, decision: Decision) -> None:
    """Tell the author that the decision was taken back."""
    if decision.verdict == Verdict.ALLOW and decision.state_before == VISIBLE:
        return
    key = f"decision:{decision.id}:undone"
    _tell(unit, key, "decision_undone", [item.author_id], _place(item))


def lapsed(unit: Unit, item: ReviewItem) -> None:
    """Tell the author that nobody looked in time, so that their words were not shown."""
    _tell(unit, f"item:{item.id}:lapsed", "message_lapsed", [item.author_id], _place(item))


def person_of(unit: Unit, sanction: Sanction) -> None:
    """Tell a person what was decided about them."""
    kind = "warned" if sanction.kind == SanctionKind.WARN else "sanction"
    _tell(unit, f"sanction:{sanction.id}", kind, [sanction.account_id], _about(sanction))


def who_may_sign(unit: Unit, about: str, people: list[str]) -> None:
    """Tell those who could sign that something waits for a second moderator."""
    if people:
        _tell(unit, f"{about}:to_sign", "to_sign", people, {"label": "to_sign"})


def unsigned(unit: Unit, sanction_id: str, by_id: str) -> None:
    """Tell whoever asked for a measure that nobody signed it in time."""
    key = f"sanction:{sanction_id}:unsigned"
    _tell(unit, key, "not_signed", [by_id], {"label": "not_signed"})


def ended(unit: Unit, sanction: Sanction, at: datetime) -> None:
    """Tell a person that a limit on them is over before its time."""
    key = f"sanction:{sanction.id}:ended:{at.timestamp():.0f}"
    _tell(unit, key, "sanction_lifted", [sanction.account_id], _about(sanction))


def appeal_answered(unit: Unit, appeal: Appeal) -> None:
    """Tell a person that somebody else has looked again."""
    about = {"label": appeal.outcome or ""}
    at = (appeal.answered_at or unit.now).timestamp()
    key = f"appeal:{appeal.id}:{at:.0f}"
    _tell(unit, key, "appeal_answered", [appeal.account_id], about)


def answer_undone(unit: Unit, appeal: Appeal, answered_at: datetime) -> None:
    """Tell a person that the answer they read does not hold: it is looked at once more."""
    key = f"appeal:{appeal.id}:{answered_at.timestamp():.0f}:undone"
    _tell(unit, key, "answer_undone", [appeal.account_id], {"label": "answer_undone"})


def appeal_late(unit: Unit, item: ReviewItem, able: list[str]) -> None:
    """Tell the team each day that somebody waits for an answer, and the person once."""
    days = (unit.now - item.due_at).days
    about = {"label": "appeal_late"}
    _tell(unit, f"item:{item.id}:late:{days}", "appeal_late", able, about)
    waits = {"label": "appeal_waits"}
    _tell(unit, f"item:{item.id}:waits", "appeal_waits", [item.author_id], waits)


def _place(item: ReviewItem) -> dict[str, str]:
    place = {"label": item.decision or "", "room": item.room_id or ""}
    if item.target_kind == "message":
        place["message"] = item.target_id
    return {name: value for name, value in place.items() if value}


def _about(sanction: Sanction) -> dict[str, str]:
    return {"label": sanction.kind, "sanction": sanction.id}


def _tell(unit: Unit, key: str, kind: str, people: list[str], payload: dict[str, str]) -> None:
    notify.put(unit, key=key, kind=kind, recipients=people, payload=payload)
