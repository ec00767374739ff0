"""What a decision will do, said before the click: to the words, to the person, to who is told."""

from dataclasses import dataclass, replace
from datetime import datetime

from support.moderation.rules.colleagues import said_before
from support.moderation.rules.desk import (
    SanctionKind,
    Verdict,
    acts,
    ends_at,
    lasts,
    needs_second,
    sanction_in,
)

_WORDS = {
    (Verdict.ALLOW, True): "The words stay. Nothing changes for the room.",
    (Verdict.ALLOW, False): "The room sees the words now.",
    (Verdict.WARN, True): "The words stay.",
    (Verdict.REWORD, True): "The words go from the room until their author says them differently.",
    (Verdict.REWORD, False): "The words stay hidden until their author says them differently.",
    (Verdict.KEEP, True): "The words go from the room. Only their author sees them.",
}
_HIDDEN, _GONE = "Nobody but their author sees the words.", "The words go for everybody."
_PERSON = {
    SanctionKind.WARN: "The person is reminded of the rule. Nothing else changes for them.",
    SanctionKind.MUTE: "The person can read and cannot write.",
    SanctionKind.REMOVE_FROM_GROUP: "The person is taken out of the group.",
    SanctionKind.SUSPEND: "The person is logged out at once and cannot come in.",
    SanctionKind.BAN: "The person is logged out at once and cannot come back.",
}
SECOND = "A second moderator has to agree. Until then it is a suspension of a day."
_AUTHOR = {
    Verdict.REWORD: "message_reword",
    Verdict.KEEP: "message_kept",
    Verdict.REMOVE: "message_removed",
    Verdict.WARN: "warned",
}


@dataclass(frozen=True, slots=True)
class Effects:
    """Sentences for the page, and the kinds of news that go out."""

    words: str
    person: str | None
    until: datetime | None
    endless: bool
    second: str | None
    author_news: str | None
    reporter_news: str | None


def effects_of(
    verdict: Verdict, minutes: int | None, now: datetime, *, shown: bool, reported: bool
) -> Effects:
    """Everything that follows from a decision, before it is made."""
    kind = sanction_in(verdict)
    grave = kind is not None and needs_second(kind, minutes)
    news = _AUTHOR.get(verdict, "sanction" if kind else None)
    if verdict is Verdict.ALLOW:
        news = None if shown else "message_shown"
    fallback = _GONE if verdict is Verdict.REMOVE or shown else _HIDDEN
    return Effects(
        words=_WORDS.get((verdict, shown), fallback),
        person=_PERSON[kind] if kind else None,
        until=ends_at(kind, minutes, now) if kind else None,
        endless=kind is not None and lasts(kind) and minutes is None,
        second=SECOND if grave else None,
        author_news=news,
        reporter_news=_reporter(verdict) if reported else None,
    )


def about_a_colleague(effects: Effects, verdict: Verdict) -> Effects:
    """The same about one of the team: every limit waits for a second."""
    kind = sanction_in(verdict)
    if kind is None or not lasts(kind):
        return effects
    return replace(effects, second=said_before(kind))


def _reporter(verdict: Verdict) -> str:
    return "report_closed" if acts(verdict) else "report_kept"
