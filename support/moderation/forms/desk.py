"""What people send to the desk, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from support.base.fields import Fields
from support.moderation.rules.desk import (
    LONGEST,
    HouseRule,
    Reason,
    SanctionKind,
    Verdict,
    check_minutes,
)

DETAILS = 500
REASON = 500
MOST_ENTRIES = 2**31 - 1


class Showing(StrEnum):
    """Which part of the queue to show."""

    WAITING = "waiting"
    FREE = "free"
    MINE = "mine"
    DECIDED = "decided"
    APPEALS = "appeals"


class Judged(StrEnum):
    """What a moderator says of automatic review's own finding."""

    UNSAID = "unsaid"
    RIGHT = "right"
    WRONG = "wrong"


_JUDGED = {Judged.UNSAID: None, Judged.RIGHT: True, Judged.WRONG: False}


@dataclass(frozen=True, slots=True)
class ReportForm:
    """Two taps: the words, and why."""

    message: str
    reason: Reason
    details: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{message, reason, details?}`."""
        fields = Fields(data)
        form = cls(
            message=fields.identifier("message"),
            reason=fields.choice("reason", Reason),
            details=fields.text("details", longest=DETAILS, required=False),
        )
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class DecideForm:
    """What is decided about an item, why, and by which rule of the house."""

    decision: Verdict
    minutes: int | None
    reason: str
    rule: HouseRule
    review_was_right: bool | None = None

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{decision, minutes?, reason, rule, review?}`; `review`: right or wrong."""
        fields = Fields(data)
        form = cls(
            decision=fields.choice("decision", Verdict),
            minutes=fields.optional_integer("minutes", 1, LONGEST),
            reason=fields.text("reason", longest=REASON),
            rule=fields.choice("rule", HouseRule),
            review_was_right=_JUDGED[fields.choice("review", Judged, Judged.UNSAID)],
        )
        fields.done()
        check_minutes(form.decision, form.minutes)
        return form


@dataclass(frozen=True, slots=True)
class SanctionForm:
    """What happens to a person, for how long, why, and by which rule of the house."""

    kind: SanctionKind
    minutes: int | None
    reason: str
    rule: HouseRule
    group: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{kind, minutes?, reason, rule, group?}`."""
        fields = Fields(data)
        form = cls(
            kind=fields.choice("kind", SanctionKind),
            minutes=fields.optional_integer("minutes", 1, LONGEST),
            reason=fields.text("reason", longest=REASON),
            rule=fields.choice("rule", HouseRule),
            group=fields.identifier("group", required=False),
        )
        fields.done()
        check_minutes(form.kind, form.minutes)
        return form


@dataclass(frozen=True, slots=True)
class ReasonForm:
    """Why something is asked for, ended or taken back."""

    reason: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{reason}`."""
        fields = Fields(data)
        form = cls(reason=fields.text("reason", longest=REASON))
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which items of the queue, and from where on."""

    showing: Showing
    label: str
    after: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read the query string; what is not known is passed over."""
        fields = Fields(data, strict=False)
        form = cls(
            showing=fields.choice("show", Showing, Showing.WAITING),
            label=fields.text("label", longest=40, required=False),
            after=fields.text("after", longest=80, required=False),
        )
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which entries of the log, and from where on."""

    person: str
    verb: str
    subject: str
    since: datetime | None
    until: datetime | None
    before: int | None

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read the query string; what is not known is passed over."""
        fields = Fields(data, strict=False)
        form = cls(
            person=fields.text("person", longest=30, required=False),
            verb=fields.text("verb", longest=64, required=False),
            subject=fields.text("subject", longest=96, required=False),
            since=fields.moment("since", required=False),
            until=fields.moment("until", required=False),
            before=fields.optional_integer("before", 1, MOST_ENTRIES),
        )
        fields.done()
        return form
