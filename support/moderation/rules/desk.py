"""The desk's pure decisions: what comes first, who may take it, and what may be done to whom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from support.base.actor import Actor
from support.base.errors import Conflict, Forbidden, Invalid
from support.base.severity import Severity

LEASE = timedelta(minutes=2)
UNDO_WITHIN = timedelta(seconds=10)
HELD_AT_MOST = timedelta(hours=24)
ALONE_AT_MOST = 7 * 24 * 60
MEANWHILE = 24 * 60
LONGEST = 366 * 24 * 60
MOST_REPORTS, REPORTS_SECONDS = 30, 3600


class Reason(StrEnum):
    """Why somebody reports words."""

    CRISIS = "crisis"
    DOSING = "dosing"
    SOURCING = "sourcing"
    HARASSMENT = "harassment"
    SPAM = "spam"
    PRIVACY = "privacy"
    OTHER = "other"


class Verdict(StrEnum):
    """What a moderator can decide about an item."""

    ALLOW = "allow"
    REWORD = "reword"
    KEEP = "keep"
    REMOVE = "remove"
    WARN = "warn"
    MUTE = "mute"
    REMOVE_FROM_GROUP = "remove_from_group"
    SUSPEND = "suspend"
    BAN = "ban"


class SanctionKind(StrEnum):
    """What can happen to a person's account."""

    WARN = "warn"
    MUTE = "mute"
    REMOVE_FROM_GROUP = "remove_from_group"
    SUSPEND = "suspend"
    BAN = "ban"


class HouseRule(StrEnum):
    """The rule of the house that a decision rests on."""

    NO_DOSING = "no_dosing"
    NO_TRADING = "no_trading"
    NO_HARASSMENT = "no_harassment"
    NO_PROMOTION = "no_promotion"
    PRIVACY = "privacy"
    SAFETY = "safety"


class ItemState(StrEnum):
    """Waiting for somebody, in somebody's hands, or done."""

    OPEN = "open"
    CLAIMED = "claimed"
    DECIDED = "decided"


class SanctionState(StrEnum):
    """Waiting for a second moderator, in force, over, or taken back."""

    PENDING = "pending"
    IN_FORCE = "in_force"
    ENDED = "ended"
    UNDONE = "undone"


class Closing(StrEnum):
    """How an item ends when no moderator decided it."""

    LAPSED = "lapsed"
    REWORDED = "reworded"
    WITHDRAWN = "withdrawn"


LABEL_OF = {
    Reason.CRISIS: "crisis_self_harm",
    Reason.DOSING: "dosing_advice",
    Reason.SOURCING: "sourcing",
    Reason.HARASSMENT: "harassment",
    Reason.SPAM: "self_promo",
    Reason.PRIVACY: "personal_info",
}
CARE_LABELS = frozenset({"crisis_self_harm", "crisis_medical", "abrupt_stop"})
_RISK_OF_SEVERITY = {Severity.CRITICAL: 90, Severity.URGENT: 80}
_RISK_OF_LABEL = {
    "crisis_self_harm": 70,
    "crisis_medical": 65,
    "abrupt_stop": 60,
    "sourcing": 50,
    "dosing_advice": 45,
    "harassment": 40,
    "personal_info": 30,
    "third_party_concern": 25,
    "self_promo": 20,
}
WORRY = "worry"
LABELS = tuple(_RISK_OF_LABEL)
_DUE = {Severity.CRITICAL: timedelta(minutes=10), Severity.URGENT: timedelta(minutes=30)}
_WORDS_ONLY = frozenset({Verdict.ALLOW, Verdict.REWORD, Verdict.KEEP, Verdict.REMOVE})
_TIMED = frozenset({"mute", "suspend", "ban"})
_GRAVE = frozenset({SanctionKind.SUSPEND, SanctionKind.BAN})


def rank(labels: Collection[str], severity: Severity) -> int:
    """Where an item stands in the queue, the smallest first: danger, then what may do most harm."""
    risks = [_RISK_OF_LABEL.get(label, 10) for label in labels]
    return 100 - max([_RISK_OF_SEVERITY.get(severity, 10), *risks])


def in_order(labels: Collection[str]) -> list[str]:
    """Each label once, what may do most harm first."""
    return sorted(set(labels), key=lambda label: (-_RISK_OF_LABEL.get(label, 10), label))


def due_at(severity: Severity, opened_at: datetime) -> datetime:
    """When somebody should have decided: minutes where life is at stake, a day for all else."""
    return opened_at + _DUE.get(severity, HELD_AT_MOST)


def wants_a_look(severity: Severity, *, held: bool) -> bool:
    """Whether what review found goes to the desk at all: held words do, and anything grave."""
    return held or severity is not Severity.NONE


# ------------------------------------------------------------------ who may take an item


@dataclass(frozen=True, slots=True)
class Ties:
    """Who stands too close to an item: its author, the author's co-hosts, who reported it.

    `never` are those whose own decision an appeal is about: nothing lets them in.
    """

    author_id: str
    near: frozenset[str] = frozenset()
    reporters: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody who may work at the desk, and who of them are admins."""

    ids: frozenset[str]
    admins: frozenset[str]


def may_handle(person_id: str, ties: Ties, staff: Staff) -> bool:
    """Nobody judges themselves, a friend or an own report; with nobody left it goes to an admin."""
    if person_id == ties.author_id or person_id in ties.never:
        return False
    tied = ties.near | ties.reporters
    if person_id not in tied:
        return True
    others = staff.ids - tied - ties.never - {ties.author_id}
    return person_id in staff.admins and not others


def check_is_staff(actor: Actor) -> None:
    """The desk is for moderators and admins."""
    if not actor.is_staff:
        raise Forbidden("Only moderators can do this.")


def is_held_by_another(
    actor_id: str, claimed_by: str | None, claimed_until: datetime | None, now: datetime
) -> bool:
    """Whether somebody else's claim is still live."""
    if claimed_by is None or claimed_until is None or claimed_by == actor_id:
        return False
    return now < claimed_until


def check_is_free(
    actor_id: str, claimed_by: str | None, claimed_until: datetime | None, now: datetime
) -> None:
    """A live claim of somebody else is respected."""
    if is_held_by_another(actor_id, claimed_by, claimed_until, now):
        raise Conflict("Another moderator is on this right now.")


def check_may_undo(
    actor_id: str, decided_by: str | None, decided_at: datetime, now: datetime, reason: str = ""
) -> None:
    """An own decision: within the first seconds just so, later with a reason."""
    if decided_by != actor_id:
        raise Forbidden("Only the moderator who decided can undo this.")
    if now - decided_at > UNDO_WITHIN and not reason:
        raise Conflict("It is too late to undo this without a reason. Please say why.")


def check_hat(group_id: str | None, hats: Collection[str]) -> None:
    """Who is in a room as a member is among friends there, and leaves the desk to somebody else."""
    if group_id is not None and group_id in hats:
        raise Forbidden("You are in this group yourself. Please leave this to another moderator.")


# ------------------------------------------------------------------ what may be decided


def sanction_in(verdict: Verdict) -> SanctionKind | None:
    """What the decision does to the person, if anything."""
    return None if verdict in _WORDS_ONLY else SanctionKind(verdict.value)


def takes_words_away(verdict: Verdict) -> bool:
    """Whether words that others could read go away with this decision."""
    return verdict not in (Verdict.ALLOW, Verdict.WARN)


def acts(verdict: Verdict) -> bool:
    """Whether anything was done, as the reporter hears it."""
    return verdict is not Verdict.ALLOW


def check_may_punish(verdict: Verdict, labels: Collection[str]) -> None:
    """Someone in danger is never punished for saying so."""
    if sanction_in(verdict) and labels and CARE_LABELS.issuperset(labels):
        raise Invalid(
            "This person may be in danger. They get help, not a sanction.",
            fields={"decision": "Please pick one of the choices about the words."},
        )


def check_fits(kind: str, verdict: Verdict) -> None:
    """Who tells of a worry has done nothing wrong: it is looked at, and nothing else is decided."""
    if kind == WORRY and verdict is not Verdict.ALLOW:
        raise Invalid(
            "This host is worried, and has done nothing wrong.",
            fields={"decision": "A worry is looked at. Close it when it is seen to."},
        )


def check_minutes(kind: str, minutes: int | None) -> None:
    """Only what lasts takes a length."""
    if minutes is not None and kind not in _TIMED:
        raise Invalid(
            "Please check what is marked.",
            fields={"minutes": "Only a mute, a suspension or a ban has a length."},
        )


def needs_second(kind: SanctionKind, minutes: int | None) -> bool:
    """A ban or suspension over seven days, or without end, takes two moderators."""
    return kind in _GRAVE and (minutes is None or minutes > ALONE_AT_MOST)


def ends_at(kind: SanctionKind, minutes: int | None, start: datetime) -> datetime | None:
    """When a sanction stops by itself; None: without end, or nothing that lasts."""
    if minutes is None or kind not in _TIMED:
        return None
    return start + timedelta(minutes=minutes)


def lasts(kind: SanctionKind) -> bool:
    """Whether the sanction holds for a time, so that it can end by itself."""
    return kind in _TIMED


def check_may_sanction(actor: Actor, person_id: str, *, person_is_admin: bool, near: bool) -> None:
    """Nobody sanctions themselves or a co-host, and only admins sanction an admin."""
    if actor.id == person_id:
        raise Forbidden("You cannot decide about yourself.")
    if near:
        raise Forbidden("You host a group together. Please leave this to somebody else.")
    if person_is_admin and not actor.is_admin:
        raise Forbidden("Only an admin can do this to an admin.")


def check_may_cosign(actor: Actor, person_id: str, signed_by: str | None) -> None:
    """The second signature comes from somebody else, and not from the person it is about."""
    if actor.id == person_id:
        raise Forbidden("You cannot decide about yourself.")
    if actor.id == signed_by:
        raise Forbidden("You signed this already. A second moderator has to agree.")
