"""Who leads a meeting, whom we ask, and what we do while nobody leads: facts in, one step out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from support.base.errors import Conflict, Forbidden

GONE_AFTER = timedelta(seconds=20)
ANSWER_WITHIN = timedelta(seconds=30)
FIRST_ASKED = timedelta(minutes=-10)
ASKED_AGAIN = timedelta(minutes=2)
CALLED_OFF = timedelta(minutes=10)
NOT_AGAIN_FOR = timedelta(minutes=15)
SETTLE = timedelta(seconds=10)
PREPARED = timedelta(minutes=15)
BEFORE_IT = ("planned", "lobby")
GOING_ON = ("open", "paused", "closing")


class Step(StrEnum):
    """The one thing to do next."""

    SEAT = "seat"
    VACATE = "vacate"
    ASK_HOST = "ask_host"
    ASK_SECOND = "ask_second"
    HOLD_BACK = "hold_back"
    WIDEN = "widen"
    JOINED = "joined"
    OFFER = "offer"
    RETURNED = "returned"
    PAUSE = "pause"
    CALL_OFF = "call_off"
    WIND_UP = "wind_up"


class Why(StrEnum):
    """Why somebody on the stand-by list is asked."""

    MISSING = "missing"
    ALONE = "alone"
    LOST = "lost"


class Do(StrEnum):
    """What somebody does about the chair."""

    ACCEPT = "accept"
    DECLINE = "decline"
    RECLAIM = "reclaim"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A meeting as its chair stands now; `lost_at`: when the holder was last here, if they are not.

    `is_unguarded`: somebody has looked, and no moderator is on duty beside a host who is alone.

    A short break is none: `hosts_here` are those who were here within the last twenty seconds.
    """

    state: str
    starts_at: datetime
    holder: str | None = None
    lost_at: datetime | None = None
    hosts_here: tuple[str, ...] = ()
    others_here: tuple[str, ...] = ()
    on_duty: bool = False
    is_unguarded: bool = False
    can_ask: bool = True
    host_asked_at: datetime | None = None
    second_asked_at: datetime | None = None
    offered_at: datetime | None = None
    paused_at: datetime | None = None
    holds_back: bool = False

    @property
    def is_led(self) -> bool:
        """Whether the one in the chair is here."""
        return self.holder is not None and self.holder in self.hosts_here

    @property
    def is_alone(self) -> bool:
        """Whether somebody leads and nobody sits beside them."""
        return self.is_led and len(self.hosts_here) == 1 and not self.others_here


def is_gone(until: datetime, now: datetime) -> bool:
    """Whether a line that was alive until then counts as lost: a short break is none."""
    return now - until >= GONE_AFTER


def next_step(facts: Facts, now: datetime) -> Step | None:
    """What is due now, one thing at a time; None when all is well or must be waited for."""
    if facts.state in BEFORE_IT:
        return _before(facts, now)
    if facts.state in GOING_ON:
        return _during(facts, now)
    return Step.WIND_UP


def _before(facts: Facts, now: datetime) -> Step | None:
    if facts.holder is not None and not facts.is_led:
        return Step.VACATE
    if facts.holder is None and facts.hosts_here:
        return Step.SEAT
    if facts.holder is not None:
        return _beside(facts, now)
    unled_since = max(facts.starts_at, facts.lost_at or facts.starts_at)
    if now - unled_since >= CALLED_OFF:
        return Step.CALL_OFF
    return Step.ASK_HOST if _is_due(facts.host_asked_at, facts.starts_at, now) else None


def _during(facts: Facts, now: datetime) -> Step | None:
    if facts.is_led:
        return Step.RETURNED if facts.offered_at or facts.paused_at else _beside(facts, now)
    if facts.holder is None and facts.hosts_here:
        return Step.SEAT
    if facts.lost_at is None or not is_gone(facts.lost_at, now):
        return None
    if facts.offered_at is None and (facts.can_ask or facts.hosts_here):
        return Step.OFFER
    if facts.hosts_here or facts.paused_at is not None:
        return None
    if facts.can_ask and facts.offered_at and now - facts.offered_at < ANSWER_WITHIN:
        return None
    return Step.PAUSE


def _beside(facts: Facts, now: datetime) -> Step | None:
    """Somebody leads: is anybody beside them?"""
    if not facts.is_alone:
        return Step.JOINED if facts.holds_back else None
    if _is_due(facts.second_asked_at, facts.starts_at, now):
        return Step.ASK_SECOND
    if facts.holds_back:
        return Step.WIDEN if facts.on_duty else None
    return Step.HOLD_BACK if facts.is_unguarded else None


def _is_due(asked_at: datetime | None, starts_at: datetime, now: datetime) -> bool:
    """Ten minutes before, two minutes after, and then not again for a quarter of an hour."""
    if now - starts_at < FIRST_ASKED:
        return False
    if asked_at is None or now - asked_at >= NOT_AGAIN_FOR:
        return True
    return asked_at - starts_at < ASKED_AGAIN <= now - starts_at


def is_free(facts: Facts, now: datetime) -> bool:
    """Whether a host may simply sit down: nobody leads, or who leads is gone for good.

    Who has just said yes is on the way, and a short break is no loss: the chair stays theirs.
    """
    if facts.holder is None or facts.lost_at is None:
        return not facts.is_led
    return not facts.is_led and is_gone(facts.lost_at, now)


def holds_newcomers(facts: Facts) -> bool:
    """Who leads alone, with no moderator on duty, is spared new people's words until one reads."""
    return facts.is_alone and not facts.on_duty


def is_paused_by_us(facts: Facts) -> bool:
    """Whether the room waits for a host because nobody was left to lead it."""
    return facts.state == "paused" and facts.paused_at is not None


def check_may_take(offered_term: int | None, term: int, *, said_no: bool = False) -> None:
    """Raise unless this person was asked, has not said no, and it is still free.

    A no holds until they are asked anew: a page left open seats nobody against their word.
    """
    if offered_term is None:
        raise Forbidden("You were not asked to take this chair.")
    if offered_term != term:
        raise Conflict("Somebody leads this meeting now. Thank you for being there.")
    if said_no:
        raise Conflict("You said no to this. If you can come after all, tell a moderator.")


def check_may_reclaim(*, is_first: bool, is_host: bool, holder_is_host: bool) -> None:
    """Raise unless the chair was this person's, or is a stand-by's in a group they host."""
    if not (is_first or (is_host and not holder_is_host)):
        raise Forbidden("This chair is not yours to take back.")
