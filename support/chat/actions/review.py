"""Automatic review of a message, in the transaction that stores it."""

from dataclasses import dataclass
from typing import Any

from support.base.actor import Actor
from support.base.severity import Severity
from support.chat.actions.facts import AuthorNoticed
from support.chat.models import Message
from support.chat.queries import Place
from support.chat.rules.words import notice_for
from support.crisis import actions as crisis
from support.db.unit import Unit
from support.groups import queries as groups
from support.moderation import actions as moderation
from support.moderation import queries as desk
from support.moderation.ports import TargetRef
from support.moderation.rules import Screening, screen

DANGER = frozenset({"crisis_self_harm", "crisis_medical", "abrupt_stop", "third_party_concern"})


@dataclass(frozen=True, slots=True)
class Review:
    """What is to be looked at."""

    place: Place
    message: Message
    waits: bool
    is_new: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether the words wait."""

    is_held: bool


def review(unit: Unit, actor: Actor, asked: Review) -> Outcome:
    """Screen the words, call for help where somebody is in danger, hold what must be held."""
    message, room = asked.message, asked.place.room
    screening = screen(
        message.body,
        author_is_newcomer=actor.is_newcomer(unit.now),
        allowed_domains=desk.allowed_domains(unit, message.body),
    )
    is_held = screening.holds or asked.waits
    message.notice = None
    if asked.is_new and not screening.findings and not asked.waits:
        return Outcome(False)
    hosts = groups.host_ids(unit, room.group_id) if room.group_id else []
    target = TargetRef("message", message.id, actor.id, room.id, tuple(hosts), room.group_id)
    moderation.file_findings(unit, target, screening, is_held)
    case = _call_for_help(unit, actor, asked, screening, hosts)
    _tell_author(unit, actor, asked, screening, case)
    return Outcome(is_held)


def _call_for_help(
    unit: Unit, actor: Actor, asked: Review, screening: Screening, hosts: list[str]
) -> str | None:
    """Open or find the person's case; a doubtful finding shows the card and calls nobody."""
    labels = tuple(label for label in screening.labels if label in DANGER)
    severity = max(
        (found.severity for found in screening.findings if found.label in DANGER),
        key=lambda each: each.rank,
        default=Severity.NONE,
    )
    if not labels or severity.rank < Severity.URGENT.rank:
        return None
    case = crisis.raise_signal(
        unit,
        actor.id,
        severity=severity,
        labels=labels,
        room_id=asked.place.room.id,
        host_ids=[host for host in hosts if host != actor.id],
        source=f"message:{asked.message.id}",
    )
    return case.id


def _tell_author(
    unit: Unit, actor: Actor, asked: Review, screening: Screening, case: str | None
) -> None:
    """The private card, or why the words wait: to the author alone, at once."""
    words = notice_for(screening.labels, screening.hold_label, waits=asked.waits)
    if words is None:
        return
    notice: dict[str, Any] = {"label": words.label, "text": words.text, "help": words.shows_help}
    if case:
        notice["case"] = case
    asked.message.notice = notice
    message = asked.message
    unit.announce(AuthorNoticed(actor.id, actor.country, message.room_id, message.id, notice))
